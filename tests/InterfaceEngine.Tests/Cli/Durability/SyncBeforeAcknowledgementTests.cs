using System.Diagnostics;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli.Durability;

/// <summary>
/// The engine's own calls to the operating system, as strace writes them down: between the arrival of each message
/// and its AA the write-ahead log was written and a sync of it completed.
/// </summary>
public sealed class SyncBeforeAcknowledgementTests : IDisposable
{
    private const int Messages = 40;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"sync-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresProgramFact("strace")]
    public Task A_completed_sync_precedes_every_acknowledgement_over_one_connection() => CheckAsync(connections: 1);

    [RequiresProgramFact("strace")]
    public Task A_completed_sync_precedes_every_acknowledgement_over_eight_connections() => CheckAsync(connections: 8);

    private async Task CheckAsync(int connections)
    {
        var folder = WorkFolder.Create(_folder, Path.Combine(RepositoryRoot.Path, "mappings"));
        var file = Path.Combine(_folder, "calls.trace");
        string[] strace = ["strace", "-f", "-y", "-s", "2048", "-e", SyncTrace.Calls, "-e", "signal=none", "-o", file];
        await using (var engine = new ChildEngine([.. strace, .. ChildEngine.OwnCommand], folder, TimeSpan.FromMinutes(2), TimeProvider.System))
        {
            await engine.StartAsync(CancellationToken.None);
            await SendAsync(folder.Port, connections);
            await EndAsync(engine.ProcessId!.Value);
        }

        var trace = SyncTrace.Read(File.ReadLines(file));
        trace.Violations.Should().BeEmpty();
        trace.Acknowledged.Should().HaveCount(Messages);
        trace.Syncs.Should().BePositive();
    }

    private static async Task SendAsync(int port, int connections)
    {
        var messages = new NumberedMessages(Messages, 1, TimeProvider.System.GetUtcNow());
        var ledger = new MessageLedger(Messages);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            using var client = new MllpClient(new MllpClientOptions { Port = port }, TimeProvider.System);
            while (ledger.TryTake(out var number))
            {
                await client.SendAsync(messages.Body(number), CancellationToken.None);
            }
        }));
    }

    /// <summary>Ends the engine below strace, so that strace itself comes to its end and has written everything.</summary>
    private static async Task EndAsync(int strace)
    {
        using var tracer = Process.GetProcessById(strace);
        var child = int.Parse(File.ReadAllText($"/proc/{strace}/task/{strace}/children").Trim());
        using (var engine = Process.GetProcessById(child))
        {
            engine.Kill();
        }

        await tracer.WaitForExitAsync();
    }
}
