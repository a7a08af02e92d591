using InterfaceEngine.Control;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Cli;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Control;

/// <summary>The feed of changes that a program follows: a real engine and its store.</summary>
public sealed class ChangeFeedTests : IDisposable
{
    private readonly EngineFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_program_that_follows_the_cursor_gets_every_change_once_and_by_the_same_cursor_the_same_again()
    {
        await using var engine = await _folder.StartAsync();
        await ImportAsync(Patient("A04", "P1", "1"), Patient("A04", "P2", "2"), Patient("A08", "P3", "1", family: "ROE"));

        var first = await AskAsync(engine!, null, limit: 2);
        var second = await AskAsync(engine!, first.Next, limit: 2);
        var again = await AskAsync(engine!, first.Next, limit: 2);
        var third = await AskAsync(engine!, second.Next, limit: 2);
        await ImportAsync(Patient("A08", "P4", "2", family: "POE"));
        var fourth = await AskAsync(engine!, third.Next, limit: 2);

        first.Should().Match<ChangesAnswer>(page => page.HasMore && page.Commits.Count == 2 && page.Commits.All(commit => commit.Message != null));
        var made = first.Commits[0].Records.Single(record => record.Type == RecordDefinition.Patient);
        (made.IsNew, made.ExternalId, made.Fields.Single(field => field.Name == "last_name").After).Should().Be((true, "1", "DOE"));
        second.Should().BeEquivalentTo(again, options => options.Excluding(page => page.Next));
        second.HasMore.Should().BeFalse();
        var changed = second.Commits.Single().Records.Single().Fields.Single(field => field.Name == "last_name");
        (changed.Before, changed.After).Should().Be(("DOE", "ROE"));
        third.Commits.Should().BeEmpty();
        fourth.Commits.Should().ContainSingle();
        (await _folder.RunAsync("audit", "list")).Out.Should().MatchRegex("practice-studio +changes list ");
    }

