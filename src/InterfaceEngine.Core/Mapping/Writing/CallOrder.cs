using System.Globalization;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// What a destination that is told by calls is to do about a visit or a patient: the whole record as the tables write it, and what of it changed. It is the
/// body of a delivery, so it is kept as it was written, and every attempt goes by the same.
/// </summary>
public sealed record CallOrder
{
    /// <summary>A new visit.</summary>
    public const string Booked = "booked";

    /// <summary>A visit that stands was changed or moved.</summary>
    public const string Modified = "modified";

    /// <summary>A visit that stood was cancelled.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>A new patient.</summary>
    public const string Registered = "registered";

    /// <summary>A patient was changed; one whom the vendor does not know yet is new to it.</summary>
    public const string Updated = "updated";

    /// <summary>Of a visit <see cref="Booked"/>, <see cref="Modified"/> or <see cref="Cancelled"/>; of a patient <see cref="Registered"/> or <see cref="Updated"/>.</summary>
    public required string Event { get; init; }

    /// <summary>Our id of the visit; null where it is about a patient.</summary>
    public string? Visit { get; init; }

    /// <summary>
    /// Our id of the patient. The call has <see cref="StandInFor"/> in the place of the vendor's number, which may not be known before the call is made.
    /// Null in an order of an earlier version, whose call has the number.
    /// </summary>
    public string? Patient { get; init; }

    /// <summary>From when the change counts here: what the vendor answers after it was told of it is not older.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Our id of the record that it is about.</summary>
    public string? Record => Visit ?? Patient;

    /// <summary>The vendor's number of the slot that a visit is to have; null when any of that time will do.</summary>
    public string? Slot { get; init; }

    /// <summary>The vendor's number of the place where a patient is registered; null where nobody said one.</summary>
    public string? Department { get; init; }

    /// <summary>Somebody said that a new patient is another than those of her name who are known here.</summary>
    public bool IsAnother { get; init; }

    /// <summary>The fields that changed.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>The record as the tables write it for the call, one JSON object.</summary>
    public required ReadOnlyMemory<byte> Call { get; init; }

    /// <summary>What stands in a call for the patient's number at the vendor: a number of so many digits that nothing else in it is the same.</summary>
    public static string StandInFor(EngineId patient) => patient.Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The order with the patient's number in the call.</summary>
    /// <param name="number">The vendor's.</param>
    public CallOrder WithPatient(string number) => EngineId.TryParse(Patient, out var id)
        ? this with { Call = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Call.Span).Replace(StandInFor(id), JsonEncodedText.Encode(number).ToString(), StringComparison.Ordinal)) }
        : this;

    public byte[] ToBytes()
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("event", Event);
            foreach (var (name, value) in new[] { ("visit", Visit), ("patient", Patient), ("slot", Slot), ("department", Department) })
            {
                if (value is not null)
                {
                    writer.WriteString(name, value);
                }
            }

            writer.WriteNumber("at", At.ToUnixTimeMilliseconds());
            if (IsAnother)
            {
                writer.WriteBoolean("another", true);
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
    public static CallOrder Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            string? Text(string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
            var order = new CallOrder
            {
                Event = root.GetProperty("event").GetString()!,
                Visit = Text("visit"),
                Patient = Text("patient"),
                // What an earlier version wrote says none.
                At = root.TryGetProperty("at", out var at) ? DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64()) : default,
                Slot = Text("slot"),
                Department = Text("department"),
                IsAnother = root.TryGetProperty("another", out var another) && another.GetBoolean(),
                Changed = [.. root.GetProperty("changed").EnumerateArray().Select(field => field.GetString()!)],
                Call = Encoding.UTF8.GetBytes(root.GetProperty("call").GetRawText()),
            };
            return order.Record is not null ? order : throw new FormatException("it names neither a visit nor a patient");
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            throw new FormatException("what is to be delivered is no order of a visit or a patient.", failure);
        }
    }
}
