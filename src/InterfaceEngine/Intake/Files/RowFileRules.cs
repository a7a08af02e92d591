namespace InterfaceEngine.Intake.Files;

/// <summary>What a source asks of its files of rows.</summary>
internal sealed record RowFileRules
{
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
}
