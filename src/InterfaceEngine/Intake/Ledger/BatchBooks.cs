using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>
/// Batches and files in the ledger: those received against their verdicts, and for each the messages that were read against
/// those that were stored. All of it inside one read transaction, for batches come and end all the time.
/// </summary>
internal static class BatchBooks
{
    private const int RowsInPage = 1000;

    /// <summary>How many batches that do not add up are looked at: more than are ever told.</summary>
    private const int BatchesMax = 1000;

    /// <summary>A line for each source, its files apart.</summary>
    public static IReadOnlyList<BatchLine> Lines(IReadOnlyList<BatchDay> days) =>
    [
        .. days.GroupBy(day => (day.Source, day.IsFile)).OrderBy(group => group.Key).Select(group => new BatchLine(
            group.Key.Source,
            group.Key.IsFile,
            group.Sum(day => day.Received),
            group.SelectMany(day => day.Verdicts).GroupBy(verdict => verdict.Key).ToDictionary(verdicts => verdicts.Key, verdicts => verdicts.Sum(verdict => verdict.Value)))),
    ];

    /// <summary>What the counts alone show.</summary>
    public static IEnumerable<LedgerDifference> Differences(IStoreReader reader, IReadOnlyList<BatchDay> days, long since)
    {
        foreach (var day in days.Where(day => day.Received != day.Verdicts.Values.Sum()))
        {
            yield return new LedgerDifference(day.Day, day.Source, $"{Word(day.IsFile)} {day.Received - day.Verdicts.Values.Sum()}", $"{day.Received} {Word(day.IsFile)} were received, and {day.Verdicts.Values.Sum()} are accounted for", [], []);
        }

        foreach (var batch in reader.UnbalancedBatches(BatchesMax).Where(batch => LedgerDay.Of(batch.ReceivedAt) >= since))
        {
            yield return Of(batch, $"{batch.Found} messages were read and {batch.Stored} stored");
        }
    }

    /// <summary>What a count of the rows shows.</summary>
    public static IReadOnlyList<LedgerDifference> Recount(IStoreReader reader, long since)
    {
        var differences = new List<LedgerDifference>();
        var rows = new Dictionary<(long Day, string Source, bool IsFile, BatchVerdict Verdict), long>();
        var droppedBefore = reader.Drops().FirstOrDefault(sum => sum.What == DroppedKind.Messages)?.Last.Before ?? 0;
        for (var page = reader.RecountBatches(EngineId.None, RowsInPage); page.Count > 0; page = reader.RecountBatches(page[^1].Batch.Id, RowsInPage))
        {
            foreach (var (batch, named) in page.Where(one => LedgerDay.Of(one.Batch.ReceivedAt) >= since))
            {
                var key = (LedgerDay.Of(batch.ReceivedAt), batch.Source, batch.IsFile, batch.Verdict);
                rows[key] = rows.GetValueOrDefault(key) + 1;
                // Of a batch from before the last drop some messages may be gone, which are counted with their days.
                if (batch.Stored is { } stored && stored != named && batch.ReceivedAt >= droppedBefore && differences.Count < BatchesMax)
                {
                    differences.Add(Of(batch, $"{named} messages are there where {stored} were counted"));
                }
            }
        }

        foreach (var dropped in reader.DroppedBatches(since))
        {
            var key = (dropped.Day, dropped.Source, dropped.IsFile, dropped.Verdict);
            rows[key] = rows.GetValueOrDefault(key) + dropped.Count;
        }

        var counted = reader.BatchDays(since).SelectMany(day => day.Verdicts.Select(verdict => (Key: (day.Day, day.Source, day.IsFile, verdict.Key), Count: verdict.Value))).ToDictionary(one => one.Key, one => one.Count);
        foreach (var key in counted.Keys.Union(rows.Keys).Order().Where(key => counted.GetValueOrDefault(key) != rows.GetValueOrDefault(key)))
        {
            var (day, source, isFile, verdict) = key;
            differences.Add(new LedgerDifference(
                day, source, $"{Word(isFile)} {verdict.Text()} {rows.GetValueOrDefault(key) - counted.GetValueOrDefault(key)}", $"{rows.GetValueOrDefault(key)} {Word(isFile)} are {verdict.Text()} where {counted.GetValueOrDefault(key)} were counted", [], []));
        }

        return differences;
    }

    private static LedgerDifference Of(StoredBatch batch, string text) =>
        new(LedgerDay.Of(batch.ReceivedAt), batch.Source, $"batch {batch.Id}: {text}", $"{(batch.IsFile ? "file" : "batch")} {batch.Id}: {text}", [], []);

    private static string Word(bool isFile) => isFile ? "files" : "batches";
}
