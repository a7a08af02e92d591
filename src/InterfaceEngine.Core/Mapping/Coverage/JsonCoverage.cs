using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Values;

namespace InterfaceEngine.Core.Mapping.Coverage;

/// <summary>What the tables read of one kind of document, value by value. Paths are told without numbers: <c>name.given</c>; a name that could be a patient's is <c>?</c>.</summary>
internal sealed class JsonCoverage : KindCoverage
{
    /// <summary>What a FHIR resource says of itself.</summary>
    private static readonly HashSet<string> _ofResource = ["resourceType", "id", "meta", "text", "implicitRules", "language"];

    private readonly JsonPath[] _paths;
    private readonly HashSet<string> _conditions;
    private readonly bool _isFhir;

    public JsonCoverage(PracticeMaps maps, MapFormat format, string message)
        : base(maps, format, message)
    {
        _isFhir = format == MapFormat.Fhir;
        _paths = [.. Cells.Select(cell => cell.Place).OfType<JsonPlace>().SelectMany(place => place.Paths)];
        _conditions = [.. _paths.SelectMany(Conditions)];
    }

    public void Look(JsonItem root, Action<UnreadPlace> found)
    {
        var read = new List<JsonItem>();
        foreach (var path in _paths)
        {
            path.Route.FindAll(root, read);
        }

        var offsets = read.Select(item => item.Range.Offset).ToHashSet();
        foreach (var property in root)
        {
            if (!(_isFhir && _ofResource.Contains(property.Name)))
            {
                LookAt(property, JsonNames.ForPeople(property.Name), offsets, found);
            }
        }
    }

    private void LookAt(JsonItem item, string path, HashSet<int> read, Action<UnreadPlace> found)
    {
        if (read.Contains(item.Range.Offset))
        {
            return;
        }

        if (item.IsScalar)
        {
            if (!_conditions.Contains(path) && JsonText.ForPeople(item) is var text && !string.IsNullOrWhiteSpace(text))
            {
                found(new UnreadPlace(path, text, Listed.FirstOrDefault(line => path == line.Source || path.StartsWith(line.Source + ".", StringComparison.Ordinal))));
            }

            return;
        }

        foreach (var child in item)
        {
            LookAt(child, child.Name.Length == 0 ? path : $"{path}.{JsonNames.ForPeople(child.Name)}", read, found);
        }
    }

    /// <summary>What selectors ask for is read, though it is no field's value: <c>telecom.system</c>.</summary>
    private static IEnumerable<string> Conditions(JsonPath path)
    {
        var names = "";
        foreach (var step in path.Steps)
        {
            names = names.Length == 0 ? step.Name : $"{names}.{step.Name}";
            foreach (var selector in step.Selectors.Where(selector => selector.Key.Count > 0))
            {
                yield return $"{names}.{string.Join('.', selector.Key)}";
            }
        }
    }
}
