using System.Text;
using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// Header <c>each: OBX, FHIR R4 component</c>: the list in a document of which every element makes a record of its own, beside the one of the
/// whole. What an element can say is looked for in it alone, and everything else in the whole: the two values of a blood
/// pressure have their own codes, and one patient and time.
/// </summary>
/// <param name="list">The list's name.</param>
/// <param name="resource">Of FHIR, the type of the whole; null for athenaNet, whose elements say themselves what is theirs.</param>
internal sealed class JsonParts(string list, string? resource)
{
    /// <summary>What every element of FHIR may have, and which says nothing of the value.</summary>
    private static readonly string[] _common = ["id", "extension", "modifierExtension"];

    private readonly R4Type? _type = resource is null ? null : R4Type.Find($"{resource}.{list}");

    public string List => list;

    public byte[] Name { get; } = Encoding.UTF8.GetBytes(list);

    /// <summary>Whether what a path begins with is the element's.</summary>
    public bool IsOwn(JsonRoute route, JsonItem part) =>
        _type is null ? part[route.First].IsPresent : _type[route.FirstName] is not null && !_common.Contains(route.FirstName, StringComparer.Ordinal);
}
