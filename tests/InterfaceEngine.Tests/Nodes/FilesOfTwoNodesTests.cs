using InterfaceEngine.Core.Records;
using InterfaceEngine.Schedules;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake.Files;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Nodes;

/// <summary>Both nodes look at one folder.</summary>
public sealed class FilesOfTwoNodesTests
{
    [StoreFact]
    public async Task One_node_polls_a_folder_and_the_other_goes_on_when_it_stops_and_each_file_is_read_once()
    {
        using var drops = new DropFolder();
        await using var nodes = await TwoNodes.StartAsync(files: drops.Settings(options => options with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(1)) }));
        (await nodes.LeasesAsync()).Should().Contain(lease => lease.Name == "duty/files nightly" && lease.Owner == nodes.One.Core.Node.Identity.Owner);

        await DropAsync(drops, 1, 10);
        nodes.Two.Sources.Single(source => source.Name == "nightly").State.Should().Be("polled by another node");
        await nodes.One.DisposeAsync();
        await DropAsync(drops, 11, 15);

        var runs = await nodes.Two.Core.Store.ReadAsync(reader => reader.FileRuns(new FileRunQuery("1959", "nightly", null), EngineId.None, 100), default);
        runs.Should().HaveCount(15).And.OnlyContain(run => run.State == FileRunState.Done && run.Counts.Created == 1);
        (await nodes.Two.Core.Store.ReadAsync(reader => reader.Records("1959", "patient", EngineId.None, 100), default)).Should().HaveCount(15);
    }

    private static async Task DropAsync(DropFolder drops, int first, int last)
    {
        foreach (var number in Enumerable.Range(first, last - first + 1))
        {
            drops.Drop($"patients {number:00}.csv", DroppedRows.Patients([number]));
        }

        await RunningEngine.UntilAsync(() => Task.FromResult(drops.Names().Count(name => name.StartsWith("done/", StringComparison.Ordinal)) == last));
    }
}
