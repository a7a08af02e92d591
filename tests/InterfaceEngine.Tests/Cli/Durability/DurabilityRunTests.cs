using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Tests.Cli.Durability;

/// <summary>The real engine, as a process of its own, killed while it works.</summary>
public sealed class DurabilityRunTests
{
    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_when_the_engine_is_killed()
    {
        var faults = FaultOptions.All(FaultOptions.OfReceiver, 0.04, seed: 1);
        var options = new DurabilityOptions
        {
            Messages = 600,
            Connections = 4,
            Kills = 2,
            Deliveries = 400,
            Faults = faults,
            StartTimeout = TimeSpan.FromMinutes(3),
            Mappings = Path.Combine(RepositoryRoot.Path, "mappings"),
        };
        var check = new DurabilityCheck(
            options, folder => new ChildEngine(ChildEngine.OwnCommand, folder, options.StartTimeout, TimeProvider.System), TimeProvider.System);

        var report = await check.RunAsync(() => { }, CancellationToken.None);

        report.Findings.Kept.Should().BeEmpty($"the seed is {options.Seed} and the folder {report.Folder}");
        report.IsPassed.Should().BeTrue();
        report.Sending.Starts.Should().HaveCount(3);
        report.Sending.AtKills.Should().HaveCount(2).And.OnlyContain(unanswered => unanswered > 0);
        (report.Outbound.Queued, report.Outbound.Received).Should().Be((400, 400));
        report.Outbound.Again.Should().BePositive("the receiver loses replies");
        report.Faults.Keys.Should().BeEquivalentTo(FaultOptions.OfReceiver, "it misbehaves in every way it can");
    }
}
