using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>Both sides of the ledger, brought together by day, source and run inside one read transaction.</summary>
internal static class LedgerBooks
{
    /// <param name="reader">The store.</param>
    /// <param name="since">The first day.</param>
    /// <param name="live">The running sources, asked before the transaction began: what they say is settled is in the store, or is reported.</param>
    public static IReadOnlyList<RunDay> Read(IStoreReader reader, long since, IReadOnlyList<NumbersNow> live)
    {
        var reported = reader.SourceDays(since);
        var said = reported.ToDictionary(day => (day.Day, day.Source, day.Run), day => day.Numbers);
        foreach (var now in live)
        {
            foreach (var (day, numbers) in now.Days.Where(day => day.Day >= since))
            {
                said[(day, now.Run.Source, now.Run.Id)] = numbers;
            }
        }

        var counted = reader.DayCounts(since).ToLookup(count => (count.Day, count.Source, count.Run));
        var corrected = reader.CorrectionCounts(since).ToDictionary(count => (count.Day, count.Source, Run: 0L), count => count.Count);
        var rows = reader.FileDays(since).Where(day => day.Counts.Stored > 0).ToDictionary(day => (day.Day, day.Source, Run: 0L), day => day.Counts.Stored);
        var running = live.ToDictionary(now => now.Run.Id);
        var elsewhere = reader.OpenRuns().Where(run => !running.ContainsKey(run.Run.Id)).ToDictionary(run => run.Run.Id);
        foreach (var run in elsewhere.Values)
        {
            running[run.Run.Id] = AsReported(run, reported);
        }

        var days = new List<RunDay>();
        foreach (var key in said.Keys.Union(counted.Select(count => count.Key)).Union(corrected.Keys).Union(rows.Keys).Order())
        {
            var (day, source, run) = key;
            var now = running.GetValueOrDefault(run);
            if (now is not null && !said.ContainsKey(key))
            {
                // The day began after the source was asked.
                continue;
            }

            var one = new RunDay
            {
                Day = day,
                Source = source,
                Run = run,
                Numbers = said.TryGetValue(key, out var numbers) ? numbers : null,
                Corrected = corrected.GetValueOrDefault(key),
                Rows = rows.GetValueOrDefault(key),
                States = counted[key].ToDictionary(count => count.State, count => count.Messages),
                Unanswered = run == 0 ? [] : reader.Unanswered(run, numbers),
            };
            days.Add(now is null ? one : Live(reader, one, now, counted, elsewhere.TryGetValue(run, out var open) ? open.InFlightMax : long.MaxValue));
        }

        return days;
    }

    /// <summary>
    /// A run of another node as that one reported it last, which was a while ago: what it had not settled then is open, and what
    /// lies beyond came later.
    /// </summary>
    private static NumbersNow AsReported(OpenRun run, IReadOnlyList<SourceDay> reported)
    {
        List<DayNumbers> days = [.. reported.Where(day => day.Run == run.Run.Id).Select(day => new DayNumbers(day.Day, day.Numbers))];
        var last = days.Count == 0 ? run.SettledThrough : days[^1].Numbers.Last;
        return new NumbersNow(run.Run, days, [], [new NumberRange(run.SettledThrough + 1, last)]);
    }

    /// <summary>Takes apart what was settled when the source was asked and what came since.</summary>
    /// <param name="reader">The store.</param>
    /// <param name="day">The day as it was reported.</param>
    /// <param name="now">What the source said of its run.</param>
    /// <param name="counted">What the store counts.</param>
    /// <param name="inFlightMax">How many of the open numbers can be on their way: more are missing.</param>
    private static RunDay Live(IStoreReader reader, RunDay day, NumbersNow now, ILookup<(long Day, string Source, long Run), DayCount> counted, long inFlightMax)
    {
        var numbers = day.Numbers!.Value;
        var open = now.OnTheirWay.Select(number => new NumberRange(number, number)).Concat(now.Unanswered)
            .Select(range => range.Within(numbers)).Where(range => range.Count > 0).ToList();
        var onTheirWay = open.Sum(range =>
            range.Count - Sum(reader.CountNumbered(now.Run.Id, range)) - day.Unanswered.Sum(noted => Math.Max(0, noted.Numbers.Within(range).Count)));
        var isLast = now.Days[^1].Day == day.Day;
        var beyond = isLast ? Sum(reader.CountNumbered(now.Run.Id, new NumberRange(numbers.Last + 1, long.MaxValue))) : 0;
        var ofLaterDays = counted.Where(group => group.Key.Run == now.Run.Id && group.Key.Day > day.Day).SelectMany(group => group).Sum(count => count.Messages);
        return day with { OnTheirWay = Math.Min(onTheirWay, inFlightMax), Open = open, Later = isLast ? beyond - ofLaterDays : 0, IsOpen = isLast };
    }

    private static long Sum(IReadOnlyList<(MessageState State, long Count)> counts) => counts.Sum(count => count.Count);
}
