using System.Globalization;

namespace InterfaceEngine.Cli.Maps;

/// <summary>Which messages two sets are compared by: stored ones of some time, or files.</summary>
/// <param name="From">Since when stored ones were received; null for files.</param>
/// <param name="Until">Before when; null for now.</param>
/// <param name="Files">A file or folder; null for stored ones.</param>
internal sealed record DiffCorpus(DateTimeOffset? From, DateTimeOffset? Until, string? Files)
{
    /// <summary>Longer than anything is kept.</summary>
    private const int DaysMax = 36_500;

    /// <summary><c>30d</c> or <c>12h</c> back from now, <c>2026-11-01..2026-11-08</c> in UTC, or a file or folder.</summary>
    /// <param name="context">The command that names it.</param>
    /// <param name="text">As it is named.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="UsageException">It is none of them.</exception>
    public static DiffCorpus Parse(CommandContext context, string text, string option = "--corpus")
    {
        if (text.Length > 1 && text[^1] is 'd' or 'h' && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= DaysMax)
        {
            return new DiffCorpus(context.Terminal.Time.GetUtcNow() - (text[^1] == 'd' ? TimeSpan.FromDays(count) : TimeSpan.FromHours(count)), null, null);
        }

        if (text.Split("..") is [var from, var until] && Day(from) is { } first && Day(until) is { } end)
        {
            return first < end ? new DiffCorpus(first, end, null) : throw new UsageException($"{option} {text}: the first day lies before the last, which is left out.");
        }

        return Path.Exists(context.FullPath(text))
            ? new DiffCorpus(null, null, text)
            : throw new UsageException($"{option} {text}: neither a time (30d, 12h, 2026-11-01..2026-11-08) nor a file or folder.");
    }

    private static DateTimeOffset? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;
}
