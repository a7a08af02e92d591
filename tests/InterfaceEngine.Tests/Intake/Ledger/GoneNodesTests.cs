using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Tests.Delivery;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Ledger;

/// <summary>Who looks for nodes that are gone goes on looking.</summary>
public sealed class GoneNodesTests
{
    [Fact]
    public async Task A_failure_inside_the_engine_is_said_and_the_next_round_looks_again()
    {
        using var folder = new StoreFolder();
        var clock = new FakeTimeProvider();
        await using var store = folder.Open(clock);
        var log = new RecordingLogger<GoneNodes>();
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var observed = new ObservedStore(store) { BeforeReading = () => throw new InvalidOperationException("PATIENT DOE") };
        using var stop = new CancellationTokenSource();
        var running = new GoneNodes(observed, clock, log).RunAsync(stop.Token);

        clock.Advance(TimeSpan.FromMinutes(1));
        await log.Logged("GoneNodesBroke");
        observed.BeforeReading = looked.SetResult;
        clock.Advance(TimeSpan.FromMinutes(1));

        await looked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        log.Lines.Should().ContainSingle().Which.Text.Should().Contain("InvalidOperationException").And.NotContain("DOE");
        await stop.CancelAsync();
        await running.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }
}
