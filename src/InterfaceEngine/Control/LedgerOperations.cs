using System.Globalization;
using InterfaceEngine.Core.Records;
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
            [.. report.Batches.Where(line => request.Source is null || line.Source == request.Source).Select(Of)],
            [.. differences.Select(Of)],
            [.. report.Accepted.Where(one => request.Source is null || one.Name is null || one.Name == request.Source).Select(Of)])
        {
            Files = [.. report.Files.Where(line => request.Source is null || line.Source == request.Source).Select(Of)],
            Dropped = [.. report.Dropped.Select(sum => new DroppedView(sum.What.Text(), sum.Rows, DroppedWords.Words(sum.What, sum.Last)))],
        };
    }

    /// <summary>Looks whether the difference stands, counting rows only when counts alone do not show it, and accepts it with its audit row.</summary>
    public async Task<DifferenceAcceptedAnswer> AcceptAsync(AcceptDifferenceRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            throw RequestException.Usage("Say why with --reason TEXT: it stands beside the difference in every account from now on.");
        }

        var id = Views.ParseId(request.Difference, "difference");
        var check = new LedgerCheck(parts.Store, parts.Numbers, parts.Time);
        var difference = await FindAsync(check, id, isFull: false, cancellationToken)
            ?? await FindAsync(check, id, isFull: true, cancellationToken)
            ?? throw RequestException.NotFound($"There is no difference {id} now: ledger and ledger --full show them.");
        var view = Of(difference);
        var text = view.Numbers.Count == 0 ? difference.Text : $"{difference.Text}; numbers {string.Join(", ", view.Numbers)}";
        var unit = new CommitUnit
        {
            Practice = null,
            Accepts = new LedgerAcceptance(id, 0, request.Actor, request.Reason, text),
            Audit = request.Audit("ledger accept", null, $"difference {id}: {view.Day} {view.Name} {text}"),
        };
        return (await parts.Store.CommitAsync(unit, cancellationToken)).Outcome == CommitOutcome.Committed
            ? new DifferenceAcceptedAnswer(view)
            : throw RequestException.Refused($"Difference {id} was accepted meanwhile.");
    }

    private static async Task<LedgerDifference?> FindAsync(LedgerCheck check, EngineId id, bool isFull, CancellationToken cancellationToken)
    {
        var report = await check.RunAsync(0, isFull, cancellationToken);
        return report.Accepted.FirstOrDefault(one => one.Acceptance.Difference == id) is { } accepted
            ? throw RequestException.Refused($"Difference {id} was accepted by {accepted.Acceptance.Actor} already: {accepted.Acceptance.Reason}")
            : report.Differences.FirstOrDefault(one => one.Id == id);
    }

    public static LedgerStatus? Status(LedgerReport? last) => last is null
        ? null
        : new LedgerStatus(last.CheckedAt, last.IsFull, last.Differences.Count, last.Accepted.Count, last.SealedThrough is { } day ? LedgerDay.Text(day) : null);

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

    private static BatchLedgerView Of(BatchLine line) => new(
        line.Source, line.IsFile, line.Received, line.Verdicts.ToDictionary(verdict => verdict.Key.Text(), verdict => verdict.Value));

    private static FileLedgerView Of(FileLine line) => new(
        line.Source,
        line.Files,
        line.Rows,
        line.Counts.Created,
        line.Counts.Updated,
        line.Counts.Unchanged,
        line.Counts.Confirmed,
        line.Counts.Refused,
        line.Counts.Held,
        line.Counts.Parked,
        line.Counts.Duplicate,
        line.Left,
        line.Missing);

    private static LedgerDifferenceView Of(LedgerDifference difference) => new(
        difference.Id.ToString(),
        difference.Day is { } day ? LedgerDay.Text(day) : null,
        difference.Name,
        difference.Text,
        [.. difference.Numbers.Select(range => range.Count == 1 ? $"{range.First}" : $"{range.First}-{range.Last}")],
        [.. difference.Messages.Select(message => message.ToString())]);

    private static AcceptedDifferenceView Of(AcceptedDifference accepted) => new(
        accepted.Acceptance.Difference.ToString(),
        accepted.Day is { } day ? LedgerDay.Text(day) : null,
        accepted.Name,
        accepted.Acceptance.Text,
        Views.Time(accepted.Acceptance.AcceptedAt),
        accepted.Acceptance.Actor,
        accepted.Acceptance.Reason);
}
