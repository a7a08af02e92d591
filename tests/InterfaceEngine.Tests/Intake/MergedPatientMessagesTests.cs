using InterfaceEngine.Control;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>
/// What comes under the survivor's id after a merge (A40) and speaks of what was told under the retired one (mapping design §21:
/// what hangs on it shows with the survivor, a correction replaces, a person can undo it).
/// </summary>
public class MergedPatientMessagesTests : IAsyncLifetime
{
    private const string Resources = "AIG|1||jjohnson^JOHNSON";
    private const string Room = "AIL|1||CLINIC";

    private TestEngine _engine = null!;
    private EngineId _retired;

    public async Task InitializeAsync()
    {
        _engine = await StartAsync(settings => settings with
        {
            Destinations =
            [
                new DestinationSettings(
                    "mllp",
                    new OutboundAddress { Destination = "athena", Practices = ["1959"], SendingApplication = "PRACTICESTUDIO", ReceivingApplication = "ATHENA", SendingFacility = "PSSERVER", ReceivingFacility = "ATHENANET" },
                    new MllpDestinationOptions(),
                    new DeliveryOptions()),
            ],
        });
        await _engine.AcceptAsync(Adt("A04", "1", 0, Doe()));
        await _engine.AcceptAsync(Adt("A04", "2", 1, Doe(id: "77", given: "JON"), "PV1|1|O|||||||||||||||||V1"));
        await _engine.AcceptAsync(Oru("3", 2, "77", "95", "F"));
        await _engine.AcceptAsync(Dft("4", 3, "77", "T1"));
        await _engine.AcceptAsync(Dft("5", 3, "77", ""));
        await _engine.AcceptAsync(Siu("S12", "6", 4, Sch("Booked"), Doe(id: "77", given: "JON"), Resources, Room));
        _retired = (await _engine.RecordAsync("1959", "patient", "77"))!.Id;
        await _engine.AcceptAsync(Adt("A40", "7", 10, Doe(), "MRG|77^^^ATHENA^MRN"));
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    /// <summary>On which store the tests run: a subclass has another.</summary>
    private protected virtual Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes) => TestEngine.StartAsync(change, changes);

    [StoreFact]
    public async Task A_corrected_result_replaces_the_one_that_came_under_the_retired_id()
    {
        var receipt = await _engine.AcceptAsync(Oru("8", 11, "12345", "59", "C"));

        receipt.State.Should().Be(MessageState.Applied);
        var value = (await _engine.RecordsAsync("1959", "observation")).Should().ContainSingle("a second one beside it would leave the wrong value final").Subject;
        (value["value.text"], value["status"], value["former_value.text"]).Should().Be(("59", "corrected", "95"));
        (await _engine.RecordsAsync("1959", "result")).Should().ContainSingle();
        value["patient_id"].Should().Be(_retired.ToString(), "nothing is moved");
    }

    [StoreFact]
    public async Task A_late_result_under_the_retired_id_meets_what_came_under_the_survivor()
    {
        await _engine.AcceptAsync(Oru("8", 11, "12345", "4.1", "P", "LAB-2"));

        await _engine.AcceptAsync(Oru("9", 12, "77", "4.2", "F", "LAB-2"));

        (await _engine.RecordsAsync("1959", "observation")).Where(value => value["order_number"] == "LAB-2").Should().ContainSingle().Which["value.text"].Should().Be("4.2");
    }

    [StoreFact]
    public async Task A_discharge_a_cancellation_and_a_charge_that_name_the_survivor_are_applied()
    {
        var discharge = await _engine.AcceptAsync(Adt("A03", "8", 11, Doe(), "PV1|1|O|||||||||||||||||V1|||||||||||||||||||||||||202601051000|202601051100"));
        var cancellation = await _engine.AcceptAsync(Siu("S15", "9", 12, Sch("Cancelled"), Doe(), Resources, Room));
        var numbered = await _engine.AcceptAsync(Dft("10", 13, "12345", "T1"));
        var unnumbered = await _engine.AcceptAsync(Dft("11", 13, "12345", ""));

        new[] { discharge.State, cancellation.State, numbered.State, unnumbered.State }.Should().NotContain(MessageState.Held);
        (await _engine.RecordAsync("1959", "appointment", "A1"))!["status"].Should().Be("cancelled");
        (await _engine.RecordAsync("1959", "encounter", "V1"))!["ended_at"].Should().BeNull("that is a list's word");
        (await _engine.RecordsAsync("1959", "charge")).Should().HaveCount(2, "each was told again, none is new");
        foreach (var type in new[] { "appointment", "encounter", "charge" })
        {
            (await _engine.RecordsAsync("1959", type)).Should().OnlyContain(record => record["patient_id"] == _retired.ToString(), "a merge moves nothing");
        }
    }

