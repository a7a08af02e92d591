using System.Diagnostics;
using System.Text;
using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Health;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Sources.Mllp;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;
using Npgsql;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Nodes;

/// <summary>
/// A whole engine on a real PostgreSQL that has no connection left, or a disk that is slow or fails. What was not acknowledged is
/// sent again, as a sender does; in the end every message is there once, and the books balance.
/// </summary>
public sealed class TroubledDatabaseTests
{
    private static readonly TimeSpan _syncTime = TimeSpan.FromMilliseconds(400);

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task A_server_that_takes_no_more_connections_is_said_to_be_so_and_nothing_is_lost()
    {
        await using var server = await PostgresServer.NewNodeAsync("max_connections=25", "superuser_reserved_connections=3");
        await server.AskAsync("CREATE ROLE node LOGIN");
        await server.AskAsync("CREATE ROLE other LOGIN");
        await server.AskAsync("CREATE DATABASE engine OWNER node");
        await using var machine = new NodeMachine($"Host=127.0.0.1;Port={server.Port};Username=node;Database=engine", "one");
        using var log = new RecordingLoggers();
        await using var host = await machine.StartAsync(log, settings => settings);
        List<RawSender> open = [await ConnectAsync(host), await ConnectAsync(host), await ConnectAsync(host)];
        (await open[0].AskAsync(Message(1))).Should().Contain("MSA|AA|1");

        // The node loses its connections, as when the server restarts, and others are quicker to have them all: up to those that are kept for
        // administrators, of whom one is there before, since the node's own attempts take such a place for a moment.
        await using var administrators = NpgsqlDataSource.Create(server.Address("postgres") + ";Pooling=false");
        await using var administrator = await administrators.OpenConnectionAsync();
        await DoAsync(administrator, "ALTER ROLE node CONNECTION LIMIT 0");
        await DoAsync(administrator, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'node'");
        var others = await TakeAllAsync($"Host=127.0.0.1;Port={server.Port};Username=other;Database=postgres;Pooling=false", all: 25 - 3 - 1);
        await DoAsync(administrator, "ALTER ROLE node CONNECTION LIMIT -1");

        // Once it knows, no connection that it had waits in its pool to be found broken by a message.
        await Soon.HoldsAsync(() => host.Health.Readiness.Now.Checks.Single(check => check.Name == "store").Problem.Should().Be("The store can't be read: PostgreSQL takes no more connections."));
        foreach (var (sender, number) in open.Select((sender, index) => (sender, index + 2)))
        {
            (await sender.AskAsync(Message(number))).Should().BeNull("nothing can be promised");
        }

        await RunningEngine.UntilAsync(() => Task.FromResult(host.Health.Readiness.Now.State == ReadinessState.NotReady));
        log.Lines.Where(line => line.Name == "StoreUnavailable").Should().HaveCount(3)
            .And.OnlyContain(line => line.Text.EndsWith("no answer and closes: The store can't be read: PostgreSQL takes no more connections.", StringComparison.Ordinal));
        others.ForEach(connection => connection.Dispose());

        for (var number = 2; number <= 5; number++)
        {
            await SendUntilTakenAsync(host, number);
        }

        await BalancesAsync(host, messages: 5);
        open.ForEach(sender => sender.Dispose());
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task With_the_fewest_connections_that_are_allowed_nobody_waits_for_ever_and_all_are_answered()
    {
        const int Senders = 32;
        const int Each = 8;
        const int Fewest = 3;
        await using var machine = await NodeMachine.CreateAsync();
        using var log = new RecordingLoggers();
        await using var host = await machine.StartAsync(log, settings => settings with { Store = settings.Store with { ReadersMax = 1, ConnectionsMax = 7 } });
        var store = host.Core.Store;

        // The last message of each waits until so many connections were seen, however quick they are all.
        var isSeen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            using var connection = await ConnectAsync(host);
            for (var number = 1; number <= Each; number++)
            {
                await (number == Each ? isSeen.Task.WaitAsync(TimeSpan.FromMinutes(1)) : Task.CompletedTask);
                (await connection.AskAsync(Message((sender * 1000) + number))).Should().Contain("MSA|AA|");
            }
        }));
        var others = Task.WhenAll(
        [
            .. Enumerable.Range(0, 16).Select(_ => RepeatAsync(() => store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None)), default).AsTask())),
            .. Enumerable.Range(0, 4).Select(_ => RepeatAsync(() => store.AskAsync(StoreSamples.Audit(), reader => reader.MessageCounts(), default))),
            .. Enumerable.Range(0, 8).Select(lease => RepeatAsync(async () => await store.Leases.ReleaseAsync((await store.Leases.TakeAsync($"test {lease}", "one", TimeSpan.FromMinutes(1), default))!, default))),
        ]);
        var most = 0L;
        while (!sending.IsCompleted)
        {
            most = Math.Max(most, (long)(await machine.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'InterfaceEngine%'"))!);
            if (most >= Fewest)
            {
                isSeen.TrySetResult();
            }
        }

        await sending;
        await others.WaitAsync(TimeSpan.FromMinutes(1));
        most.Should().BeInRange(Fewest, 7);
        log.Lines.Should().NotContain(line => line.Level >= LogLevel.Error);
        await BalancesAsync(host, Senders * Each);

        async Task RepeatAsync(Func<Task> ask)
        {
            while (!sending.IsCompleted)
            {
                await ask();
            }
        }
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task A_transaction_that_somebody_left_open_elsewhere_keeps_nobody_waiting()
    {
        const int Messages = 60;
        await using var machine = await NodeMachine.CreateAsync();
        using var log = new RecordingLoggers();
        await using var host = await machine.StartAsync(log, settings => settings);
        await SendUntilTakenAsync(host, 1);

        // It sees the engine's tables as they are now, so that nothing of them can be cleaned up, and has written as well.
        await using var source = NpgsqlDataSource.Create(machine.Connection);
        await using var forgotten = await source.OpenConnectionAsync();
        await using var open = await forgotten.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using (var look = new NpgsqlCommand("CREATE TABLE elsewhere AS SELECT count(*) FROM messages, changes, records, practice_sequences, message_days, source_runs", forgotten))
        {
            await look.ExecuteNonQueryAsync();
        }

        using var sender = await ConnectAsync(host);
        for (var number = 2; number <= Messages; number++)
        {
            (await sender.AskAsync(Message(number))).Should().Contain("MSA|AA|");
        }

        log.Lines.Should().NotContain(line => line.Level >= LogLevel.Error);
        await BalancesAsync(host, Messages);
    }

    [RequiresProgramFact(PostgresNode.Program, "strace")]
    public async Task A_slow_disk_delays_every_acknowledgement_until_its_sync_is_over_and_fails_none()
    {
        await using var server = await PostgresServer.NewNodeAsync();
        await using var machine = await MachineOnAsync(server);
        await RestartAsync(server, Strace($"delay_enter={(long)_syncTime.TotalMicroseconds}"));
        using var log = new RecordingLoggers();

        // A machine that stands still for some seconds is not the disk's slowness.
        await using var host = await machine.StartAsync(log, settings => settings with { Health = settings.Health with { StoreTimeout = TimeSpan.FromMinutes(1) } });

        var times = await Task.WhenAll(Enumerable.Range(1, 12).Select(async sender =>
        {
            using var connection = await ConnectAsync(host);
            var shortest = TimeSpan.MaxValue;
            for (var number = 1; number <= 4; number++)
            {
                var sent = Stopwatch.GetTimestamp();
                (await connection.AskAsync(Message((sender * 1000) + number))).Should().Contain("MSA|AA|");
                shortest = shortest < Stopwatch.GetElapsedTime(sent) ? shortest : Stopwatch.GetElapsedTime(sent);
            }

            return shortest;
        }));

        times.Should().OnlyContain(shortest => shortest >= _syncTime);
        log.Lines.Should().NotContain(line => line.Level >= LogLevel.Warning, "slow is not gone");
        host.Health.Readiness.Now.State.Should().Be(ReadinessState.Ready);
        await BalancesAsync(host, messages: 48);
    }

    [RequiresProgramFact(PostgresNode.Program, "strace")]
    public async Task A_disk_that_fails_to_sync_stops_the_server_again_and_again_and_nothing_that_was_acknowledged_is_lost()
    {
        const int Messages = 40;
        await using var server = await PostgresServer.NewNodeAsync();
        await using var machine = await MachineOnAsync(server);

        // Of each process of the server the sixth sync fails, which is the end of all of them; it recovers from its log and goes on.
        // With these few connections one of them must come to its sixth.
        await RestartAsync(server, Strace("error=EIO:when=6"));
        using var log = new RecordingLoggers();
        await using var host = await machine.StartAsync(log, settings => settings with { Store = settings.Store with { ConnectTimeout = TimeSpan.FromSeconds(2), ReadersMax = 1, ConnectionsMax = 7 } });

        var attempts = 0;
        for (var number = 1; number <= Messages; number++)
        {
            attempts += await SendUntilTakenAsync(host, number);
        }

        attempts.Should().BeGreaterThan(Messages, "some were not acknowledged at once");
        await RestartAsync(server);
        await BalancesAsync(host, Messages);
    }

    /// <summary>A node whose database has its tables already.</summary>
    private static async Task<NodeMachine> MachineOnAsync(PostgresNode server)
    {
        await server.AskAsync("CREATE DATABASE engine");
        var machine = new NodeMachine(server.Address("engine"), "one");
        await (await machine.StartAsync()).DisposeAsync();
        return machine;
    }

    /// <summary>Does something to each sync before the operating system has it.</summary>
    private static string[] Strace(string injected) => ["strace", "-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "signal=none", "-e", $"inject=fdatasync:{injected}"];

    private static async Task RestartAsync(PostgresNode server, params string[] under)
    {
        await server.StopAsync();
        server.Under = under;
        await server.StartAsync();
    }

    /// <summary>Connects until all that the server gives are taken: one that was closed, or refused, a moment ago may still have its place.</summary>
    private static async Task<List<NpgsqlConnection>> TakeAllAsync(string address, int all)
    {
        var taken = new List<NpgsqlConnection>();
        await RunningEngine.UntilAsync(async () =>
        {
            var connection = new NpgsqlConnection(address);
            try
            {
                await connection.OpenAsync();
                taken.Add(connection);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await connection.DisposeAsync();
            }

            return taken.Count == all;
        });
        return taken;
    }

    private static async Task DoAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static Task<RawSender> ConnectAsync(EngineHost host) => RawSender.ConnectAsync(host.Addresses.Single().Address);

    /// <summary>Sends a message as a sender does that wants it acknowledged.</summary>
    /// <returns>How often it had to.</returns>
    internal static async Task<int> SendUntilTakenAsync(EngineHost host, int number)
    {
        var attempts = 0;
        await RunningEngine.UntilAsync(async () =>
        {
            attempts++;
            try
            {
                using var sender = await ConnectAsync(host);
                return await sender.AskAsync(Message(number)) is { } reply && reply.Contains($"MSA|AA|{number}", StringComparison.Ordinal);
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Its listener is closed, since the node is not ready.
                return false;
            }
        });
        return attempts;
    }

    private static string Message(int number) => Encoding.UTF8.GetString(Adt("A04", $"{number}", 1, Doe($"7{number}")));

    /// <summary>Both forms of the ledger find nothing, and each message's patient was written once.</summary>
    private static async Task BalancesAsync(EngineHost host, int messages)
    {
        await AnsweredAsync(() => ReportAsync(host));
        foreach (var isFull in (bool[])[false, true])
        {
            (await AnsweredAsync(() => TwoNodes.Ledger(host).RunAsync(since: 0, isFull, default))).Differences.Should().BeEmpty();
        }

        var patients = await AnsweredAsync(() => host.Core.Store.ReadAsync(reader => reader.Records("1959", "patient", EngineId.None, messages + 1), default).AsTask());
        patients.Should().HaveCount(messages).And.OnlyContain(patient => patient.Version == 1);
    }

    /// <summary>Says what the node has received.</summary>
    internal static async Task<bool> ReportAsync(EngineHost host)
    {
        await host.Core.Numbers.ReportAsync(isUrgent: false, default);
        return true;
    }

    /// <summary>Asks until the store answers: connections that were lost are noticed one by one.</summary>
    internal static async Task<T> AnsweredAsync<T>(Func<Task<T>> ask)
    {
        T answer = default!;
        await RunningEngine.UntilAsync(async () =>
        {
            try
            {
                answer = await ask();
                return true;
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        });
        return answer;
    }
}
