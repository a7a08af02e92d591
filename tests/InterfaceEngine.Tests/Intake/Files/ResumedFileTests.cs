using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>What breaks off goes on at its first row that is not committed, and every row is taken once.</summary>
public sealed class ResumedFileTests
{
    private const int Rows = 3_500;

    [Fact]
    public async Task A_connection_that_is_lost_again_and_again_ends_with_every_row_taken_once()
    {
        await using var engine = await TestEngine.StartAsync();
        var bytes = Encoding.UTF8.GetBytes(DroppedRows.Patients(Enumerable.Range(1, Rows)));
        var positions = new List<long>();

        // The second pass breaks off a little further each time; the first one, which surveys, is let through.
        for (var upTo = 0; upTo < bytes.Length; upTo += bytes.Length / 9)
        {
            await engine.Intake().Invoking(intake => intake.TakeAsync(Breaking(bytes, upTo), default)).Should().ThrowAsync<IOException>();
            positions.Add((await RunsAsync(engine)).Single().Position);
        }

        var run = (await engine.Intake().TakeAsync(DroppedRows.File(bytes), default)).Run;

        positions.Should().BeInAscendingOrder().And.Contain(position => position > 0 && position < Rows);
        run.Counts.Should().Be(new RowCounts { Created = Rows });
        var numbers = await engine.Store.ReadAsync(reader => reader.BatchMessages(run.Id, EngineId.None, 10_000).Select(message => message.Number).ToList(), default);
        numbers.Should().Equal(Enumerable.Range(1, Rows).Select(number => (long)number));
        (await RunsAsync(engine)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_lost_connection_during_the_survey_leaves_nothing_behind()
    {
        await using var engine = await TestEngine.StartAsync();
        var file = DroppedRows.File("") with { OpenAsync = _ => Task.FromResult<Stream>(new BreakingStream([], 0)) };

        await engine.Intake().Invoking(intake => intake.TakeAsync(file, default)).Should().ThrowAsync<IOException>();

        (await RunsAsync(engine)).Should().BeEmpty();
    }

    [Fact]
    public async Task Rows_that_were_pending_when_the_engine_was_killed_are_taken_up_first()
    {
        await using var engine = await TestEngine.StartAsync();
        var bytes = Encoding.UTF8.GetBytes(DroppedRows.Patients(Enumerable.Range(1, 10)));
        await engine.Intake().Invoking(intake => intake.TakeAsync(Breaking(bytes, 0), default)).Should().ThrowAsync<IOException>();
        var run = (await RunsAsync(engine)).Single();

        // As it stands between a chunk's two transactions.
        await engine.Store.Files.ConfirmAsync(
            new RowConfirmation { Run = run.Id, Reader = run.Reader, Practice = "1959", Position = 6, Rows = [.. Enumerable.Range(1, 6).Select(number => new NumberedFingerprint(number, new byte[32]))] }, default);
        await engine.RestartAsync();

        var done = (await engine.Intake().TakeAsync(DroppedRows.File(bytes), default)).Run;

        (done.Id, done.Counts).Should().Be((run.Id, new RowCounts { Created = 10 }));
    }

    [Fact]
    public async Task Of_two_readers_of_one_file_the_second_goes_on_and_every_row_is_taken_once()
    {
        await using var engine = await TestEngine.StartAsync();
        var rows = Enumerable.Range(1, Rows).ToList();
        await engine.TakeAsync(DroppedRows.Patients(rows));
        var tuesday = DroppedRows.File(DroppedRows.Patients(rows.Append(Rows + 1)), made: DroppedRows.Made.AddDays(1));
        var survey = await SurveyAsync(tuesday);
        var (run, _) = await engine.Intake().BeginAsync(tuesday, survey, default);
        FileOutcome? second = null;

        // The first has its first rows on disk when the second comes, and goes on when that one is through.
        var first = async () => await engine.Intake().ReadAsync(run, survey, await tuesday.OpenAsync(default), null, _ => second ??= Take(engine, tuesday), default);

        (await first.Should().ThrowAsync<RunLostException>()).WithMessage($"Run {run.Id} is not running: it is done by now.");
        second!.Run.Should().BeEquivalentTo(new { run.Id, State = FileRunState.Done, Counts = new RowCounts { Confirmed = Rows, Created = 1 } });
        (await engine.Store.ReadAsync(reader => reader.FileRun(run.Id), default))!.Counts.Should().Be(second.Run.Counts);
        (await engine.MessagesAsync(second.Run)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_file_that_somebody_gives_up_while_it_is_read_is_discarded_and_no_failure()
    {
        await using var engine = await TestEngine.StartAsync();
        var bytes = Encoding.UTF8.GetBytes(DroppedRows.Patients([1, 2]));
        var opened = 0;
        var file = DroppedRows.File(bytes) with
        {
            OpenAsync = async _ =>
            {
                if (opened++ > 0)
                {
                    var run = (await RunsAsync(engine)).Single();
                    await engine.Store.Files.DecideAsync(
                        new FileDecision(run.Id, "1959", FileRunState.Running, FileRunState.Discarded, new AuditEntry("ann", "files discard", "1959", $"run {run.Id}", "another practice's")), default);
                }

                return new MemoryStream(bytes);
            },
        };

        var outcome = await engine.Intake().TakeAsync(file, default);

        (outcome.Run.State, outcome.Reason).Should().Be((FileRunState.Discarded, $"Run {outcome.Run.Id} is not running: it is discarded by now."));
        (await engine.RecordAsync("1959", "patient", "1")).Should().BeNull();
    }

    /// <summary>No value that a table lets through breaks a rule of the database today, so the store's answer is put in its mouth.</summary>
    [Fact]
    public async Task A_row_that_the_store_can_not_hold_is_refused_alone()
    {
        await using var engine = await TestEngine.StartAsync();
        var file = DroppedRows.File(DroppedRows.Patients([1, 2, 3]));
        var run = await BegunAsync(engine, file);
        var rows = new BreakingRows(new StoredRows(engine.Store), row: 2);

        await engine.Intake().TakeRowsAsync(run, rows, await SurveyAsync(file), await file.OpenAsync(default), null, _ => { }, default);

        var counts = (await RunsAsync(engine)).Single().Counts;
        counts.Should().Be(new RowCounts { Created = 2, Refused = 1 });
        (await engine.MessagesAsync(run.Run)).Single(message => message.State == MessageState.Quarantined).Should().Match<StoredMessage>(message => message.Number == 2 && message.Code == "MAP559");
    }

    private static FileOutcome Take(TestEngine engine, OfferedFile file) => Task.Run(() => engine.Intake().TakeAsync(file, default)).GetAwaiter().GetResult();

    private static async Task<RowSurvey> SurveyAsync(OfferedFile file) => await RowSurvey.ReadAsync(await file.OpenAsync(default), null, isCsv: true, null, default);

    private static async Task<RowRun> BegunAsync(TestEngine engine, OfferedFile file)
    {
        var (run, _) = await engine.Intake().BeginAsync(file, await SurveyAsync(file), default);
        return new RowRun(run, engine.Settings.Practices[0], engine.Core.Mappings.Current) { HasTwin = false, MayConfirm = false };
    }

    private static OfferedFile Breaking(byte[] bytes, int upTo)
    {
        var opened = 0;
        return DroppedRows.File(bytes) with { OpenAsync = _ => Task.FromResult<Stream>(opened++ == 0 ? new MemoryStream(bytes) : new BreakingStream(bytes, upTo)) };
    }

    private static async Task<IReadOnlyList<FileRun>> RunsAsync(TestEngine engine) =>
        await engine.Store.ReadAsync(reader => reader.FileRuns(new FileRunQuery("1959", DroppedRows.Source, null), EngineId.None, 10), default);

    /// <summary>Gives so many bytes, then breaks off.</summary>
    private sealed class BreakingStream(byte[] bytes, int upTo) : MemoryStream(bytes, 0, Math.Min(upTo, bytes.Length))
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer) is > 0 and var read ? read : throw new IOException("the connection was lost");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }

    /// <summary>The store, with a rule that one row breaks as long as it has records.</summary>
    private sealed class BreakingRows(IRowStore store, long row) : IRowStore
    {
        public Task<bool[]> ConfirmAsync(RowConfirmation confirmation, CancellationToken cancellationToken) => store.ConfirmAsync(confirmation, cancellationToken);

        public async Task<CommitResult[]> CommitAsync(RowChunk chunk, CancellationToken cancellationToken)
        {
            var rows = chunk.Rows.Select(write => write.Number == row && write.Unit.Records.Count > 0 ? write with { Unit = write.Unit with { Reviews = [new ReviewWrite(null!, "1", "{}")] } } : write);
            return await store.CommitAsync(chunk with { Rows = [.. rows] }, cancellationToken);
        }

        public ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken) => store.LoadAsync(practice, query, cancellationToken);

        public ValueTask<MergedPatients> MergedAsync(string practice, IReadOnlyList<IncomingRecord> records, LoadedRecords loaded, CancellationToken cancellationToken) =>
            store.MergedAsync(practice, records, loaded, cancellationToken);

        public Task<IReadOnlyDictionary<EngineId, long>> WaitingAsync(string practice, CancellationToken cancellationToken) => store.WaitingAsync(practice, cancellationToken);

        public Task<Dictionary<EngineId, long?>> NumbersAsync(IReadOnlyList<EngineId> messages, CancellationToken cancellationToken) => store.NumbersAsync(messages, cancellationToken);
    }
}
