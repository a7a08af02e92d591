using System.Net;
using System.Net.Http.Headers;
using InterfaceEngine.Ehr.Discovery;
using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Ehr;

/// <summary>
/// One connection to a vendor: sends calls with the right token, within the rate that all nodes share, and takes nothing from an answer on trust.
/// Safe for many callers at once.
/// </summary>
internal sealed partial class EhrConnection : IAsyncDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;
    private readonly EhrAddresses _addresses;
    private readonly EhrExchange _exchange;
    private readonly EhrTokens _tokens;
    private readonly RateDesk _rate;
    private readonly TokenServer _tokenServer;
    private readonly CallNotes _notes;
    private readonly IConnectionStore? _store;
    private readonly ILogger _logger;
    private long _opened;

    /// <param name="options">Whose it is and what it may do.</param>
    /// <param name="http">See <see cref="EhrTransport"/>; it is the connection's own.</param>
    /// <param name="time">The clock.</param>
    /// <param name="store">Where tokens and the rate are shared with other nodes and kept over a restart; null keeps them in this process alone.</param>
    /// <param name="logger">Its log.</param>
    public EhrConnection(ConnectionOptions options, HttpMessageInvoker http, TimeProvider time, IConnectionStore? store = null, ILogger? logger = null)
    {
        Options = options;
        (_http, _time, _store, _logger) = (http, time, store, logger ?? NullLogger.Instance);
        _addresses = new EhrAddresses(options);
        _exchange = new EhrExchange(options.Http, http, time);
        _rate = new RateDesk(options, store, time, _logger);
        Discovery = new EhrDiscovery(this, time, _logger);
        _notes = new CallNotes(options, time, _logger);
        _tokenServer = new TokenServer(options, _exchange, _rate, _notes, time);
        _tokens = new EhrTokens(options, _tokenServer, Discovery.TokenAsync, store, time, _logger);
    }

    /// <summary>What callers note of it goes where its own log goes.</summary>
    public ILogger Logger => _logger;

    public ConnectionOptions Options { get; }

    /// <summary>What the server says of itself.</summary>
    public EhrDiscovery Discovery { get; }

    /// <summary>A user's consent, where the connection works by one.</summary>
    /// <exception cref="EhrException">There is no store to keep it in.</exception>
    public UserConsent Consent => new(
        Options, _tokenServer, Discovery.TokenAsync, Discovery.AuthorizeAsync, _store ?? throw new EhrException(EhrFault.Disabled, $"{Options.Id}: consent needs a store to be kept in."), _time);

    /// <summary>Whether it works by a user's consent that nobody has given yet.</summary>
    public async Task<bool> AwaitsConsentAsync(CancellationToken cancellationToken) =>
        Options.Client.Grant is TokenGrant.AuthorizationCode && _store is not null && !await new UserGrant(Options, _store, _time).IsGivenAsync(cancellationToken);

    /// <summary>The patient alone of whom the connection may ask, by the vendor's number; null where it may ask of all.</summary>
    public async Task<string?> OnlyPatientAsync(CancellationToken cancellationToken) =>
        Options.Client.Grant is TokenGrant.AuthorizationCode && _store is not null ? await new UserGrant(Options, _store, _time).PatientAsync(cancellationToken) : null;

    /// <summary>The public keys by which a vendor knows this client (JWKS, UTF-8); what is published where the vendor looks for it.</summary>
    /// <exception cref="EhrException">A key can't be used.</exception>
    public byte[] PublishedKeys() => ClientKeys.Published(Options.Client);

    /// <summary>Whether a place is one of its vendor's, to which a secret may go.</summary>
    public bool IsOwn(Uri address) => _addresses.IsOwn(address);

    /// <summary>How much of its rate is used, on all nodes.</summary>
    public Task<RateState> RateAsync(CancellationToken cancellationToken) => _rate.StateAsync(cancellationToken);

    /// <summary>A token for a set of scopes, as a call would use it.</summary>
    /// <exception cref="EhrException">None is given.</exception>
    public Task<EhrToken> TokenAsync(string scope, CancellationToken cancellationToken) => TokenAsync(scope, isNew: false, cancellationToken);

    /// <summary>A token that the server gives now, whatever is kept: whether the client is still known there. What comes is used from then on.</summary>
    /// <exception cref="EhrException">None is given. What was kept is kept.</exception>
    public Task<EhrToken> NewTokenAsync(string scope, CancellationToken cancellationToken) => TokenAsync(scope, isNew: true, cancellationToken);

    /// <summary>How many calls its token has opened since the start: as long as it grows, a 401 is of the call it came to and not of the connection.</summary>
    public long Opened => Interlocked.Read(ref _opened);

    /// <summary>What came of the last call.</summary>
    public LastCall Last => _notes.Last;

    /// <summary>Why it may not be used, and what to do; null when it may.</summary>
    public string? WhyOff => EhrProfiles.WhyOff(Options, DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime));

    /// <summary>Where its calls are noted; null notes none.</summary>
    public ICallLog? Calls
    {
        get => _notes.Log;
        init => _notes.Log = value;
    }

    /// <summary>Makes the call and gives its whole answer.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    /// <exception cref="OperationCanceledException">It was broken off; a call that changes something may have done so.</exception>
    public async Task<EhrAnswer> SendAsync(EhrCall call, CancellationToken cancellationToken)
    {
        var sent = await (call.Priority is CallPriority.Interactive && MayRepeat(call) ? QuestionAsync(call, cancellationToken) : RepeatedAsync(call, isFile: false, cancellationToken));
        return sent.Head with { Body = sent.Body };
    }

    /// <summary>Makes the call and gives its answer to be read as it comes. A token that ends meanwhile does no harm to what is being read.</summary>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public async Task<EhrStream> OpenAsync(EhrCall call, CancellationToken cancellationToken)
    {
        var sent = await RepeatedAsync(call, isFile: true, cancellationToken);
        return new EhrStream(sent.Head, sent.File!);
    }

    public async ValueTask DisposeAsync()
    {
        await _rate.DisposeAsync();
        _tokens.Dispose();
        Discovery.Dispose();
        _http.Dispose();
    }

    /// <summary>Somebody waits for it, and not for longer than a person does. What changes something is never broken off so.</summary>
    private async Task<Sent> QuestionAsync(EhrCall call, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Options.Http.QuestionTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await RepeatedAsync(call, isFile: false, either.Token);
        }
        catch (OperationCanceledException failure) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EhrException(EhrFault.Unanswered, $"{Name(call)}: no answer within {Options.Http.QuestionTimeout.TotalSeconds:0.#} s, and nobody is kept waiting longer.", failure);
        }
    }

    private static bool MayRepeat(EhrCall call) => call.MayRepeat ?? (call.Method == HttpMethod.Get || call.Method == HttpMethod.Head);

    /// <summary>Sends it, and again after a pause where it may be repeated and that may help.</summary>
    private async Task<Sent> RepeatedAsync(EhrCall call, bool isFile, CancellationToken cancellationToken)
    {
        CheckEnabled(call);
        var address = _addresses.Of(call);
        var mayRepeat = MayRepeat(call);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(call, address, isFile, cancellationToken);
            }
            catch (EhrException fault) when (mayRepeat && fault.IsTransient && attempt < Options.Http.AttemptsMax && !(fault.RetryAfter > Options.Http.PauseMax))
            {
                var pause = Pause(attempt, fault.RetryAfter);
                Log.Repeated(_logger, Options.Id, call.Endpoint, fault.Fault, attempt, pause);
                await Task.Delay(pause, _time, cancellationToken);
            }
        }
    }

    private async Task<Sent> OnceAsync(EhrCall call, Uri address, bool isFile, CancellationToken cancellationToken)
    {
        var (hops, hasToken, isTokenRenewed) = (0, call.HasToken && HasClient, false);
        var scope = call.Scope ?? (call.Of is EhrInterface.Fhir ? Options.Scopes.Fhir : Options.Scopes.Rest);
        while (true)
        {
            var token = await WithTurnAsync(call, hasToken ? scope : null, cancellationToken);
            var note = _notes.Begin(call);
            try
            {
                using var request = EhrRequests.Make(call, address, Options.Dialect.IsJsonBody, note.RequestId);
                request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token.Value.Value);
                var answer = await _exchange.HeadAsync(request, Name(call), cancellationToken);
                var head = _exchange.Read(answer);
                await _rate.ObserveAsync(head, EhrStatuses.FaultOf(head) is EhrFault.RateLimited && !call.IsRefusedAlone, cancellationToken);
                if (EhrStatuses.IsGood(answer.StatusCode))
                {
                    _ = call.HasToken ? Interlocked.Increment(ref _opened) : 0;
                    return await TakenAsync(call, answer, head, isFile, note, cancellationToken);
                }

                using (answer)
                {
                    if (EhrStatuses.IsRedirect(answer.StatusCode) && call.Method == HttpMethod.Get && hops++ < Options.Http.RedirectsMax && head.Header("Location") is { } location)
                    {
                        // A file may lie elsewhere; there the token is nobody's business. Nothing else may: what it says would be taken for the vendor's.
                        var next = _addresses.Redirected(address, location, !isFile, call.Endpoint);
                        (address, hasToken) = (next, hasToken && _addresses.IsOwn(next));
                        note.End(head.Status, 0, null);
                        continue;
                    }

                    if (answer.StatusCode is HttpStatusCode.Unauthorized && token is not null && !isTokenRenewed)
                    {
                        // It was refused before anything was done, so every call may be sent again.
                        note.End(head.Status, 0, EhrFault.Unauthorized);
                        await _tokens.DiscardAsync(scope, token, cancellationToken);
                        isTokenRenewed = true;
                        continue;
                    }

                    var reply = await _exchange.ErrorBodyAsync(answer, Name(call), cancellationToken);
                    note.End(head.Status, reply.Length, null);
                    throw Fault(call, head, reply);
                }
            }
            catch (EhrException fault)
            {
                note.End(fault.Status ?? 0, 0, fault.Fault);
                throw;
            }
            catch (OperationCanceledException)
            {
                note.End(0, 0, EhrFault.Unanswered);
                throw;
            }
        }
    }

    /// <summary>
    /// Waits for the call's turn and gives a token that holds then. A turn may be long in coming: a token that has ended meanwhile is renewed and another turn
    /// taken, since what waits for a renewal with its turn in hand would all go at once. A token that has ended when it comes is used: another would be no better.
    /// </summary>
    /// <param name="scope">Null where it goes without a token.</param>
    private async Task<EhrToken?> WithTurnAsync(EhrCall call, string? scope, CancellationToken cancellationToken)
    {
        var note = _notes.Begin(call);
        try
        {
            for (var isLast = false; ; isLast = true)
            {
                var token = scope is null ? null : await TokenAsync(scope, cancellationToken);
                await _rate.TurnAsync(call.Priority, isToken: false, cancellationToken);
                if (token is null || isLast || token.Holds(_time.GetUtcNow()))
                {
                    return token;
                }
            }
        }
        catch (EhrException fault)
        {
            note.Unsent(fault.Fault);
            throw;
        }
    }

    private async Task<EhrToken> TokenAsync(string scope, bool isNew, CancellationToken cancellationToken)
    {
        try
        {
            var token = await (isNew ? _tokens.NewAsync(scope, cancellationToken) : _tokens.GetAsync(scope, cancellationToken));
            _notes.TokenHad(scope);
            return token;
        }
        catch (EhrException fault)
        {
            _notes.TokenMissed(scope, fault);
            throw;
        }
    }

    private async Task<Sent> TakenAsync(EhrCall call, HttpResponseMessage answer, EhrAnswer head, bool isFile, CallNote note, CancellationToken cancellationToken)
    {
        if (isFile)
        {
            return new Sent(head, default, await _exchange.FileAsync(answer, Name(call), bytes => note.End(head.Status, bytes, null), cancellationToken));
        }

        using (answer)
        {
            var body = await _exchange.BodyAsync(answer, Options.Http.AnswerBytesMax, Name(call), cancellationToken);
            note.End(head.Status, body.Length, null);
            return new Sent(head, body, null);
        }
    }

    /// <summary>A connection without a client is to an open server; one that says where tokens are had must have one.</summary>
    private bool HasClient => Options.Client.Id is not null || Options.Token is not null;

    private EhrException Fault(EhrCall call, EhrAnswer head, byte[] reply) => new(EhrStatuses.FaultOf(head), $"{Name(call)}: {(int)head.Status}.")
    {
        Status = head.Status,
        RetryAfter = head.RetryAfter,
        Reply = reply,
    };

    private void CheckEnabled(EhrCall call)
    {
        if (WhyOff is { } reason)
        {
            throw new EhrException(EhrFault.Disabled, $"{Name(call)}: {reason}");
        }
    }

    private TimeSpan Pause(int attempt, TimeSpan? wanted)
    {
        var whole = Math.Min(Options.Http.PauseMin.TotalMilliseconds * (1L << Math.Min(attempt - 1, 20)), Options.Http.PauseMax.TotalMilliseconds);
        var own = TimeSpan.FromMilliseconds(whole * (1 - (Random.Shared.NextDouble() / 2)));
        return wanted > own ? wanted.Value : own;
    }

    private string Name(EhrCall call) => $"{Options.Id} {call.Endpoint}";

    /// <param name="Head">Status and headers.</param>
    /// <param name="Body">Of an answer that was read whole.</param>
    /// <param name="File">Of one that is read as it comes.</param>
    private readonly record struct Sent(EhrAnswer Head, ReadOnlyMemory<byte> Body, Stream? File);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection} {Endpoint} failed ({Fault}, attempt {Attempt}) and is sent again in {Pause}", EventName = "VendorCallRepeated")]
        public static partial void Repeated(ILogger logger, string connection, string endpoint, EhrFault fault, int attempt, TimeSpan pause);
    }
}

/// <param name="AnsweredAt">When the vendor answered last; null before.</param>
/// <param name="Fault">Why the last call shows that the connection can't be used; null when it shows none.</param>
internal sealed record LastCall(DateTimeOffset? AnsweredAt, string? Fault);
