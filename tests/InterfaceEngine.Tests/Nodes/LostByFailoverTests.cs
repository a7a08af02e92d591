using System.Text;
using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Health;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Nodes;

/// <summary>
/// What asynchronous replication loses: messages that were acknowledged and that no server has any more. The node that acknowledged
/// them lives and knows how many it received, so the ledger names them.
/// </summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class LostByFailoverTests
{
    [StoreTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_asynchronous_replica_had_not_received_is_named_by_the_ledger_for_good(bool isTakenForDead)
    {
        await using var pair = await PostgresPair.StartAsync(isSynchronous: false);
        await using var machine = new NodeMachine(await pair.NewDatabaseAsync(), "one");
        await using (var host = await machine.StartAsync())
        {
            await AskAsync(host, 1, 2, 3);
            await host.Core.Numbers.ReportAsync(isUrgent: false, default);
            await RunningEngine.UntilAsync(async () => await pair.Primary.AskAsync("SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()") is 1L);
            await pair.Replica.StopAsync();
            await AskAsync(host, 4, 5, 6);
            await host.Core.Numbers.ReportAsync(isUrgent: false, default);

            await pair.Primary.KillAsync();
            await RunningEngine.UntilAsync(() => Task.FromResult(host.Health.Readiness.Now.State == ReadinessState.NotReady));
            await pair.Replica.StartAsync();
            await pair.PromoteAsync();
            await RunningEngine.UntilAsync(() => Task.FromResult(host.Health.Readiness.Now.State == ReadinessState.Ready));
            if (isTakenForDead)
            {
                // The failover took so long that another node closed this one's books, by what it found of them.
                await pair.Primary.AskAsync("UPDATE nodes SET expires_at = 0 WHERE name = 'one'", "engine");
                await TroubledDatabaseTests.AnsweredAsync(() => host.Core.Store.Ledger.EndRunsOfGoneNodesAsync(default));
            }

            await TroubledDatabaseTests.SendUntilTakenAsync(host, 7);
            await TroubledDatabaseTests.AnsweredAsync(() => TroubledDatabaseTests.ReportAsync(host));

            await NamesAsync(host, new NumberRange(4, 6));

            // Their sender is asked to send again: what is stored is recognised, and what was lost is taken.
            foreach (var number in Enumerable.Range(1, 6))
            {
                await TroubledDatabaseTests.SendUntilTakenAsync(host, number);
            }

            (await host.Core.Store.ReadAsync(reader => reader.Records("1959", "patient", EngineId.None, 100), default)).Should().HaveCount(7).And.OnlyContain(patient => patient.Version == 1);
            await NamesAsync(host, new NumberRange(4, 6));
        }

        var (code, output, _) = await machine.RunAsync("ledger", "--full");
        code.Should().NotBe(0);
        output.Should().Contain("DIFFERENCE").And.Contain("numbers: 4-6");
    }

    private static async Task NamesAsync(EngineHost host, NumberRange lost)
    {
        foreach (var isFull in (bool[])[false, true])
        {
            (await TwoNodes.Ledger(host).RunAsync(since: 0, isFull, default)).Differences.Should().ContainSingle().Which.Numbers.Should().Equal(lost);
        }
    }

    private static async Task AskAsync(EngineHost host, params int[] numbers)
    {
        using var sender = await TwoNodes.ConnectAsync(host);
        foreach (var number in numbers)
        {
            (await sender.AskAsync(Encoding.UTF8.GetString(Adt("A04", $"{number}", 1, Doe($"7{number}"))))).Should().Contain($"MSA|AA|{number}");
        }
    }
}
