using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>What ADT events do to people and visits: which records each makes, and which states take nothing away.</summary>
public sealed class AdmissionsOfMessagesTests : IAsyncLifetime
{
    private const string Visit = "PV1|1|O|1^CLINIC^^FACILITY||||||||||||||||V1|||||||||||||||||||||||||20260105090000";

    private static readonly string[] _more =
    [
        "NK1|1|DOE^MARY|SPO|||EC", "AL1|1|DA|70618^Penicillin|MO|Rash", "DG1|1|I10|J45.909^Asthma|||W", "GT1|1|7001|DOE^PAUL", "IN1|1|BC123|99|BLUE CROSS|||||||||||||||||||||||||||||||W123",
    ];

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData("A01", true)]
    [InlineData("A03", true)]
    [InlineData("A04", true)]
    [InlineData("A08", true)]
    [InlineData("A28", false)]
    [InlineData("A31", false)]
    public async Task What_goes_along_with_a_person_is_stored_whichever_event_tells_it(string trigger, bool isOfVisit)
    {
        var receipt = await _engine.AcceptAsync(Adt(trigger, "1", 1, Doe(), [Visit, .. _more]));

        receipt.State.Should().Be(MessageState.Applied);
        string[] types = ["patient", "contact", "allergy", "diagnosis", "guarantor", "coverage"];
        foreach (var type in types)
        {
            (await _engine.RecordsAsync("1959", type)).Should().ContainSingle($"{trigger} tells of one {type}");
        }

        (await _engine.RecordsAsync("1959", "encounter")).Should().HaveCount(isOfVisit ? 1 : 0, "an event of the person tells of no visit");
    }

    [Fact]
    public async Task An_admission_an_update_and_the_discharge_end_in_one_state_in_any_order_of_arrival()
    {
        byte[][] stay =
        [
            Adt("A01", "1", 1, Doe(), Visit),
            Adt("A08", "2", 2, Doe(), "PV1|1|O|2^WEST||||||||||||||||V1"),
            Adt("A03", "3", 3, Doe(), "PV1|1|O|||||||||||||||||V1||||||||||||||||||||||||||20260105100000", "DG1|1|I10|J45.909^Asthma|||F"),
        ];
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (var order in orders)
        {
            await using var engine = await TestEngine.StartAsync();
            foreach (var index in order)
            {
                await engine.AcceptAsync(stay[index]);
            }

            var visit = (await engine.RecordAsync("1959", "encounter", "V1"))!;
            (visit["status"], visit["location_id"], visit["period_start"], visit["period_end"]).Should().Be(
                ("finished", "loc-west", "2026-01-05T15:00:00Z", "2026-01-05T16:00:00Z"), string.Join(',', order));
            (await engine.RecordsAsync("1959", "diagnosis")).Should().ContainSingle().Which["code"].Should().Be("J45.909", "the diagnosis of the discharge");
        }
    }

    [Theory]
    [InlineData("A11", "cancelled")]
    [InlineData("A23", "entered_in_error")]
    public async Task A_visit_that_was_taken_back_is_kept_with_its_state_and_a_late_admission_does_not_revive_it(string trigger, string status)
    {
        await _engine.AcceptAsync(Adt("A01", "1", 2, Doe(), Visit));
        await _engine.AcceptAsync(Adt(trigger, "2", 3, Doe(), "PV1|1|O|||||||||||||||||V1"));
        await _engine.AcceptAsync(Adt("A01", "3", 1, Doe(), Visit));

        var visit = (await _engine.RecordAsync("1959", "encounter", "V1"))!;
        (visit["status"], visit["location_id"], visit["period_start"]).Should().Be((status, "loc-main", "2026-01-05T15:00:00Z"));
        (await PersonAsync())["active"].Should().Be("true", "the visit was taken back, not the person");
    }

    [Fact]
    public async Task The_person_beside_a_deleted_visit_is_only_filled()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe(), Visit));

        await _engine.AcceptAsync(Adt("A23", "2", 2, Doe(given: "JACK", rest: "|||||(217)555-0100"), "PV1|1|O|||||||||||||||||V1"));

        var person = await PersonAsync();
        (person["first_name"], person["phone_home"]).Should().Be(("JOHN", "+12175550100"));
    }

    [Fact]
    public async Task A_deleted_person_is_a_state_that_an_update_leaves_and_a_registration_ends()
    {
        await _engine.AcceptAsync(Adt("A28", "1", 1, Doe(), _more));
        await _engine.AcceptAsync(Adt("A29", "2", 2, Doe()));

        await _engine.AcceptAsync(Adt("A31", "3", 3, Doe(given: "JACK")));
        var person = await PersonAsync();
        (person["active"], person["first_name"], person["date_of_birth"]).Should().Be(("false", "JACK", "1980-05-15"));
        (await _engine.RecordsAsync("1959", "coverage")).Should().ContainSingle().Which["ended_at"].Should().BeNull("nothing of hers is deleted or ended");

        await _engine.AcceptAsync(Adt("A28", "4", 4, Doe()));
        (await PersonAsync())["active"].Should().Be("true");
    }

    [Fact]
    public async Task A_deleted_visit_nobody_has_told_of_makes_its_person_and_its_state()
    {
        var receipt = await _engine.AcceptAsync(Adt("A23", "1", 1, Doe(), "PV1|1|O|||||||||||||||||V1"));

        receipt.State.Should().Be(MessageState.Applied);
        (await _engine.RecordAsync("1959", "encounter", "V1"))!["status"].Should().Be("entered_in_error");
        (await PersonAsync())["last_name"].Should().Be("DOE");
    }

    private async Task<StoredRecord> PersonAsync() => (await _engine.RecordAsync("1959", "patient", "12345"))!;
}
