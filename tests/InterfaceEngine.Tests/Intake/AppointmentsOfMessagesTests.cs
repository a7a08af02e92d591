using System.Text;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>
/// What scheduling messages (SIU) do to a stored visit. Senders tell a move in two ways: as S13, or as a cancellation (S15) and a
/// new booking (S12); both end in one visit at its new time.
/// </summary>
public sealed class AppointmentsOfMessagesTests : IAsyncLifetime
{
    private const string Monday = "^^^20260112090000^20260112093000";
    private const string Friday = "^^^20260116140000^20260116143000";
    private const string MondayAt = "2026-01-12T15:00:00Z";
    private const string FridayAt = "2026-01-16T20:00:00Z";

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_move_told_as_S13_leaves_one_visit_at_its_new_time()
    {
        await SendAsync("S12", 1, Monday);
        await SendAsync("S13", 2, Friday);

        var visit = await TheVisitAsync();
        (visit["status"], visit["start_time"], visit["end_time"]).Should().Be(("scheduled", FridayAt, "2026-01-16T20:30:00Z"));
        (visit["provider_id"], visit["location_id"], visit["appointment_type"], visit["reason"]).Should().Be(("prov-rivera", "loc-main", "office_visit", "Checkup"));
    }

    [Fact]
    public async Task A_move_told_as_S15_and_S12_leaves_the_same_visit_as_S13()
    {
        await SendAsync("S12", 1, Monday);
        await SendAsync("S15", 2, Monday, "CANCELLED");
        (await TheVisitAsync())["status"].Should().Be("cancelled");

        await SendAsync("S12", 3, Friday, "BOOKED");

        var visit = await TheVisitAsync();
        (visit["status"], visit["start_time"], visit["end_time"]).Should().Be(("scheduled", FridayAt, "2026-01-16T20:30:00Z"));
    }

    [Fact]
    public async Task Both_halves_of_a_move_may_carry_one_time_since_what_came_later_counts()
    {
        await SendAsync("S12", 1, Monday);
        await SendAsync("S15", 2, Monday);
        await SendAsync("S12", 2, Friday);

        var visit = await TheVisitAsync();
        (visit["status"], visit["start_time"]).Should().Be(("scheduled", FridayAt), "athenahealth's times end with the minute");
    }

    [Theory]
    [InlineData("S13")]
    [InlineData("S12")]
    public async Task The_cancellation_of_a_move_that_arrives_behind_its_booking_does_not_end_the_visit(string second)
    {
        await SendAsync("S12", 1, Monday);
        await SendAsync(second, 3, Friday);
        await SendAsync("S15", 2, Monday);

        var visit = await TheVisitAsync();
        (visit["status"], visit["start_time"]).Should().Be(("scheduled", FridayAt));
    }

    [Fact]
    public async Task A_move_to_a_visit_with_a_number_of_its_own_ends_the_first_and_keeps_it()
    {
        await SendAsync("S12", 1, Monday);
        await SendAsync("S15", 2, Monday);
        await SendAsync("S12", 2, Friday, number: "9002");

        (await _engine.RecordsAsync("1959", "appointment")).Select(visit => (visit.ExternalId, visit["status"], visit["start_time"])).Should().BeEquivalentTo(
            [("9001", "cancelled", MondayAt), ("9002", "scheduled", FridayAt)]);
    }

    [Theory]
    [InlineData("S15", "cancelled")]
    [InlineData("S16", "cancelled")]
    [InlineData("S17", "cancelled")]
    [InlineData("S26", "no_show")]
    public async Task The_end_of_a_visit_takes_nothing_away_from_it(string trigger, string status)
    {
        await SendAsync("S12", 1, Monday);

        await _engine.AcceptAsync(Siu(trigger, "2", 2, "9001|9001", Doe()));

        var visit = await TheVisitAsync();
        visit["status"].Should().Be(status);
        (visit["start_time"], visit["provider_id"], visit["location_id"], visit["reason"]).Should().Be((MondayAt, "prov-rivera", "loc-main", "Checkup"));
    }

    [Theory]
    [InlineData("S14", "", "cancelled")]
    [InlineData("S14", "BOOKED", "scheduled")]
    [InlineData("S13", "", "scheduled")]
    [InlineData("S12", "", "scheduled")]
    public async Task Only_a_booking_a_move_or_the_word_itself_brings_a_visit_back(string trigger, string status, string expected)
    {
        await SendAsync("S12", 1, Monday);
        await SendAsync("S17", 2, Monday);

        await SendAsync(trigger, 3, Monday, status);

        (await TheVisitAsync())["status"].Should().Be(expected);
    }

