using System.Globalization;
using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>What a condition of a selector asks for.</summary>
public enum Hl7ConditionKind
{
    /// <summary><c>k=v</c></summary>
    Is,

    /// <summary><c>k=v?</c>: is v, or is not said.</summary>
    IsOrUnsaid,

    /// <summary><c>k!=v</c></summary>
    IsNot,

    /// <summary><c>k=v*</c></summary>
    StartsWith,

    /// <summary><c>k:=v</c>: does not matter when reading, is set when writing.</summary>
    Sets,
}

/// <summary>How well something fits a condition or a selector.</summary>
public enum Hl7Fit
{
    None,

    /// <summary>It fits because something is not said.</summary>
    Unsaid,

    Exact,
}

/// <summary>
/// One condition of a selector. Its key counts from 1: component and sub-component in a field's selector,
/// field before them in a segment's. A key that stops short means the first part of what it names.
/// </summary>
public sealed class Hl7Condition
{
    /// <summary>The value in ASCII when it can stand in a message as it is; null when only decoded text can be compared.</summary>
    private readonly byte[]? _plain;

    internal Hl7Condition(int field, int component, int subComponent, Hl7ConditionKind kind, string value)
    {
        Field = field;
        Component = component;
        SubComponent = subComponent;
        Kind = kind;
        Value = value;
        _plain = Ascii.IsValid(value) ? Encoding.ASCII.GetBytes(value) : null;
    }

    /// <summary>The key's field; 0 in the selector of a field.</summary>
    public int Field { get; }

    /// <summary>The key's component; 0 when it is not given.</summary>
    public int Component { get; }

    /// <summary>The key's sub-component; 0 when it is not given.</summary>
    public int SubComponent { get; }

    public Hl7ConditionKind Kind { get; }

    /// <summary>The value, compared exactly with the decoded text.</summary>
    public string Value { get; }

    /// <summary>The key as written: <c>4</c>, <c>4.2</c>, <c>3.1</c>.</summary>
    public string Key
    {
        get
        {
            int[] parts = [Field, Component, SubComponent];
            return string.Join('.', parts.Where(part => part > 0).Select(part => part.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>How a repetition of a field fits.</summary>
    internal Hl7Fit FitOf(Hl7Element repetition) =>
        Fit(repetition.Component(Component).SubComponent(Math.Max(SubComponent, 1)));

    /// <summary>How a segment fits.</summary>
    internal Hl7Fit FitOf(Hl7Segment segment) =>
        Fit(segment.Field(Field).Repetition(1).Component(Math.Max(Component, 1)).SubComponent(Math.Max(SubComponent, 1)));

    private Hl7Fit Fit(Hl7Element said) => Kind switch
    {
        Hl7ConditionKind.Sets => Hl7Fit.Exact,
        Hl7ConditionKind.Is => Exact(IsValue(said)),
        Hl7ConditionKind.IsNot => Exact(!IsValue(said)),
        Hl7ConditionKind.StartsWith => Exact(said.Decode().StartsWith(Value, StringComparison.Ordinal)),
        _ => !said.IsPresent || said.IsEmpty ? Hl7Fit.Unsaid : Exact(IsValue(said)),
    };

    private bool IsValue(Hl7Element said) =>
        said.IsPresent && (_plain is not null ? said.ValueEquals(_plain) : said.Decode() == Value);

    private static Hl7Fit Exact(bool fits) => fits ? Hl7Fit.Exact : Hl7Fit.None;
}