    [StoreFact]
    public async Task A_visit_of_somebody_else_is_still_held()
    {
        await _engine.AcceptAsync(Adt("A04", "8", 11, Doe(id: "99", given: "MARY", family: "POE", birth: "19910101")));

        (await _engine.AcceptAsync(Siu("S14", "9", 12, Sch("Booked"), Doe(id: "99", given: "MARY", family: "POE", birth: "19910101"), Resources, Room))).State.Should().Be(MessageState.Held);
    }

    [StoreFact]
    public async Task What_goes_out_of_a_visit_of_the_retired_id_carries_the_survivor()
    {
        var cancelled = await _engine.Core.Appointments.CancelAsync(new AppointmentChange { Practice = "1959", Visit = "A1", Audit = new AuditEntry("maria", "appointments", "1959", null, "she called") }, default);

        var delivery = (await _engine.Store.ReadAsync(reader => reader.Delivery(cancelled.Deliveries.Single().Id), default))!;
        var pid = Hl7Message.Parse(delivery.Body).Find("PID");
        (pid.Field(3).Component(1).Decode(), pid.Field(5).Component(2).Decode()).Should().Be(("12345", "JOHN"), "athenahealth knows the retired id no more");
        cancelled.Deliveries.Single().Lane.Should().Be(_retired.ToString(), "what was queued of the visit before goes first");
    }

    [StoreFact]
    public async Task A_booking_for_the_retired_id_is_the_survivors()
    {
        var booked = await _engine.Core.Appointments.BookAsync(
            new AppointmentChange
            {
                Practice = "1959",
                Patient = "77",
                Start = "2026-12-01 09:00",
                Minutes = 15,
                Type = "telehealth",
                Provider = "jjohnson",
                Location = "loc-main",
                Audit = new AuditEntry("maria", "appointments", "1959", null, "she called"),
            },
            default);

        booked.Visit["patient_id"].Should().Be((await _engine.RecordAsync("1959", "patient", "12345"))!.Id.ToString());
    }

    [StoreFact]
    public async Task An_undone_merge_gives_everything_back_and_keeps_the_two_apart_from_then_on()
    {
        await _engine.AcceptAsync(Oru("8", 11, "12345", "59", "C"));
        await using var operations = new EngineOperations(_engine.Core.Parts());
        await operations.AskAsync(new UnmergeRequest("1959", "77") { Actor = "maria", Reason = "two people after all" }, default);

        await _engine.AcceptAsync(Oru("9", 12, "12345", "88", "F"));

        var survivor = (await _engine.RecordAsync("1959", "patient", "12345"))!.Id;
        (await _engine.RecordsAsync("1959", "observation")).Select(value => (value["patient_id"], value["value.text"])).Should().BeEquivalentTo(
            [(_retired.ToString(), "59"), ((string?)survivor.ToString(), "88")]);
        (await _engine.AcceptAsync(Siu("S14", "10", 13, Sch("Booked"), Doe(), Resources, Room))).State.Should().Be(MessageState.Held, "the visit is the other's again");
    }

    private static string Sch(string status) => $"A1|A1|||||Follow-up|Follow-up|15|minutes|^^^20260601140000^20260601141500||||||||||||||{status}";

    private static byte[] Oru(string controlId, int minute, string patient, string value, string status, string order = "LAB-1") => TestEngine.Message(
    [
        $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(minute)}||ORU^R01|{controlId}|P|2.3|",
        $"PID|1||{Doe(id: patient, given: patient == "77" ? "JON" : "JOHN")}",
        $"OBR|1||{order}|CHEM^Chemistry^L|||20260105080000||||||||||||||||||{status}",
        $"OBX|1|NM|GLU^Glucose^L||{value}|mg/dL|||||{status}",
    ]);

    private static byte[] Dft(string controlId, int minute, string patient, string transaction) => TestEngine.Message(
    [
        $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(minute)}||DFT^P03|{controlId}|P|2.3|",
        $"PID|1||{Doe(id: patient, given: patient == "77" ? "JON" : "JOHN")}",
        "PV1|1|O|||||||||||||||||V1",
        $"FT1|1|{transaction}||20260105|20260105|CG|99213^Office visit^C4|||1|100.00",
    ]);
}

/// <summary>The same on a PostgreSQL database.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresMergeTests : MergedPatientMessagesTests
{
    private protected override Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes) => TestEngine.StartOnPostgresAsync(change, changes);
}
