using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping;

/// <summary>One row of the table: one field of Practice Studio and the place where each format keeps it.</summary>
public sealed class FieldRow
{
    /// <summary>The field's name without brackets, e.g. <c>address.line1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The stored field; for a field in brackets, which only travels, one that is in no definition.</summary>
    public required FieldDefinition Definition { get; init; }

    /// <summary>Written in brackets: it travels and takes part in equations, and is not stored.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The places by format; a format without a place is not there.</summary>
    public required IReadOnlyDictionary<MapFormat, FormatCell> Cells { get; init; }

    /// <summary>How the value changes between formats.</summary>
    public required AsClause As { get; init; }

    /// <summary>Rule <c>key</c>: this row's value is the record's external id.</summary>
    public bool IsKey { get; init; }

    /// <summary>Rule <c>alias SYSTEM</c>: this row's value is another name of the record, given by that system; null when it is none.</summary>
    public string? AliasSystem { get; init; }

    /// <summary>Rule <c>finds SYSTEM</c>: by this row's value a record of the same patient is found that knows it as its name; it is no new name of it. Null when it finds none.</summary>
    public string? FinderSystem { get; init; }

    /// <summary>Rule <c>finds SYSTEM like '…'</c>: what stood round the value in that name; null when nothing did.</summary>
    public IdFrame? FinderFrame { get; init; }

    /// <summary>Rule <c>max N</c>: the most characters; null is no limit.</summary>
    public int? LengthMax { get; init; }

    /// <summary>Rule <c>matches 're'</c>: the whole value must fit, in the linear-time engine; null when there is none.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>Rule <c>one of a, b</c>; null when there is none.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Column <c>When</c>: the row applies only when this holds; null is always.</summary>
    public Expression? When { get; init; }

    /// <summary>Column <c>Notes</c>: the reason, for people.</summary>
    public string Notes { get; init; } = "";

    /// <summary>The row's name cell in the file that introduced it.</summary>
    public required CellReference Origin { get; init; }

    /// <summary>Every cell as written, by column: the vendor pack's first, the one that counts last. For reports.</summary>
    public IReadOnlyDictionary<MapColumn, IReadOnlyList<SourceText>> Written { get; init; } = new Dictionary<MapColumn, IReadOnlyList<SourceText>>();

    /// <summary>
    /// The condition as it counts in a format: one that looks only into messages of other formats (<c>HL7:SCH-1.1 != HL7:SCH-2.1</c>)
    /// says nothing of a JSON document, so there the row always applies. A message and a row of a file do not fit what only others say.
    /// </summary>
    internal Expression? WhenIn(MapFormat format) => IsOfOthers(When, format) ? null : When;

    /// <summary>Whether a condition looks into messages alone, and the format is that of a document that none of them is.</summary>
    internal static bool IsOfOthers(Expression? condition, MapFormat format) =>
        format is MapFormat.AthenaNet or MapFormat.Fhir && condition is { Paths.Count: > 0, Fields.Count: 0 } && condition.Paths.All(path => path.Format != format);

    public override string ToString() => IsTransient ? $"({Name})" : Name;
}

/// <summary>The <c>As</c> column: a type, and for <c>code</c> and <c>ref</c> what it refers to.</summary>
/// <param name="Type"><c>text name lines date time instant minutes phone email code ref int decimal bool quantity</c> or <c>partial date</c>.</param>
/// <param name="Codes">The code table of <c>code T</c>, else null.</param>
/// <param name="Kind">The kind of record of <c>ref KIND</c> (<c>patient</c>, <c>provider</c>, <c>location</c>), else null.</param>
/// <param name="References">The practice's reference table of that kind (<c>providers.ref.md</c>); null for <c>ref patient</c> or when there is none.</param>
/// <param name="Frame">The frame of <c>like 'a-{practice}.E-{}'</c> with the practice filled in, <c>{}</c> where the id stands; null when there is none.</param>
public sealed record AsClause(string Type, CodeTable? Codes, string? Kind, ReferenceTable? References, string? Frame)
{
    /// <summary>As its cell writes it, without the frame: <c>phone</c>, <c>code sex</c>, <c>ref patient</c>.</summary>
    internal string TextForPeople => Codes is not null ? $"{Type} {Codes.Name}" : Kind is not null ? $"{Type} {Kind}" : Type;
}
