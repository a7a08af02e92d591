using System.Buffers.Binary;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>Makes and opens the database file, and says clearly why it can't be opened.</summary>
internal static class SqliteFile
{
    public const int PageBytes = 4096;

    /// <summary>How long the writer waits for whatever holds the file.</summary>
    public static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Opens the writer's connection. An existing file is looked at by a connection that can't change it first.</summary>
    public static SqliteDatabase Open(string folder, StoreOptions options, MasterKey masterKey, TimeProvider time)
    {
        if (File.Exists(Path.Combine(folder, StoreFiles.RestoreMark)))
        {
            throw new StoreOpenException($"{folder}: a restore was interrupted. Run it again; what was there before lies beside it. Nothing was changed.");
        }

        var path = Path.Combine(folder, StoreFiles.Database);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!File.Exists(path))
        {
            Make(path, masterKey, now);
        }

        var schema = Inspect(path, folder, masterKey);
        var database = SqliteDatabase.Open(path, SqliteAccess.Write, options.FileLayer);
        try
        {
            Configure(database, options);
            if (schema < SqliteSchema.Version)
            {
                database.Execute("BEGIN IMMEDIATE");
                SqliteSchema.Migrate(database, schema, now);
                database.Execute("COMMIT");
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public static SqliteDatabase OpenReader(string path, StoreOptions options)
    {
        var database = SqliteDatabase.Open(path, SqliteAccess.Read, options.FileLayer);
        database.Execute("PRAGMA busy_timeout = 5000");
        database.Execute("PRAGMA query_only = 1");
        database.Execute("PRAGMA wal_autocheckpoint = 0");
        database.Execute("PRAGMA temp_store = MEMORY");
        database.Execute($"PRAGMA cache_size = -{options.CacheBytes / 8 / 1024}");
        return database;
    }

    /// <summary>The schema's version, after making sure that the file is ours, whole, not too new for us, and opened by the key.</summary>
    public static int Inspect(string path, string place, MasterKey masterKey)
    {
        RefuseTruncated(path, place);
        using var database = SqliteDatabase.Open(path, SqliteAccess.Read);
        database.Execute("PRAGMA busy_timeout = 5000");
        if (database.Number("PRAGMA application_id") != SqliteSchema.ApplicationId)
        {
            throw new StoreOpenException($"{place}: {Path.GetFileName(path)} is not a store of this engine. Nothing was changed.");
        }

        var schema = (int)database.Number("SELECT max(version) FROM schema_version");
        if (schema > SqliteSchema.Version
            && database.Number($"SELECT max(coalesce(readable_from, version)) FROM schema_version WHERE version > {SqliteSchema.Version}") > SqliteSchema.Version)
        {
            throw new StoreOpenException($"{place}: the store has schema {schema}, and this engine knows schemas up to {SqliteSchema.Version}. Run the newer engine. Nothing was changed.");
        }

        KeyRing.Load(database, masterKey, place).Dispose();
        return schema;
    }

    /// <summary>Every page and index fits together. Takes as long as reading the whole file.</summary>
    public static void CheckIntegrity(string path, string place)
    {
        using var database = SqliteDatabase.Open(path, SqliteAccess.Read);
        if (database.Text("PRAGMA integrity_check(1)") is { } finding and not "ok")
        {
            throw new StoreOpenException($"{place}: {Path.GetFileName(path)} is damaged: {finding}.");
        }
    }

    public static StoreOpenException Explain(string place, SqliteFault fault) => fault.IsDamage
        ? new StoreOpenException($"{place}: {StoreFiles.Database} is damaged: {fault.Message}. Restore the last backup. Nothing was changed.", fault)
        : new StoreOpenException($"{place}: {StoreFiles.Database} can't be opened: {fault.Message}. Nothing was changed.", fault);

    /// <summary>Made under another name and moved into place when it is whole, so that a start cut short leaves no half store.</summary>
    private static void Make(string path, MasterKey masterKey, long now)
    {
        var draft = path + ".new";
        StoreFiles.Create(draft).Dispose();
        using (var database = SqliteDatabase.Open(draft, SqliteAccess.Write))
        {
            database.Execute($"PRAGMA page_size = {PageBytes}");
            database.Execute("PRAGMA synchronous = FULL");
            database.Execute("BEGIN IMMEDIATE");
            database.Execute($"PRAGMA application_id = {SqliteSchema.ApplicationId}");
            SqliteSchema.Migrate(database, 0, now);
            KeyRing.Make(database, masterKey, "", now);
            database.Execute("COMMIT");
        }

        File.Move(draft, path);
    }

    private static void Configure(SqliteDatabase database, StoreOptions options)
    {
        database.Execute($"PRAGMA busy_timeout = {BusyTimeout.TotalMilliseconds}");
        database.Execute("PRAGMA journal_mode = WAL");
        database.Execute("PRAGMA synchronous = FULL");
        database.Execute("PRAGMA wal_autocheckpoint = 0");
        database.Execute("PRAGMA temp_store = MEMORY");
        database.Execute($"PRAGMA cache_size = -{options.CacheBytes / 1024}");
        if (options.PagesMax > 0)
        {
            database.Execute($"PRAGMA max_page_count = {options.PagesMax}");
        }
    }

    /// <summary>A file that lost its end opens without complaint and fails later, in the middle of the work.</summary>
    private static void RefuseTruncated(string path, string place)
    {
        var log = new FileInfo(path + "-wal");
        if (log.Exists && log.Length > 0)
        {
            // The log may hold pages beyond the end, and the header that counts them.
            return;
        }

        Span<byte> header = stackalloc byte[100];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith("SQLite format 3\0"u8))
        {
            throw new StoreOpenException($"{place}: {Path.GetFileName(path)} is damaged: it does not begin as a database does. Restore the last backup. Nothing was changed.");
        }

        var pageBytes = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is var size && size == 1 ? 65536 : size;
        var pages = BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        if (file.Length < (long)pages * pageBytes)
        {
            throw new StoreOpenException($"{place}: {Path.GetFileName(path)} is damaged: it should have {(long)pages * pageBytes} bytes and has {file.Length}. Restore the last backup. Nothing was changed.");
        }
    }
}
