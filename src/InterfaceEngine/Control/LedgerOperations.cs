using System.Globalization;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Checking the ledger when a person asks.</summary>
internal sealed class LedgerOperations(EngineParts parts)
{
    public async Task<LedgerAnswer> CheckAsync(LedgerRequest request, CancellationToken cancellationToken)
    {
        var since = request.Since is { } text ? ParseSince(text) : default(long?);
        var report = await new LedgerCheck(parts.Store, parts.Numbers, parts.Time).RunAsync(since ?? 0, request.IsFull, cancellationToken);
        if (request.Source is { } source && report.Sources.All(line => line.Source != source))
        {
            throw RequestException.NotFound($"Nothing of a source {source} is in the ledger; there are: {string.Join(", ", report.Sources.Select(line => line.Source))}.");
        }

        var differences = report.Differences.Where(one => request.Source is null || one.Name is null || one.Name == request.Source).ToList();
        return new LedgerAnswer(
            report.CheckedAt,
            Math.Round(report.Took.TotalSeconds, 3),
            since is { } day ? LedgerDay.Text(day) : null,
            report.IsFull,
            report.SealedThrough is { } last ? LedgerDay.Text(last) : null,
            differences.Count == 0,
            [.. report.Sources.Where(line => request.Source is null || line.Source == request.Source).Select(Of)],
            request.Source is null ? [.. report.Destinations.Select(Of)] : [],
            [.. differences.Select(Of)]);
    }

    public static LedgerStatus? Status(LedgerReport? last) => last is null
        ? null
        : new LedgerStatus(last.CheckedAt, last.IsFull, last.Differences.Count, last.SealedThrough is { } day ? LedgerDay.Text(day) : null);

    private long ParseSince(string text)
    {
        var today = LedgerDay.Of(parts.Time.GetUtcNow());
        if (text.EndsWith('d') && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var back) && back is > 0 and <= 36500)
        {
            return today - back + 1;
        }

        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? LedgerDay.Of(new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero))
            : throw RequestException.Usage($"--since {text}: write a day (UTC) as 2026-02-01, or how many days back as 7d.");
    }

    private static SourceLedgerView Of(SourceLine line) => new(
        line.Source, line.Received, line.Corrected, line.States.ToDictionary(state => state.Key.Text(), state => state.Value), line.Unanswered, line.Interrupted, line.OnTheirWay, line.Missing);

    private static DestinationLedgerView Of(DestinationLine line) => new(
        line.Destination, line.Queued, line.States.ToDictionary(state => state.Key.Text(), state => state.Value));

    private static LedgerDifferenceView Of(LedgerDifference difference) => new(
        difference.Day is { } day ? LedgerDay.Text(day) : null,
        difference.Name,
        difference.Text,
        [.. difference.Numbers.Select(range => range.Count == 1 ? $"{range.First}" : $"{range.First}-{range.Last}")],
        [.. difference.Messages.Select(message => message.ToString())]);
}
