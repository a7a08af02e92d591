using System.Globalization;

namespace InterfaceEngine.Cli;

/// <summary>How far the rows of a file have come, how fast, and how long it will take: a bar where a person watches, else a line now and then.</summary>
internal sealed class RowProgress(string file, long total, TimeProvider time)
{
    private static readonly TimeSpan _between = TimeSpan.FromSeconds(10);

    private readonly long _begun = time.GetTimestamp();
    private long _told = time.GetTimestamp();

    public long Rows { get; private set; }

    public TimeSpan Elapsed => time.GetElapsedTime(_begun);

    /// <summary>Rows come so far.</summary>
    /// <returns>True when it is time for a line.</returns>
    public bool Move(long rows)
    {
        Rows = rows;
        if (time.GetElapsedTime(_told) < _between)
        {
            return false;
        }

        _told = time.GetTimestamp();
        return true;
    }

    /// <summary><c>patients.csv: 12,000 of 100,000 rows (12 %), 8,000 rows/s, 00:00:11 left</c>.</summary>
    public override string ToString()
    {
        var seconds = Elapsed.TotalSeconds;
        var perSecond = seconds > 0 ? Rows / seconds : 0;
        var left = perSecond > 0 ? TimeSpan.FromSeconds(Math.Ceiling((total - Rows) / perSecond)) : (TimeSpan?)null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: {Rows:N0} of {total:N0} rows ({(total == 0 ? 100 : 100 * Rows / total)} %), {perSecond:N0} rows/s{(left is { } time && Rows < total ? $", {time:hh\\:mm\\:ss} left" : "")}");
    }
}
