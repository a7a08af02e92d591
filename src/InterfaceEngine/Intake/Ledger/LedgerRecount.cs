using System.Globalization;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>
/// Counts rows, in pages that are transactions of their own, so that it holds back nothing for long. What moved while
/// it counted is counted once more in a single transaction before it is called a difference.
/// </summary>
internal sealed class LedgerRecount(IEngineStore store)
{
    private const int NumbersInPage = 100_000;
    private const int RowsInPage = 10_000;

    /// <summary>Of rows of files by their numbers, which every file begins anew: a page holds these of all files.</summary>
    private const int RowNumbersInPage = 200;
    private const int NamedMax = 20;

    private Dictionary<(long Day, string Source), Dictionary<MessageState, long>>? _unnumbered;
    private ILookup<(long Day, string Source, long Run), DayCount>? _dropped;

    /// <summary>Whether the day's rows are others than its counts say.</summary>
    public async Task<bool> DiffersAsync(RunDay day, CancellationToken cancellationToken)
    {
        var rows = day.Run == 0 ? new Dictionary<MessageState, long>(await UnnumberedAsync(day, cancellationToken)) : [];
        for (var first = day.Numbers?.First ?? 1; day.Run > 0 && first <= (day.Numbers?.Last ?? 0); first += NumbersInPage)
        {
            var page = new NumberRange(first, Math.Min(first + NumbersInPage - 1, day.Numbers!.Value.Last));
            Add(rows, await store.LookAsync(reader => reader.CountNumbered(day.Run, page), cancellationToken));
        }

        _dropped ??= (await store.LookAsync(reader => reader.DroppedCounts(0), cancellationToken)).ToLookup(count => (count.Day, count.Source, count.Run));
        Add(rows, [.. _dropped[(day.Day, day.Source, day.Run)].Select(count => (count.State, count.Messages))]);
        return !Same(day.States, rows) && await store.LookAsync(reader => !Same(CountsNow(reader, day), RowsNow(reader, day)), cancellationToken);
    }

    /// <summary>What a difference of a day of a run is about; its counts of what came and was stored go on, this does not.</summary>
    /// <param name="day">The day.</param>
    /// <param name="wrong">States of which there are other rows than were counted.</param>
    public static string SubjectOf(RunDay day, string wrong) => string.Create(CultureInfo.InvariantCulture, $"run {day.Run}: {day.Missing} missing{wrong}");

    /// <summary>Names what is missing or too many.</summary>
    public async Task<LedgerDifference> DescribeAsync(RunDay day, CancellationToken cancellationToken)
    {
        var text = day.Numbers is { } numbers
            ? $"{day.Received} received ({(day.Run == 0 ? "unnumbered" : $"numbers {numbers.First} to {numbers.Last}")})"
            : day.Rows > 0 ? $"{day.Rows} rows of files were kept as messages" : "the source says nothing of it";
        text += $", {day.Stored} stored, {day.NotAnswered + day.Interrupted} unanswered or interrupted, {day.OnTheirWay} on their way";
        var (counts, rows, isDropped) = await store.LookAsync(reader => (CountsNow(reader, day), RowsNow(reader, day), DroppedOf(reader, day).Count > 0), cancellationToken);
        var wrong = counts.Keys.Union(rows.Keys).Where(state => counts.GetValueOrDefault(state) != rows.GetValueOrDefault(state)).Order().ToList();
        var subject = SubjectOf(day, string.Concat(wrong.Select(state => $", {state.Text()} {rows.GetValueOrDefault(state) - counts.GetValueOrDefault(state)}")));
        if (wrong.Count > 0)
        {
            text += $"; {string.Join(", ", wrong.Select(state => $"{rows.GetValueOrDefault(state)} rows are {state.Text()} where {counts.GetValueOrDefault(state)} were counted"))}";
        }

        var surplus = wrong.Where(state => rows.GetValueOrDefault(state) > counts.GetValueOrDefault(state)).ToHashSet();
        // Once some of the day were dropped, their numbers can't be told from missing ones.
        var (missing, messages) = day is { Run: > 0, Numbers: { } range } && !isDropped ? await NameAsync(day, range, surplus, cancellationToken) : ([], []);
        return new LedgerDifference(day.Day, day.Source, subject, text, missing, messages);
    }

