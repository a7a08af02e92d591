using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>Messages to patients and errands: what the guides have of eClinicalWorks and its real interface has not.</summary>
internal static class TalkResources
{
    public static IEnumerable<FhirResource> Communications(ChartSource source, FhirIds ids, Practice house) => source.History.Messages.Select(message =>
    {
        var (sent, received) = (FhirText.Moment(message.Sent, house.Departments[0]), FhirText.Moment(message.Received, house.Departments[0]));
        return FhirResource.Of("Communication", ids.Piece("message", message.Id), source.Person.Id, received, 1, new JsonObject
        {
            ["status"] = "completed",
            ["category"] = FhirText.List(FhirText.Code("communication-category", "notification")),
            ["priority"] = "routine",
            ["medium"] = FhirText.List(FhirText.Code("v3-ParticipationMode", "WRITTEN")),
            ["subject"] = FhirText.Reference("Patient", ids.Patient(source.Person.Id)),
            ["topic"] = new JsonObject { ["text"] = message.Topic },
            ["sent"] = FhirText.Instant(sent),
            ["received"] = FhirText.Instant(received),
            ["payload"] = FhirText.List(new JsonObject { ["contentString"] = message.Text }),
        });
    });

    public static IEnumerable<FhirResource> Tasks(ChartSource source, FhirIds ids, Practice house) => source.History.Errands.Select(errand =>
    {
        var written = FhirText.Moment(errand.Written, house.Departments[0]);
        return FhirResource.Of("Task", ids.Piece("task", errand.Id), source.Person.Id, written, 1, new JsonObject
        {
            ["status"] = errand.IsDone ? "completed" : "in-progress",
            ["intent"] = "order",
            ["priority"] = "routine",
            ["code"] = new JsonObject
            {
                ["coding"] = FhirText.List(new JsonObject { ["system"] = "http://hl7.org/fhir/CodeSystem/task-code", ["code"] = "fulfill", ["display"] = "Fulfill the focal request" }),
                ["text"] = errand.JoinLink.Length > 0 ? "Virtual encounter" : "Errand",
            },
            ["description"] = errand.Text,
            ["for"] = FhirText.Reference("Patient", ids.Patient(source.Person.Id)),
            ["authoredOn"] = FhirText.Instant(written),
            ["lastModified"] = FhirText.Instant(written),
            ["executionPeriod"] = new JsonObject { ["start"] = FhirText.Day(errand.From), ["end"] = FhirText.Day(errand.To) },
            ["note"] = errand.Note.Length > 0 ? FhirText.List(new JsonObject { ["text"] = errand.Note }) : null,
            ["input"] = errand.JoinLink.Length > 0 ? FhirText.List(new JsonObject { ["type"] = new JsonObject { ["text"] = "join-link" }, ["valueUrl"] = errand.JoinLink }) : null,
        });
    });
}
