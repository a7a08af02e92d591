using System.Diagnostics;
using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Benchmarks.Files;

/// <summary>
/// The baseline: how fast does SQLite itself take these rows? The engine's own writes for the beginning of the file, taken between intake
/// and store and sealed as the store seals them, are written again and again under new ids and hashes into a store of the same schema:
/// the same tables and indexes, the same transactions, each name sought before it is written. Nothing is read from a file, mapped,
/// compared or encrypted, and no row can be undone by itself.
/// </summary>
internal sealed class BareFile : IDisposable
{
    public const int Captured = 10_000;

    private readonly StoreOptions _options = new();
    private readonly SqliteDatabase _database;
    private readonly Random _random = new(1);
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _seek;
    private readonly SqliteStatement _message;
    private readonly SqliteStatement _ofBatch;
    private readonly SqliteStatement _record;
    private readonly SqliteStatement _alias;
    private readonly SqliteStatement _lookUp;
    private readonly SqliteStatement _change;
    private readonly SqliteStatement _confirmed;
    private readonly SqliteStatement _position;
    private long _lastId = 1;
    private int _pages;

    private BareFile(string data)
    {
        _database = SqliteDatabase.Open(Path.Combine(data, StoreFiles.Database), SqliteAccess.Write);
        foreach (var pragma in (string[])["journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0", "temp_store = MEMORY", $"cache_size = -{_options.CacheBytes / 1024}"])
        {
            _database.Execute($"PRAGMA {pragma}");
        }

        _begin = _database.Prepare("BEGIN IMMEDIATE");
        _commit = _database.Prepare("COMMIT");
        _seek = _database.Prepare("""
            SELECT r.record_id, r.document FROM aliases a CROSS JOIN records r ON r.record_id = a.record_id AND r.practice_id = a.practice_id
            WHERE a.practice_id = ?1 AND a.group_hash = ?2 AND a.alias_hash = ?3
            """);
        _message = _database.Prepare("""
            INSERT INTO messages (message_id, practice_id, source, received_at, event, state, code, mapping_set, size, key_version, notes, body, run_id, number)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?8, ?9, ?10, ?11, ?12, 0, ?14)
            """);
        _ofBatch = _database.Prepare("INSERT INTO batch_messages (batch_id, message_id) VALUES (1, ?1)");
        _record = _database.Prepare("""
            INSERT INTO records (record_id, practice_id, version, event_at, updated_at, changed_sequence, key_version, document, type)
            VALUES (?1, ?2, 1, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        _alias = _database.Prepare("INSERT INTO aliases (practice_id, group_hash, alias_hash, record_id) VALUES (?1, ?2, ?3, ?4)");
        _lookUp = _database.Prepare("INSERT INTO look_ups (practice_id, key_hash, record_id) VALUES (?1, ?2, ?3)");
        _change = _database.Prepare("INSERT INTO changes (sequence, practice_id, message_id, unit_id, committed_at, key_version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _confirmed = _database.Prepare("""
            INSERT INTO confirmed_rows (practice_id, record_id, row_hash, source, version, records, said_at, confirmed_at, run_id) VALUES (?1, ?2, ?3, ?4, 1, ?5, 1, 1, 1)
            """);
        _position = _database.Prepare("UPDATE batches SET stored = stored + ?1 WHERE batch_id = 1");
    }

    /// <returns>Rows in a second.</returns>
    public static double Run(WorkFolder folder, string file, int rows) => Run(
        folder,
        async (core, intake) =>
        {
            var beginning = Path.Combine(folder.Path, "beginning.csv");
            await File.WriteAllLinesAsync(beginning, File.ReadLines(file).Take(Math.Min(rows, Captured) + 1));
            await intake.TakeAsync(FileReader.Offered(core.Settings.Practices[0].Id, beginning), CancellationToken.None);
        },
        rows);

    /// <param name="take">Brings the beginning of what is measured in, into the intake that is given.</param>
    /// <returns>Rows in a second.</returns>
    public static double Run(WorkFolder folder, Func<EngineCore, RowFileIntake, Task> take, int rows)
    {
        var chunks = CaptureAsync(folder, take).GetAwaiter().GetResult();
        var data = Path.Combine(folder.Path, "bare");
        Directory.CreateDirectory(data);
        File.Copy(Path.Combine(folder.Path, "schema", StoreFiles.Database), Path.Combine(data, StoreFiles.Database));
        using var loop = new BareFile(data);
        var units = chunks.SelectMany(chunk => chunk).ToArray();
        Console.WriteLine($"rows of one row: {units.Average(row => row.Unit.Size):N0} sealed bytes, {units.Average(row => row.Unit.Records.Length):F2} records, {units.Average(row => row.Unit.Records.Sum(record => record.NewAliases.Length + record.NewLookUps.Length)):F2} names");
        return loop.Write(units, rows);
    }

    public void Dispose() => _database.Dispose();

    /// <summary>Reads the beginning of the file with an engine of its own.</summary>
    private static async Task<IReadOnlyList<SealedRow[]>> CaptureAsync(WorkFolder folder, Func<EngineCore, RowFileIntake, Task> take)
    {
        await using var core = await EngineCore.OpenAsync(
            new WorkFolderSettings(folder).Read() with { Data = Path.Combine(folder.Path, "schema"), Store = new StoreOptions { Folder = Path.Combine(folder.Path, "schema") } },
            NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        var capture = new CapturingStore(core.Store);
        var ids = new IdSource(TimeProvider.System, new Random(1));
        var intake = new RowFileIntake(capture, core.Mappings, core.Settings.Practices, ids, TimeProvider.System, NullLogger<RowFileIntake>.Instance);
        await take(core, intake);
        using var keys = new PracticeKeys([new DataKey(core.Settings.Practices[0].Id, 1, PracticeKeys.NewSecret())]);
        var sealer = new UnitSealer(ids);
        return [.. capture.Chunks.Select(chunk => new SealedChunk(chunk, sealer, keys).Rows)];
    }

    private double Write(SealedRow[] units, int rows)
    {
        using var process = Process.GetCurrentProcess();
        var (started, processor) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        _lastId = _database.Number("SELECT max(message_id) FROM messages") + 1_000_000_000;
        for (var row = 0; row < rows;)
        {
            _begin.Run();
            var end = Math.Min(rows, row + FileRowChunk.RowsMax);
            _position.Bind(1, end - row).Run();
            for (; row < end; row++)
            {
                Write(units[row % units.Length], row + 1, now);
            }

            _commit.Run();
            _pages += _database.TakePagesWritten();
            if (_pages >= _options.CheckpointPages)
            {
                _database.Checkpoint();
                _pages = 0;
            }
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        process.Refresh();
        Console.WriteLine($"loop     {rows / seconds,9:N0} rows/s in {seconds:F1} s, {(process.TotalProcessorTime - processor).TotalSeconds * 1e6 / rows:F0} us of processor a row");
        return rows / seconds;
    }

    private void Write(SealedRow row, long number, long now)
    {
        var (unit, message, id) = (row.Unit, row.Unit.Message!, ++_lastId);
        _message.Bind(1, id).Bind(2, unit.Practice).Bind(3, message.Write.Source).Bind(4, now).Bind(5, message.Write.Event).Bind(6, message.Write.State.Text())
            .Bind(8, message.Write.MappingSet).Bind(9, message.Write.Body.Length).Bind(10, unit.KeyVersion).Bind(11, message.Notes).Bind(12, message.Body!).Bind(14, number).Run();
        _ofBatch.Bind(1, id).Run();
        var rowHash = NewHash();
        foreach (var record in unit.Records)
        {
            var recordId = ++_lastId;
            _record.Bind(1, recordId).Bind(2, unit.Practice).Bind(4, record.EventAt ?? 0).Bind(5, now).Bind(6, id).Bind(7, unit.KeyVersion).Bind(8, record.Document).Bind(9, record.Write.Next.Type).Run();
            foreach (var _ in record.NewAliases)
            {
                var (group, hash) = (_random.Next(), NewHash());
                _seek.Bind(1, unit.Practice).Bind(2, group).Bind(3, in hash);
                while (_seek.Step())
                {
                }

                _alias.Bind(1, unit.Practice).Bind(2, group).Bind(3, in hash).Bind(4, recordId).Run();
            }

            foreach (var _ in record.NewLookUps)
            {
                var hash = NewHash();
                _lookUp.Bind(1, unit.Practice).Bind(2, in hash).Bind(3, recordId).Run();
            }

            if (row.Hash is not null)
            {
                _confirmed.Bind(1, unit.Practice).Bind(2, recordId).Bind(3, in rowHash).Bind(4, message.Write.Source).Bind(5, row.Records.Count).Run();
            }
        }

        if (unit.Change is { } change)
        {
            _change.Bind(1, id).Bind(2, unit.Practice).Bind(3, id).Bind(4, change.Unit).Bind(5, now).Bind(6, unit.KeyVersion).Bind(7, change.Document).Run();
        }
    }

    private KeyedHash NewHash() => new((ulong)_random.NextInt64(), (ulong)_random.NextInt64());
}
