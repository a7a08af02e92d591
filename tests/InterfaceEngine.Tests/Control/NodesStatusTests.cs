using InterfaceEngine.Control;
using InterfaceEngine.Nodes;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Control;

/// <summary>What <c>status</c> says of the processes that share a store.</summary>
public sealed class NodesStatusTests
{
    [RequiresProgramFact(PostgresServer.Program)]
    public async Task Nodes_and_leases_are_shown_by_the_names_of_nodes()
    {
        await using var nodes = await TwoNodes.StartAsync();
        await nodes.ExecuteAsync("UPDATE nodes SET expires_at = 0, seen_at = seen_at - 60000 WHERE name = 'two'");
        await using var control = await ControlClient.TryConnectAsync(nodes.One.Core.Settings.Data, default);

        var answer = (StatusAnswer)await control!.AskAsync(new StatusRequest { Actor = "maria" }, default);

        var status = answer.Nodes;
        status.IsShared.Should().BeTrue();
        status.OldestReady.Should().BeNull();
        status.Nodes.Select(node => (node.Name, node.IsLive)).Should().Equal(("one", true), ("two", false));
        status.Nodes[1].SilentSeconds.Should().BeGreaterThanOrEqualTo(60);
        status.Nodes.Should().OnlyContain(node => node.Version == EngineOperations.ProgramVersion);
        status.Leases.Select(lease => (lease.Name, lease.Owner)).Should().Contain([(Duty.LeaseOf("ledger"), "one"), (Duty.LeaseOf("ready messages"), "one")]);

        // Retention, which has another that is longer, may be at work just now.
        status.Leases.Where(lease => lease.Name.StartsWith(Duty.LeaseOf(""), StringComparison.Ordinal)).Should().OnlyContain(lease => lease.EndsInSeconds > 0 && lease.EndsInSeconds <= Duty.LeaseFor.TotalSeconds);
    }

    [Fact]
    public async Task Of_an_engine_alone_text_says_nothing_of_nodes_and_json_names_it()
    {
        await using var engine = await RunningEngine.StartAsync();

        var (_, text, _) = await engine.CommandAsync("status");
        var (_, json, _) = await engine.CommandAsync("status", "--json");

        text.Should().NotContain("Leases").And.NotContain("Last heard");
        json.Should().Contain($"\"{engine.Settings.Node.Name}\"");
    }
}
