using System.Collections.Frozen;

namespace InterfaceEngine.Core.Fhir;

/// <summary>One element of a type of FHIR R4.</summary>
/// <param name="Name">As JSON has it; of a choice with its type, <c>valueQuantity</c>.</param>
/// <param name="Type">E.g. <c>string</c>, <c>HumanName</c>, <c>Patient.link</c>.</param>
/// <param name="IsList">It repeats, so JSON has an array.</param>
/// <param name="IsRequired">There must be one.</param>
/// <param name="Choice">For <c>value[x]</c>: <c>value</c>, of which only one may be there; otherwise null.</param>
/// <param name="Codes">The codes of a required binding; null where any may stand.</param>
public sealed record R4Element(string Name, string Type, bool IsList, bool IsRequired, string? Choice, IReadOnlyList<string>? Codes)
{
    /// <summary>Its value is one text, number or truth value, beside which JSON may have a property with <c>_</c> before its name.</summary>
    public bool IsPrimitive => char.IsAsciiLetterLower(Type[0]);

    public bool IsNumber => Type is "integer" or "positiveInt" or "unsignedInt" or "decimal";
}

/// <summary>A resource, data type or element of FHIR R4 as far as the maps write it.</summary>
public sealed class R4Type
{
    private static readonly FrozenDictionary<string, R4Type> _types = Load();

    private readonly FrozenDictionary<string, R4Element> _elements;

    private R4Type(string name, string elements, string common)
    {
        Name = name;
        var all = $"{common}; {elements}".Split("; ").SelectMany(Read).ToList();
        Required = [.. all.Where(element => element.IsRequired)];
        Elements = all;
        RequiredChoices = [.. elements.Split("; ").Where(element => element.Split(' ')[0].EndsWith("[x]!", StringComparison.Ordinal)).Select(element => element[..element.IndexOf('[', StringComparison.Ordinal)])];
        _elements = all.ToFrozenDictionary(element => element.Name, StringComparer.Ordinal);
    }

    /// <summary>The names of all elements that are described here, of whatever type.</summary>
    public static IReadOnlySet<string> Names { get; } = _types.Values.SelectMany(type => type.Elements).Select(element => element.Name).ToFrozenSet(StringComparer.Ordinal);

    public string Name { get; }

    /// <summary>Its elements in the order of the specification, those that every type has first.</summary>
    public IReadOnlyList<R4Element> Elements { get; }

    /// <summary>The elements of which there must be one.</summary>
    public IReadOnlyList<R4Element> Required { get; }

    /// <summary>The choices of which there must be one: <c>medication</c> for <c>medication[x]</c>.</summary>
    public IReadOnlyList<string> RequiredChoices { get; }

    /// <summary>A type by its name; null for one that is not described here.</summary>
    public static R4Type? Find(string name) => _types.GetValueOrDefault(name);

    /// <summary>An element by its name; null when the type has none.</summary>
    public R4Element? this[string name] => _elements.GetValueOrDefault(name);

    private static FrozenDictionary<string, R4Type> Load() => R4Definitions.Resources
        .Select(pair => new R4Type(pair.Key, pair.Value, "resourceType! code; " + R4Definitions.Resource))
        .Concat(R4Definitions.Elements.Select(pair => new R4Type(pair.Key, pair.Value, R4Definitions.Element)))
        .ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    private static IEnumerable<R4Element> Read(string text)
    {
        var halves = text.Split(" = ");
        var words = halves[0].Split(' ');
        var codes = halves.Length > 1 ? halves[1].Split(' ') : null;
        var name = words[0].TrimEnd('*', '+', '!');
        var (isList, isRequired) = (words[0][^1] is '*' or '+', words[0][^1] is '!' or '+');
        return name.EndsWith("[x]", StringComparison.Ordinal)
            ? words.Skip(1).Select(type => new R4Element(name[..^3] + char.ToUpperInvariant(type[0]) + type[1..], type, false, false, name[..^3], null))
            : [new R4Element(name, words[1], isList, isRequired, null, codes)];
    }
}
