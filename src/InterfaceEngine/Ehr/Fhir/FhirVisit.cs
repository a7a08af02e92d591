using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>An Appointment, as whoever books and looks for one must know it.</summary>
internal sealed record FhirVisit
{
    public const string Type = "Appointment";

    private static readonly HashSet<string> _over = ["cancelled", "noshow", "entered-in-error"];

    /// <summary>The server's id; empty where it has none yet.</summary>
    public required string Id { get; init; }

    public string? Status { get; init; }

    /// <summary>It does not take place, whatever the reason.</summary>
    public bool IsOver => Status is { } status && _over.Contains(status);

    /// <summary>Ids of the participants; null where there is none of the kind.</summary>
    public string? Patient { get; init; }

    public string? Practitioner { get; init; }

    public string? Location { get; init; }

    public Instant? Start { get; init; }

    /// <summary>What it is called beside its id: also by whoever booked it.</summary>
    public IReadOnlyList<string> Identifiers { get; init; } = [];

    public static FhirVisit Of(JsonElement resource) => new()
    {
        Id = FhirJson.Text(resource, "id") ?? "",
        Status = FhirJson.Text(resource, "status"),
        Patient = Actor(resource, "Patient"),
        Practitioner = Actor(resource, "Practitioner"),
        Location = Actor(resource, "Location"),
        Start = Moment(resource, "start"),
        Identifiers = [.. FhirJson.Items(resource, "identifier").Select(one => FhirJson.Text(one, "value")).OfType<string>()],
    };

    public static FhirVisit Of(ReadOnlyMemory<byte> resource)
    {
        using var document = JsonDocument.Parse(resource);
        return Of(document.RootElement);
    }

    /// <summary>An instant; null where it is none.</summary>
    public static Instant? Moment(JsonElement resource, string name) =>
        FhirJson.Text(resource, name) is { } text && OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } parsed ? parsed.Value.ToInstant() : null;

    private static string? Actor(JsonElement resource, string type) => FhirJson.Items(resource, "participant")
        .Select(participant => FhirIds.In(FhirJson.Text(FhirJson.Member(participant, "actor"), "reference"), type)).FirstOrDefault(id => id is not null);
}
