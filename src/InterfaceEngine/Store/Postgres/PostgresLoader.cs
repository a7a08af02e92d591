using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using Npgsql;
using NpgsqlTypes;

namespace InterfaceEngine.Store.Postgres;

/// <summary>The hot question in one round trip: what one message needs before it is reconciled.</summary>
/// <param name="source">The connections.</param>
/// <param name="room">How many of them may be read on at once.</param>
/// <param name="options">Limits.</param>
internal sealed class PostgresLoader(NpgsqlDataSource source, SemaphoreSlim room, StoreOptions options)
{
    // Each key is sought by itself (LATERAL … LIMIT): a plan that was made while the tables were small would go on reading them whole.
    private const string Columns = "r.record_id, r.type, r.version, r.changed_sequence, r.key_version, r.document";

    /// <exception cref="StoreUnavailableException">The database can't be read.</exception>
    public async ValueTask<LoadedRecords> LoadAsync(SealedQuery query, PracticeKeys keys, long now, CancellationToken cancellationToken)
    {
        // However many connections bring messages, some are left for the writer.
        await room.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var batch = connection.CreateBatch();
            var answers = Ask(batch, query, keys.Practice, now);
            var loaded = new Loading(keys);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            foreach (var answer in answers)
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    answer(loaded, reader);
                }

