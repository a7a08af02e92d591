using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Ehr;

/// <summary>
/// What is kept of a connection's calls: how the last one ended, for whoever asks how the connection is, and each in the log of calls, those too that never
/// left for want of a token or a turn. Nothing of a patient, and no secret.
/// </summary>
internal sealed class CallNotes(ConnectionOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>What a request for a token is known by, wherever the vendor gives them.</summary>
    public const string Token = "POST token";

    private readonly ConcurrentDictionary<string, string> _withoutToken = new();
    private LastCall _last = new(null, null);

    /// <summary>Where calls are noted; null notes none.</summary>
    public ICallLog? Log { get; set; }

    /// <summary>What came of the last call. As long as tokens are refused no other call makes up for it: without one nothing of a patient comes.</summary>
    public LastCall Last => _withoutToken.Values.FirstOrDefault() is { } refusal ? _last with { Fault = refusal } : _last;

    public CallNote Begin(EhrCall call) => new(this, options, call.Endpoint, call.Body?.Length ?? 0, call.Actor, time, logger);

    public CallNote BeginToken(long sent) => new(this, options, Token, sent, "engine", time, logger) { IsToken = true };

    /// <summary>A token was had for these scopes.</summary>
    public void TokenHad(string scope) => _withoutToken.TryRemove(scope, out _);

    /// <summary>None was. A refusal stands until one is had; what may pass by itself only until the next call is answered.</summary>
    public void TokenMissed(string scope, EhrException fault)
    {
        if (!fault.IsTransient)
        {
            _withoutToken[scope] = fault.Message.TrimEnd('.');
        }
        else if (fault.Fault is not EhrFault.RateLimited)
        {
            // How the rate stands is told by itself.
            _last = _last with { Fault = fault.Message.TrimEnd('.') };
        }
    }

    /// <summary>A patient who is not there is an answer like another; a refused client, or a server that fails, is not.</summary>
    public void Ended(DateTimeOffset at, HttpStatusCode status, EhrFault fault) => _last = status == 0
        ? _last with { Fault = CallNote.InWords(fault) }
        : new LastCall(at, (int)status is 401 or 403 or >= 500 ? ((int)status).ToString(CultureInfo.InvariantCulture) : null);
}

/// <summary>Notes one sending, once.</summary>
internal sealed partial class CallNote(CallNotes notes, ConnectionOptions options, string endpoint, long sent, string actor, TimeProvider time, ILogger logger)
{
    private readonly DateTimeOffset _at = time.GetUtcNow();
    private readonly long _began = time.GetTimestamp();
    private bool _isEnded;

    public string RequestId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>It asks for a token: what becomes of that is told by whoever needs one.</summary>
    public bool IsToken { get; init; }

    public void End(HttpStatusCode status, long received, EhrFault? fault)
    {
        if (!_isEnded && !IsToken)
        {
            notes.Ended(_at, status, fault ?? EhrFault.Unanswered);
        }

        Keep(status, received, fault is { } one ? InWords(one) : null);
    }

    /// <summary>It never left: no token was had, or its turn would have come too late.</summary>
    public void Unsent(EhrFault fault) => Keep(0, 0, InWords(fault is EhrFault.RateLimited ? fault : EhrFault.TokenRefused));

    public static string InWords(EhrFault fault) => fault switch
    {
        EhrFault.Unreachable => "unreachable",
        EhrFault.Unanswered => "no answer",
        EhrFault.TooLarge => "too large",
        EhrFault.ForeignHost => "foreign host",
        EhrFault.TokenRefused => "no token",
        EhrFault.RateLimited => "rate used up",
        EhrFault.Unauthorized => "token refused",
        _ => "not good",
    };

    private void Keep(HttpStatusCode status, long received, string? fault)
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        var milliseconds = (int)time.GetElapsedTime(_began).TotalMilliseconds;
        notes.Log?.Note(new CallEntry
        {
            Practice = options.Practice,
            Connection = options.Id,
            Endpoint = endpoint,
            Status = (int)status,
            Fault = fault,
            At = _at.ToUnixTimeMilliseconds(),
            Milliseconds = milliseconds,
            Sent = sent,
            Received = received,
            RequestId = RequestId,
            Actor = actor,
        });
        Log.Answered(logger, options.Id, endpoint, (int)status, milliseconds, received, RequestId);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Connection} {Endpoint}: {Status} in {Milliseconds} ms, {Received} bytes ({RequestId})", EventName = "VendorAnswered")]
        public static partial void Answered(ILogger logger, string connection, string endpoint, int status, int milliseconds, long received, string requestId);
    }
}

