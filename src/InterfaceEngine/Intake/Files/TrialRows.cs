using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// Rows that are only tried: what they would write is remembered for the rows behind them, and nothing is kept. It remembers the last
/// <see cref="RememberedMax"/> records; a file that speaks of one again much further down may count a little otherwise when it is read.
/// </summary>
internal sealed class TrialRows(IRowStore store) : IRowStore
{
    public const int RememberedMax = 100_000;

    private readonly Dictionary<RecordAlias, StoredRecord> _written = [];
    private readonly Queue<RecordAlias> _order = new();

    /// <summary>What became of the rows.</summary>
    public RowCounts Counts { get; private set; }

    public Task<bool[]> ConfirmAsync(RowConfirmation confirmation, CancellationToken cancellationToken) => Task.FromResult(new bool[confirmation.Rows.Count]);

    public Task<CommitResult[]> CommitAsync(RowChunk chunk, CancellationToken cancellationToken)
    {
        foreach (var row in chunk.Rows)
        {
            Counts = Counts.With(row.Outcome);
            foreach (var record in row.Unit.Records)
            {
                foreach (var alias in record.Next.Aliases)
                {
                    Remember(alias, record.Next);
                }
            }
        }

        return Task.FromResult(Enumerable.Repeat(new CommitResult(CommitOutcome.Committed, 0, []), chunk.Rows.Count).ToArray());
    }

    public async ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken)
    {
        var loaded = await store.LoadAsync(practice, query, cancellationToken);
        var byAlias = new Dictionary<RecordAlias, StoredRecord>(loaded.ByAlias);
        foreach (var alias in query.Aliases)
        {
            if (_written.TryGetValue(alias, out var written))
            {
                byAlias[alias] = written;
            }
        }

        return new LoadedRecords { ByAlias = byAlias, ByLookUp = loaded.ByLookUp };
    }

    public ValueTask<MergedPatients> MergedAsync(string practice, IReadOnlyList<IncomingRecord> records, LoadedRecords loaded, CancellationToken cancellationToken) =>
        store.MergedAsync(practice, records, loaded, cancellationToken);

    public Task<IReadOnlyDictionary<EngineId, long>> WaitingAsync(string practice, CancellationToken cancellationToken) => store.WaitingAsync(practice, cancellationToken);

    public Task<Dictionary<EngineId, long?>> NumbersAsync(IReadOnlyList<EngineId> messages, CancellationToken cancellationToken) =>
        Task.FromResult(new Dictionary<EngineId, long?>());

    private void Remember(RecordAlias alias, StoredRecord record)
    {
        if (!_written.ContainsKey(alias))
        {
            _order.Enqueue(alias);
        }

        _written[alias] = record;
        if (_order.Count > RememberedMax)
        {
            _written.Remove(_order.Dequeue());
        }
    }
}
