using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>The processes that share the store, and what they tell each other.</content>
public abstract partial class EngineStoreConformance
{
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(5);

    [StoreFact]
    public async Task Every_live_node_has_a_number_of_its_own()
    {
        var one = await JoinAsync("one");
        var two = await JoinAsync("two");

        two.Should().NotBe(one);
        (await NodesAsync()).Should().BeEquivalentTo([new { Name = "one", Number = one, IsLive = true }, new { Name = "two", Number = two, IsLive = true }]);
    }

    [StoreFact]
    public async Task A_node_says_what_it_reads_by_and_why_it_takes_nothing()
    {
        await JoinAsync("one");

        (await Store.Nodes.BeatAsync(Identity("one"), new NodeReport("set 1", "the mapping set can't be loaded"), _life, None)).Should().BeTrue();

        (await NodesAsync()).Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { MappingSet = "set 1", Problem = "the mapping set can't be loaded", Version = "1.0", Owner = "one/1", IsLive = true });
    }

    [StoreFact]
    public async Task The_name_of_a_live_node_is_refused_to_another()
    {
        await JoinAsync("one");

        var join = () => Store.Nodes.JoinAsync(Identity("one", process: 2, home: "another folder"), _life, None);

        (await join.Should().ThrowAsync<NodeTakenException>()).WithMessage("*'one' is running already (one/1)*");
        (await Store.Nodes.BeatAsync(Identity("one"), new NodeReport(null, null), _life, None)).Should().BeTrue("it was not disturbed");
    }

    [StoreFact]
    public async Task A_node_that_fell_silent_gives_way_and_hears_of_it()
    {
        await JoinAsync("one");
        await PassAsync(_life);
        (await NodesAsync()).Should().ContainSingle().Which.IsLive.Should().BeFalse();

        await Store.Nodes.JoinAsync(Identity("one", process: 2, home: "another folder"), _life, None);

        (await Store.Nodes.BeatAsync(Identity("one"), new NodeReport(null, null), _life, None)).Should().BeFalse();
        await Store.Nodes.LeaveAsync(Identity("one"), None);
        (await NodesAsync()).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Owner = "one/2", IsLive = true });
    }

    [StoreFact]
    public async Task Whoever_holds_the_data_folder_takes_the_place_and_the_leases_of_the_killed_one_at_once()
    {
        var number = await JoinAsync("one");
        await Store.Leases.TakeAsync(LeaseName, "one/1", _lease, None);

        (await Store.Nodes.JoinAsync(Identity("one", process: 2), _life, None)).Should().Be(number);

        (await Store.Leases.TakeAsync(LeaseName, "one/2", _lease, None)).Should().NotBeNull();
    }

    [StoreFact]
    public async Task A_node_that_leaves_gives_its_leases_back()
    {
        await JoinAsync("one");
        await Store.Leases.TakeAsync(LeaseName, "one/1", _lease, None);

        await Store.Nodes.LeaveAsync(Identity("one"), None);

        (await NodesAsync()).Should().ContainSingle().Which.IsLive.Should().BeFalse();
        (await Store.Leases.TakeAsync(LeaseName, "two/1", _lease, None)).Should().NotBeNull();
    }

    [StoreFact]
    public async Task Of_a_command_that_leaves_nothing_is_kept()
    {
        await Store.Nodes.JoinAsync(Identity("one/4711") with { IsBrief = true }, _life, None);

        await Store.Nodes.LeaveAsync(Identity("one/4711") with { IsBrief = true }, None);

        (await NodesAsync()).Should().BeEmpty();
    }

    [StoreFact]
    public async Task That_a_lease_is_free_is_told()
    {
        await JoinAsync("one");
        var lease = (await Store.Leases.TakeAsync(LeaseName, "one/1", _lease, None))!;
        await Store.Leases.TakeAsync("another", "one/1", _lease, None);
        var told = 0;
        Store.Leases.Freed += () => told++;

        await Store.Leases.ReleaseAsync(lease, None);
        told.Should().Be(1);

        await Store.Nodes.LeaveAsync(Identity("one"), None);
        told.Should().Be(2);
    }

    [StoreFact]
    public async Task Runs_are_open_until_they_end_and_say_what_was_reported_last()
    {
        var (one, two) = (await Store.Ledger.BeginRunAsync(FrontDesk, 4, None), await Store.Ledger.BeginRunAsync("lab", 8, None));
        await Store.Ledger.ReportAsync(new NumberReport(one, [new DayNumbers(Today, new NumberRange(1, 7))], [], 5, IsFinal: false), None);

        (await ReadAsync(reader => reader.OpenRuns())).Select(run => (run.Run, run.SettledThrough, run.InFlightMax)).Should().Equal((one, 5L, 4L), (two, 0L, 8L));
        await Store.Ledger.ReportAsync(new NumberReport(one, [new DayNumbers(Today, new NumberRange(1, 7))], [new DayNumbers(Today, new NumberRange(1, 7))], 7, IsFinal: true), None);

        (await ReadAsync(reader => reader.OpenRuns())).Select(run => run.Run).Should().Equal(two);
    }

    [StoreFact]
    public async Task Of_many_messages_those_are_told_that_wait_no_more()
    {
        var (parked, applied) = (Samples.Message(MessageState.Parked), Samples.Message(MessageState.Applied));
        await CommitAsync(Samples.Unit(parked) with { WaitsFor = [StoreSamples.Patient("7")] });
        await CommitAsync(Samples.Unit(applied));
        var others = Enumerable.Range(1, 70).Select(number => new EngineId(number));

        (await ReadAsync(reader => reader.Settled([.. others, parked.Id, applied.Id]))).Should().Equal(applied.Id);
        (await ReadAsync(reader => reader.Settled([]))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task When_all_numbers_are_taken_the_longest_dead_gives_up_its_own()
    {
        await JoinAsync("dead");
        await PassAsync(_life);
        for (var number = 1; number <= IdSource.NodeMax; number++)
        {
            await JoinAsync($"node {number}");
        }

        await JoinAsync("new");

        (await NodesAsync()).Select(node => node.Name).Should().NotContain("dead").And.Contain("new");
        var one = () => JoinAsync("one more");
        (await one.Should().ThrowAsync<NodeTakenException>()).WithMessage("256 nodes are running*");
    }

    [StoreFact]
    public async Task What_is_queued_and_what_is_ready_is_told()
    {
        var told = new List<StoreSignal>();
        Store.Signals.Raised += told.Add;
        var parked = Samples.Message(MessageState.Parked);
        await CommitAsync(Samples.Unit(parked) with { WaitsFor = [StoreSamples.Patient("7")] });
        told.Should().BeEmpty();

        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        told.Should().Equal(StoreSignal.Ready);

        await QueueAsync(Delivery("lane 1"));
        told.Should().Equal(StoreSignal.Ready, StoreSignal.Queued);
    }

    internal static NodeIdentity Identity(string name, int process = 1, string home = "home") => new(name, $"{name}/{process}", home, "1.0");

    private Task<int> JoinAsync(string name) => Store.Nodes.JoinAsync(Identity(name), _life, None);

    private Task<IReadOnlyList<StoredNode>> NodesAsync() => ReadAsync(reader => reader.Nodes());
}
