using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>A segment as the standard (2.5.1) defines it.</summary>
public sealed record Hl7SegmentDefinition(string Name, string Title, IReadOnlyList<Hl7FieldDefinition> Fields)
{
    public int FieldCount => Fields.Count;

    /// <summary>The field with this number, from 1; null when there is none.</summary>
    public Hl7FieldDefinition? Field(int number) => number >= 1 && number <= Fields.Count ? Fields[number - 1] : null;

    /// <summary><c>PID Patient identification</c></summary>
    public override string ToString() => $"{Name} {Title}";
}

/// <summary>A field as the standard defines it.</summary>
/// <param name="Segment">The segment's name.</param>
/// <param name="Number">From 1.</param>
/// <param name="Name">E.g. <c>Phone Number - Home</c>.</param>
/// <param name="DataType">E.g. <c>XTN</c>; <c>varies</c> where the message says.</param>
/// <param name="IsRequired">By the standard; real feeds often differ.</param>
/// <param name="IsRepeating">Whether it may have several repetitions.</param>
/// <param name="LengthMax">Characters; null where none is given.</param>
/// <param name="Table">The number of its table, e.g. <c>0001</c>; null for none.</param>
public sealed record Hl7FieldDefinition(string Segment, int Number, string Name, string DataType, bool IsRequired, bool IsRepeating, int? LengthMax, string? Table)
{
    /// <summary><c>PID-13 Phone Number - Home (XTN)*</c>: a star for fields that repeat.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Segment}-{Number} {Name} ({DataType}){(IsRepeating ? "*" : string.Empty)}");
}

/// <summary>A data type as the standard defines it; primitive types have no components.</summary>
public sealed record Hl7DataType(string Name, string Title, IReadOnlyList<Hl7ComponentDefinition> Components)
{
    /// <summary>The component with this number, from 1; null when there is none.</summary>
    public Hl7ComponentDefinition? Component(int number) => number >= 1 && number <= Components.Count ? Components[number - 1] : null;
}

/// <summary>A component of a data type.</summary>
public sealed record Hl7ComponentDefinition(int Number, string Name, string DataType);
