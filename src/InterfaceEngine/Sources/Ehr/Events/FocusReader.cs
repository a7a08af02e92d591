using System.Net;
using System.Text;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using NodaTime;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>
/// Reads what events are about as it is now: an event says that something changed, and not what. What came along is taken as it is. Of two roads the
/// vendor's own number goes before a resource, for it names what no resource does (athenahealth's appointments).
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="documents">Knows what the practice's tables read.</param>
internal sealed class FocusReader(EhrConnection connection, VendorDocuments documents)
{
    private const string AthenaSystem = "urn:athenahealth:athenanet:";
    private const string PatientTemplate = "/patients/{patientid}";
    private const string Deletes = ".delete";

    private readonly AthenaNetClient _athenaNet = new(connection) { Priority = CallPriority.Prompt };
    private readonly FhirClient _fhir = new(connection);

    private ConnectionOptions Options => connection.Options;

    /// <param name="told">Events that are about one thing.</param>
    /// <param name="now">Our clock, for what says no time itself.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The document and from when it counts; null when there is no road to what it is about, or no table reads it.</returns>
    /// <exception cref="EhrException">It could not be read.</exception>
    public async Task<(EhrDocument Document, DateTimeOffset At)?> ReadAsync(IReadOnlyList<EventState> told, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var one = told[^1];
        var focus = one.Focus is { } reference && IsOwn(reference) ? DeletedResource.Parse(reference) : null;
        if (told.Count == 1 && one is { Resource: { } resource, At: { } at } && focus is not null && !Options.IsChartByRest)
        {
            return IsRead(focus.Message) ? (new EhrDocument(focus.Message, Encoding.UTF8.GetBytes(resource)), at) : null;
        }

        var isDeletion = told.Any(each => each.IsDeletion || each.Topic.EndsWith(Deletes, StringComparison.Ordinal));
        // Where charts come by athenaNet a resource would be the same once more, under another id.
        var canFhir = focus is not null && Options is { Fhir: not null, IsChartByRest: false } && IsRead(focus.Message);
        if (canFhir && isDeletion)
        {
            return await OfFhirAsync(focus!, isDeletion, told, now, cancellationToken);
        }

        return (ThingOf(one.Identifier), Options.Rest) switch
        {
            ("appointment", not null) when IsRead(AthenaAppointments.DocumentKind) => await AppointmentAsync(one.Identifier!.Value, cancellationToken),
            ("patient", not null) when IsRead($"GET {PatientTemplate}") => await PatientAsync(one.Identifier!.Value, cancellationToken),
            _ => canFhir ? await OfFhirAsync(focus!, isDeletion, told, now, cancellationToken) : null,
        };
    }

    /// <summary>The patient that a document is, by the vendor's number; none where it is another thing.</summary>
    public static IEnumerable<string> PatientsOf(EhrDocument document, ConnectionOptions connection, EventState told)
    {
        var number = document.Kind == $"GET {PatientTemplate}" ? told.Identifier?.Value
            : document.Kind == FhirResource.KindOf("Patient") && told.Focus is { } focus && DeletedResource.Parse(focus) is { } patient ? FhirIds.NumberOf(connection, patient.Id)
            : null;
        return number is null ? [] : [number];
    }

    private async Task<(EhrDocument Document, DateTimeOffset At)> AppointmentAsync(string id, CancellationToken cancellationToken)
    {
        var (visit, at) = await _athenaNet.Appointments.ReadAsync(id, cancellationToken);
        return (AthenaAppointments.Document(visit.Row), at);
    }

    private async Task<(EhrDocument Document, DateTimeOffset At)> PatientAsync(string id, CancellationToken cancellationToken)
    {
        var call = AthenaCalls.Get(PatientTemplate).With("patientid", id);
        var answer = await _athenaNet.SendAsync(call, cancellationToken);
        return (AthenaDocument.Of(call, EhrBody.ReadOne(call, answer, "patientid"), ("patientid", id)), answer.ServerTime);
    }

    private async Task<(EhrDocument Document, DateTimeOffset At)> OfFhirAsync(
        DeletedResource named, bool isDeletion, IReadOnlyList<EventState> told, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var read = await _fhir.ReadAsync(named.Type, named.Id, CallPriority.Prompt, cancellationToken);
            return (read.Document, read.ServerTime);
        }
        catch (EhrException gone) when (gone.Status == HttpStatusCode.Gone || (gone.Fault == EhrFault.NotFound && isDeletion))
        {
            var at = told.Max(one => one.At) ?? now;
            return (new EhrDocument(named.Message, named.ToDocument(Instant.FromDateTimeOffset(at))), at);
        }
    }

    private bool IsRead(string kind) => documents.IsRead(Options.Practice, kind);

    /// <summary>What lies on another server is not read: the reference is relative, or below our own base.</summary>
    private bool IsOwn(string reference) =>
        !reference.Contains("://", StringComparison.Ordinal) || (Options.Fhir is { } root && reference.StartsWith($"{root.AbsoluteUri.TrimEnd('/')}/", StringComparison.Ordinal));

    /// <summary>What a number of athenahealth's is of: <c>urn:athenahealth:athenanet:appointment:195900</c> names an appointment.</summary>
    private static string? ThingOf(VendorIdentifier? identifier) =>
        identifier?.System is { } system && system.StartsWith(AthenaSystem, StringComparison.Ordinal) && system[AthenaSystem.Length..].Split(':') is [{ Length: > 0 } thing, ..] ? thing : null;
}
