namespace InterfaceEngine.Store.Sql;

/// <summary>Writes what connections remember in the writer's transaction: each document only over the version that was read.</summary>
internal sealed class ConnectionWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _insert;
    private readonly SqlStatement _update;
    private readonly SqlStatement _delete;
    private readonly SqlStatement _drop;

    public ConnectionWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        var now = database.Now(parameter: 9);
        const string Where = "WHERE practice_id = ?1 AND connection = ?2 AND kind = ?3 AND name = ?4 AND version = ?5";
        _insert = database.Prepare($"""
            INSERT INTO connection_documents (practice_id, connection, kind, name, version, due_at, written_at, key_version, content)
            VALUES (?1, ?2, ?3, ?4, 1, {now} + ?6, {now}, ?7, ?8) ON CONFLICT DO NOTHING
            """);
        _update = database.Prepare($"UPDATE connection_documents SET version = version + 1, due_at = {now} + ?6, written_at = {now}, key_version = ?7, content = ?8 {Where}");
        _delete = database.Prepare($"DELETE FROM connection_documents {Where}");
        _drop = database.Prepare("""
            DELETE FROM connection_documents WHERE (practice_id, connection, kind, name) IN (
                SELECT practice_id, connection, kind, name FROM connection_documents WHERE kind = ?1 AND due_at IS NULL AND written_at < ?2 ORDER BY written_at LIMIT ?3)
            """);
    }

    /// <summary>False when one of them has another version by now: then what was written of the others is to be undone.</summary>
    public bool Write(IReadOnlyList<SealedConnectionWrite> writes)
    {
        foreach (var write in writes)
        {
            if (Write(write) != 1)
            {
                return false;
            }
        }

        return true;
    }

    public int Drop(string kind, long writtenBefore, int limit) => _drop.Bind(1, kind).Bind(2, writtenBefore).Bind(3, limit).Run();

    private int Write(SealedConnectionWrite write)
    {
        var statement = Named(write.Content is null ? _delete : write.Version == 0 ? _insert : _update, write.Key);
        if (write.Content is null || write.Version > 0)
        {
            statement.Bind(5, write.Version);
        }

        if (write.Content is { } content)
        {
            _ = write.DueIn is { } due ? statement.Bind(6, (long)due.TotalMilliseconds) : statement.BindNull(6);
            statement.Bind(7, write.KeyVersion).Bind(8, content).Bind(9, _session.Now);
        }

        return statement.Run();
    }

    private static SqlStatement Named(SqlStatement statement, ConnectionKey key) =>
        statement.Bind(1, key.Practice).Bind(2, key.Connection).Bind(3, key.Kind).Bind(4, key.Name);
}

/// <summary>A <see cref="ConnectionWrite"/> with its content sealed.</summary>
/// <param name="Version">The version it was read with; 0 for a new one.</param>
/// <param name="Content">Null removes it.</param>
internal sealed record SealedConnectionWrite(ConnectionKey Key, long Version, TimeSpan? DueIn, int KeyVersion, byte[]? Content);
