using System.Net;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Api;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Flows;

/// <summary>
/// The guides' real-time update, at every vendor by the way that it has: somebody at the clinic changes a patient and cancels a visit that was booked here, and our records have
/// it without anybody asking, once, with where it came from.
/// </summary>
public sealed class RealTimeTests
{
    [Theory]
    [InlineData("athena-real", Arrival.Events)]
    [InlineData("athena-real", Arrival.Feeds)]
    [InlineData("athena-guide", Arrival.Events)]
    [InlineData("ecw-guide", Arrival.Events)]
    [InlineData("ecw-real", Arrival.Clock)]
    public async Task What_changes_at_the_clinic_changes_here_by_itself_and_once(string profile, Arrival arrival)
    {
        await using var place = await FlowPlace.StartAsync(profile, arrival: arrival, people: 1);
        await MeetAsync(place);
        await ListenAsync(place);
        EngineId? visit = profile == "ecw-real" ? null : await BookAsync(place);

        place.Vendor.Events.Spoil(EventFault.Twice);
        place.Vendor.At(practice =>
        {
            var patient = practice.Patients.Single();
            patient.Person = patient.Person with { Address = patient.Person.Address with { Line1 = "7 ELM CT" } };
            practice.Tell("UpdatePatient", patient);
            return true;
        });
        await RunningEngine.UntilAsync(async () => (await PatientAsync(place))["address.line1"] == "7 ELM CT");
        await ComeAgainAsync(place);

        var patient = await PatientAsync(place);
        var lineage = (await place.AskAsync("GET", $"/api/records/patient/{patient.Id}?lineage=true")).GetProperty("lineage").GetProperty("address.line1");
        lineage.GetProperty("source").GetString().Should().Be(FlowPlace.Connection);
        (await ChangesAsync(place, "patient", patient.Id)).Where(field => field == "address.line1").Should().HaveCount(2, "it was told once, and then the new one once");
        if (visit is { } booked)
        {
            await CheckCancelledAsync(place, booked);
        }
    }

    /// <summary>The clinic cancels the visit that was booked here.</summary>
    private static async Task CheckCancelledAsync(FlowPlace place, EngineId visit)
    {
        place.Vendor.At(practice =>
        {
            var there = practice.Schedule.Appointments.Single(one => one.Patient == practice.Patients[0].Person.Id && one.Status == VendorAppointment.Future && IsOurs(place, one));
            (there.Status, there.CancelledAt, there.CancelledBy) = (VendorAppointment.Cancelled, practice.Now, "jjohnson");
            practice.Tell("CancelAppointment", there);
            return true;
        });

        await RunningEngine.UntilAsync(async () => (await place.RecordsAsync("appointment")).Single(one => one.Id == visit)["status"] == "cancelled");
        (await place.RecordsAsync("appointment")).Single(one => one.Id == visit).Find("status")!.Cause!.Source.Should().Be(FlowPlace.Connection);
        (await ChangesAsync(place, "appointment", visit)).Count(field => field == "status").Should().Be(2, "it was booked and cancelled");
        (await place.Engine.Core.Store.ReadAsync(reader => reader.DeliveryCounts(), default)).Sum(count => count.Count).Should().Be(1, "what the vendor says is not told to the vendor");
    }

    /// <summary>The engine gets to know the patient, past the synchronisation that may run just now.</summary>
    private static async Task MeetAsync(FlowPlace place)
    {
        var (core, number) = (place.Engine.Core, place.Vendor.At(practice => practice.Patients.Single().Person.Id));
        var connection = core.Connections[FlowPlace.Connection];
        var read = await new FhirClient(connection).ReadAsync("Patient", FhirIds.OfPatient(connection.Options, number), CallPriority.Sync, default);
        await core.VendorDocuments.TakeAsync(place.Practice, FlowPlace.Connection, [read.Document], read.ServerTime, default);
    }

    /// <summary>Returns when the vendor tells what changes from now on.</summary>
    private static async Task ListenAsync(FlowPlace place)
    {
        if (place.Arrival == Arrival.Events)
        {
            // The engine subscribes by itself some seconds after its start; a second one who does so would end what the first has begun.
            var core = place.Engine.Core;
            var (options, inbox) = (core.Connections[FlowPlace.Connection].Options, core.Vendor(FlowPlace.Connection).Events().Inbox);
            await RunningEngine.UntilAsync(async () => (await inbox.SubscriptionsAsync(options, default)).Count(one => one.State.Status == "active") == options.Events.Topics.Count);
        }
        else if (place.Arrival == Arrival.Feeds)
        {
            await RunningEngine.UntilAsync(() => Task.FromResult(place.Vendor.At(practice => practice.Feed("patients").StatusAt(practice.Now) == "ACTIVE" && practice.Feed("appointments").StatusAt(practice.Now) == "ACTIVE")));
        }
    }

    private static async Task<EngineId> BookAsync(FlowPlace place)
    {
        var slot = (await place.AskAsync("GET", $"/api/appointments/open?from={Day(7)}&until={Day(14)}&limit=1")).GetProperty("slots")[0].GetProperty("id").GetString()!;
        var (status, booked) = await place.Client.SendAsync(
            "POST", "/api/appointments", $$"""{ "patient": "{{place.Vendor.At(practice => practice.Patients.Single().Person.Id)}}", "slot": "{{slot}}", "because": "the patient called" }""", ("Idempotency-Key", "call-1"));
        status.Should().Be(HttpStatusCode.Created, $"{booked}");
        await place.DeliveredAsync(booked.GetProperty("deliveries")[0].GetProperty("id").GetString()!);
        EngineId.TryParse(booked.GetProperty("id").GetString(), out var id).Should().BeTrue();
        return id;
    }

    /// <summary>Returns when the same has come once more: the event that is told twice, or the next look that finds it again.</summary>
    private static async Task ComeAgainAsync(FlowPlace place)
    {
        if (place.Arrival == Arrival.Events)
        {
            await RunningEngine.UntilAsync(async () => place.Vendor.Events.Sent.Count(one => one.Type == "event-notification") == 2 && (await place.Engine.Core.Vendor(FlowPlace.Connection).Events().Queue.WaitingAsync(default)).Count == 0);
            place.Vendor.Events.Sent.Should().OnlyContain(one => one.Status == HttpStatusCode.OK);
            return;
        }

        var endpoint = place.Arrival == Arrival.Feeds ? "GET /patients/changed" : "GET Patient";
        var seen = Count();
        await RunningEngine.UntilAsync(() => Task.FromResult(Count() > seen + 1));

        int Count() => place.Vendor.Calls.Count(call => call.Endpoint == endpoint);
    }

    private static async Task<StoredRecord> PatientAsync(FlowPlace place) => (await place.RecordsAsync("patient")).Should().ContainSingle().Subject;

    /// <summary>The names of the fields that ever changed, each as often as it did.</summary>
    private static async Task<List<string>> ChangesAsync(FlowPlace place, string type, EngineId id) =>
        [.. (await place.AskAsync("GET", $"/api/records/{type}/{id}/changes")).GetProperty("changes").EnumerateArray().SelectMany(change => change.GetProperty("fields").EnumerateArray()).Select(field => field.GetProperty("name").GetString()!)];

    private static bool IsOurs(FlowPlace place, VendorAppointment visit) => visit.ScheduledBy.StartsWith("API-", StringComparison.Ordinal) || visit.ScheduledBy == place.Vendor.ClientId;

    private static string Day(int days) => DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
