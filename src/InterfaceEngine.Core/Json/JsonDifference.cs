namespace InterfaceEngine.Core.Json;

/// <summary>Where two documents say something else. The order of an object's properties and the blanks between values mean nothing.</summary>
/// <param name="Path">E.g. <c>name[1].given[2]</c>; empty for the whole.</param>
/// <param name="One">The value in the one document; not present when it has none.</param>
/// <param name="Other">The value in the other.</param>
public readonly record struct JsonDifference(string Path, JsonItem One, JsonItem Other)
{
    /// <summary>The innermost places that differ. Numbers and texts are compared as they are written.</summary>
    public static IEnumerable<JsonDifference> Between(JsonItem one, JsonItem other) => Between(one, other, "");

    private static IEnumerable<JsonDifference> Between(JsonItem one, JsonItem other, string path)
    {
        if (one.Kind != other.Kind || (one.IsScalar && !one.Raw.Span.SequenceEqual(other.Raw.Span)))
        {
            return [new JsonDifference(path, one, other)];
        }

        var (ones, others) = (Children(one), Children(other));
        return ones.Keys.Union(others.Keys).SelectMany(name =>
            Between(ones.GetValueOrDefault(name), others.GetValueOrDefault(name), path.Length == 0 || name[0] == '[' ? path + name : $"{path}.{name}"));
    }

    private static Dictionary<string, JsonItem> Children(JsonItem item)
    {
        var children = new Dictionary<string, JsonItem>(StringComparer.Ordinal);
        foreach (var child in item)
        {
            children[child.Name.Length > 0 ? child.Name : $"[{children.Count + 1}]"] = child;
        }

        return children;
    }
}