                await reader.NextResultAsync(cancellationToken);
            }

            return loaded.Answer(query, options.LookUpRecordsMax);
        }
        catch (Exception failure) when (failure.IsOfTheServer() || failure is PostgresException)
        {
            throw new StoreUnavailableException($"The store can't be read: {failure.InWords()}.", failure);
        }
        finally
        {
            room.Release();
        }
    }

    private List<Action<Loading, NpgsqlDataReader>> Ask(NpgsqlBatch batch, SealedQuery query, string practice, long now)
    {
        var answers = new List<Action<Loading, NpgsqlDataReader>>();
        if (query.Aliases.Length > 0)
        {
            Add(
                $"""
                SELECT {Columns}, n.ordinal FROM unnest($2, $3) WITH ORDINALITY n (group_hash, alias_hash, ordinal)
                CROSS JOIN LATERAL (
                    SELECT a.record_id FROM aliases a WHERE a.practice_id = $1 AND a.group_hash = n.group_hash AND a.alias_hash = n.alias_hash LIMIT 1) a
                CROSS JOIN LATERAL (SELECT * FROM records r WHERE r.practice_id = $1 AND r.record_id = a.record_id LIMIT 1) r
                """,
                (loaded, row) => loaded.ByAlias[query.Aliases[row.GetInt64(6) - 1].Alias] = loaded.Record(row),
                new NpgsqlParameter { Value = query.Aliases.Select(alias => (long)alias.Hash.Group).ToArray() },
                Hashes(query.Aliases.Select(alias => alias.Hash.Hash)));
        }

        if (query.LookUps.Length > 0)
        {
            Add(
                $"""
                SELECT {Columns}, n.ordinal FROM unnest($2) WITH ORDINALITY n (key_hash, ordinal)
                CROSS JOIN LATERAL (
                    SELECT l.record_id FROM look_ups l WHERE l.practice_id = $1 AND l.key_hash = n.key_hash ORDER BY l.record_id LIMIT $3) l
                CROSS JOIN LATERAL (SELECT * FROM records r WHERE r.practice_id = $1 AND r.record_id = l.record_id LIMIT 1) r
                ORDER BY n.ordinal, r.record_id
                """,
                (loaded, row) => loaded.UnderLookUp(query.LookUps[row.GetInt64(6) - 1].LookUp).Add(loaded.Record(row)),
                Hashes(query.LookUps.Select(lookUp => lookUp.Hash)),
                Number(options.LookUpRecordsMax + 1));
        }

        if (query.Receipt is { } receipt)
        {
            var memory = (long)options.ReceiptMemory.TotalMilliseconds;
            var week = ReceiptWeeks.Of(receipt.ReceivedAt);
            Add(
                """
                SELECT r.fingerprint_hash, r.message_id, m.key_version, m.notes FROM unnest($2) n (week)
                CROSS JOIN LATERAL (SELECT * FROM receipts r WHERE r.practice_id = $1 AND r.week = n.week AND r.control_hash = $3 OFFSET 0) r
                CROSS JOIN LATERAL (
                    SELECT m.key_version, m.notes FROM messages m WHERE m.practice_id = $1 AND m.message_id = r.message_id AND m.received_at >= $4 LIMIT 1) m
                ORDER BY n.week DESC
                """,
                (loaded, row) => loaded.Receipt(row, receipt.Fingerprint),
                new NpgsqlParameter { Value = Enumerable.Range(-1, (int)ReceiptWeeks.Of(memory) + 3).Select(back => week - back).ToArray() },
                new NpgsqlParameter { Value = receipt.Control.ToGuid() },
                Number(now - memory));
        }

        if (query.Sequence is { } sender)
        {
            Add(
                "SELECT last FROM sequence_numbers WHERE practice_id = $1 AND sender_hash = $2",
                (loaded, row) => loaded.LastSequenceNumber = row.GetInt64(0),
                new NpgsqlParameter { Value = sender.ToGuid() });
        }

        return answers;

        void Add(string sql, Action<Loading, NpgsqlDataReader> answer, params NpgsqlParameter[] parameters)
        {
            var command = new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter { Value = practice } } };
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(parameter);
            }

            batch.BatchCommands.Add(command);
            answers.Add(answer);
        }

        static NpgsqlParameter Hashes(IEnumerable<KeyedHash> hashes) => new() { Value = hashes.Select(hash => hash.ToGuid()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

        static NpgsqlParameter Number(long value) => new() { Value = value };
    }

    /// <summary>An answer while it is being read. A record that two names lead to is opened once, and is one object.</summary>
    private sealed class Loading(PracticeKeys keys)
    {
        private readonly Dictionary<long, StoredRecord> _opened = [];
        private readonly Dictionary<LookUpKey, List<StoredRecord>> _byLookUp = [];
        private EarlierReceipt? _earlier;

        public Dictionary<RecordAlias, StoredRecord> ByAlias { get; } = [];

        public long? LastSequenceNumber { get; set; }

        public StoredRecord Record(NpgsqlDataReader row)
        {
            var id = row.GetInt64(0);
            if (!_opened.TryGetValue(id, out var record))
            {
                record = RowOpener.Record(id, row.GetString(1), row.GetInt64(2), row.GetInt64(3), (int)row.GetInt64(4), row.GetFieldValue<byte[]>(5), keys);
                _opened.Add(id, record);
            }

            return record;
        }

        public List<StoredRecord> UnderLookUp(LookUpKey lookUp) => _byLookUp.TryGetValue(lookUp, out var records) ? records : _byLookUp[lookUp] = [];

        public void Receipt(NpgsqlDataReader row, KeyedHash fingerprint)
        {
            var message = row.GetInt64(1);
            if (KeyedHash.FromGuid(row.GetGuid(0)) != fingerprint)
            {
                _earlier ??= new EarlierReceipt(new EngineId(message), IsSameBody: false, ReadOnlyMemory<byte>.Empty);
            }
            else if (_earlier is not { IsSameBody: true })
            {
                var notes = RowOpener.Notes(message, keys.Version((int)row.GetInt64(2)), row.GetFieldValue<byte[]>(3));
                _earlier = new EarlierReceipt(new EngineId(message), IsSameBody: true, notes.Reply, notes.ApplicationReply);
            }
        }

        public LoadedRecords Answer(SealedQuery query, int lookUpRecordsMax)
        {
            var byLookUp = new Dictionary<LookUpKey, IReadOnlyList<StoredRecord>>(query.LookUps.Length);
            foreach (var (lookUp, _) in query.LookUps)
            {
                var records = UnderLookUp(lookUp);
                byLookUp[lookUp] = records.Count <= lookUpRecordsMax ? records : throw RecordLoader.TooMany(lookUp, lookUpRecordsMax);
            }

            return new LoadedRecords { Earlier = _earlier, LastSequenceNumber = LastSequenceNumber, ByAlias = ByAlias, ByLookUp = byLookUp };
        }
    }
}
