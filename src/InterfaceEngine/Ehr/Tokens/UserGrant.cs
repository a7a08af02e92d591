using InterfaceEngine.Store;

namespace InterfaceEngine.Ehr.Tokens;

/// <summary>
/// What a user consented to once: it is refreshed by one node at a time, since a server that changes the refresh token with each use takes the old
/// one for stolen.
/// </summary>
internal sealed class UserGrant(ConnectionOptions options, IConnectionStore? store, TimeProvider time)
{
    /// <summary>The document's name: there is one user's consent for each connection.</summary>
    public const string Name = "user";

    /// <summary>A node that is killed while it refreshes holds the others up for so long.</summary>
    private static readonly TimeSpan _claim = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a store that fails is given what must not be lost.</summary>
    private const int KeptAttemptsMax = 60;

    private readonly ConnectionKey _key = new(options.Practice, options.Id, EhrTokens.Kind, Name);

    private IConnectionStore Store => store ?? throw new EhrException(EhrFault.TokenRefused, $"{options.Id}: a user's consent needs a store to be kept in.");

    /// <summary>Keeps what consent brought, in place of what was.</summary>
    public async Task KeepAsync(TokenAnswer answer, long endsAt, CancellationToken cancellationToken)
    {
        while (true)
        {
            var kept = await Store.FindAsync(_key, cancellationToken);
            if (await Store.WriteAsync([new ConnectionWrite(_key, kept.Version, TokenDocument.Of(answer, endsAt).Write())], cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Whether a user consented. What came of it may have ended since, as the next call tells.</summary>
    public async Task<bool> IsGivenAsync(CancellationToken cancellationToken) => TokenDocument.Read((await Store.FindAsync(_key, cancellationToken)).Content) is not null;

    /// <summary>The patient whose record the user opened, by the vendor's number; null when none was said, or nobody has consented.</summary>
    public async Task<string?> PatientAsync(CancellationToken cancellationToken) => TokenDocument.Read((await Store.FindAsync(_key, cancellationToken)).Content)?.Patient;

    /// <summary>The token that is kept, or a fresh one.</summary>
    /// <param name="refresh">Asks for one, by refresh token and scope.</param>
    /// <param name="refused">One that the server would not have; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EhrException">Nobody consented, or consent was withdrawn.</exception>
    public async Task<EhrToken> TokenAsync(Func<string, string, CancellationToken, Task<(TokenAnswer Answer, EhrToken Token)>> refresh, string? refused, CancellationToken cancellationToken)
    {
        while (true)
        {
            var kept = await Store.FindAsync(_key, cancellationToken);
            var document = TokenDocument.Read(kept.Content)
                ?? throw new EhrException(EhrFault.TokenRefused, $"{options.Id}: nobody has consented yet. Begin it, and let the user sign in at the vendor.");
            if (document.Token(kept.Now, time.GetUtcNow()) is { } token && token.IsFresh(time.GetUtcNow()) && token.Value.Value != refused)
            {
                return token;
            }

            if (document.Refresh is not { } old)
            {
                throw new EhrException(EhrFault.TokenRefused, $"{options.Id}: what the user consented to has ended and can't be renewed (no offline_access). Ask for consent anew.");
            }

            if (document.ClaimedUntil > kept.Now)
            {
                await Task.Delay(_pause, time, cancellationToken);
                continue;
            }

            var claim = document with { ClaimedUntil = kept.Now + (long)_claim.TotalMilliseconds };
            if (await Store.WriteAsync([new ConnectionWrite(_key, kept.Version, claim.Write())], cancellationToken))
            {
                return await RefreshedAsync(claim, kept.Version + 1, kept.Now, old, refresh);
            }
        }
    }

    /// <summary>The server would not have the token: it is refreshed before the next call. One that is being refreshed is left to who does so.</summary>
    public async Task ForgetAccessAsync(string access, CancellationToken cancellationToken)
    {
        var kept = await Store.FindAsync(_key, cancellationToken);
        if (TokenDocument.Read(kept.Content) is { } document && document.Access == access && document.ClaimedUntil <= kept.Now)
        {
            await Store.WriteAsync([new ConnectionWrite(_key, kept.Version, (document with { Access = null }).Write())], cancellationToken);
        }
    }

    private async Task<EhrToken> RefreshedAsync(
        TokenDocument claim, long version, long storeNow, string old, Func<string, string, CancellationToken, Task<(TokenAnswer Answer, EhrToken Token)>> refresh)
    {
        var began = time.GetTimestamp();
        try
        {
            // Not broken off with its caller: what the server gives in place of the old one would be lost.
            var (answer, token) = await refresh(old, claim.Scope, CancellationToken.None);
            var endsAt = storeNow + (long)(time.GetElapsedTime(began) + answer.Life).TotalMilliseconds;
            var renewed = TokenDocument.Of(answer, endsAt);
            renewed = renewed with { Refresh = renewed.Refresh ?? old, Patient = renewed.Patient ?? claim.Patient, Scope = renewed.Scope.Length > 0 ? renewed.Scope : claim.Scope };
            await KeepRenewedAsync(renewed, old, version);
            return token;
        }
        catch (EhrException)
        {
            await Store.WriteAsync([new ConnectionWrite(_key, version, (claim with { ClaimedUntil = 0 }).Write())], CancellationToken.None);
            throw;
        }
    }

    /// <summary>The server may have no other refresh token than this one any more, so it is kept whatever was written meanwhile, unless consent was given anew.</summary>
    private async Task KeepRenewedAsync(TokenDocument renewed, string old, long version)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await Store.WriteAsync([new ConnectionWrite(_key, version, renewed.Write())], CancellationToken.None))
                {
                    return;
                }

                var kept = await Store.FindAsync(_key, CancellationToken.None);
                version = kept.Version;
                if (TokenDocument.Read(kept.Content)?.Refresh != old)
                {
                    return;
                }
            }
            catch (StoreUnavailableException) when (attempt < KeptAttemptsMax)
            {
                await Task.Delay(_pause, time);
            }
        }
    }
}
