using InterfaceEngine.Core.Mapping.Comparing;

namespace InterfaceEngine.Core.Mapping.Coverage;

/// <summary>What one practice's traffic holds beside what its tables read, and what they read that never comes (mapping design §10, L8). Holds no value of a patient's, unless codes were asked for.</summary>
public sealed record CoverageReport
{
    public required string Practice { get; init; }

    /// <summary>The hash of the mapping set.</summary>
    public required string MappingSet { get; init; }

    /// <summary>How many messages, rows and documents were looked at.</summary>
    public required long Messages { get; init; }

    /// <summary>What could not be looked at, by reason.</summary>
    public required IReadOnlyList<CountedReason> NotRead { get; init; }

    /// <summary>Places that say something and that no cell reads, the most frequent first; those beside what is read after those of which nothing is, and those that are listed as not mapped last.</summary>
    public required IReadOnlyList<UnmappedPlace> Unmapped { get; init; }

    /// <summary>Fields that no message has said, of record types that were made.</summary>
    public required IReadOnlyList<SilentField> Silent { get; init; }

    /// <summary>Record types that the messages could have made and never did.</summary>
    public required IReadOnlyList<string> NeverMade { get; init; }

    /// <summary>Codes that the tables don't know, the most frequent first.</summary>
    public required IReadOnlyList<UnknownCodeCount> Codes { get; init; }

    /// <summary>Kinds of messages that no table takes.</summary>
    public required IReadOnlyList<UntakenKind> Untaken { get; init; }

    /// <summary>There was more of something than is counted one by one (<see cref="CoverageTally.PlacesMax"/>).</summary>
    public required bool IsCut { get; init; }
}

/// <summary>A place that no cell reads.</summary>
/// <param name="Format">E.g. <c>HL7 v2</c>.</param>
/// <param name="Place"><c>PV1-8.1</c>, <c>PID-13 (repetitions that no cell picks)</c>, a column, or a path without numbers.</param>
/// <param name="Messages">How many messages say something there.</param>
/// <param name="Of">How many messages there were of the kinds that do.</param>
/// <param name="Kinds">Those kinds, the most frequent first.</param>
/// <param name="Shapes">What the values look like, the most frequent first.</param>
/// <param name="Listed">Where it is listed as not mapped; null when it is not: then it may have been forgotten.</param>
/// <param name="Why">The reason that stands there.</param>
/// <param name="IsBeside">Other components or repetitions of its field are read.</param>
public sealed record UnmappedPlace(string Format, string Place, long Messages, long Of, IReadOnlyList<string> Kinds, IReadOnlyList<string> Shapes, string? Listed, string Why, bool IsBeside);

/// <summary>A field that never came.</summary>
/// <param name="Cells">The cells by which it would.</param>
public sealed record SilentField(string Type, string Field, IReadOnlyList<string> Cells);

/// <summary>A code that its table does not know.</summary>
/// <param name="Code">The code where it was asked for, else what it looks like.</param>
public sealed record UnknownCodeCount(string Table, string Field, string Format, string Code, long Messages);

/// <param name="Kind">The event, kind of file or call.</param>
public sealed record UntakenKind(string Format, string Kind, long Messages);
