using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping;

/// <summary>A row of <c>Messages</c>; a cell that names several events makes as many rules.</summary>
/// <param name="Format">Hl7 for <c>ADT^A04</c>; Csv for <c>Patients file</c>; AthenaNet for <c>POST /appointments/open</c>; Fhir for <c>FHIR Patient</c>.</param>
/// <param name="Message">The event, file kind or call as written, e.g. <c>ADT^A04</c>.</param>
/// <param name="Verb">What it does.</param>
/// <param name="Sets">Values the message sets, in order.</param>
/// <param name="Reference">The cell that names the message.</param>
public sealed record MessageRule(MapFormat Format, string Message, Verb Verb, IReadOnlyList<SetClause> Sets, CellReference Reference);

/// <summary><c>status = cancelled</c>.</summary>
public sealed record SetClause(FieldRow Field, Expression Value, CellReference Reference);

/// <summary>A row of <c>Checks</c>.</summary>
public sealed record Check(Expression MustHold, CheckOutcome IfNot, string Say, CellReference Reference);

/// <summary>What happens to a message that fails a check.</summary>
public enum CheckOutcome
{
    /// <summary>It is applied, and the finding is reported.</summary>
    Warn,

    /// <summary>It is applied, and put before a person.</summary>
    Review,

    /// <summary>Nothing of it is applied.</summary>
    Reject,

    /// <summary>It waits for a person.</summary>
    Hold,
}

/// <summary><c>end_time = start_time + duration</c>: three fields, read in whichever direction is needed.</summary>
public sealed record Equation(FieldRow Sum, FieldRow Left, FieldRow Right, CellReference Reference)
{
    public override string ToString() => $"{Sum.Name} = {Left.Name} + {Right.Name}";
}

/// <summary>Something senders send that no row reads, on purpose (<c>Not mapped</c>).</summary>
/// <param name="Format">The format it belongs to.</param>
/// <param name="Source">A path (<c>PID-14</c>, <c>GT1</c>) or a column.</param>
/// <param name="Why">The reason, for people.</param>
public sealed record NotMapped(MapFormat Format, string Source, string Why, CellReference Reference);
