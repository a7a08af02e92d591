using InterfaceEngine.Core.Records;
using InterfaceEngine.Health;
using InterfaceEngine.Nodes;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Nodes;

/// <summary>How a process comes among those that share a store, stays, loses its place and leaves.</summary>
public sealed class NodeKeeperTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly RecordingLogger<NodeKeeper> _log = new();
    private readonly RecordingLogger<Readiness> _turns = new();
    private readonly Readiness _readiness;
    private readonly NodeOptions _options = new();
    private readonly IdSource _ids;
    private readonly SqliteStore _store;

    public NodeKeeperTests()
    {
        _readiness = new Readiness(_clock, _turns);
        _ids = new IdSource(_clock, Random.Shared);
        _store = _folder.Open(_clock);
    }

    public void Dispose()
    {
        _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    [Fact]
    public async Task Its_number_stands_in_its_ids_from_the_first_on()
    {
        await _store.Nodes.JoinAsync(Identity("other"), TimeSpan.FromHours(1), default);

        await using var keeper = await JoinAsync(Identity("one"));

        _ids.Node.Should().Be(1);
        (await NodeAsync("one")).Should().BeEquivalentTo(new { Number = 1, Version = "1.0", IsLive = true });
    }

    [Fact]
    public async Task A_live_process_of_another_folder_keeps_its_name_and_the_engine_does_not_start()
    {
        await _store.Nodes.JoinAsync(Identity("one"), TimeSpan.FromHours(1), default);

        var join = () => JoinAsync(Identity("one"));

        (await join.Should().ThrowAsync<StoreOpenException>()).WithMessage("*'one' is running already*Node:Name*");
    }

    [Fact]
    public async Task It_says_again_and_again_that_it_lives_and_by_which_set_it_reads()
    {
        await using var keeper = await JoinAsync(Identity("one"));
        keeper.MappingSet = () => "abc";

        await BeatAsync();
        _clock.Advance(_options.Life - TimeSpan.FromSeconds(1));

        (await NodeAsync("one")).Should().BeEquivalentTo(new { IsLive = true, MappingSet = "abc", Problem = (string?)null });
    }

    [Fact]
    public async Task It_tells_the_others_why_it_takes_no_new_connections()
    {
        await using var keeper = await JoinAsync(Identity("one"));
        _readiness.Report("mapping set", "set 12 can't be read");

        await BeatAsync();

        (await NodeAsync("one")).Problem.Should().Be("mapping set: set 12 can't be read");
    }

    [Fact]
    public async Task One_that_lost_its_place_takes_no_new_connections_until_it_has_another_number()
    {
        await using var keeper = await JoinAsync(Identity("one"));
        await _store.Nodes.LeaveAsync(keeper.Identity, default);
        var other = Identity("one", home: keeper.Identity.Home);
        await _store.Nodes.JoinAsync(other, TimeSpan.FromHours(1), default);
        await _store.Nodes.LeaveAsync(other, default);

        _clock.Advance(_options.BeatEvery);
        // Its turns and not its state, for it may be back before anybody has looked.
        await _turns.Logged("NodeNotReady");
        await _turns.Logged("NodeProblemGone");

        _log.Lines.Select(line => line.Name).Should().Equal("NodeJoined", "NodePlaceLost", "NodeJoined");
        (await NodeAsync("one")).Owner.Should().Be(keeper.Identity.Owner);
    }

    [Fact]
    public async Task One_whose_place_a_copy_of_its_folder_took_leaves_it_that_place_and_takes_no_new_connections()
    {
        await using var keeper = await JoinAsync(Identity("one"));
        var copy = Identity("one", home: keeper.Identity.Home);
        await _store.Nodes.JoinAsync(copy, TimeSpan.FromHours(1), default);

        _clock.Advance(_options.BeatEvery);
        await _log.Logged("NodePlaceTaken");

        await RunningEngine.UntilAsync(() => Task.FromResult(_readiness.Now.Checks.Any(check => check is { Name: "node", IsFine: false, Problem: { } problem } && problem.Contains("copy", StringComparison.Ordinal))));
        (await NodeAsync("one")).Owner.Should().Be(copy.Owner);
    }

    [Fact]
    public async Task One_whose_store_fails_says_so_once_its_life_has_run_out()
    {
        var nodes = new DeafNodes(_store.Nodes);
        await using var keeper = await JoinAsync(Identity("one"), nodes);
        nodes.IsDeaf = true;

        await BeatAsync();
        _readiness.Now.Checks.Should().OnlyContain(check => check.IsFine, "the others still count it among the living");
        var waiting = _readiness.WaitAsync(isOpen: false, default);
        while (!waiting.IsCompleted)
        {
            _clock.Advance(_options.BeatEvery);
            await Task.Yield();
        }

        nodes.IsDeaf = false;
        var open = _readiness.WaitAsync(isOpen: true, default);
        while (!open.IsCompleted)
        {
            _clock.Advance(_options.BeatEvery);
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Who_leaves_is_gone_at_once_and_its_leases_are_free()
    {
        var keeper = await JoinAsync(Identity("one"));
        await _store.Leases.TakeAsync("duty/ledger", keeper.Identity.Owner, TimeSpan.FromHours(1), default);

        await keeper.DisposeAsync();

        (await NodeAsync("one")).IsLive.Should().BeFalse();
        (await _store.Leases.TakeAsync("duty/ledger", "another", TimeSpan.FromHours(1), default)).Should().NotBeNull();
    }

    [Fact]
    public async Task An_embedded_store_that_was_copied_while_its_engine_ran_opens_at_once_elsewhere()
    {
        await using var engine = await TestEngine.StartAsync();

        await using var copy = await engine.KilledAsync();

        copy.Settings.Data.Should().NotBe(engine.Settings.Data);
        copy.Core.Node.Identity.Owner.Should().NotBe(engine.Core.Node.Identity.Owner);
    }

    [Fact]
    public async Task It_may_be_told_twice_to_leave()
    {
        var keeper = await JoinAsync(Identity("one"));

        await keeper.DisposeAsync();
        await keeper.DisposeAsync();

        (await NodeAsync("one")).IsLive.Should().BeFalse();
    }

    [Fact]
    public async Task Of_a_command_nothing_is_left()
    {
        var keeper = await JoinAsync(Identity("one/4711") with { IsBrief = true });

        await keeper.DisposeAsync();

        (await _store.ReadAsync(reader => reader.Nodes(), default)).Should().BeEmpty();
    }

    [Fact]
    public void A_folder_keeps_its_word_for_its_owner_only()
    {
        var folder = Path.Combine(_folder.Root, "home");

        var home = NodeHome.Open(folder);

        NodeHome.Open(folder).Should().Be(home);
        var file = Directory.EnumerateFiles(folder).Should().ContainSingle().Subject;
        StoreFolder.AssertPrivate(folder);
        File.WriteAllText(file, "something else");
        FluentActions.Invoking(() => NodeHome.Open(folder)).Should().Throw<StoreOpenException>().WithMessage("*does not hold what the engine wrote*");
    }

    private Task<NodeKeeper> JoinAsync(NodeIdentity identity, INodeStore? nodes = null) =>
        NodeKeeper.JoinAsync(nodes ?? _store.Nodes, _ids, identity, _options, _readiness, _clock, _log, default);

    /// <summary>Lets the keeper say that it lives, once.</summary>
    private async Task BeatAsync()
    {
        var before = _readiness.Now.Checks.Count(check => check.Name == "node");
        before.Should().Be(0, "the first beat is awaited by its first report");
        _clock.Advance(_options.BeatEvery);
        await RunningEngine.UntilAsync(() => Task.FromResult(_readiness.Now.Checks.Any(check => check.Name == "node")));
    }

    private static NodeIdentity Identity(string name, string? home = null) => new(name, NodeKeeper.NewOwner(), home ?? Guid.NewGuid().ToString("N"), "1.0");

    private async Task<StoredNode> NodeAsync(string name) => (await _store.ReadAsync(reader => reader.Nodes(), default)).Single(node => node.Name == name);

    /// <summary>Real nodes that can be entered, and then hear nothing.</summary>
    private sealed class DeafNodes(INodeStore inner) : INodeStore
    {
        private int _isDeaf;

        public bool IsDeaf
        {
            get => Volatile.Read(ref _isDeaf) == 1;
            set => Volatile.Write(ref _isDeaf, value ? 1 : 0);
        }

        public Task<int> JoinAsync(NodeIdentity node, TimeSpan lasts, CancellationToken cancellationToken) => inner.JoinAsync(node, lasts, cancellationToken);

        public Task<bool> BeatAsync(NodeIdentity node, NodeReport report, TimeSpan lasts, CancellationToken cancellationToken) =>
            IsDeaf ? throw new StoreUnavailableException("the database is gone") : inner.BeatAsync(node, report, lasts, cancellationToken);

        public Task LeaveAsync(NodeIdentity node, CancellationToken cancellationToken) => inner.LeaveAsync(node, cancellationToken);
    }
}
