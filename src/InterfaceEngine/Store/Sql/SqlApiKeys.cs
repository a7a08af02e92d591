using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>Keys of programs. They are few, and whoever checks them keeps them for a moment.</summary>
internal sealed class SqlApiKeys(IStoreWriter writer, IStoreReaders readers, KeyRing keys) : IApiKeyStore
{
    private const int KeysMax = 10_000;

    public async Task AddAsync(ApiKey key, AuditEntry audit, CancellationToken cancellationToken)
    {
        var row = await SealAsync(audit, cancellationToken);
        var isNew = await writer.RunAsync(
            session =>
            {
                using var insert = session.Database.Prepare("""
                    INSERT INTO api_keys (key_id, name, hash, role, practices, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
                    """);
                insert.Bind(1, key.Id.Value).Bind(2, key.Name).Bind(3, key.Hash.Span).Bind(4, key.Role.ToString()).Bind(5, string.Join(',', key.Practices)).Bind(6, session.Now);
                _ = key.ExpiresAt is { } end ? insert.Bind(7, end) : insert.BindNull(7);
                return Audited(session, insert.Run() == 1, row);
            },
            cancellationToken);
        if (!isNew)
        {
            throw new ArgumentException($"A key of the name {key.Name} is in force. Revoke it first, or give the new one another name.", nameof(key));
        }
    }

    public Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(KeysMax, static (reader, limit) => reader.ApiKeys(limit), cancellationToken).AsTask();

    public async Task<bool> RevokeAsync(string name, AuditEntry audit, CancellationToken cancellationToken)
    {
        var row = await SealAsync(audit, cancellationToken);
        return await writer.RunAsync(
            session =>
            {
                using var revoke = session.Database.Prepare("UPDATE api_keys SET revoked_at = ?2 WHERE name = ?1 AND revoked_at = 0");
                return Audited(session, revoke.Bind(1, name).Bind(2, session.Now).Run() == 1, row);
            },
            cancellationToken);
    }

    public Task NoteUseAsync(IReadOnlyDictionary<EngineId, long> usedAt, CancellationToken cancellationToken) => writer.RunAsync(
        session =>
        {
            using var note = session.Database.Prepare("UPDATE api_keys SET used_at = ?2 WHERE key_id = ?1 AND coalesce(used_at, 0) < ?2");
            foreach (var (key, at) in usedAt.OrderBy(pair => pair.Key.Value))
            {
                note.Bind(1, key.Value).Bind(2, at).Run();
            }

            return 0;
        },
        cancellationToken);

    private async ValueTask<AuditRow> SealAsync(AuditEntry audit, CancellationToken cancellationToken) =>
        UnitSealer.SealAudit(audit, [], await keys.GetAsync(audit.Practice ?? "", writer, cancellationToken));

    private static bool Audited(WriterSession session, bool isDone, AuditRow row)
    {
        if (isDone)
        {
            session.Audit.Write(row);
        }

        return isDone;
    }
}
