using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping;

/// <summary>What one cell says about one format.</summary>
/// <param name="Alternatives">Places in the order they are read (<c>A or B</c>): the first that is present counts.</param>
/// <param name="Reference">Where the cell stands, of the override that won.</param>
/// <param name="IsRead">False for a cell that starts with <c>write:</c>.</param>
/// <param name="IsWritten">False for a cell that starts with <c>read:</c>.</param>
public sealed record FormatCell(IReadOnlyList<CellPlace> Alternatives, CellReference Reference, bool IsRead = true, bool IsWritten = true)
{
    /// <summary>Where it is written when that is not the first place it is read from: <c>read: A; write: B</c>; else null.</summary>
    public CellPlace? WrittenElsewhere { get; init; }

    /// <summary>Where it is written; null when it is not.</summary>
    public CellPlace? Target => !IsWritten ? null : WrittenElsewhere ?? (Alternatives.Count > 0 ? Alternatives[0] : null);
}

/// <summary>A place in a format, a fixed text, or a one-way expression.</summary>
public abstract record CellPlace;

/// <summary><c>PID-13[3=CP]</c>; joined places are as many paths.</summary>
public sealed record Hl7Place(IReadOnlyList<Hl7Path> Paths) : CellPlace
{
    public Hl7Place(Hl7Path path)
        : this([path])
    {
    }

    /// <summary>The first path; the only one unless the cell joins.</summary>
    public Hl7Path Path => Paths[0];
}

/// <summary><c>FirstName</c>, <c>"Home Phone"</c>; two columns joined are one place: <c>date + starttime</c>.</summary>
public sealed record CsvPlace(IReadOnlyList<string> Columns) : CellPlace;

/// <summary><c>name[use=official?].given[#1]</c>, in athenaNet JSON or FHIR; several are joined as with CSV.</summary>
public sealed record JsonPlace(IReadOnlyList<JsonPath> Paths) : CellPlace
{
    /// <summary>What stands round the id there: <c>id like 'a-{practice}.E-{}'</c>; null when nothing does.</summary>
    public IdFrame? Frame { get; init; }
}

/// <summary><c>'text'</c>.</summary>
public sealed record LiteralPlace(string Text) : CellPlace;

/// <summary>An expression after <c>read:</c>: what is read.</summary>
public sealed record ExpressionPlace(Expression Expression) : CellPlace;

/// <summary><c>write: SCH-20.1 = 'PRACTICESTUDIO'</c>: a place, and the formula over the record's fields that is written there.</summary>
public sealed record AssignedPlace(CellPlace Place, Expression Value) : CellPlace;
