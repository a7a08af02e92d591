using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>
/// By which numbers a message finds what it speaks of (mapping design §21: a visit holds our id and the vendor's, SCH-1 and SCH-2 match
/// either; results have OBR-3, else OBR-2).
/// </summary>
public sealed class IdentityOfMessagesTests : IAsyncLifetime
{
    private const string At9 = "^^^20260112090000^20260112093000";
    private const string At14 = "^^^20260119140000^20260119143000";

    private TestEngine _engine = null!;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        await _engine.AcceptAsync(Adt("A04", "0", 0, Doe()));
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_placers_number_of_a_series_makes_no_two_visits_one()
    {
        await SiuAsync("S12", 1, "ORD77", "FA1", At9);
        var second = await SiuAsync("S12", 2, "ORD77", "FA2", At14);
        await SiuAsync("S15", 3, "ORD77", "FA2", At14);

        (await VisitsAsync()).Should().BeEquivalentTo(["FA1 2026-01-12T15:00:00Z scheduled", "FA2 2026-01-19T20:00:00Z cancelled"]);
        (await NotesAsync(second)).Should().Contain("MAP551");
        (await _engine.RecordAsync("1959", "appointment", "FA2"))!["placer_id"].Should().Be("ORD77");
    }

    [Fact]
    public async Task A_visit_first_known_by_the_placers_number_is_found_when_the_filler_repeats_it_in_both()
    {
        await SiuAsync("S12", 1, "Q55", "", At9);
        await SiuAsync("S14", 2, "Q55", "Q55", At14);

        (await VisitsAsync()).Should().Equal("Q55 2026-01-19T20:00:00Z scheduled");
    }

