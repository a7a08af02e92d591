using System.Text;
using System.Text.Json;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// What a destination that is told by calls is to do about a visit: the whole visit as the tables write it, and what of it changed. It is the body of
/// a delivery, so it is kept as it was written, and every attempt goes by the same.
/// </summary>
public sealed class VisitOrder
{
    /// <summary>A new visit.</summary>
    public const string Booked = "booked";

    /// <summary>One that stands was changed or moved.</summary>
    public const string Modified = "modified";

    /// <summary>One that stood was cancelled.</summary>
    public const string Cancelled = "cancelled";

    /// <summary><see cref="Booked"/>, <see cref="Modified"/> or <see cref="Cancelled"/>.</summary>
    public required string Event { get; init; }

    /// <summary>Our id of the visit.</summary>
    public required string Visit { get; init; }

    /// <summary>From when the change counts here: what the vendor answers after it was told of it is not older.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The vendor's number of the slot that it is to have; null when any of that time will do.</summary>
    public string? Slot { get; init; }

    /// <summary>The fields that changed; empty for a new one.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>The visit as the tables write it for the call, one JSON object.</summary>
    public required ReadOnlyMemory<byte> Call { get; init; }

    public byte[] ToBytes()
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("event", Event);
            writer.WriteString("visit", Visit);
            writer.WriteNumber("at", At.ToUnixTimeMilliseconds());
            if (Slot is not null)
            {
                writer.WriteString("slot", Slot);
            }

            writer.WriteStartArray("changed");
            foreach (var field in Changed)
            {
                writer.WriteStringValue(field);
            }

            writer.WriteEndArray();
            writer.WritePropertyName("call");
            writer.WriteRawValue(Call.Span);
            writer.WriteEndObject();
        }

        return body.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="FormatException">It is none: another kind of destination's delivery, whose destination was given another kind since.</exception>
    public static VisitOrder Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return new VisitOrder
            {
                Event = root.GetProperty("event").GetString()!,
                Visit = root.GetProperty("visit").GetString()!,
                // What an earlier version wrote says none.
                At = root.TryGetProperty("at", out var at) ? DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64()) : default,
                Slot = root.TryGetProperty("slot", out var slot) ? slot.GetString() : null,
                Changed = [.. root.GetProperty("changed").EnumerateArray().Select(field => field.GetString()!)],
                Call = Encoding.UTF8.GetBytes(root.GetProperty("call").GetRawText()),
            };
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            throw new FormatException("what is to be delivered is no order of a visit.", failure);
        }
    }
}
