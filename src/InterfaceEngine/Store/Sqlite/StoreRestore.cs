using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>Puts a backup in the place of a data folder's store. Everything is checked before anything is replaced.</summary>
internal static class StoreRestore
{
    private const string DraftFolder = "store.restored";

    /// <summary>Checks that a backup is whole, of a schema this engine reads, and opened by the master key. Changes nothing.</summary>
    /// <exception cref="StoreOpenException">Says what is wrong with it.</exception>
    public static BackupManifest Check(string backupFolder, MasterKey masterKey)
    {
        var folder = Path.GetFullPath(backupFolder);
        var manifest = BackupManifest.Read(folder);
        var copy = Path.Combine(folder, StoreFiles.Database);
        if (!File.Exists(copy) || new FileInfo(copy).Length != manifest.Size || BackupManifest.Hash(copy) != manifest.Sha256)
        {
            throw new StoreOpenException($"{folder}: {StoreFiles.Database} is not the file that {BackupManifest.FileName} describes: it was changed or cut off.");
        }

        try
        {
            SqliteFile.Inspect(copy, folder, masterKey);
            SqliteFile.CheckIntegrity(copy, folder);
        }
        catch (SqliteFault fault)
        {
            throw SqliteFile.Explain(folder, fault);
        }

        return manifest;
    }

    /// <summary>
    /// Replaces the store. What was there is moved into a folder beside it, never deleted. A restore that is cut short
    /// leaves a mark, and no engine starts until it has been run again.
    /// </summary>
    /// <param name="backupFolder">What <see cref="IFolderBackup.BackupAsync"/> wrote.</param>
    /// <param name="dataFolder">The data folder; no engine may run on it.</param>
    /// <param name="masterKey">The key that opens the backup.</param>
    /// <param name="actor">Who restores: for the audit of the restored store.</param>
    /// <param name="reason">Why.</param>
    /// <param name="time">Names the folder for what was there.</param>
    /// <returns>The folder with what was there before; null when there was nothing.</returns>
    public static async Task<string?> RestoreAsync(string backupFolder, string dataFolder, MasterKey masterKey, string actor, string? reason, TimeProvider time)
    {
        var folder = Path.GetFullPath(dataFolder);
        StoreFiles.Prepare(folder);
        using var held = FolderLock.Take(folder);
        var manifest = Check(backupFolder, masterKey);
        var draft = Path.Combine(folder, DraftFolder);
        Discard(draft);
        try
        {
            Copy(backupFolder, draft, manifest);
            await NoteAsync(draft, masterKey, new AuditEntry(actor, "restore", null, Subject(backupFolder, manifest), reason), time);
            var mark = Path.Combine(folder, StoreFiles.RestoreMark);
            var aside = MoveAside(folder, Mark(mark, time));
            File.Move(Path.Combine(draft, StoreFiles.Database), Path.Combine(folder, StoreFiles.Database), overwrite: true);
            File.Delete(mark);
            return aside;
        }
        finally
        {
            Discard(draft);
        }
    }

    private static void Copy(string backupFolder, string draft, BackupManifest manifest)
    {
        StoreFiles.Prepare(draft);
        var fresh = Path.Combine(draft, StoreFiles.Database);
        using (var source = File.OpenRead(Path.Combine(Path.GetFullPath(backupFolder), StoreFiles.Database)))
        using (var target = StoreFiles.Create(fresh))
        {
            source.CopyTo(target);
            target.Flush(flushToDisk: true);
        }

        if (BackupManifest.Hash(fresh) != manifest.Sha256)
        {
            throw new StoreOpenException($"{draft}: the backup could not be copied whole. Nothing was replaced.");
        }
    }

    /// <summary>The row is in the copy before the copy is the store: no store is restored in silence.</summary>
    private static async Task NoteAsync(string draft, MasterKey masterKey, AuditEntry audit, TimeProvider time)
    {
        await using (var store = SqliteStore.Open(new StoreOptions { Folder = draft }, masterKey, new IdSource(time, Random.Shared), time))
        {
            await store.AskAsync(audit, _ => 0, CancellationToken.None);
        }

        // Closing moves the log into the database; only the database moves on from here.
        if (new FileInfo(Path.Combine(draft, StoreFiles.Database + "-wal")) is { Exists: true, Length: > 0 })
        {
            throw new StoreOpenException($"{draft}: the audit row of this restore could not be written into the copy. Nothing was replaced.");
        }

        StoreFiles.Sync(Path.Combine(draft, StoreFiles.Database));
    }

    private static string Subject(string backupFolder, BackupManifest manifest) =>
        $"{Path.GetFullPath(backupFolder)}, made {DateTimeOffset.FromUnixTimeMilliseconds(manifest.CreatedAt):yyyy-MM-dd HH:mm:ss'Z'}";

    private static void Discard(string draft)
    {
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }
    }

    /// <summary>
    /// Marks that a restore has begun, with the name of the folder for what was there: one that was cut short goes on
    /// with the same, so that the files of one store stay together.
    /// </summary>
    private static string Mark(string mark, TimeProvider time)
    {
        if (File.Exists(mark) && File.ReadAllText(mark) is { Length: > 0 } known)
        {
            return known;
        }

        // Written whole under another name first: a mark that is half written names no folder.
        var name = $"replaced-{time.GetUtcNow():yyyyMMddTHHmmssfffZ}";
        using (var file = StoreFiles.Create(mark + ".draft"))
        {
            file.Write(Encoding.ASCII.GetBytes(name));
            file.Flush(flushToDisk: true);
        }

        File.Move(mark + ".draft", mark, overwrite: true);
        return name;
    }

    private static string? MoveAside(string folder, string name)
    {
        var names = (string[])[StoreFiles.Database, StoreFiles.Database + "-wal", StoreFiles.Database + "-shm"];
        if (!names.Any(file => File.Exists(Path.Combine(folder, file))))
        {
            return null;
        }

        var aside = Path.Combine(folder, name);
        StoreFiles.Prepare(aside);
        foreach (var file in names)
        {
            // What is aside already is the former store's; what stands in its place now is a copy of the backup.
            var path = Path.Combine(folder, file);
            if (File.Exists(path) && !File.Exists(Path.Combine(aside, file)))
            {
                File.Move(path, Path.Combine(aside, file));
            }
        }

        return aside;
    }
}