    [Fact]
    public async Task The_placers_number_of_another_patients_visit_finds_nothing()
    {
        await SiuAsync("S12", 1, "Q55", "", At9);
        await _engine.AcceptAsync(Siu("S12", "2", 2, Sch("Q55", "Q55", At14), Doe(id: "99", given: "MARY", family: "POE"), "AIG|1||mrivera^RIVERA", "AIL|1||CLINIC"));

        (await _engine.RecordsAsync("1959", "appointment")).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_number_of_one_laboratory_is_not_that_of_another()
    {
        await OruAsync(1, "", "AC1^LABA", "111", "F");
        await OruAsync(2, "", "AC1^LABB", "222", "F");

        (await ValuesAsync()).Should().BeEquivalentTo(["111 final", "222 final"]);
    }

    [Fact]
    public async Task A_preliminary_result_known_by_the_placers_number_is_the_one_that_the_filler_completes()
    {
        await OruAsync(1, "ORD9", "", "95", "P");
        await OruAsync(2, "ORD9", "LAB9", "96", "F");
        await OruAsync(3, "", "LAB9", "97", "C");
        await OruAsync(4, "ORD9", "", "90", "P");

        (await ValuesAsync()).Should().Equal("97 corrected");
        (await _engine.RecordsAsync("1959", "result")).Should().ContainSingle().Which["status"].Should().Be("final");
    }

    [Fact]
    public async Task Two_results_of_one_request_with_numbers_of_their_own_stay_two()
    {
        await OruAsync(1, "ORD9", "LAB1", "95", "F");
        await OruAsync(2, "ORD9", "LAB2", "96", "F");

        (await ValuesAsync()).Should().BeEquivalentTo(["95 final", "96 final"]);
    }

    [Fact]
    public async Task A_message_about_our_booking_with_the_fillers_number_in_both_is_our_booking()
    {
        var booked = await BookAsync("2026-12-01 09:00");

        await EchoAsync("S12", 1, "900", "^^^20261201090000^20261201091500");
        await EchoAsync("S14", 2, "900", "^^^20261201103000^20261201104500");

        var visit = (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle().Subject;
        BookingNames.Told(visit.Aliases).Select(alias => (alias.System, alias.Value)).Should().Equal([("athenahealth", "900"), ("placer", booked)]);
        visit["start_time"].Should().Be("2026-12-01T16:30:00Z");
    }

    [Fact]
    public async Task Another_visit_of_the_patient_is_not_taken_for_our_booking()
    {
        await BookAsync("2026-12-01 09:00");
        await EchoAsync("S12", 1, "900", "^^^20261201093000^20261201094500");
        await EchoAsync("S12", 2, "901", "^^^20261201090000^20261201091500", provider: "mrivera");
        await EchoAsync("S12", 3, "902", "^^^20261201090000^20261201091500");
        await EchoAsync("S12", 4, "903", "^^^20261201090000^20261201091500");

        (await _engine.RecordsAsync("1959", "appointment")).Should().HaveCount(4, "902 is ours, and it has its number when 903 comes");
    }

    [Fact]
    public async Task A_cancelled_booking_of_ours_is_not_brought_back_by_a_visit_that_takes_its_place()
    {
        await _engine.Core.Appointments.CancelAsync(new AppointmentChange { Practice = "1959", Visit = await BookAsync("2026-12-01 09:00"), Audit = Audit }, default);

        await EchoAsync("S12", 1, "900", "^^^20261201090000^20261201091500");

        (await _engine.RecordsAsync("1959", "appointment")).Select(visit => visit["status"]).Should().BeEquivalentTo(["cancelled", "scheduled"]);
    }

    [Fact]
    public async Task One_of_two_equal_bookings_is_put_before_a_person()
    {
        await BookAsync("2026-12-01 09:00");
        await PutAsync(await BookAsync("2026-12-01 10:00"), "2026-12-01T15:00:00Z", "2026-12-01T15:15:00Z");

        var told = await EchoAsync("S12", 1, "900", "^^^20261201090000^20261201091500");

        told.State.Should().Be(MessageState.Held);
        await _engine.Core.Intake.ReplayAsync(told.Message, Acceptance.OfContradiction, Audit, default);
        (await _engine.RecordAsync("1959", "appointment", "900")).Should().NotBeNull("a person said that it is one of its own");
    }

    /// <summary>As an engine stored a visit that did not yet refuse a second one at the same time.</summary>
    private async Task PutAsync(string visit, string start, string end)
    {
        var stored = (await _engine.RecordsAsync("1959", "appointment")).Single(record => record.Id.ToString() == visit);
        StoredField Put(StoredField field) => field.Name switch { "start_time" => field with { Value = start }, "end_time" => field with { Value = end }, _ => field };
        var next = stored.WithFields([.. stored.Fields.Select(Put)]).AsVersion(stored.Version + 1);
        (await _engine.Store.CommitAsync(new CommitUnit { Practice = "1959", Records = [new RecordWrite { Next = next, ExpectedVersion = stored.Version }] }, default)).Outcome.Should().Be(CommitOutcome.Committed);
    }

    private static AuditEntry Audit => new("maria", "appointments", "1959", null, "she called");

    private async Task<string> BookAsync(string start) => (await _engine.Core.Appointments.BookAsync(
        new AppointmentChange { Practice = "1959", Patient = "12345", Start = start, Minutes = 15, Type = "telehealth", Provider = "jjohnson", Location = "loc-main", Audit = Audit }, default)).Visit.Id.ToString();

    /// <param name="minute">Minutes after the time at which the test books, which is the engine's.</param>
    private Task<Receipt> EchoAsync(string trigger, int minute, string number, string when, string provider = "jjohnson") => _engine.AcceptAsync(TestEngine.Message(
    [
        $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20260201060{minute}00||SIU^{trigger}|E{minute}|P|2.3|",
        $"SCH|{Sch(number, number, when)}",
        $"PID|1||{Doe()}",
        $"AIG|1||{provider}",
        "AIL|1||CLINIC",
    ]));

    private Task<Receipt> SiuAsync(string trigger, int minute, string placer, string filler, string when) =>
        _engine.AcceptAsync(Siu(trigger, $"{minute}", minute, Sch(placer, filler, when), Doe(), "AIG|1||mrivera^RIVERA", "AIL|1||CLINIC"));

    private static string Sch(string placer, string filler, string when) => $"{placer}|{filler}|||||Follow-up|Follow-up|||{when}";

    private Task<Receipt> OruAsync(int minute, string placer, string filler, string value, string status) => SendAsync(
        "ORU^R01", minute, $"OBR|1|{placer}|{filler}|CHEM^Chemistry^L|||20260105080000||||||||||||||||||{(status == "C" ? "F" : status)}", $"OBX|1|NM|GLU^Glucose^L||{value}|mg/dL|||||{status}");

    private Task<Receipt> SendAsync(string @event, int minute, params string[] segments) => _engine.AcceptAsync(TestEngine.Message(
        [$"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(minute)}||{@event}|M{minute}|P|2.3|", $"PID|1||{Doe()}", .. segments]));

    private async Task<IEnumerable<string>> VisitsAsync() =>
        (await _engine.RecordsAsync("1959", "appointment")).Select(visit => $"{visit.Aliases.First(alias => alias.System == "athenahealth").Value} {visit["start_time"]} {visit["status"]}");

    private async Task<IEnumerable<string>> ValuesAsync() =>
        (await _engine.RecordsAsync("1959", "observation")).Select(value => $"{value["value.text"]} {value["status"]}");

    private async Task<IEnumerable<string>> NotesAsync(Receipt receipt) =>
        MessageDetail.FromJson((await _engine.MessageAsync(receipt)).Detail).Notes.Select(note => note.Code);
}
