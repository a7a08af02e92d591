using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>A backup is one moment of a running store; a restore checks before it replaces.</summary>
public sealed class StoreBackupTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();
    private readonly StoreSamples _samples;

    public StoreBackupTests()
    {
        _samples = new StoreSamples(_clock);
    }

    private string Backup => Path.Combine(_folder.Root, "backup");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_taken_while_writing_holds_a_whole_number_of_units()
    {
        await using (var store = _folder.Open(_clock))
        {
            await CommitAsync(store, 0);
            using var stop = new CancellationTokenSource();
            var writing = Enumerable.Range(1, 4).Select(writer => Task.Run(async () =>
            {
                for (var index = 0; !stop.IsCancellationRequested; index++)
                {
                    await CommitAsync(store, (writer * 1_000_000) + index);
                }
            })).ToArray();

            await store.BackupAsync(Backup, CancellationToken.None);
            await stop.CancelAsync();
            await Task.WhenAll(writing);
        }

        StoreRestore.Check(Backup, StoreFolder.Key).MasterKey.Should().Be(StoreFolder.Key.Fingerprint);
        using var elsewhere = new StoreFolder();
        (await StoreRestore.RestoreAsync(Backup, elsewhere.Data, StoreFolder.Key, "ann", null, _clock)).Should().BeNull();
        await using var restored = elsewhere.Open(_clock);
        var messages = await restored.ReadAsync(reader => reader.MessageCounts().Sum(count => count.Count), CancellationToken.None);
        var records = await restored.ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice).Sum(count => count.Count), CancellationToken.None);
        messages.Should().BePositive();
        records.Should().Be(messages * 2);
    }

    [Fact]
    public async Task A_restore_brings_back_the_moment_and_keeps_what_was_there()
    {
        await BackUpAsync();
        await using (var store = _folder.Open(_clock))
        {
            await CommitAsync(store, 2);
        }

        var aside = await StoreRestore.RestoreAsync(Backup, _folder.Data, StoreFolder.Key, "ann", "disk died", _clock);

        await using (var store = _folder.Open(_clock))
        {
            (await store.ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice), CancellationToken.None)).Should().Equal(("patient", 2L));
            (await store.CommitAsync(_samples.Unit(records: StoreSamples.Create(_samples.Record("next", "Doe"))), CancellationToken.None)).Outcome.Should().Be(CommitOutcome.Committed);
        }

        await using (var store = _folder.Open(_clock))
        {
            var row = (await store.ReadAsync(reader => reader.Audit(null, 10), CancellationToken.None)).Should().ContainSingle().Subject;
            row.Should().BeEquivalentTo(new { Actor = "ann", Action = "restore", Subject = $"{Backup}, made 2026-01-14 10:00:00Z", Reason = "disk died", At = _clock.Milliseconds });
            (await store.ReadAsync(reader => reader.FirstAlteredAudit(), CancellationToken.None)).Should().BeNull();
        }

        File.Exists(Path.Combine(aside!, "store.db")).Should().BeTrue();
        Directory.GetFiles(_folder.Data, "restore*").Should().BeEmpty();
        Directory.GetFileSystemEntries(_folder.Data, "*.restored").Should().BeEmpty();
    }

    [Fact]
    public async Task A_backup_is_for_its_owner_only_and_needs_an_empty_folder()
    {
        await BackUpAsync();

        StoreFolder.AssertPrivate(Backup);

        await using var store = _folder.Open(_clock);
        var again = () => store.BackupAsync(Backup, CancellationToken.None);
        await again.Should().ThrowAsync<StoreOpenException>().WithMessage("*empty or new folder*");
    }

    [Fact]
    public async Task A_backup_that_was_altered_cut_off_or_not_finished_replaces_nothing()
    {
        await BackUpAsync();
        var copy = Path.Combine(Backup, "store.db");
        var whole = await File.ReadAllBytesAsync(copy);

        var altered = whole.ToArray();
        altered[^1000] ^= 1;
        await File.WriteAllBytesAsync(copy, altered);
        await RefusedAsync("changed or cut off");

        await File.WriteAllBytesAsync(copy, whole[..^4096]);
        await RefusedAsync("changed or cut off");

        await File.WriteAllBytesAsync(copy, whole);
        File.Delete(Path.Combine(Backup, BackupManifest.FileName));
        await RefusedAsync("not finished");
    }

    [Fact]
    public async Task A_restore_that_was_cut_short_keeps_the_files_of_the_former_store_together()
    {
        await BackUpAsync();
        var log = Path.Combine(_folder.Data, "store.db-wal");
        await File.WriteAllTextAsync(log, "log");
        var first = Path.Combine(_folder.Data, "replaced-first");
        Directory.CreateDirectory(first);
        await File.WriteAllTextAsync(Path.Combine(first, "store.db"), "former");
        await File.WriteAllTextAsync(Path.Combine(_folder.Data, StoreFiles.RestoreMark), "replaced-first");

        var aside = await StoreRestore.RestoreAsync(Backup, _folder.Data, StoreFolder.Key, "ann", null, _clock);

        aside.Should().Be(first);
        (await File.ReadAllTextAsync(Path.Combine(first, "store.db"))).Should().Be("former");
        (await File.ReadAllTextAsync(Path.Combine(first, "store.db-wal"))).Should().Be("log");
        File.Exists(log).Should().BeFalse();
        await using var store = _folder.Open(_clock);
    }

    [Fact]
    public async Task A_backup_of_another_master_key_replaces_nothing()
    {
        await BackUpAsync();

        await RefusedAsync("master key", new MasterKey(new byte[32], "/keys/other.key", isNew: false));
    }

    [Fact]
    public async Task A_running_engines_folder_is_not_restored()
    {
        await BackUpAsync();
        await using var running = _folder.Open(_clock);

        var restore = () => StoreRestore.RestoreAsync(Backup, _folder.Data, StoreFolder.Key, "ann", null, _clock);

        await restore.Should().ThrowAsync<StoreOpenException>().WithMessage("*another engine*");
    }

    private async Task RefusedAsync(string reason, MasterKey? key = null)
    {
        var restore = () => StoreRestore.RestoreAsync(Backup, _folder.Data, key ?? StoreFolder.Key, "ann", null, _clock);

        await restore.Should().ThrowAsync<StoreOpenException>().WithMessage($"*{reason}*");
        Directory.GetDirectories(_folder.Data).Should().BeEmpty();
        await using var store = _folder.Open(_clock);
        (await store.ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice), CancellationToken.None)).Should().Equal(("patient", 2L));
    }

    private async Task BackUpAsync()
    {
        await using var store = _folder.Open(_clock);
        await CommitAsync(store, 1);
        await store.BackupAsync(Backup, CancellationToken.None);
    }

    private async Task CommitAsync(SqliteStore store, int number)
    {
        var unit = _samples.Unit(records: [StoreSamples.Create(_samples.Record("P" + number, "Doe")), StoreSamples.Create(_samples.Record("Q" + number, "Roe"))]);
        (await store.CommitAsync(unit, CancellationToken.None)).Outcome.Should().Be(CommitOutcome.Committed);
    }
}
