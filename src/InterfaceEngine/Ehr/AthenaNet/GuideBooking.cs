using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>
/// Bookings in the form of the guides: patient and time in one call, without a slot. The real athenaNet knows neither call; see
/// <see cref="BookingForm"/>. Sent once, like every booking.
/// </summary>
internal sealed class GuideBooking(AthenaNetClient client)
{
    /// <summary>The integration guide's <c>POST /appointments/open</c>: JSON, numbers as numbers, the time in one text without an offset.</summary>
    public Task<JsonElement> PostOpenAsync(WantedVisit wanted, CancellationToken cancellationToken) => client.OneAsync(
        new EhrCall { Method = HttpMethod.Post, Template = "/appointments/open", Body = PostOpenBody(wanted), ContentType = "application/json" }, cancellationToken);

    /// <summary>The receptionist guide's <c>POST /appointments</c>.</summary>
    public Task<JsonElement> PostAsync(WantedVisit wanted, CancellationToken cancellationToken) => client.OneAsync(
        AthenaCalls.Post(
            "/appointments",
            ("appointmenttypeid", wanted.Type),
            ("departmentid", wanted.Department),
            ("patientid", wanted.Patient),
            ("appointmentdate", AthenaValues.Of(wanted.Start.Date)),
            ("appointmenttime", AthenaValues.Of(wanted.Start.TimeOfDay)),
            ("providerid", wanted.Provider),
            ("appointmentnote", wanted.Note)),
        cancellationToken);

    internal static byte[] PostOpenBody(WantedVisit wanted)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            Number(writer, "patientid", wanted.Patient);
            Number(writer, "providerid", wanted.Provider);
            Number(writer, "appointmenttypeid", wanted.Type);
            Number(writer, "departmentid", wanted.Department);
            writer.WriteString("starttime", LocalDateTimePattern.GeneralIso.Format(wanted.Start));
            Number(writer, "duration", wanted.Minutes?.ToString(CultureInfo.InvariantCulture));
            Number(writer, "reasonid", wanted.Reason);
            if (wanted.Note is { } note)
            {
                writer.WriteString("appointmentnote", note);
            }

            writer.WriteEndObject();
        }

        return body.ToArray();
    }

    private static void Number(Utf8JsonWriter writer, string name, string? value)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            writer.WriteNumber(name, number);
        }
        else if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}

/// <summary>A visit as somebody wants it, in the vendor's numbers.</summary>
internal sealed record WantedVisit
{
    public required string Patient { get; init; }

    public required string Department { get; init; }

    public required string Provider { get; init; }

    /// <summary>By the department's clock.</summary>
    public required LocalDateTime Start { get; init; }

    /// <summary>The type's number; null leaves the slot's.</summary>
    public string? Type { get; init; }

    public int? Minutes { get; init; }

    /// <summary>The practice's number of why the patient comes (<c>reasonid</c>); null where it has none for it.</summary>
    public string? Reason { get; init; }

    public string? Note { get; init; }

    /// <summary>Whether a row of the vendor's is at this time, with this provider in this department.</summary>
    public bool IsAt(AthenaVisit visit) => visit.Start == Start && visit.Provider == Provider && visit.Department == Department;
}
