using System.Globalization;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>
/// Rows of files in the ledger: those that a file holds, which were counted before the first was taken, against what became of them, which
/// is counted where they are stored; and those of which a message is kept against the messages. A row that was only confirmed has none.
/// </summary>
internal static class FileBooks
{
    private const int RunsInPage = 1000;

    /// <summary>How many runs that do not add up are looked at: more than are ever told.</summary>
    private const int RunsMax = 1000;

    /// <summary>A line for each source.</summary>
    public static IReadOnlyList<FileLine> Lines(IStoreReader reader, long since) =>
    [
        .. reader.FileDays(since).GroupBy(day => day.Source, StringComparer.Ordinal).OrderBy(days => days.Key, StringComparer.Ordinal).Select(days => new FileLine(
            days.Key, days.Sum(day => day.Files), days.Sum(day => day.Rows), days.Aggregate(default(RowCounts), (sum, day) => sum + day.Counts), days.Sum(day => day.Left))),
    ];

    /// <summary>What the counts alone show.</summary>
    public static IEnumerable<LedgerDifference> Differences(IStoreReader reader, long since) => reader.UnbalancedFileRuns(RunsMax)
        .Where(run => LedgerDay.Of(run.ReceivedAt) >= since)
        .Select(run => Of(run, string.Create(CultureInfo.InvariantCulture, $"{run.Rows} rows were in it, and {run.Counts.Total} are accounted for")));

    /// <summary>What a comparison with the messages shows; those that are there are compared with their batches' own count (<see cref="BatchBooks"/>).</summary>
    public static IReadOnlyList<LedgerDifference> Recount(IStoreReader reader, long since)
    {
        var differences = new List<LedgerDifference>();
        var query = new FileRunQuery(null, null, null);
        for (var page = reader.FileRuns(query, EngineId.None, RunsInPage); page.Count > 0; page = reader.FileRuns(query, page[^1].Id, RunsInPage))
        {
            foreach (var run in page.Where(run => LedgerDay.Of(run.ReceivedAt) >= since && differences.Count < RunsMax))
            {
                var stored = reader.Batch(run.Id)?.Stored ?? 0;
                if (stored != run.Counts.Stored)
                {
                    differences.Add(Of(run, string.Create(CultureInfo.InvariantCulture, $"{run.Counts.Stored} of its rows are kept as messages by its counts, and {stored} were stored")));
                }
            }
        }

        return differences;
    }

    private static LedgerDifference Of(FileRun run, string text) => new(LedgerDay.Of(run.ReceivedAt), run.Source, $"rows of {run.Id}: {text}", $"file {run.Id}: {text}", [], []);
}
