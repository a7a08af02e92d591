using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// What one message asks for, and the rows that answer it. They are opened by who asked (<see cref="Open"/>): what is damaged is the
/// fault of that message alone, and messages that were asked for together are opened side by side.
/// </summary>
/// <param name="query">What it asks for.</param>
/// <param name="keys">Of its practice.</param>
/// <param name="now">When it asks, UTC milliseconds.</param>
internal sealed class LoadJob(SealedQuery query, PracticeKeys keys, long now)
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(RecordAlias Alias, SealedRecord Record)> _byAlias = [];
    private readonly List<(LookUpKey LookUp, SealedRecord Record)> _byLookUp = [];
    private readonly List<SealedReceipt> _receipts = [];
    private long? _lastSequenceNumber;

    public SealedQuery Query => query;

    public string Practice => keys.Practice;

    public long Now => now;

    /// <summary>Done when all rows were taken.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Takes a record that has one of the names. Rows have the columns of <see cref="LoadQuestions"/>.</summary>
    public void TakeAlias(int index, NpgsqlDataReader row) => _byAlias.Add((query.Aliases[index].Alias, SealedRecord.Of(row)));

    /// <summary>Takes a record that has one of the look-up keys.</summary>
    public void TakeLookUp(int index, NpgsqlDataReader row) => _byLookUp.Add((query.LookUps[index].LookUp, SealedRecord.Of(row)));

    /// <summary>Takes a receipt under the message's control id, the latest week first.</summary>
    public void TakeReceipt(NpgsqlDataReader row) => _receipts.Add(SealedReceipt.Of(row));

    /// <summary>Takes the last number of the message's sender.</summary>
    public void TakeSequenceNumber(long last) => _lastSequenceNumber = last;

    public void Complete() => _answered.SetResult();

    public void Fail(Exception failure) => _answered.TrySetException(failure);

    /// <summary>What was taken. A record that two names lead to is opened once, and is one object.</summary>
    /// <param name="lookUpRecordsMax">Records under one look-up key at most.</param>
    public LoadedRecords Open(int lookUpRecordsMax)
    {
        var opened = new Dictionary<long, StoredRecord>();
        var byLookUp = new Dictionary<LookUpKey, IReadOnlyList<StoredRecord>>(query.LookUps.Length);
        var rows = _byLookUp.ToLookup(row => row.LookUp, row => row.Record);
        foreach (var (lookUp, _) in query.LookUps)
        {
            StoredRecord[] records = [.. rows[lookUp].Select(row => row.Open(opened, keys))];
            byLookUp[lookUp] = records.Length <= lookUpRecordsMax ? records : throw RecordLoader.TooMany(lookUp, lookUpRecordsMax);
        }

        return new LoadedRecords
        {
            Earlier = Earlier(),
            LastSequenceNumber = _lastSequenceNumber,
            ByAlias = _byAlias.ToDictionary(row => row.Alias, row => row.Record.Open(opened, keys)),
            ByLookUp = byLookUp,
        };
    }

    private EarlierReceipt? Earlier()
    {
        foreach (var same in _receipts.Where(row => row.Fingerprint == query.Receipt!.Fingerprint))
        {
            var notes = RowOpener.Notes(same.Message, keys.Version(same.KeyVersion), same.Notes);
            return new EarlierReceipt(new EngineId(same.Message), IsSameBody: true, notes.Reply, notes.ApplicationReply);
        }

        return _receipts is [var other, ..] ? new EarlierReceipt(new EngineId(other.Message), IsSameBody: false, ReadOnlyMemory<byte>.Empty) : null;
    }

    private readonly record struct SealedRecord(long Id, string Type, long Version, long ChangedSequence, int KeyVersion, byte[] Document, Confirmation[] Confirmed)
    {
        public static SealedRecord Of(NpgsqlDataReader row) =>
            new(row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), (int)row.GetInt64(5), row.GetFieldValue<byte[]>(6), ConfirmedBy(row));

        public StoredRecord Open(Dictionary<long, StoredRecord> opened, PracticeKeys keys)
        {
            if (!opened.TryGetValue(Id, out var record))
            {
                record = ConfirmedTimes.On(RowOpener.Record(Id, Type, Version, ChangedSequence, KeyVersion, Document, keys), Confirmed);
                opened.Add(Id, record);
            }

            return record;
        }

        private static Confirmation[] ConfirmedBy(NpgsqlDataReader row)
        {
            if (row.IsDBNull(7))
            {
                return [];
            }

            var (sources, said, confirmed) = (row.GetFieldValue<string[]>(7), row.GetFieldValue<long[]>(8), row.GetFieldValue<long[]>(9));
            return [.. sources.Select((source, index) => new Confirmation(source, said[index], confirmed[index]))];
        }
    }

    private readonly record struct SealedReceipt(KeyedHash Fingerprint, long Message, int KeyVersion, byte[] Notes)
    {
        public static SealedReceipt Of(NpgsqlDataReader row) =>
            new(KeyedHash.FromGuid(row.GetGuid(1)), row.GetInt64(2), (int)row.GetInt64(3), row.GetFieldValue<byte[]>(4));
    }
}
