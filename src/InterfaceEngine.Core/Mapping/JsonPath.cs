namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// A place in a JSON document (athenaNet, FHIR R4): <c>name[use=official?].given[#1]</c>. A step without
/// selectors means the first element where the document holds an array.
/// </summary>
/// <param name="Text">As written in the cell.</param>
/// <param name="Steps">Property names from the root, each with the selectors that pick one element.</param>
/// <param name="Kind">How the value is written: <c>patientid:int</c>.</param>
public sealed record JsonPath(string Text, IReadOnlyList<JsonStep> Steps, JsonKind Kind)
{
    /// <summary>The path, made ready to be followed.</summary>
    internal JsonRoute Route => field ??= new JsonRoute(this);

    public override string ToString() => Text;
}

/// <summary>One property of the path, e.g. <c>telecom[system=phone,use=home?]</c>.</summary>
public sealed record JsonStep(string Name, IReadOnlyList<JsonSelector> Selectors);

/// <summary>One condition on an element.</summary>
/// <param name="Key">Path from the element to what is compared, e.g. <c>actor</c>, <c>reference</c>; empty for <c>[#2]</c>.</param>
/// <param name="Match">How it is compared.</param>
/// <param name="Value">What it is compared with; empty for <c>[#2]</c>.</param>
/// <param name="Ordinal">For <c>[#2]</c> the place, counting from 1; else 0.</param>
public sealed record JsonSelector(IReadOnlyList<string> Key, JsonMatch Match, string Value, int Ordinal);

/// <summary>The selectors of mapping design §7.2.</summary>
public enum JsonMatch
{
    /// <summary><c>[k=v]</c>.</summary>
    Is,

    /// <summary><c>[k=v?]</c>: is, or is not said.</summary>
    IsOrUnsaid,

    /// <summary><c>[k!=v]</c>.</summary>
    IsNot,

    /// <summary><c>[k=v*]</c>: starts with.</summary>
    StartsWith,

    /// <summary><c>[k:=v]</c>: not asked when reading, set when writing.</summary>
    Sets,

    /// <summary><c>[#2]</c>.</summary>
    Ordinal,
}

/// <summary>The JSON type a value is written as.</summary>
public enum JsonKind
{
    Text,
    Number,
    Boolean,
}
