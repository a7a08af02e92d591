using System.Buffers.Binary;
using InterfaceEngine.Access;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Makes a key for a program.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Role">An <see cref="ApiRole"/> in small letters.</param>
/// <param name="Practices">The practices it may speak of; empty for all.</param>
internal sealed record CreateKeyRequest(string Name, string Role, IReadOnlyList<string> Practices) : ControlRequest<KeyCreatedAnswer>
{
    /// <summary>After so many days it ends by itself; null when it does not.</summary>
    public int? ExpiresInDays { get; init; }
}

/// <summary>The keys of programs.</summary>
internal sealed record ListKeysRequest : ControlRequest<KeysAnswer>;

/// <summary>Ends a key.</summary>
internal sealed record RevokeKeyRequest(string Name) : ControlRequest<KeyRevokedAnswer>;

/// <param name="Key">The whole key: it is told here and never again.</param>
internal sealed record KeyCreatedAnswer(string Name, string Key, string Role, IReadOnlyList<string> Practices, DateTimeOffset? ExpiresAt) : ControlAnswer;

internal sealed record KeysAnswer(IReadOnlyList<KeyView> Keys) : ControlAnswer;

internal sealed record KeyRevokedAnswer(string Name) : ControlAnswer;

/// <param name="State"><c>in force</c>, <c>expired</c> or <c>revoked</c>.</param>
internal sealed record KeyView(
    string Name, string Role, IReadOnlyList<string> Practices, string State, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? UsedAt);

/// <summary>Looks after the keys by which programs are known.</summary>
internal sealed class KeyOperations(EngineParts parts)
{
    private const int NameLengthMax = 60;
    private const int DaysMax = 3_650;

    private static readonly string[] _roles = [.. Enum.GetValues<ApiRole>().Select(Word)];

    public async Task<KeyCreatedAnswer> CreateAsync(CreateKeyRequest request, CancellationToken cancellationToken)
    {
        if (request.Name.Length is 0 or > NameLengthMax || !request.Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            throw RequestException.Usage($"A key's name has 1 to {NameLengthMax} letters, digits and -_. in it.");
        }

        if (!_roles.Contains(request.Role))
        {
            throw RequestException.Usage($"{request.Role} is no role: {string.Join(", ", _roles)}.");
        }

        if (request.Practices.FirstOrDefault(id => parts.Practices.All(practice => practice.Id != id)) is { } unknown)
        {
            throw RequestException.Usage($"{unknown} is not a practice of the settings ({string.Join(", ", parts.Practices.Select(known => known.Id))}).");
        }

        if (request.ExpiresInDays is < 1 or > DaysMax)
        {
            throw RequestException.Usage($"A key ends after 1 to {DaysMax} days, or not by itself.");
        }

        var (secret, now) = (ApiKeySecret.New(), parts.Time.GetUtcNow());
        var hash = secret.Hash;
        var key = new ApiKey
        {
            Id = new EngineId(BinaryPrimitives.ReadInt64BigEndian(hash) & long.MaxValue),
            Name = request.Name,
            Hash = hash,
            Role = Enum.Parse<ApiRole>(request.Role, ignoreCase: true),
            Practices = request.Practices,
            CreatedAt = now.ToUnixTimeMilliseconds(),
            ExpiresAt = request.ExpiresInDays is { } days ? now.AddDays(days).ToUnixTimeMilliseconds() : null,
        };
        var practices = request.Practices.Count == 0 ? "all practices" : string.Join(", ", request.Practices);
        try
        {
            await parts.Store.ApiKeys.AddAsync(key, request.Audit("keys create", null, $"{request.Name}: {request.Role} of {practices}"), cancellationToken);
        }
        catch (ArgumentException taken)
        {
            throw RequestException.Refused(taken.Message.Split(" (Parameter")[0]);
        }

        return new KeyCreatedAnswer(key.Name, secret.Text, request.Role, key.Practices, Time(key.ExpiresAt));
    }

    public async Task<KeysAnswer> ListAsync(CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return new KeysAnswer(
        [
            .. (await parts.Store.ApiKeys.ListAsync(cancellationToken)).Select(key => new KeyView(
                key.Name, Word(key.Role), key.Practices, key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "expired" : "in force",
                DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedAt), Time(key.ExpiresAt), Time(key.RevokedAt), Time(key.UsedAt))),
        ]);
    }

    public async Task<KeyRevokedAnswer> RevokeAsync(RevokeKeyRequest request, CancellationToken cancellationToken) =>
        await parts.Store.ApiKeys.RevokeAsync(request.Name, request.Audit("keys revoke", null, request.Name), cancellationToken)
            ? new KeyRevokedAnswer(request.Name)
            : throw RequestException.NotFound($"No key of the name {request.Name} is in force. See keys list.");

    private static string Word(ApiRole role) => role.ToString().ToLowerInvariant();

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}