    [Fact]
    public async Task A_cursor_behind_which_changes_were_dropped_is_refused_and_one_that_saw_them_is_not()
    {
        using var folder = new StoreFolder();
        var clock = new StoreClock();
        var samples = new StoreSamples(clock);
        await using var store = folder.Open(clock);
        await store.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Records = [StoreSamples.Create(samples.Record("1", "Doe"))] }, default);
        var old = await AskAsync(store, clock, null);
        clock.Advance(TimeSpan.FromDays(19));
        var recent = await AskAsync(store, clock, old.Next);
        clock.Advance(TimeSpan.FromDays(1));
        await store.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Records = [StoreSamples.Create(samples.Record("2", "Roe"))] }, default);

        var lease = await store.Leases.TakeAsync("retention", "test", TimeSpan.FromMinutes(1), default);
        for (DropPlace? place = DropPlace.Start; place is { } after;)
        {
            place = (await store.Retention.DropAsync(lease!, new Dropping(DroppedKind.Changes, LedgerDay.Start(LedgerDay.Of(clock.GetUtcNow().AddDays(-5))), after), default))!.Next;
        }

        recent.Commits.Should().BeEmpty();
        (await AskAsync(store, clock, recent.Next)).Commits.Should().ContainSingle("it had seen all that was dropped");
        (await AskAsync(store, clock, null)).Commits.Should().ContainSingle("a program that begins is given what is kept");
        (await FeedAsync(store, clock, old.Next, 10)).Should().BeOfType<FailureAnswer>().Which.Should().Match<FailureAnswer>(refused =>
            refused.Kind == FailureKind.Refused && refused.Message.StartsWith("Changes behind this cursor were dropped (before ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cursor_behind_a_change_that_this_store_does_not_have_is_refused_whatever_follows_there()
    {
        using var folder = new StoreFolder();
        using var older = new StoreFolder();
        var clock = new StoreClock();
        var samples = new StoreSamples(clock);
        string cursor;
        await using (var store = folder.Open(clock))
        {
            await store.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Records = [StoreSamples.Create(samples.Record("1", "Doe"))] }, default);
            cursor = (await AskAsync(store, clock, null)).Next;
        }

        await using var restored = older.Open(clock);
        (await FeedAsync(restored, clock, cursor, 10)).Should().BeOfType<FailureAnswer>("it is ahead of all that the store has").Which.Message.Should().StartWith("This cursor stands behind a change that this store does not have");
        clock.Advance(TimeSpan.FromMinutes(1));
        await restored.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Records = [StoreSamples.Create(samples.Record("2", "Roe"))] }, default);
        await restored.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Records = [StoreSamples.Create(samples.Record("3", "Poe"))] }, default);

        (await FeedAsync(restored, clock, cursor, 10)).Should().BeOfType<FailureAnswer>("another change has its number").Which.Kind.Should().Be(FailureKind.Refused);
        (await AskAsync(restored, clock, null)).Commits.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_cursor_of_another_practice_is_refused_as_what_it_is()
    {
        using var folder = new StoreFolder();
        var clock = new StoreClock();
        await using var store = folder.Open(clock);
        await store.CommitAsync(new CommitUnit { Practice = StoreSamples.OtherPractice, Records = [StoreSamples.Create(new StoreSamples(clock).Record("1", "Doe", StoreSamples.OtherPractice))] }, default);
        var others = (await AskAsync(store, clock, null, StoreSamples.OtherPractice)).Next;

        (await FeedAsync(store, clock, others, 10)).Should().BeOfType<FailureAnswer>().Which.Should().Match<FailureAnswer>(refused =>
            refused.Kind == FailureKind.Usage && refused.Message.StartsWith("This cursor is of another practice's changes"));
    }

    [RequiresProgramFact(PostgresServer.Program)]
    public async Task Practices_whose_commits_have_one_number_and_one_time_have_cursors_of_their_own()
    {
        var clock = new StoreClock();
        var samples = new StoreSamples(clock);
        var database = await (await PostgresServer.SharedAsync()).NewStoreAsync();
        await using var store = await PostgresStore.OpenAsync(
            new StoreOptions { Connection = database, UsesServerTime = false, Node = "node" }, _ => StoreFolder.Key, new IdSource(clock, new Random(2)), clock, default);
        await CommitAsync("1", StoreSamples.Practice);
        await CommitAsync("2", StoreSamples.OtherPractice);
        var (own, others) = (await AskAsync(store, clock, null), await AskAsync(store, clock, null, StoreSamples.OtherPractice));
        own.Commits.Single().Should().Match<CommitView>(commit => commit.Sequence == others.Commits[0].Sequence && commit.CommittedAt == others.Commits[0].CommittedAt);

        await CommitAsync("3", StoreSamples.Practice);

        (await AskAsync(store, clock, own.Next)).Commits.Should().ContainSingle();
        (await AskAsync(store, clock, others.Next, StoreSamples.OtherPractice)).Commits.Should().BeEmpty();
        (await FeedAsync(store, clock, others.Next, 10)).Should().BeOfType<FailureAnswer>().Which.Kind.Should().Be(FailureKind.Usage);

        Task CommitAsync(string id, string practice) =>
            store.CommitAsync(new CommitUnit { Practice = practice, Records = [StoreSamples.Create(samples.Record(id, "Doe", practice))] }, default);
    }

    [Fact]
    public async Task A_cursor_of_an_earlier_version_goes_on()
    {
        using var folder = new StoreFolder();
        var clock = new StoreClock();
        var samples = new StoreSamples(clock);
        await using var store = folder.Open(clock);
        await store.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Records = [StoreSamples.Create(samples.Record("1", "Doe"))] }, default);
        var earlier = string.Join('-', (await AskAsync(store, clock, null)).Next.Split('-')[..3]);
        await store.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Records = [StoreSamples.Create(samples.Record("2", "Roe"))] }, default);

        (await AskAsync(store, clock, earlier)).Commits.Should().ContainSingle();
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("12")]
    [InlineData("-1-5")]
    [InlineData("1-2")]
    [InlineData("1-2-3-4")]
    [InlineData("1-2-3-0123456G")]
    [InlineData("1-2-3-01234567-8")]
    public async Task What_is_no_cursor_is_refused(string cursor)
    {
        await using var engine = await _folder.StartAsync();

        (await RefusalAsync(engine!, cursor)).Should().Match<FailureAnswer>(refused => refused.Kind == FailureKind.Usage && refused.Message.StartsWith("This is no cursor of the feed of changes", StringComparison.Ordinal));
    }

    private static string Patient(string @event, string controlId, string id, string family = "DOE") =>
        System.Text.Encoding.UTF8.GetString(Adt(@event, controlId, int.Parse(controlId.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture), Doe(id: id).Replace("DOE^", $"{family}^", StringComparison.Ordinal), "PV1|1|O"));

    private async Task ImportAsync(params string[] messages)
    {
        _folder.Write("day.hl7", string.Concat(messages));
        (await _folder.RunAsync("import", "day.hl7")).Should().Match<Ran>(ran => ran.Code == 0);
    }

    private static async Task<ChangesAnswer> AskAsync(EngineHost engine, string? after, int limit) => (ChangesAnswer)await FeedAsync(engine, after, limit);

    private static async Task<FailureAnswer> RefusalAsync(EngineHost engine, string after) => (FailureAnswer)await FeedAsync(engine, after, 10);

    private static async Task<ControlAnswer> FeedAsync(EngineHost engine, string? after, int limit)
    {
        await using var operations = new EngineOperations(engine.Core.Parts());
        return await operations.AskAsync(new ListChangesRequest("1959", after, limit) { Actor = "practice-studio" }, default);
    }

    private static async Task<ChangesAnswer> AskAsync(IEngineStore store, TimeProvider time, string? after, string practice = StoreSamples.Practice) =>
        (ChangesAnswer)await FeedAsync(store, time, after, 10, practice);

    private static async Task<ControlAnswer> FeedAsync(IEngineStore store, TimeProvider time, string? after, int limit, string practice = StoreSamples.Practice)
    {
        await using var operations = new EngineOperations(new EngineParts
        {
            Store = store,
            Replay = null!,
            Practices = [.. new[] { StoreSamples.Practice, StoreSamples.OtherPractice }.Select(id => new Practice { Id = id, Name = "", Zone = NodaTime.DateTimeZone.Utc, Profile = "guide" })],
            Data = "",
            Keys = "",
            Mapping = () => throw new NotSupportedException(),
            Sources = () => [],
            Time = time,
        });
        return await operations.AskAsync(new ListChangesRequest(practice, after, limit) { Actor = "practice-studio" }, default);
    }
}
