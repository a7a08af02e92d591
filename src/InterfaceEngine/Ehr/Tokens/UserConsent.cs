using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Store;

namespace InterfaceEngine.Ehr.Tokens;

/// <param name="Address">Where the user signs in and consents.</param>
/// <param name="State">What comes back with the answer.</param>
internal sealed record ConsentBegun(Uri Address, string State);

/// <param name="Patient">The patient whose record was opened, by the vendor's number; null when none was said.</param>
/// <param name="Scope">What was granted.</param>
/// <param name="IsLasting">It can be refreshed.</param>
internal sealed record ConsentGiven(string? Patient, string Scope, bool IsLasting);

/// <summary>
/// A user's consent by SMART's authorization code with PKCE. What was begun is kept sealed and good for one answer within ten minutes, on whichever node
/// it arrives; an answer that comes twice is refused.
/// </summary>
internal sealed class UserConsent(
    ConnectionOptions options, TokenServer server, Func<CancellationToken, Task<Uri>> tokenAddress, Func<CancellationToken, Task<Uri>> authorizeAddress, IConnectionStore store, TimeProvider time)
{
    private const string Kind = "consent";
    private const int ForgottenTogether = 100;
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(10);

    private readonly UserGrant _grant = new(options, store, time);

    /// <summary>The id of the connection that a state is of; null when it is none.</summary>
    public static string? ConnectionOf(string state) => state.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? state[..dot] : null;

    /// <summary>Ends what was begun on whichever connection, with what a browser brought back.</summary>
    /// <param name="connections">All, by id.</param>
    /// <param name="state">As it came.</param>
    /// <param name="code">What tokens are had for; null when the user or the vendor refused.</param>
    /// <param name="cancellationToken">Ends it; what came is good once.</param>
    /// <exception cref="EhrException">Nothing comes of it; see <see cref="CompleteAsync(string, string, CancellationToken)"/>.</exception>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public static async Task<EhrConnection> CompleteAsync(IReadOnlyDictionary<string, EhrConnection> connections, string state, string? code, CancellationToken cancellationToken)
    {
        if (ConnectionOf(state) is not { } id || !connections.TryGetValue(id, out var connection))
        {
            throw new EhrException(EhrFault.Invalid, "this answer was not asked for by any connection.");
        }

        await connection.Consent.CompleteAsync(state, code ?? throw new EhrException(EhrFault.TokenRefused, $"{id}: the user or the vendor refused consent."), cancellationToken);
        return connection;
    }

    /// <summary>Begins: where to send the user.</summary>
    /// <exception cref="EhrException">The connection is not made for it.</exception>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task<ConsentBegun> BeginAsync(CancellationToken cancellationToken)
    {
        if (options.Client is not { Id: { } id, RedirectUri: { } redirect })
        {
            throw new EhrException(EhrFault.Disabled, $"{options.Id} has no client id or no address to come back to. Set Connections:{options.Id}:Client:Id and RedirectUri.");
        }

        var (state, verifier) = ($"{options.Id}.{Base64Text.Random(32)}", Base64Text.Random(48));
        var begun = JsonSerializer.SerializeToUtf8Bytes(new Begun(verifier, redirect.AbsoluteUri));
        await ForgetEndedAsync(cancellationToken);
        await store.WriteAsync([new ConnectionWrite(Key(state), 0, begun) { DueIn = _life }], cancellationToken);
        KeyValuePair<string, string>[] query =
        [
            new("response_type", "code"), new("client_id", id), new("redirect_uri", redirect.AbsoluteUri), new("scope", options.Scopes.User), new("state", state),
            new("aud", options.Fhir?.AbsoluteUri.TrimEnd('/') ?? ""), new("code_challenge", Base64Text.Of(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), new("code_challenge_method", "S256"),
        ];
        var authorize = await authorizeAddress(cancellationToken);
        var separator = authorize.Query.Length > 0 ? '&' : '?';
        var asked = string.Join('&', query.Where(one => one.Value.Length > 0).Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}"));
        return new ConsentBegun(new Uri($"{authorize.AbsoluteUri}{separator}{asked}"), state);
    }

    /// <summary>Ends it with what came back: the code is exchanged, and what it gives is kept.</summary>
    /// <exception cref="EhrException"><see cref="EhrFault.Invalid"/> when the state was never given out, has ended or was used.</exception>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task<ConsentGiven> CompleteAsync(string state, string code, CancellationToken cancellationToken)
    {
        var kept = await store.FindAsync(Key(state), cancellationToken);
        // Whoever removes it first may go on; the code is worth nothing without what is in it.
        if (kept.Version == 0 || kept.DueAt <= kept.Now || !await store.WriteAsync([new ConnectionWrite(kept.Key, kept.Version, null)], cancellationToken))
        {
            throw new EhrException(EhrFault.Invalid, $"{options.Id}: this answer was not asked for, comes too late, or was used already. Begin anew.");
        }

        var begun = JsonSerializer.Deserialize<Begun>(kept.Content.Span)!;
        var began = time.GetTimestamp();
        var answer = await server.AskAsync(
            await tokenAddress(cancellationToken),
            [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", begun.Redirect), new("code_verifier", begun.Verifier)],
            cancellationToken);
        await _grant.KeepAsync(answer, kept.Now + (long)(time.GetElapsedTime(began) + answer.Life).TotalMilliseconds, cancellationToken);
        return new ConsentGiven(answer.Patient, answer.Scope ?? options.Scopes.User, answer.Refresh is not null);
    }

    /// <summary>What nobody came back to goes, of whichever connection.</summary>
    private async Task ForgetEndedAsync(CancellationToken cancellationToken)
    {
        foreach (var ended in await store.DueAsync(Kind, ForgottenTogether, cancellationToken))
        {
            await store.WriteAsync([new ConnectionWrite(ended.Key, ended.Version, null)], cancellationToken);
        }
    }

    private ConnectionKey Key(string state) => new(options.Practice, options.Id, Kind, Base64Text.HashOf(state));

    private sealed record Begun(string Verifier, string Redirect);
}
