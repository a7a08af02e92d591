using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Control;

/// <summary>Merged patients (A40, A34; mapping design §21): what is stored, what shows with whom, and how a person undoes it.</summary>
public sealed class MergedPatientsTests : IAsyncLifetime
{
    private const string Mrg = "MRG|77^^^ATHENA^MRN";

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData("A40")]
    [InlineData("A34")]
    public async Task The_retired_record_names_the_survivor_and_keeps_what_it_held(string trigger)
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        await _engine.AcceptAsync(Adt("A04", "2", 2, Doe(id: "77", given: "JON", rest: "|||||(217)555-0177")));

        var receipt = await _engine.AcceptAsync(Adt(trigger, "3", 3, Doe(), Mrg));

        receipt.State.Should().Be(MessageState.Applied);
        var (survivor, retired) = (await PatientAsync("12345"), await PatientAsync("77"));
        (retired["merged_into"], retired["first_name"], retired["phone_home"]).Should().Be((survivor.Id.ToString(), "JON", "+12175550177"));
        (survivor["merged_into"], survivor["first_name"], survivor["phone_home"]).Should().Be((null, "JOHN", null), "nothing of the retired record is taken over");
    }

    [Fact]
    public async Task What_hangs_on_the_retired_record_shows_with_the_survivor_and_says_from_whom()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe(), "PV1|1|O|||||||||||||||||V1", "AL1|1|DA|70618^PENICILLIN"));
        await _engine.AcceptAsync(Adt("A04", "2", 2, Doe(id: "77"), "PV1|1|O|||||||||||||||||V2"));
        await _engine.AcceptAsync(Adt("A40", "3", 3, Doe(), Mrg));
        await _engine.AcceptAsync(Adt("A01", "4", 4, Doe(id: "77", given: "LATE"), "PV1|1|O|||||||||||||||||V3"));

        var shown = await ShowAsync("12345");
        shown.Merged.Should().Equal("77");
        shown.Belongings.Select(item => (item.Type, item.ExternalId.Split('/')[^1], item.From)).Should().BeEquivalentTo(
            [("encounter", "V1", null), ("encounter", "V2", "77"), ("encounter", "V3", "77"), ("allergy", "70618", (string?)null)]);
        (await PatientAsync("12345"))["first_name"].Should().Be("JOHN", "a late message for the retired id never touches the survivor");
        (await PatientAsync("77"))["first_name"].Should().Be("LATE");

        var visits = (RecordsAnswer)await AskAsync(new ListRecordsRequest("1959", "encounter", Patient: "12345") { Actor = "maria" });
        visits.Records.Select(visit => (visit.ExternalId, visit.From)).Should().BeEquivalentTo([("V1", null), ("V2", "77"), ("V3", (string?)"77")]);
        (await ShowAsync("77")).Belongings.Select(item => item.ExternalId).Should().BeEquivalentTo(["V2", "V3"], "the retired record shows its own");
    }

    [Fact]
    public async Task A_chain_of_merges_shows_with_the_last_survivor_in_whatever_order_it_was_told()
    {
        await _engine.AcceptAsync(Adt("A40", "2", 2, Doe(id: "3"), "MRG|2^^^ATHENA^MRN"));
        await _engine.AcceptAsync(Adt("A40", "1", 1, Doe(id: "2"), "MRG|1^^^ATHENA^MRN"));
        await _engine.AcceptAsync(Adt("A01", "3", 3, Doe(id: "1"), "PV1|1|O|||||||||||||||||V1"));

        var shown = await ShowAsync("3");
        shown.Merged.Should().Equal("2", "1");
        shown.Belongings.Should().ContainSingle().Which.Should().BeEquivalentTo(new { ExternalId = "V1", From = "1" });
    }

    [Fact]
    public async Task A_merge_of_two_that_nobody_has_told_of_is_kept_for_when_they_come()
    {
        (await _engine.AcceptAsync(Adt("A40", "1", 1, "12345^^^ATHENA^MRN||DOE^JOHN", Mrg))).State.Should().Be(MessageState.Applied, "no birth date is needed to know who is who");

        (await PatientAsync("77"))["merged_into"].Should().Be((await PatientAsync("12345")).Id.ToString());
        await _engine.AcceptAsync(Adt("A08", "2", 2, Doe(id: "77", given: "JON")));
        (await PatientAsync("77"))["first_name"].Should().Be("JON");
        (await PatientAsync("12345"))["first_name"].Should().Be("JOHN");
    }

    [Fact]
    public async Task The_later_of_two_merges_the_other_way_round_holds_whichever_arrives_first()
    {
        await _engine.AcceptAsync(Adt("A40", "1", 5, Doe(), Mrg));
        await _engine.AcceptAsync(Adt("A40", "2", 6, Doe(id: "77"), "MRG|12345^^^ATHENA^MRN"));
        var stale = await _engine.AcceptAsync(Adt("A40", "3", 4, Doe(), Mrg));

        (await PatientAsync("12345"))["merged_into"].Should().Be((await PatientAsync("77")).Id.ToString());
        (await PatientAsync("77"))["merged_into"].Should().BeNull();
        MessageDetail.FromJson((await _engine.MessageAsync(stale)).Detail).Notes.Should().Contain(note => note.Code == "MAP547");
    }

    [Fact]
    public async Task A_circle_of_merges_and_a_merge_into_itself_do_no_harm()
    {
        await _engine.AcceptAsync(Adt("A40", "1", 1, Doe(id: "2"), "MRG|1^^^ATHENA^MRN"));
        await _engine.AcceptAsync(Adt("A40", "2", 2, Doe(id: "3"), "MRG|2^^^ATHENA^MRN"));
        await _engine.AcceptAsync(Adt("A40", "3", 3, Doe(id: "1"), "MRG|3^^^ATHENA^MRN"));
        var itself = await _engine.AcceptAsync(Adt("A40", "4", 4, Doe(id: "9"), "MRG|9^^^ATHENA^MRN"));

        (await ShowAsync("1")).Merged.Should().BeEquivalentTo(["2", "3"]);
        (await PatientAsync("1"))["merged_into"].Should().BeNull("the newest event names it as survivor; three retired records would have none");
        (await PatientAsync("3"))["merged_into"].Should().Be((await PatientAsync("1")).Id.ToString());
        (await PatientAsync("9"))["merged_into"].Should().BeNull();
        MessageDetail.FromJson((await _engine.MessageAsync(itself)).Detail).Notes.Should().Contain(note => note.Code == "MAP547");
    }

    [Fact]
    public async Task A_merge_without_the_retired_id_is_refused()
    {
        (await _engine.AcceptAsync(Adt("A40", "1", 1, Doe()))).State.Should().Be(MessageState.Refused);
        (await _engine.RecordAsync("1959", "patient", "12345")).Should().BeNull();
    }

    [Fact]
    public async Task A_person_undoes_a_merge_with_a_reason_and_the_same_merge_told_again_does_not_return()
    {
        await _engine.AcceptAsync(Adt("A04", "0", 0, Doe(id: "77"), "PV1|1|O|||||||||||||||||V2"));
        await _engine.AcceptAsync(Adt("A40", "1", 1, Doe(), Mrg));

        (await AskAsync(new UnmergeRequest("1959", "77") { Actor = "maria" })).Should().BeOfType<FailureAnswer>("no reason was given");
        var undone = (UnmergedAnswer)await AskAsync(new UnmergeRequest("1959", "77") { Actor = "maria", Reason = "two people after all" });
        await _engine.AcceptAsync(Adt("A40", "2", 1, Doe(), Mrg));

        undone.ExternalId.Should().Be("77");
        (await PatientAsync("77"))["merged_into"].Should().BeNull();
        (await ShowAsync("12345")).Belongings.Should().BeEmpty();
        (await ShowAsync("77")).Belongings.Should().ContainSingle();
        (await AskAsync(new UnmergeRequest("1959", "77") { Actor = "maria", Reason = "again" })).Should().BeOfType<FailureAnswer>().Which.Message.Should().Be("Patient 77 is not merged into another.");
        var audit = await _engine.Store.ReadAsync(reader => reader.Audit("1959", 100), default);
        audit.Should().ContainSingle(entry => entry.Action == "records unmerge").Which.Should().BeEquivalentTo(new { Actor = "maria", Reason = "two people after all" });
    }

    private async Task<StoredRecord> PatientAsync(string id) => (await _engine.RecordAsync("1959", "patient", id))!;

    private async Task<RecordAnswer> ShowAsync(string id) => (RecordAnswer)await AskAsync(new ShowRecordRequest("1959", "patient", id) { Actor = "maria" });

    private async Task<ControlAnswer> AskAsync(ControlRequest request)
    {
        await using var operations = new EngineOperations(_engine.Core.Parts());
        return await operations.AskAsync(request, default);
    }
}
