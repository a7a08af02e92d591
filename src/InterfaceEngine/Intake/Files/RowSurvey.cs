using InterfaceEngine.Core.Csv;

namespace InterfaceEngine.Intake.Files;

/// <summary>What is known of a file of rows before the first is taken.</summary>
internal sealed record RowSurvey
{
    /// <summary>SHA-256 of the file as it lies there, packed or not.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>In bytes, as it lies there.</summary>
    public required long Size { get; init; }

    /// <summary>How many rows it holds.</summary>
    public required long Rows { get; init; }

    /// <summary>What its trailer says; null when it has none.</summary>
    public long? StatedRows { get; init; }

    public CsvDialect Dialect { get; init; } = CsvDialect.Standard;

    /// <summary>The names of its columns; empty for JSON, and without a sound header.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Why it can't be read as a whole; null when it can. Says nothing of its content.</summary>
    public string? Fault { get; init; }

    /// <summary>Looks at a file from its beginning to its end.</summary>
    /// <param name="file">It, as it lies there. Not disposed of.</param>
    /// <param name="unpack">What makes rows of it; null where it is not packed.</param>
    /// <param name="isCsv">Its rows are CSV; else JSON.</param>
    /// <param name="trailer">See <see cref="RowFileRules.Trailer"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="endsAtFault">What can't be read is not looked at any further, so that what has no end does no harm: then its content is not known.</param>
    public static async ValueTask<RowSurvey> ReadAsync(
        Stream file, Func<Stream, Stream>? unpack, bool isCsv, string? trailer, CancellationToken cancellationToken, bool endsAtFault = false)
    {
        var raw = new HashedStream(file);
        await using var rows = new UnpackedRows(raw, unpack);
        var survey = isCsv ? Of(await CsvSurvey.ReadAsync(rows.Stream, trailer, cancellationToken)) : await JsonRows.SurveyAsync(rows.Stream, cancellationToken);
        if (endsAtFault && survey.Fault is not null)
        {
            return survey with { Size = raw.Size };
        }

        await rows.EndAsync(cancellationToken);
        return survey with { Content = await raw.EndAsync(cancellationToken), Size = raw.Size };
    }

    public static RowSurvey Of(CsvSurvey survey) => new()
    {
        Content = survey.Content,
        Size = survey.Size,
        Rows = survey.Rows,
        StatedRows = survey.StatedRows,
        Dialect = survey.Dialect,
        Columns = survey.Header?.Columns ?? [],
        Fault = survey.Fault,
    };
}