    /// <summary>Destinations whose rows are others than their counts say.</summary>
    public async Task<IReadOnlyList<LedgerDifference>> DeliveriesAsync(CancellationToken cancellationToken)
    {
        if (IsSame(await store.LookAsync(reader => reader.DeliveryCounts(), cancellationToken), await CountDeliveriesAsync(cancellationToken)))
        {
            return [];
        }

        // Deliveries change their state all the time, so what differs page by page may be none: once more in one transaction.
        var (counts, rows) = await store.LookAsync(reader => (reader.DeliveryCounts(), CountDeliveries(reader)), cancellationToken);
        return
        [
            .. counts.Select(count => (count.Destination, count.State)).Union(rows.Keys)
                .Select(key => (key.Destination, key.State, Counted: counts.FirstOrDefault(count => count.Destination == key.Destination && count.State == key.State).Count, Rows: rows.GetValueOrDefault(key)))
                .Where(one => one.Counted != one.Rows)
                .Select(one => new LedgerDifference(null, one.Destination, $"{one.State.Text()} {one.Rows - one.Counted}", $"{one.Rows} deliveries are {one.State.Text()} where {one.Counted} were counted", [], [])),
        ];
    }

    /// <summary>Numbers that nothing accounts for, and messages in states of which there are too many.</summary>
    private async Task<(List<NumberRange> Missing, List<EngineId> Messages)> NameAsync(RunDay day, NumberRange range, HashSet<MessageState> surplus, CancellationToken cancellationToken)
    {
        var (missing, messages) = (new List<NumberRange>(), new List<EngineId>());
        for (var next = range.First; next <= range.Last && missing.Count < NamedMax;)
        {
            var page = new NumberRange(next, range.Last);
            var rows = await store.LookAsync(reader => reader.Numbered(day.Run, page, RowsInPage), cancellationToken);
            foreach (var row in rows)
            {
                Miss(next, row.Number - 1);
                next = row.Number + 1;
                if (surplus.Contains(row.State) && messages.Count < NamedMax)
                {
                    messages.Add(row.Message);
                }
            }

            if (rows.Count < RowsInPage)
            {
                Miss(next, range.Last);
                break;
            }
        }

        return (missing, messages);

        void Miss(long first, long last)
        {
            for (var number = first; number <= last && missing.Count < NamedMax; number++)
            {
                if (day.Open.Any(range => range.Contains(number)) || day.Unanswered.Any(known => known.Numbers.Contains(number)))
                {
                    continue;
                }

                if (missing.Count > 0 && missing[^1].Last == number - 1)
                {
                    missing[^1] = missing[^1] with { Last = number };
                }
                else
                {
                    missing.Add(new NumberRange(number, number));
                }
            }
        }
    }

    private static List<(MessageState State, long Count)> DroppedOf(IStoreReader reader, RunDay day) =>
    [
        .. reader.DroppedCounts(day.Day).Where(count => count.Day == day.Day && count.Source == day.Source && count.Run == day.Run).Select(count => (count.State, count.Messages)),
    ];

    /// <summary>The counts as they are now; of an open day, with whatever came since.</summary>
    private static Dictionary<MessageState, long> CountsNow(IStoreReader reader, RunDay day)
    {
        var counts = reader.DayCounts(day.Day).Where(count => count.Run == day.Run && count.Source == day.Source && (count.Day == day.Day || day.IsOpen));
        return counts.GroupBy(count => count.State).ToDictionary(group => group.Key, group => group.Sum(count => count.Messages));
    }

    /// <summary>The rows as they are now, with those that retention has dropped and counted.</summary>
    private static Dictionary<MessageState, long> RowsNow(IStoreReader reader, RunDay day)
    {
        var rows = new Dictionary<MessageState, long>();
        Add(rows, DroppedOf(reader, day));
        if (day.Run == 0)
        {
            foreach (var state in Enum.GetValues<MessageState>())
            {
                IReadOnlyList<UnnumberedMessage> page = [];
                do
                {
                    page = reader.Unnumbered(state, page.Count == 0 ? EngineId.None : page[^1].Message, RowsInPage);
                    Add(rows, [(state, page.Count(message => message.Day == day.Day && message.Source == day.Source))]);
                }
                while (page.Count == RowsInPage);
            }

            for (var first = 1L; reader.LastRow() is var last && first <= last; first += RowNumbersInPage)
            {
                Add(rows, [.. reader.CountRows(PageOf(first)).Where(count => count.Day == day.Day && count.Source == day.Source).Select(count => (count.State, count.Messages))]);
            }
        }
        else if (day.Numbers is { } numbers)
        {
            Add(rows, reader.CountNumbered(day.Run, day.IsOpen ? numbers with { Last = long.MaxValue } : numbers));
        }

        return rows;
    }

