using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Destinations.Mllp;

/// <summary>
/// One MLLP connection to a receiver. Its replies are read: only the row of the table that a reply fits decides, and a
/// reply counts only if MSA-2 is the control id of what was sent on this connection. Everything else closes it.
/// </summary>
/// <param name="tls">Shared by the connections of one destination; null for plain MLLP.</param>
internal sealed partial class MllpDestination(string name, MllpDestinationOptions options, SenderTls? tls, TimeProvider time, ILogger<MllpDestination> logger) : IDestination
{
    private const int ErrorCodeLengthMax = 4;

    private readonly MllpClient _client = new(options.Client, time, tls);
    private readonly ReplyTable _replies = new(options.Replies, options.Limit);
    private int _straysSeen;

    public async ValueTask ReachAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _client.ConnectAsync(cancellationToken);
        }
        catch (MllpClientException failure)
        {
            throw new UnreachableException(failure.Message, failure);
        }
    }

    public async Task<AttemptResult> DeliverAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await _client.SendAsync(message.Body, cancellationToken);
            return Read(message, reply.Body);
        }
        catch (MllpClientException failure) when (failure.Failure is MllpFailure.NotConnected)
        {
            throw new UnreachableException(failure.Message, failure);
        }
        catch (MllpClientException failure)
        {
            return Unanswered(failure.Message, ReadOnlyMemory<byte>.Empty);
        }
        catch (ArgumentException failure)
        {
            // No frame can carry it, now or later.
            return new AttemptResult { Outcome = AttemptOutcome.Refused, Code = "not sent", Reason = failure.Message, IsAnswered = true };
        }
        finally
        {
            LogStrays();
        }
    }

    public void Dispose() => _client.Dispose();

    private AttemptResult Read(OutgoingMessage message, ReadOnlyMemory<byte> body)
    {
        if (!AcknowledgementReader.TryRead(body, out var reply, out var reason))
        {
            return Mismatched("what came back is no reply that can be read", body, reason);
        }

        if (reply.ControlId != message.ControlId)
        {
            return Mismatched("the reply names another message in MSA-2", body);
        }

        var rule = _replies[reply];
        return new AttemptResult
        {
            Outcome = rule.Outcome,
            Code = string.Join(' ', reply.ErrorCodes.Where(IsPlain).Prepend(reply.Code.ToString())),
            Reason = rule.Outcome is AttemptOutcome.Delivered ? null : Describe(reply),
            Reply = body,
            Limit = rule.Limit,
            IsAnswered = true,
        };
    }

    /// <summary>What answers no message of ours may be followed by the answer to it: nothing more is read from there.</summary>
    private AttemptResult Mismatched(string what, ReadOnlyMemory<byte> body, string? why = null)
    {
        _client.Dispose();
        Log.ReplyNotMatched(logger, name, what);
        return Unanswered(why is null ? what : $"{what}: {why}", body);
    }

    private AttemptResult Unanswered(string reason, ReadOnlyMemory<byte> body)
    {
        var rule = _replies[null];
        return new AttemptResult { Outcome = rule.Outcome, Code = "no reply", Reason = reason, Reply = body, Limit = rule.Limit, IsAnswered = false };
    }

    private void LogStrays()
    {
        if (_client.StrayReplies != _straysSeen)
        {
            _straysSeen = _client.StrayReplies;
            Log.StrayReply(logger, name);
        }
    }

    /// <summary>Error codes are the receiver's text: only what looks like one of table 0357 may stand in a plain column.</summary>
    private static bool IsPlain(string code) => code.Length <= ErrorCodeLengthMax && code.All(char.IsAsciiDigit);

    private static string Describe(AcknowledgementReply reply)
    {
        var codes = reply.ErrorCodes.Count == 0 ? "" : $", error {string.Join(", ", reply.ErrorCodes)}";
        return $"the receiver answered {reply.Code}{codes}{(reply.Text.Length == 0 ? "" : $": {reply.Text}")}";
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Destination}: {What}; the connection is closed and the message is sent again", EventName = "ReplyNotMatched")]
        public static partial void ReplyNotMatched(ILogger logger, string destination, string what);

        [LoggerMessage(2, LogLevel.Warning, "{Destination}: the receiver sent something that answers no message; it was matched to none and the connection was opened anew", EventName = "StrayReply")]
        public static partial void StrayReply(ILogger logger, string destination);
    }
}
