using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>
/// Reconciles the ledger: what sources say they received against what the store keeps, and what was queued against
/// what became of it. The quick form compares counts; the full one counts the rows as well.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="sources">The sources that run now; empty for a command that opened the store itself.</param>
/// <param name="time">The clock.</param>
internal sealed class LedgerCheck(IEngineStore store, Func<IReadOnlyList<NumbersNow>> sources, TimeProvider time)
{
    /// <param name="since">The first day (<see cref="LedgerDay"/>); 0 for all.</param>
    /// <param name="isFull">Count rows too. Reads in pages; takes seconds for each million messages.</param>
    /// <param name="cancellationToken">Stops between pages.</param>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public async Task<LedgerReport> RunAsync(long since, bool isFull, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var live = sources();
        var (days, destinations, batches, files, known, sealedThrough, acceptances, dropped) = await store.LookAsync(
            reader =>
            {
                var batches = reader.BatchDays(since);
                List<LedgerDifference> known = [.. Altered(reader, isFull), .. BatchBooks.Differences(reader, batches, since), .. FileBooks.Differences(reader, since)];
                return (LedgerBooks.Read(reader, since, live), Destinations(reader), BatchBooks.Lines(batches), FileBooks.Lines(reader, since), known, reader.SealedThrough(), reader.Acceptances(), reader.Drops());
            },
            cancellationToken);
        var findings = new LedgerFindings(acceptances);
        findings.Add(known);
        findings.Add(Gaps(days));
        findings.Add(destinations.Where(line => line.Queued != line.States.Values.Sum()).Select(Unbalanced));
        var recount = new LedgerRecount(store);
        foreach (var day in days.TakeWhile(_ => !findings.IsFull))
        {
            if (isFull && await recount.DiffersAsync(day, cancellationToken))
            {
                findings.Add(await recount.DescribeAsync(day, cancellationToken));
            }
            else if (day.Missing != 0 && !findings.TryAccept(day.Day, day.Source, LedgerRecount.SubjectOf(day, "")))
            {
                // Looking for the numbers takes its time, which one that is accepted needs no more.
                findings.Add(await recount.DescribeAsync(day, cancellationToken));
            }
        }

        if (isFull)
        {
            findings.Add(await recount.DeliveriesAsync(cancellationToken));
            findings.Add(await store.LookAsync(reader => BatchBooks.Recount(reader, since), cancellationToken));
            findings.Add(await store.LookAsync(reader => FileBooks.Recount(reader, since), cancellationToken));
        }

        return new LedgerReport
        {
            CheckedAt = time.GetUtcNow(),
            Took = time.GetElapsedTime(started),
            Since = since,
            IsFull = isFull,
            SealedThrough = sealedThrough,
            Sources = [.. days.GroupBy(day => day.Source, StringComparer.Ordinal).Select(Line)],
            Destinations = destinations,
            Batches = batches,
            Files = files,
            Dropped = dropped,
            Differences = findings.Differences,
            Accepted = findings.Accepted,
        };
    }

    private static SourceLine Line(IGrouping<string, RunDay> days) => new(
        days.Key,
        days.Sum(day => day.Received),
        days.Sum(day => day.Corrected),
        days.SelectMany(day => day.States).GroupBy(state => state.Key).OrderBy(group => group.Key).ToDictionary(group => group.Key, group => group.Sum(state => state.Value)),
        days.Sum(day => day.NotAnswered),
        days.Sum(day => day.Interrupted),
        days.Sum(day => day.OnTheirWay),
        days.Sum(day => day.Missing));

    private static IReadOnlyList<DestinationLine> Destinations(IStoreReader reader)
    {
        var queued = reader.QueuedCounts().ToDictionary(count => count.Destination, count => count.Count);
        var states = reader.DeliveryCounts().ToLookup(count => count.Destination);
        return
        [
            .. queued.Keys.Union(states.Select(group => group.Key)).Order(StringComparer.Ordinal).Select(destination => new DestinationLine(
                destination, queued.GetValueOrDefault(destination), states[destination].ToDictionary(count => count.State, count => count.Count))),
        ];
    }

    /// <summary>Closed days and entries whose keyed hashes are not what they must be.</summary>
    private static IEnumerable<LedgerDifference> Altered(IStoreReader reader, bool isFull)
    {
        if (reader.FirstAlteredDay() is { } day)
        {
            yield return new LedgerDifference(day, null, "seal", "the closed day was altered outside the engine, or its seal was: days from here on are not to be trusted", [], []);
        }

        if (reader.FirstAlteredEntry(isFull) is { } sequence)
        {
            yield return new LedgerDifference(null, null, $"entry {sequence}", $"entry {sequence} of the ledger was altered, left out or put in outside the engine", [], []);
        }
    }

    /// <summary>Numbers between two days of a run that neither claims.</summary>
    private static IEnumerable<LedgerDifference> Gaps(IReadOnlyList<RunDay> days)
    {
        foreach (var run in days.Where(day => day is { Run: > 0, Numbers: not null }).GroupBy(day => day.Run))
        {
            foreach (var (before, after) in run.Zip(run.Skip(1)))
            {
                var gap = new NumberRange(before.Numbers!.Value.Last + 1, after.Numbers!.Value.First - 1);
                if (gap.Count != 0)
                {
                    yield return new LedgerDifference(
                        after.Day, after.Source, $"gap {gap.First} to {gap.Last}", $"the day begins with number {gap.Last + 1}, and the day before ended with {gap.First - 1}", gap.Count > 0 ? [gap] : [], []);
                }
            }
        }
    }

    private static LedgerDifference Unbalanced(DestinationLine line) => new(
        null, line.Destination, $"queued {line.Queued - line.States.Values.Sum()}", $"{line.Queued} deliveries were queued, and {line.States.Values.Sum()} are accounted for", [], []);
}
