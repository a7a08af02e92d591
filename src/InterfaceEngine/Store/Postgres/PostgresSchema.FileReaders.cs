namespace InterfaceEngine.Store.Postgres;

/// <content>Who reads a file. What is meant stands at the embedded store.</content>
internal static partial class PostgresSchema
{
    private const string FileReaders = "ALTER TABLE file_runs ADD COLUMN reader bigint NOT NULL DEFAULT 0";
}
