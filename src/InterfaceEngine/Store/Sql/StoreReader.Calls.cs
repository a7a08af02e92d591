using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <content>Keys of programs, and calls.</content>
internal sealed partial class StoreReader
{
    public const string CallColumns = "call_id, at, practice_id, connection, endpoint, status, fault, milliseconds, sent, received, request_id, actor";

    /// <summary>So many practices can be asked for at once.</summary>
    private const int AskedPracticesMax = 1_000;

    public IReadOnlyList<ApiKey> ApiKeys(int limit)
    {
        var keys = new List<ApiKey>();
        var rows = Statement("SELECT key_id, name, hash, role, practices, created_at, expires_at, revoked_at, used_at FROM api_keys ORDER BY name, key_id LIMIT ?1").Bind(1, Limit(limit));
        while (rows.Step())
        {
            keys.Add(new ApiKey
            {
                Id = new EngineId(rows.Long(0)),
                Name = rows.Text(1)!,
                Hash = rows.Blob(2).ToArray(),
                Role = Enum.Parse<ApiRole>(rows.Text(3)!),
                Practices = rows.Text(4)!.Split(',', StringSplitOptions.RemoveEmptyEntries),
                CreatedAt = rows.Long(5),
                ExpiresAt = NumberOrNull(rows, 6),
                RevokedAt = rows.Long(7) is > 0 and var revoked ? revoked : null,
                UsedAt = NumberOrNull(rows, 8),
            });
        }

        return keys;
    }

    public IReadOnlyList<StoredCall> Calls(CallQuery query)
    {
        if (query.Practices is { Count: > AskedPracticesMax })
        {
            throw new ArgumentException($"{query.Practices.Count} practices are asked for: {AskedPracticesMax} at most.", nameof(query));
        }

        // Written out for each, so that each has its index.
        var practices = query.Practices is { } asked ? $"AND practice_id IN ({string.Join(", ", asked.Select((_, index) => $"?{index + 10}").DefaultIfEmpty("NULL"))})" : "";
        var rows = Statement($"""
            SELECT {CallColumns} FROM calls WHERE call_id < ?1
            {(query.Connection is null ? "" : "AND connection = ?3")} {(query.Endpoint is null ? "" : "AND lower(endpoint) LIKE ?4 ESCAPE '!'")}
            {(query.From is null ? "" : "AND call_id >= ?7 AND at >= ?5")} {(query.Until is null ? "" : "AND at < ?6")} {(query.IsFailedOnly ? "AND (status = 0 OR status >= 400)" : "")} {practices}
            ORDER BY call_id DESC LIMIT ?2
            """).Bind(1, query.Before == 0 ? long.MaxValue : query.Before).Bind(2, Limit(query.Limit));
        _ = query.Connection is { } connection ? rows.Bind(3, connection) : rows;
        _ = query.Endpoint is { } endpoint ? rows.Bind(4, $"%{Literally(endpoint)}%") : rows;
        // A call has its id when it is written, after it was made: so ids bound the walk.
        _ = query.From is { } from ? rows.Bind(5, from).Bind(7, IdSource.FirstAt(DateTimeOffset.FromUnixTimeMilliseconds(from)).Value) : rows;
        _ = query.Until is { } until ? rows.Bind(6, until) : rows;
        for (var index = 0; index < query.Practices?.Count; index++)
        {
            rows.Bind(index + 10, query.Practices[index]);
        }

        var calls = new List<StoredCall>();
        while (rows.Step())
        {
            calls.Add(ReadCall(rows));
        }

        return calls;
    }

    private static StoredCall ReadCall(SqlStatement row) => new(row.Long(0), new CallEntry
    {
        At = row.Long(1),
        Practice = row.IsNull(2) ? null : row.Name(2),
        Connection = row.Name(3),
        Endpoint = row.Name(4),
        Status = row.Int(5),
        Fault = row.IsNull(6) ? null : row.Name(6),
        Milliseconds = row.Int(7),
        Sent = row.Long(8),
        Received = row.Long(9),
        RequestId = row.Text(10),
        Actor = row.Name(11),
    });

    /// <summary>A text in which nothing stands for something else.</summary>
    private static string Literally(string text) => text.ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);

    private static long? NumberOrNull(SqlStatement row, int column) => row.IsNull(column) ? null : row.Long(column);
}
