using NodaTime;

namespace InterfaceEngine.Intake.Files;

/// <summary>What a source asks of its files of rows.</summary>
internal sealed record RowFileRules
{
    /// <summary>When so many rows are refused and not one before them was taken, it is not the rows.</summary>
    public const int FirstRows = 1_000;

    /// <summary>The first cell of a file's last line, behind which the number of its rows stands (<c>TRAILER,120</c>); null for files without one. Default: null.</summary>
    public string? Trailer { get; init; }

    /// <summary>
    /// A file with so much fewer rows than the median of the last ones is held for a person: 0.6 holds one with less than 40 % of them; 0 holds none. Default: 0.6.
    /// </summary>
    public double SmallerThanUsual { get; init; } = 0.6;

    /// <summary>Its files name every appointment of the days they cover; null where they need not. Default: null.</summary>
    public FullPictureRules? FullPicture { get; init; }

    /// <summary>The most rows of a file. Default: 10,000,000.</summary>
    public long RowsMax { get; init; } = 10_000_000;

    /// <summary>When so many rows of a file were refused the rest is not read: each is kept for a person. Default: 10,000.</summary>
    public long RefusedMax { get; init; } = 10_000;

    /// <summary>Where a file's name says when it was extracted; null where it does not. Default: null.</summary>
    public NameTime? Extracted { get; init; }

    /// <summary>How long before it was written a file was extracted; of use where its name says nothing. Default: 0.</summary>
    public TimeSpan ExtractedBefore { get; init; }

    /// <summary>A run that changed nothing is told at debug level alone: there are thousands of them. Default: no.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>When what a file says was so, as far as is known.</summary>
    /// <param name="file">It.</param>
    /// <param name="zone">The practice's.</param>
    /// <param name="now">No file says what is to come.</param>
    public long EventAt(OfferedFile file, DateTimeZone zone, DateTimeOffset now)
    {
        var said = Extracted?.Find(file.Name, zone) ?? (file.ModifiedAt - ExtractedBefore);
        return Math.Max(Math.Min(said.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds()), file.NotBefore.ToUnixTimeMilliseconds());
    }

    /// <summary>Why the rest of a file is not read; null when it is.</summary>
    /// <param name="refused">So many rows were refused.</param>
    /// <param name="row">Of those up to this one.</param>
    public string? Stop(long refused, long row) =>
        refused >= FirstRows && refused == row ? $"All of its first {row} rows were refused: is it a file of this kind? The rest was not read."
        : refused > RefusedMax ? $"{refused} of its first {row} rows were refused, more than {RefusedMax} (RefusedMax): the rest was not read. What was taken stays."
        : null;
}
