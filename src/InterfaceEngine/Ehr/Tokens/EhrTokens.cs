using System.Collections.Concurrent;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Ehr.Tokens;

/// <summary>
/// The tokens of one connection: one for each set of scopes, kept until shortly before its end, asked for once for all who wait for it, and shared through
/// the store (sealed) with other nodes, with other connections of the same client and with the engine after a restart, for servers give few of them.
/// </summary>
/// <param name="options">Whose.</param>
/// <param name="server">Where they are had.</param>
/// <param name="address">Its address: the settings', or what the server says of itself.</param>
/// <param name="store">Null keeps them in this process alone.</param>
internal sealed partial class EhrTokens(
    ConnectionOptions options, TokenServer server, Func<CancellationToken, Task<Uri>> address, IConnectionStore? store, TimeProvider time, ILogger logger) : IDisposable
{
    public const string Kind = "token";

    private readonly ConcurrentDictionary<string, EhrToken> _tokens = new();
    private readonly ConcurrentDictionary<string, string> _refused = new();
    private readonly Dictionary<string, Task<EhrToken>> _asked = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly UserGrant _grant = new(options, store, time);

    /// <summary>A token that outlasts a call.</summary>
    /// <param name="scope">What it must allow; empty for whatever the server gives.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EhrException">None is given.</exception>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task<EhrToken> GetAsync(string scope, CancellationToken cancellationToken)
    {
        if (_tokens.TryGetValue(scope, out var token) && token.IsFresh(time.GetUtcNow()))
        {
            return token;
        }

        Task<EhrToken>? asked;
        lock (_lock)
        {
            if (!_asked.TryGetValue(scope, out asked))
            {
                _asked[scope] = asked = Task.Run(() => AskAsync(scope, _ending.Token), _ending.Token);
            }
        }

        return await asked.WaitAsync(cancellationToken);
    }

    /// <summary>One that the server gives now, whatever is kept; a user's consent is refreshed in its time alone, since each refresh may use it up.</summary>
    /// <exception cref="EhrException">None is given; what was kept is kept.</exception>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task<EhrToken> NewAsync(string scope, CancellationToken cancellationToken) => options.Client.Grant is TokenGrant.AuthorizationCode
        ? await GetAsync(scope, cancellationToken)
        : _tokens[scope] = await SharedAsync(scope, isNew: true, cancellationToken);

    /// <summary>Asks for all who wait: a server that hangs or refuses does so once for all of them. It is not broken off with the caller who came first.</summary>
    private async Task<EhrToken> AskAsync(string scope, CancellationToken cancellationToken)
    {
        try
        {
            return _tokens.TryGetValue(scope, out var token) && token.IsFresh(time.GetUtcNow()) ? token
                : _tokens[scope] = options.Client.Grant is TokenGrant.AuthorizationCode
                    ? await _grant.TokenAsync(RefreshedAsync, _refused.GetValueOrDefault(scope), cancellationToken)
                    : await SharedAsync(scope, isNew: false, cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _asked.Remove(scope);
            }
        }
    }

    /// <summary>The server would not have it, though it should be good: the next caller gets another.</summary>
    public async Task DiscardAsync(string scope, EhrToken token, CancellationToken cancellationToken)
    {
        // Whoever asks before it is forgotten in the store does not take it from there.
        _refused[scope] = token.Value.Value;
        if (!_tokens.TryRemove(KeyValuePair.Create(scope, token)))
        {
            return;
        }

        Log.Discarded(logger, options.Id);
        if (options.Client.Grant is TokenGrant.AuthorizationCode)
        {
            await _grant.ForgetAccessAsync(token.Value.Value, cancellationToken);
        }
        else if (store is not null)
        {
            var kept = await store.FindAsync(await KeyAsync(scope, cancellationToken), cancellationToken);
            if (TokenDocument.Read(kept.Content)?.Access == token.Value.Value)
            {
                await store.WriteAsync([new ConnectionWrite(kept.Key, kept.Version, null)], cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    private async Task<EhrToken> SharedAsync(string scope, bool isNew, CancellationToken cancellationToken)
    {
        if (options.Client.Id is null)
        {
            throw new EhrException(EhrFault.TokenRefused, $"{options.Id} has no client id. Set Connections:{options.Id}:Client:Id.");
        }

        var key = await KeyAsync(scope, cancellationToken);
        var kept = store is null ? null : await store.FindAsync(key, cancellationToken);
        if (!isNew && kept is not null && TokenDocument.Read(kept.Content)?.Token(kept.Now, time.GetUtcNow()) is { } shared && shared.IsFresh(time.GetUtcNow())
            && shared.Value.Value != _refused.GetValueOrDefault(scope))
        {
            return shared;
        }

        var began = time.GetTimestamp();
        var asked = time.GetUtcNow();
        var fields = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (scope.Length > 0)
        {
            fields.Add(new("scope", scope));
        }

        var answer = await server.AskAsync(await address(cancellationToken), fields, cancellationToken);
        var token = Told(answer, scope, asked);
        if (store is not null)
        {
            // Another node that was quicker wrote one as good: each uses its own.
            var endsAt = kept!.Now + (long)(answer.Life - time.GetElapsedTime(began)).TotalMilliseconds;
            await store.WriteAsync([new ConnectionWrite(key, kept.Version, TokenDocument.Of(answer, endsAt).Write())], cancellationToken);
        }

        return token;
    }

    private async Task<(TokenAnswer Answer, EhrToken Token)> RefreshedAsync(string refresh, string scope, CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        var answer = await server.AskAsync(await address(cancellationToken), [new("grant_type", "refresh_token"), new("refresh_token", refresh)], cancellationToken);
        return (answer, Told(answer, scope, asked));
    }

    private EhrToken Told(TokenAnswer answer, string asked, DateTimeOffset at)
    {
        var token = new EhrToken(answer.Access, at + answer.Life, answer.Margin) { Missing = answer.MissingOf(asked) };
        Log.Taken(logger, options.Id, answer.Life);
        if (token.Missing.Length > 0)
        {
            Log.ScopesMissing(logger, options.Id, token.Missing);
        }

        return token;
    }

    /// <summary>Its name tells neither client nor scope: only who asks for the same finds it.</summary>
    private async Task<ConnectionKey> KeyAsync(string scope, CancellationToken cancellationToken) =>
        new(options.Granted.Practice, options.Granted.Id, Kind, Base64Text.HashOf($"{await address(cancellationToken)} {options.Client.Id} {scope}"));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection} has a token for {Life}", EventName = "TokenTaken")]
        public static partial void Taken(ILogger logger, string connection, TimeSpan life);

        [LoggerMessage(2, LogLevel.Warning, "{Connection} was not granted {Scopes}: calls that need them will be refused", EventName = "ScopesMissing")]
        public static partial void ScopesMissing(ILogger logger, string connection, string scopes);

        [LoggerMessage(3, LogLevel.Information, "{Connection} was refused with a token that should be good; another is asked for", EventName = "TokenDiscarded")]
        public static partial void Discarded(ILogger logger, string connection);
    }
}
