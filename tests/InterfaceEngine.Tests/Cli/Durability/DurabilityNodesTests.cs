using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli.Durability;

/// <summary>Several engines on a PostgreSQL of the check's own.</summary>
public sealed class DurabilityNodesTests
{
    [RequiresProgramFact(PostgresNode.Program)]
    public async Task Nothing_that_was_acknowledged_is_lost_when_nodes_their_database_and_its_primary_are_killed_and_a_node_is_frozen()
    {
        var options = new DurabilityOptions
        {
            Messages = 240,
            Connections = 6,
            Nodes = 3,
            Kills = KillKinds.All.Count,
            Deliveries = 120,
            Faults = FaultOptions.All(FaultOptions.OfReceiver, FaultOptions.ChanceByDefault, seed: 1),
            FrozenFor = TimeSpan.FromSeconds(6),
            ReplyTimeout = TimeSpan.FromSeconds(2),
            StartTimeout = TimeSpan.FromMinutes(3),
            Seed = Random.Shared.Next(1, int.MaxValue),
            Mappings = Path.Combine(RepositoryRoot.Path, "mappings"),
        };

        var report = await Check(options, folder => new ChildEngine(ChildEngine.OwnCommand, folder, options.StartTimeout, TimeProvider.System));

        report.Findings.Kept.Should().BeEmpty($"the seed is {options.Seed} and the folder {report.Folder}");
        report.IsPassed.Should().BeTrue();
        report.Sending.Starts.Should().HaveCount(5, "it starts once, and is mended after each kill");
        report.Sending.AtKills.Should().HaveCount(4).And.OnlyContain(unanswered => unanswered > 0, "no kill comes when there is nothing to lose");
        (report.Outbound.Queued, report.Outbound.Received).Should().Be((120, 120));
        report.Folder.Should().BeNull();
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task What_one_of_the_nodes_forgets_is_found()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"durability-{Guid.NewGuid():N}");
        var options = new DurabilityOptions
        {
            Messages = 40,
            Connections = 3,
            Nodes = 2,
            Kinds = [KillKind.Node],
            Kills = 0,
            Deliveries = 0,
            Folder = folder,
            Mappings = Path.Combine(RepositoryRoot.Path, "mappings"),
        };

        var report = await Check(options, node => new StandInEngine(node, number => number == 17 ? Fault.Forget : Fault.None));

        report.Findings.Kept.Select(found => $"{found.ControlId} {found.Kind}").Should().Contain("V000000017 Lost");
        report.IsPassed.Should().BeFalse();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Kinds_of_kills_are_read_by_their_names()
    {
        KillKinds.Parse("freeze, node").Should().Equal(KillKind.Freeze, KillKind.Node);
        KillKinds.Parse("all").Should().Equal(KillKind.Node, KillKind.Database, KillKind.Primary, KillKind.Freeze);
        FluentActions.Invoking(() => KillKinds.Parse("node,disk")).Should().Throw<FormatException>().WithMessage("'disk' is no kind of kill: expected all, node, database, primary, freeze");
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        new DurabilityOptions { Nodes = 17, Mappings = "mappings" }.Problem().Should().Be("--nodes must be between 1 and 16");
        new DurabilityOptions { Kinds = [], Mappings = "mappings" }.Problem().Should().Be("--kill must name a kind");
    }

    private static Task<DurabilityReport> Check(DurabilityOptions options, Func<WorkFolder, IEngineUnderTest> makeEngine) =>
        new DurabilityCheck(options, makeEngine, TimeProvider.System).RunAsync(() => { }, CancellationToken.None);
}
