using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>Appointments, visits, and what was written at them.</summary>
internal static class VisitResources
{
    public static IEnumerable<FhirResource> Appointments(ChartSource source, FhirIds ids) => source.Visits.Select(one =>
    {
        var (visit, start) = (one.Visit, FhirText.Moment(one.Visit.Start, one.Visit.Department));
        return FhirResource.Of("Appointment", AppointmentId(ids, visit.Id), source.Person.Id, one.Updated, one.Version, new JsonObject
        {
            ["extension"] = FhirText.List([.. Department(visit.Department, ids), .. Video("Appointment", visit)]),
            ["identifier"] = one.Identifier?.DeepClone(),
            ["cancelationReason"] = one.Status == 'x' ? one.CancelationReason?.DeepClone() : null,
            ["status"] = one.Status switch { '2' => "checked-in", '3' or '4' => "fulfilled", 'x' => one.IsNoShow ? "noshow" : "cancelled", _ => "booked" },
            ["appointmentType"] = new JsonObject { ["coding"] = FhirText.List(new JsonObject { ["code"] = visit.Type.Number, ["display"] = visit.Type.Name }), ["text"] = visit.Type.Name },
            ["reasonCode"] = visit.Reason.Text.Length > 0 ? FhirText.List(new JsonObject { ["text"] = visit.Reason.Text }) : null,
            ["start"] = FhirText.Instant(start),
            ["end"] = FhirText.Instant(start.AddMinutes(visit.Minutes)),
            ["minutesDuration"] = visit.Minutes,
            ["comment"] = visit.Note.Length > 0 ? visit.Note : null,
            ["participant"] = FhirText.List(
                Participant("Patient", ids.Patient(source.Person.Id)), Participant("Practitioner", ids.Provider(visit.Provider.Id)), Participant("Location", ids.Department(visit.Department.Id))),
        });
    });

    /// <summary>Those of the past, and appointments to which the patient came: an appointment and its visit have one number.</summary>
    public static IEnumerable<FhirResource> Encounters(ChartSource source, FhirIds ids) => source.History.Visits
        .Select(visit => Encounter(source, visit, "finished", FhirText.Moment(visit.Left ?? visit.Start, visit.Department), 1, ids))
        .Concat(source.Visits.Where(one => one.Status is '2' or '3' or '4').Select(one => Encounter(source, one.Visit, one.Status == '2' ? "in-progress" : "finished", one.Updated, one.Version, ids)));

    public static IEnumerable<FhirResource> Documents(ChartSource source, FhirIds ids, Practice house) => source.History.Documents.Select(document =>
    {
        var at = FhirText.Moment(document.Written, house.Departments[0]);
        return FhirResource.Of("DocumentReference", ids.Piece("document", document.Id), source.Person.Id, at, 1, new JsonObject
        {
            ["masterIdentifier"] = new JsonObject { ["value"] = document.Id },
            ["status"] = "current",
            ["docStatus"] = "final",
            ["type"] = FhirText.Concept(FhirText.Loinc, document.Type.Code, document.Type.Text),
            ["subject"] = FhirText.Reference("Patient", ids.Patient(source.Person.Id)),
            ["date"] = FhirText.Instant(at),
            ["author"] = FhirText.List(FhirText.Reference("Practitioner", ids.Provider(document.Author.Id))),
            ["description"] = document.Type.Text,
            ["content"] = FhirText.List(new JsonObject
            {
                ["attachment"] = new JsonObject { ["contentType"] = "application/pdf", ["url"] = $"Binary/{ids.Piece("document", document.Id)}", ["title"] = $"{document.Id}.pdf", ["size"] = File(document).Length },
            }),
        });
    });

    /// <summary>What a document's attachment holds.</summary>
    public static byte[] File(ChartDocument document) => Pdf.OneLine($"{document.Type.Text}. {document.Lines[0]}");

    public static string AppointmentId(FhirIds ids, string number) => ids.IsAthena ? ids.Piece("appointment", number) : number;

    private static FhirResource Encounter(ChartSource source, Visit visit, string status, DateTimeOffset updated, int version, FhirIds ids)
    {
        var period = new JsonObject { ["start"] = FhirText.Instant(FhirText.Moment(visit.Arrived ?? visit.Start, visit.Department)) };
        if (status == "finished")
        {
            period["end"] = FhirText.Instant(FhirText.Moment(visit.Left ?? visit.Start.AddMinutes(visit.Minutes), visit.Department));
        }

        return FhirResource.Of("Encounter", ids.IsAthena ? ids.Piece("encounter", visit.Id) : visit.Id, source.Person.Id, updated, version, new JsonObject
        {
            ["extension"] = FhirText.List([.. Department(visit.Department, ids), .. Video("Encounter", visit)]),
            ["status"] = status,
            ["class"] = new JsonObject { ["system"] = FhirText.Terminology + "v3-ActCode", ["code"] = visit.Type.IsVideo ? "VR" : "AMB", ["display"] = visit.Type.IsVideo ? "virtual" : "ambulatory" },
            ["type"] = FhirText.List(new JsonObject { ["text"] = visit.Type.Name }),
            ["subject"] = FhirText.Reference("Patient", ids.Patient(source.Person.Id)),
            ["participant"] = FhirText.List(new JsonObject { ["type"] = FhirText.List(FhirText.Code("v3-ParticipationType", "ATND")), ["individual"] = FhirText.Reference("Practitioner", ids.Provider(visit.Provider.Id)) }),
            ["period"] = period,
            ["reasonCode"] = visit.Reason.Text.Length > 0 ? FhirText.List(new JsonObject { ["text"] = visit.Reason.Text }) : null,
            ["location"] = FhirText.List(new JsonObject { ["location"] = FhirText.Reference("Location", ids.Department(visit.Department.Id)) }),
        });
    }

    private static JsonObject[] Department(Department department, FhirIds ids) =>
        ids.IsAthena ? [new JsonObject { ["url"] = FhirIds.DepartmentExtension, ["valueReference"] = FhirText.Reference("Organization", ids.Department(department.Id)) }] : [];

    /// <summary>Where a visit over video is joined, as R5's element in an extension.</summary>
    private static JsonObject[] Video(string type, Visit visit) => !visit.Type.IsVideo ? [] :
    [
        new JsonObject
        {
            ["url"] = $"http://hl7.org/fhir/5.0/StructureDefinition/extension-{type}.virtualService",
            ["extension"] = FhirText.List(new JsonObject { ["url"] = "addressUrl", ["valueUrl"] = $"https://video.example.org/join/{visit.Id}" }),
        },
    ];

    private static JsonObject Participant(string type, string id) => new() { ["actor"] = FhirText.Reference(type, id), ["status"] = "accepted" };
}
