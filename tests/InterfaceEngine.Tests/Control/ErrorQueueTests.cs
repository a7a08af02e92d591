using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Control;

/// <summary>The error queue over a whole engine: bad messages come in, a person mends what is wrong and retries.</summary>
public sealed class ErrorQueueTests : IAsyncLifetime
{
    private const string MapFile = "athenahealth/patient.map.md";

    private TestEngine _engine = null!;

    private EngineOperations Operations => new(_engine.Core.Parts());

    /// <summary>The first name is read from a place where none stands, so that a new patient lacks what is required.</summary>
    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync((MapFile, ShippedMap().Replace("PID-5.2", "PID-36", StringComparison.Ordinal)));

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Messages_with_one_fault_are_one_cause_with_an_example_and_every_reading_is_audited()
    {
        await _engine.AcceptAsync(Refused("1", "12345"));
        await _engine.AcceptAsync(Refused("2", "12346"));

        var cause = (await ListAsync()).Should().ContainSingle().Subject;
        var shown = await AskAsync(new ShowErrorRequest(cause.Id) { Actor = "maria" });

        cause.Should().BeEquivalentTo(new { Practice = "1959", State = "refused", Count = 2L });
        cause.Code.Should().Be("MAP544");
        cause.Place.Should().NotBeNull();
        cause.Text.Should().NotContain("DOE", "a cause says what is wrong, not whose value");
        shown.Messages.Should().HaveCount(2);
        shown.Example!.Detail.Notes.Should().Contain(note => note.Severity == "refused");
        (await _engine.Store.ReadAsync(reader => reader.Audit(null, 10), default)).Select(entry => entry.Action).Should().Contain(["errors list", "errors show"]);
    }

