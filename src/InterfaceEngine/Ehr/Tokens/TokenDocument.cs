using System.Text.Json;

namespace InterfaceEngine.Ehr.Tokens;

/// <summary>A token as it is kept, sealed, for all nodes. Times are UTC milliseconds by the store's clock.</summary>
internal sealed record TokenDocument
{
    /// <summary>The token; null when only what refreshes it is left.</summary>
    public string? Access { get; init; }

    public long EndsAt { get; init; }

    /// <summary>How long before its end it is renewed.</summary>
    public long MarginMs { get; init; }

    public string Scope { get; init; } = "";

    /// <summary>What a user's consent gave to renew it by.</summary>
    public string? Refresh { get; init; }

    public string? Patient { get; init; }

    /// <summary>Until when a node has it in hand to renew it; 0 when none has.</summary>
    public long ClaimedUntil { get; init; }

    public static TokenDocument Of(TokenAnswer answer, long endsAt) =>
        new()
        {
            Access = answer.Access.Value,
            EndsAt = endsAt,
            MarginMs = (long)answer.Margin.TotalMilliseconds,
            Scope = answer.Scope ?? "",
            Refresh = answer.Refresh?.Value,
            Patient = answer.Patient,
        };

    /// <summary>Null when nothing is kept.</summary>
    public static TokenDocument? Read(ReadOnlyMemory<byte> content) => content.IsEmpty ? null : JsonSerializer.Deserialize<TokenDocument>(content.Span);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>The token by our own clock; null when there is none.</summary>
    /// <param name="storeNow">The store's clock.</param>
    /// <param name="now">Ours, at the same moment.</param>
    public EhrToken? Token(long storeNow, DateTimeOffset now) =>
        Access is null ? null : new EhrToken(new EhrSecret(Access), now + TimeSpan.FromMilliseconds(EndsAt - storeNow), TimeSpan.FromMilliseconds(MarginMs));

    /// <summary>A record would show its members.</summary>
    public override string ToString() => nameof(TokenDocument);
}
