namespace InterfaceEngine.Store;

/// <summary>
/// One stretch of a source's numbering, from a start of the engine to its end. Numbers have no gaps within a run, so
/// nodes that run the same source need not agree on the next number.
/// </summary>
/// <param name="Id">Stored with every message of the run.</param>
/// <param name="Source">The source's name.</param>
/// <param name="First">The number of the first frame it will receive: where the source's run before ended, and one.</param>
internal sealed record SourceRun(long Id, string Source, long First);

/// <summary>Some numbers in a row, both ends included.</summary>
internal readonly record struct NumberRange(long First, long Last)
{
    public long Count => Last - First + 1;

    public bool Contains(long number) => number >= First && number <= Last;

    /// <summary>What of it is within another; its count is not positive when nothing is.</summary>
    public NumberRange Within(NumberRange other) => new(Math.Max(First, other.First), Math.Min(Last, other.Last));
}

/// <summary>The numbers that a source gave on one day.</summary>
/// <param name="Day">See <see cref="LedgerDay"/>.</param>
internal readonly record struct DayNumbers(long Day, NumberRange Numbers);

/// <summary>What a source says it received: its side of the ledger.</summary>
/// <param name="Run">Whose numbers.</param>
/// <param name="Days">The days' numbers as they are now; a later report of a day replaces an earlier one.</param>
/// <param name="Unanswered">Numbers of which nothing is stored and which got no answer, each range within one day.</param>
/// <param name="SettledThrough">Up to this number, every one is stored or was reported as unanswered.</param>
/// <param name="IsFinal">The source has ended and nothing of it is on its way.</param>
internal sealed record NumberReport(SourceRun Run, IReadOnlyList<DayNumbers> Days, IReadOnlyList<DayNumbers> Unanswered, long SettledThrough, bool IsFinal);

/// <summary>Days as the ledger counts them: UTC, by the time of receipt, as days since 1970.</summary>
internal static class LedgerDay
{
    public const long Milliseconds = 24L * 60 * 60 * 1000;

    public static long Of(long milliseconds) => milliseconds / Milliseconds;

    public static long Of(DateTimeOffset time) => Of(time.ToUnixTimeMilliseconds());

    public static DateTimeOffset Start(long day) => DateTimeOffset.FromUnixTimeMilliseconds(day * Milliseconds);

    /// <summary><c>2026-02-01</c>.</summary>
    public static string Text(long day) => Start(day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
