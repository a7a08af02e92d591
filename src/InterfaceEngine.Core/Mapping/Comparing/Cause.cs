using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>One thing that two mapping sets say differently.</summary>
/// <param name="Where">The cell of the new set; of the old one where the new has none; null for what has no cell, such as a header.</param>
/// <param name="What">What stands there: <c>HL7 v2</c>, <c>As</c>, <c>codes race</c>, <c>header region</c>.</param>
/// <param name="Before">What the old set says, as written; <c>(none)</c> where it says nothing.</param>
/// <param name="After">What the new set says.</param>
public sealed record Cause(CellReference? Where, string What, string Before, string After)
{
    public const string None = "(none)";

    /// <summary><c>practices/1959/patient.map.md:11:25 HL7 v2: PID-13[3=CP] → PID-14</c>.</summary>
    public override string ToString() => $"{(Where is null ? "" : $"{Where} ")}{What}: {Before} → {After}";
}

/// <summary>Why something differs: equal when it says the same, whichever practice it was found for.</summary>
public sealed class Causes : IEquatable<Causes>
{
    private readonly string _text;
    private readonly int _hash;

    public Causes(IReadOnlyList<Cause> all)
    {
        All = all;
        _text = string.Join('\n', all);
        _hash = _text.GetHashCode(StringComparison.Ordinal);
    }

    public static Causes Unknown { get; } = new([]);

    public IReadOnlyList<Cause> All { get; }

    public bool Equals(Causes? other) => ReferenceEquals(this, other) || (other?._hash == _hash && other._text == _text);

    public override bool Equals(object? obj) => Equals(obj as Causes);

    public override int GetHashCode() => _hash;
}
