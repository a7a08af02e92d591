using System.Text.Json;
using InterfaceEngine.Cli;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli;

/// <summary>
/// A real engine, as a process of its own, killed in the middle of a file. It is killed when its own list of runs says that some rows are in,
/// and before it was given the others; whoever brings the file again takes it on from there, and every row counts once.
/// </summary>
public sealed class KilledImportTests : IDisposable
{
    private const int Rows = 20_000;
    private const int Kills = 2;

    private readonly WorkFolder _folder = WorkFolder.Create(null, Path.Combine(RepositoryRoot.Path, "mappings"));

    public void Dispose() => _folder.Delete();

    [Fact]
    public async Task Killed_in_the_middle_of_a_file_it_goes_on_and_takes_every_row_once()
    {
        var rows = Enumerable.Range(1, Rows).Select(number => number % 100 == 0 ? $"{number},,Sample,1980-05-15" : $"{number},Sam,Sample{number},1980-05-15");
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder.Path, "big.csv"), $"PatientID,FirstName,LastName,DOB\n{string.Join('\n', rows)}\n");
        await using var engine = new ChildEngine(ChildEngine.OwnCommand, _folder, TimeSpan.FromMinutes(2), TimeProvider.System);
        await StartAsync(engine);

        // A piece has about 4,000 rows.
        for (var kill = 0; kill < Kills; kill++)
        {
            var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var before = await PositionAsync();
            var importing = RunAsync(control => new HeldControl(control, pieces: 2 * (kill + 1), killed.Task), "files", "import", "big.csv");
            await RunningEngine.UntilAsync(async () => importing.IsCompleted || await PositionAsync() >= before + 1_000);
            importing.IsCompleted.Should().BeFalse("the rest of the file was not given yet");

            await engine.KillAsync();
            killed.SetResult();
            (await importing).Code.Should().Be(1);
            await StartAsync(engine);
        }

        var done = await RunAsync("files", "import", "big.csv", "--json");

        done.Out.Should().NotBeEmpty(done.Error);
        var file = JsonDocument.Parse(done.Out).RootElement[0];
        file.GetProperty("run").GetProperty("state").GetString().Should().Be("done", done.Error);
        file.GetProperty("counts").GetProperty("created").GetInt64().Should().Be(Rows - (Rows / 100));
        file.GetProperty("counts").GetProperty("refused").GetInt64().Should().Be(Rows / 100);
        (await RunAsync("ledger", "--full")).Should().Match<Ran>(ledger => ledger.Code == 0);
        await engine.KillAsync();
        await using var store = await _folder.OpenStoreAsync(TimeProvider.System, default);
        var run = (await store.ReadAsync(reader => reader.FileRuns(new FileRunQuery(null, null, null), EngineId.None, 10), default)).Should().ContainSingle().Subject;
        (await NumbersAsync(store, run.Id)).Should().Equal(Enumerable.Range(1, Rows).Select(number => (long)number), "each row is one message");
    }

    private static async Task<List<long>> NumbersAsync(IEngineStore store, EngineId run)
    {
        var numbers = new List<long>();
        for (var after = EngineId.None; ;)
        {
            var from = after;
            var page = await store.ReadAsync(reader => reader.BatchMessages(run, from, 1_000), default);
            numbers.AddRange(page.Select(message => message.Number));
            if (page.Count == 0)
            {
                return [.. numbers.Order()];
            }

            after = page[^1].Id;
        }
    }

    /// <summary>Starts it, and waits until it answers commands: it listens a moment before.</summary>
    private async Task StartAsync(ChildEngine engine)
    {
        await engine.StartAsync(default);
        await RunningEngine.UntilAsync(async () =>
        {
            await using var control = await ControlClient.TryConnectAsync(_folder.Data, default);
            return control is not null;
        });
    }

    private async Task<long> PositionAsync()
    {
        var listed = await RunAsync("runs", "list", "--json");
        var runs = JsonDocument.Parse(listed.Out).RootElement.GetProperty("runs");
        return runs.GetArrayLength() == 0 ? 0 : runs[0].GetProperty("position").GetInt64();
    }

    private Task<Ran> RunAsync(params string[] arguments) => RunAsync(control => control, arguments);

    private async Task<Ran> RunAsync(Func<IControl, IControl> held, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = _folder.Path, Environment = [], Actor = "maria" };
        var code = await new EngineCommandLine(terminal, async (settings, time, cancellationToken) => held(await StandAloneEngine.OpenAsync(settings, time, cancellationToken)))
            .RunAsync([.. arguments, "--settings", _folder.Settings], default);
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>Gives the engine some pieces of a file, and the next when it may: so the engine is in the middle of the file until then.</summary>
    private sealed class HeldControl(IControl engine, int pieces, Task goOn) : IControl
    {
        private int _given;

        public async Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken)
        {
            if (request is RowsPieceRequest && ++_given > pieces)
            {
                await goOn.WaitAsync(cancellationToken);
            }

            return await engine.AskAsync(request, cancellationToken);
        }

        public ValueTask DisposeAsync() => engine.DisposeAsync();
    }
}