    [Fact]
    public async Task A_move_of_a_visit_nobody_has_told_of_makes_it()
    {
        var receipt = await SendAsync("S13", 1, Friday);

        receipt.State.Should().Be(MessageState.Applied);
        (await TheVisitAsync())["start_time"].Should().Be(FridayAt);
        MessageDetail.FromJson((await _engine.MessageAsync(receipt)).Detail).Notes.Should().NotContain(note => note.Severity == "Review");
    }

    [Fact]
    public async Task The_first_booking_arriving_last_fills_what_the_move_left_out_and_moves_nothing_back()
    {
        await _engine.AcceptAsync(Siu("S13", "2", 2, $"9001|9001|||||||30|min|{Friday}", Doe(), "AIG|1||54321^RIVERA", "AIL|1||1^CLINIC"));
        await SendAsync("S12", 1, Monday);

        var visit = await TheVisitAsync();
        (visit["start_time"], visit["end_time"], visit["reason"], visit["appointment_type"]).Should().Be((FridayAt, "2026-01-16T20:30:00Z", "Checkup", "office_visit"));
    }

    [Fact]
    public async Task A_booking_without_a_start_is_refused_with_its_place()
    {
        var receipt = await _engine.AcceptAsync(Siu("S12", "1", 1, "9001|9001||||||82^OFFICE VISIT|30|min", Doe(), "AIG|1||54321^RIVERA", "AIL|1||1^CLINIC"));

        receipt.State.Should().Be(MessageState.Refused);
        Encoding.UTF8.GetString(receipt.Reply.Span).Should().Contain("MSA|AE|1|").And.Contain("start_time is required");
        (await _engine.RecordsAsync("1959", "appointment")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_booking_without_a_patient_is_refused_and_a_change_of_a_known_visit_needs_none()
    {
        var booking = await _engine.AcceptAsync(Siu("S12", "1", 1, $"9001|9001||||||82^OFFICE VISIT|30|min|{Monday}", null, "AIG|1||54321^RIVERA", "AIL|1||1^CLINIC"));
        booking.State.Should().Be(MessageState.Refused);

        await SendAsync("S12", 2, Monday);
        var change = await _engine.AcceptAsync(Siu("S14", "3", 3, "9001|9001|||||CHECKUP^Knee", null));

        change.State.Should().Be(MessageState.Applied);
        (await TheVisitAsync())["reason"].Should().Be("Knee");
    }

    [Fact]
    public async Task A_visit_whose_two_numbers_name_two_visits_is_held_and_said()
    {
        const string Rest = "||||||82^OFFICE VISIT|30|min|";
        await _engine.AcceptAsync(Siu("S12", "1", 1, $"500|{Rest}{Monday}", Doe(), "AIG|1||54321^RIVERA", "AIL|1||1^CLINIC"));
        await _engine.AcceptAsync(Siu("S12", "2", 2, $"|9001{Rest}{Friday}", Doe(), "AIG|1||54321^RIVERA", "AIL|1||1^CLINIC"));

        var receipt = await _engine.AcceptAsync(Siu("S14", "3", 3, $"500|9001{Rest}{Monday}", Doe(), "AIG|1||54321^RIVERA", "AIL|1||1^CLINIC"));

        receipt.State.Should().Be(MessageState.Held);
        MessageDetail.FromJson((await _engine.MessageAsync(receipt)).Detail).Notes.Should().Contain(note =>
            note.Code == ReconciliationCodes.TwoRecords && note.Reason == "its ids name two different appointment records. Nothing was applied; a person decides.");
    }

    [Fact]
    public async Task A_contradicted_patient_holds_the_booking()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));

        var receipt = await _engine.AcceptAsync(
            Siu("S12", "2", 2, $"9001|9001||||||82^OFFICE VISIT|30|min|{Monday}", Doe(family: "MILLER", birth: "19910203"), "AIG|1||54321^RIVERA", "AIL|1||1^CLINIC"));

        receipt.State.Should().Be(MessageState.Held);
        (await _engine.RecordsAsync("1959", "appointment")).Should().BeEmpty("a message applies whole or not at all");
    }

    private Task<Receipt> SendAsync(string trigger, int minute, string slot, string status = "", string number = "9001") => _engine.AcceptAsync(Siu(
        trigger,
        $"{trigger}{minute}{number}",
        minute,
        $"{number}|{number}|||||CHECKUP^Checkup|82^OFFICE VISIT|30|min|{slot}||||||||||||||{status}",
        Doe(),
        "RGS|1",
        "AIG|1||54321^RIVERA^MARIA",
        "AIL|1||1^MAIN STREET CLINIC"));

    private async Task<StoredRecord> TheVisitAsync() => (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle().Subject;
}
