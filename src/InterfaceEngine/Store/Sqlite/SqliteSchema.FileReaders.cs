namespace InterfaceEngine.Store.Sqlite;

/// <content>Who reads a file.</content>
internal static partial class SqliteSchema
{
    /// <summary>Rises whenever a run is taken up again: what a reader from before still brings is refused.</summary>
    private const string FileReaders = "ALTER TABLE file_runs ADD COLUMN reader INTEGER NOT NULL DEFAULT 0;";
}
