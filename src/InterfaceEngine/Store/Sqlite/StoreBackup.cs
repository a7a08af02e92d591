using System.Security.Cryptography;
using System.Text.Json;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>What a backup says of itself, in <c>manifest.json</c> beside the copy.</summary>
/// <param name="Format">1.</param>
/// <param name="CreatedAt">UTC milliseconds.</param>
/// <param name="SchemaVersion">The store's schema.</param>
/// <param name="MasterKey">Fingerprint of the master key that opens it. The key itself is not in the backup.</param>
/// <param name="Size">Of the copy in bytes.</param>
/// <param name="Sha256">Of the copy, hexadecimal.</param>
internal sealed record BackupManifest(int Format, long CreatedAt, int SchemaVersion, string MasterKey, long Size, string Sha256)
{
    public const string FileName = "manifest.json";

    /// <exception cref="StoreOpenException">It is missing or unreadable: the backup was not finished.</exception>
    public static BackupManifest Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(Path.Combine(folder, FileName))) is { Format: 1 } manifest
                ? manifest
                : throw new StoreOpenException($"{folder}: {FileName} is of a format this engine does not know.");
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            throw new StoreOpenException($"{folder}: there is no readable {FileName}: this is no backup, or one that was not finished.", failure);
        }
    }

    public static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>Copies a running store: the state at one moment, with the wrapped data keys and without the master key.</summary>
internal static class StoreBackup
{
    /// <param name="database">The running store's file.</param>
    /// <param name="folder">An empty or new folder.</param>
    /// <param name="masterKey">Its fingerprint is noted.</param>
    /// <param name="options">How to read.</param>
    /// <param name="now">UTC milliseconds.</param>
    public static void Write(string database, string folder, MasterKey masterKey, StoreOptions options, long now)
    {
        var target = Path.GetFullPath(folder);
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new StoreOpenException($"{target}: a backup needs an empty or new folder, and this one holds files.");
        }

        try
        {
            StoreFiles.Prepare(target);
            var copy = Path.Combine(target, StoreFiles.Database);
            StoreFiles.Create(copy).Dispose();
            using (var source = SqliteFile.OpenReader(database, options))
            {
                source.Execute("PRAGMA query_only = 0");
                source.Prepare("VACUUM INTO ?1").Bind(1, copy).Run();
            }

            StoreFiles.Sync(copy);
            var manifest = new BackupManifest(1, now, SqliteSchema.Version, masterKey.Fingerprint, new FileInfo(copy).Length, BackupManifest.Hash(copy));
            using var file = StoreFiles.Create(Path.Combine(target, BackupManifest.FileName));
            JsonSerializer.Serialize(file, manifest);
            file.Flush(flushToDisk: true);
        }
        catch (Exception failure) when (failure is SqliteFault or IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"{target}: the backup could not be written: {failure.Message}", failure);
        }
    }
}