    [Fact]
    public async Task A_trial_says_how_many_would_pass_and_changes_nothing()
    {
        var refused = await _engine.AcceptAsync(Refused("1", "12345"));
        var before = await _engine.MessageAsync(refused);

        var early = await AskAsync(new RetryErrorsRequest([refused.Message.ToString()], IsTrial: true) { Actor = "maria" });
        await MendAsync();
        var late = await AskAsync(new RetryErrorsRequest([refused.Message.ToString()], IsTrial: true) { Actor = "maria" });

        early.Results.Should().ContainSingle().Which.Should().BeEquivalentTo(new { State = "refused", Passes = false });
        late.Results.Should().ContainSingle().Which.Should().BeEquivalentTo(new { State = "applied", Passes = true });
        (await _engine.MessageAsync(refused)).Should().BeEquivalentTo(new { before.State, before.Code, before.Detail, before.MappingSet });
        (await _engine.RecordsAsync("1959", "patient")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_replayed_message_takes_its_original_place_and_does_not_undo_what_came_later()
    {
        (await _engine.AcceptAsync(GuideMessages.Adt("A04", "1", 1, GuideMessages.Doe(given: "OLD")))).State.Should().Be(MessageState.Refused);
        var cause = (await ListAsync()).Should().ContainSingle().Subject;
        await MendAsync();
        (await _engine.AcceptAsync(GuideMessages.Adt("A08", "2", 2, GuideMessages.Doe(given: "NEW")))).State.Should().Be(MessageState.Applied);

        var result = (await AskAsync(new RetryErrorsRequest([cause.Id], IsTrial: false) { Actor = "maria" })).Results.Should().ContainSingle().Subject;

        result.Passes.Should().BeTrue(result.State);
        (await _engine.RecordAsync("1959", "patient", "12345"))!["first_name"].Should().Be("NEW");
        (await ListAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_refused_message_whose_sender_has_sent_it_again_meanwhile_is_a_duplicate()
    {
        var body = Refused("1", "12345");
        var refused = await _engine.AcceptAsync(body);
        await MendAsync();
        (await _engine.AcceptAsync(body)).State.Should().Be(MessageState.Applied);

        var result = await AskAsync(new RetryErrorsRequest([refused.Message.ToString()], IsTrial: false) { Actor = "maria" });

        result.Results[0].Should().BeEquivalentTo(new { State = "duplicate", Passes = true });
    }

    [Fact]
    public async Task Dismissing_needs_a_reason_closes_the_cause_and_is_audited()
    {
        var refused = await _engine.AcceptAsync(Refused("1", "12345"));
        var cause = (await ListAsync())[0];

        (await Operations.AskAsync(new DismissErrorsRequest([cause.Id]) { Actor = "maria" }, default)).Should().BeOfType<FailureAnswer>()
            .Which.Kind.Should().Be(FailureKind.Usage);
        var dismissed = await AskAsync(new DismissErrorsRequest([cause.Id]) { Actor = "maria", Reason = "a test message" });

        dismissed.Results.Should().ContainSingle().Which.State.Should().Be("dismissed");
        (await _engine.MessageAsync(refused)).State.Should().Be(MessageState.Dismissed);
        (await ListAsync()).Should().BeEmpty();
        (await _engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default)).Should().Contain(entry => entry.Action == "errors dismiss" && entry.Reason == "a test message");
    }

    [Fact]
    public async Task A_held_message_that_passes_a_retry_closes_its_review_item_and_says_whose_word_it_was()
    {
        var held = await HoldAsync();
        await _engine.AcceptAsync(GuideMessages.Adt("A08", "3", 3, GuideMessages.Doe(family: "ROE", birth: "19910101")));
        var other = await _engine.Store.ReadAsync(
            reader => reader.Reviews("1959", "open", 10).Single(item => !reader.ReviewMessages(item.Id).Contains(held.Message)), default);
        await AskAsync(new AcceptReviewRequest(other.Id.ToString()) { Actor = "maria" });

        var retried = await AskAsync(new RetryErrorsRequest([held.Message.ToString()], IsTrial: false) { Actor = "maria", Reason = "she married" });

        retried.Results.Should().ContainSingle().Which.State.Should().NotBe("held", "the stored person is the one it names now");
        (await OpenItemsAsync()).Should().BeEmpty();
        (await AuditAsync()).Should().Contain(entry => entry.Action == "errors retry" && entry.Reason == "she married");
    }

    [Fact]
    public async Task A_held_message_that_does_not_pass_keeps_its_review_item_open()
    {
        var held = await HoldAsync();

        await AskAsync(new RetryErrorsRequest([held.Message.ToString()], IsTrial: false) { Actor = "maria" });

        (await OpenItemsAsync()).Should().ContainSingle().Which.Kind.Should().Be("held");
    }

    [Fact]
    public async Task A_held_message_that_is_dismissed_leaves_no_open_review_item()
    {
        var held = await HoldAsync();
        var item = (await OpenItemsAsync()).Should().ContainSingle().Subject;

        await AskAsync(new DismissErrorsRequest([held.Message.ToString()]) { Actor = "maria", Reason = "another person" });

        (await _engine.Store.ReadAsync(reader => reader.Review(item.Id), default))!.State.Should().Be("dismissed");
        (await AuditAsync()).Should().Contain(entry => entry.Action == "errors dismiss" && entry.Reason == "another person");
    }

    [Fact]
    public async Task What_stood_still_before_there_were_causes_gets_the_cause_its_notes_tell()
    {
        var refused = await _engine.AcceptAsync(Refused("9", "12399"));
        var held = await HoldAsync();
        var before = (await ListAsync()).Select(Told).ToList();
        await ForgetCausesAsync();

        (await ListAsync()).Select(Told).Should().BeEquivalentTo(before).And.HaveCount(2);
        foreach (var message in new[] { refused, held })
        {
            (await _engine.Store.ReadAsync(reader => reader.CauseOf(message.Message), default)).Should().NotBeNull();
        }

        await AskAsync(new DismissErrorsRequest([refused.Message.ToString()]) { Actor = "maria", Reason = "a test message" });
        await _engine.RestartAsync();
        (await ListAsync()).Should().ContainSingle("what was dismissed does not come back").Which.State.Should().Be("held");

        static object Told(CauseView cause) => new { cause.Practice, cause.State, cause.Code, cause.Place, cause.Cell, cause.Text, cause.Count };
    }

    [Fact]
    public async Task Pages_go_on_where_the_page_before_ended()
    {
        for (var index = 0; index < 5; index++)
        {
            await _engine.AcceptAsync(Refused($"{index}", $"{20000 + index}"));
        }

        var cause = (await ListAsync())[0];
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await AskAsync(new RetryErrorsRequest([cause.Id, cause.Id], IsTrial: true, next, Limit: 2) { Actor = "maria" });
            seen.AddRange(page.Results.Select(result => result.Message));
            next = page.Next;
        }
        while (next is not null);

        seen.Should().HaveCount(5).And.OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_is_no_cause_and_no_message_is_said()
    {
        var failure = await Operations.AskAsync(new RetryErrorsRequest(["01KDRX5Q0G00A"], IsTrial: true) { Actor = "maria" }, default);

        failure.Should().BeOfType<FailureAnswer>().Which.Message.Should().Contain("neither a cause nor a message");
    }

    /// <summary>A known person, and a message that contradicts who that is.</summary>
    private async Task<Receipt> HoldAsync()
    {
        await MendAsync();
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "1", 1, GuideMessages.Doe()));
        var held = await _engine.AcceptAsync(GuideMessages.Adt("A08", "2", 2, GuideMessages.Doe(given: "MARY", family: "ROE", birth: "19910101")));
        held.State.Should().Be(MessageState.Held);
        return held;
    }

    /// <summary>The store as an engine left it that knew of no causes.</summary>
    private async Task ForgetCausesAsync()
    {
        var migration = SqliteSchema.Migrations.Single(migration => migration.Name == "causes of what stood still before");
        await _engine.Core.DisposeAsync();
        using (var database = SqliteDatabase.Open(Path.Combine(_engine.Settings.Data, StoreFiles.Database), SqliteAccess.Write))
        {
            database.ExecuteScript("DELETE FROM cause_messages; DELETE FROM causes; DROP TABLE uncaused_messages;" + migration.Sql);
        }

        await _engine.RestartAsync();
    }

    private async Task<IReadOnlyList<StoredReview>> OpenItemsAsync() => await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default);

    private async Task<IReadOnlyList<StoredAudit>> AuditAsync() => await _engine.Store.ReadAsync(reader => reader.Audit("1959", 20), default);

    private static byte[] Refused(string controlId, string id) => GuideMessages.Adt("A04", controlId, 1, GuideMessages.Doe(id));

    private static string ShippedMap() => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "mappings", MapFile));

    private async Task MendAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_engine.Settings.Mappings, MapFile), ShippedMap());
        await _engine.RestartAsync();
    }

    private async Task<IReadOnlyList<CauseView>> ListAsync() => (await AskAsync(new ListErrorsRequest(null) { Actor = "maria" })).Causes;

    private async Task<TAnswer> AskAsync<TAnswer>(ControlRequest<TAnswer> request)
        where TAnswer : ControlAnswer => (await Operations.AskAsync(request, default)).Should().BeOfType<TAnswer>().Subject;
}
