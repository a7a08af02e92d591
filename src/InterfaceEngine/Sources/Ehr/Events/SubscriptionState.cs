using System.Text.Json;
using System.Text.Json.Serialization;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>One subscription at a server, as the engine keeps it: sealed, since it holds the secret by which notifications are known.</summary>
internal sealed record SubscriptionState
{
    /// <summary>As many numbers behind a gap are remembered; what is beyond is recovered with the gap.</summary>
    private const int AheadMax = 1_000;

    /// <summary>Its id at the server; empty until it was created there.</summary>
    public required string Id { get; init; }

    /// <summary>The topic as the settings name it, e.g. <c>Patient.update</c>.</summary>
    public required string Topic { get; init; }

    /// <summary>What signs its notifications, or what their header shows.</summary>
    public required string Secret { get; init; }

    /// <summary>Events are numbered within one notification alone, so that a gap can't be seen (athenahealth).</summary>
    public bool IsNumberedApart { get; init; }

    /// <summary>As the server said it last: <c>requested</c>, <c>active</c>, <c>error</c>, <c>off</c>.</summary>
    public string Status { get; init => field = value ?? "requested"; } = "requested";

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset Begun { get; init; }

    /// <summary>When the server ends it; null when it does not.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Every event up to this number is kept; 0 for none.</summary>
    public long LastNumber { get; init; }

    /// <summary>The highest number that the server named: above <see cref="LastNumber"/> something is missing.</summary>
    public long HighestNumber { get; init; }

    /// <summary>Numbers behind a gap that are kept already, in order.</summary>
    public IReadOnlyList<long> Ahead { get; init => field = value ?? []; } = [];

    /// <summary>When the gap was seen first; null when there is none.</summary>
    public DateTimeOffset? GapSince { get; init; }

    /// <summary>When it was last heard of: it told of something, or answered when it was asked. Null when it never was.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>When it told of something by itself; null when it never did.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>Why it could not be made, asked or gone on with the last time; null when it could. No patient data.</summary>
    public string? Problem { get; init; }

    [JsonIgnore]
    public bool HasGap => HighestNumber > LastNumber;

    /// <summary>With what a notification says of it, whose events are kept with it.</summary>
    /// <param name="said">The notification.</param>
    /// <param name="now">When it came.</param>
    public SubscriptionState Heard(Notification said, DateTimeOffset now)
    {
        var heard = this with
        {
            // A first call that is answered makes it active; that it was requested yet is what the call itself says.
            Status = said is { Kind: NotificationKind.Handshake, Status: null or "requested" } ? "active" : said.Status ?? Status,
            SeenAt = now,
            ToldAt = said.Kind is NotificationKind.Status or NotificationKind.Recovered ? ToldAt : now,
        };
        return IsNumberedApart ? heard : heard.Counted(said, now);
    }

    /// <summary>With everything up to the highest number given up: it is had in another way.</summary>
    public SubscriptionState WithoutGap() => this with { LastNumber = HighestNumber, Ahead = [], GapSince = null };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, EventJson.Default.SubscriptionState);

    public static SubscriptionState Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, EventJson.Default.SubscriptionState)!;

    private SubscriptionState Counted(Notification said, DateTimeOffset now)
    {
        var numbers = new SortedSet<long>(Ahead);
        numbers.UnionWith(said.Events.Select(one => one.Number ?? 0).Where(number => number > LastNumber));
        var highest = Math.Max(HighestNumber, Math.Max(said.EventsSinceStart ?? 0, numbers.Max));
        var last = LastNumber;
        while (numbers.Remove(last + 1))
        {
            last++;
        }

        return this with { LastNumber = last, HighestNumber = highest, Ahead = [.. numbers.Take(AheadMax)], GapSince = highest > last ? GapSince ?? now : null };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SubscriptionState))]
[JsonSerializable(typeof(EventState))]
internal sealed partial class EventJson : JsonSerializerContext;