    /// <summary>Messages that no source numbered: all of them are counted once, for they are in the order of their states.</summary>
    private async Task<Dictionary<MessageState, long>> UnnumberedAsync(RunDay day, CancellationToken cancellationToken)
    {
        _unnumbered ??= await CountUnnumberedAsync(cancellationToken);
        return _unnumbered.GetValueOrDefault((day.Day, day.Source), []);
    }

    private async Task<Dictionary<(long Day, string Source), Dictionary<MessageState, long>>> CountUnnumberedAsync(CancellationToken cancellationToken)
    {
        var rows = new Dictionary<(long Day, string Source), Dictionary<MessageState, long>>();
        foreach (var state in Enum.GetValues<MessageState>())
        {
            IReadOnlyList<UnnumberedMessage> page = [];
            var after = EngineId.None;
            do
            {
                page = await store.LookAsync(reader => reader.Unnumbered(state, after, RowsInPage), cancellationToken);
                foreach (var message in page)
                {
                    var key = (message.Day, message.Source);
                    Add(rows.TryGetValue(key, out var known) ? known : rows[key] = [], [(state, 1)]);
                    after = message.Message;
                }
            }
            while (page.Count == RowsInPage);
        }

        for (var (first, last) = (1L, await store.LookAsync(reader => reader.LastRow(), cancellationToken)); first <= last; first += RowNumbersInPage)
        {
            var page = PageOf(first);
            foreach (var count in await store.LookAsync(reader => reader.CountRows(page), cancellationToken))
            {
                var key = (count.Day, count.Source);
                Add(rows.TryGetValue(key, out var known) ? known : rows[key] = [], [(count.State, count.Messages)]);
            }
        }

        return rows;
    }

    private static NumberRange PageOf(long first) => new(first, first + RowNumbersInPage - 1);

    private static Dictionary<(string Destination, DeliveryState State), long> CountDeliveries(IStoreReader reader)
    {
        var rows = reader.DroppedDeliveries().ToDictionary(count => (count.Destination, count.State), count => count.Count);
        for (var page = reader.RecountDeliveries(EngineId.None, RowsInPage); page.Last != EngineId.None; page = reader.RecountDeliveries(page.Last, RowsInPage))
        {
            Add(rows, page);
        }

        return rows;
    }

    private async Task<Dictionary<(string Destination, DeliveryState State), long>> CountDeliveriesAsync(CancellationToken cancellationToken)
    {
        var rows = await store.LookAsync(reader => reader.DroppedDeliveries().ToDictionary(count => (count.Destination, count.State), count => count.Count), cancellationToken);
        DeliveryRecount page;
        for (var after = EngineId.None; ; after = page.Last)
        {
            page = await store.LookAsync(reader => reader.RecountDeliveries(after, RowsInPage), cancellationToken);
            if (page.Last == EngineId.None)
            {
                return rows;
            }

            Add(rows, page);
        }
    }

    private static bool IsSame(IReadOnlyList<(string Destination, DeliveryState State, long Count)> counts, Dictionary<(string Destination, DeliveryState State), long> rows) =>
        counts.All(count => rows.GetValueOrDefault((count.Destination, count.State)) == count.Count) &&
        rows.All(row => counts.Contains((row.Key.Destination, row.Key.State, row.Value)));

    private static void Add(Dictionary<(string Destination, DeliveryState State), long> rows, DeliveryRecount page)
    {
        foreach (var (destination, state, count) in page.Counts)
        {
            rows[(destination, state)] = rows.GetValueOrDefault((destination, state)) + count;
        }
    }

    private static bool Same(IReadOnlyDictionary<MessageState, long> left, IReadOnlyDictionary<MessageState, long> right) =>
        left.Keys.Union(right.Keys).All(state => left.GetValueOrDefault(state) == right.GetValueOrDefault(state));

    private static void Add(Dictionary<MessageState, long> sums, IReadOnlyList<(MessageState State, long Count)> counts)
    {
        foreach (var (state, count) in counts)
        {
            sums[state] = sums.GetValueOrDefault(state) + count;
        }
    }
}
