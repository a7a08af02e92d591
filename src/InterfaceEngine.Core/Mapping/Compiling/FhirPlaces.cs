using InterfaceEngine.Core.Fhir;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>What FHIR R4 says about a place. Of resources and types that are not described (<see cref="R4Type"/>) nothing is said.</summary>
internal static class FhirPlaces
{
    /// <summary>Null for a place that one of the resources has, or of which nothing is known.</summary>
    /// <param name="path">The place.</param>
    /// <param name="text">The path as the cell writes it.</param>
    /// <param name="resources">The resources that the map reads and writes; none is none to know.</param>
    /// <param name="part">The list of theirs of which every element makes a record, and is looked into first; or null.</param>
    public static PlaceProblem? Check(JsonPath path, string text, IReadOnlyList<string> resources, string? part)
    {
        Missing? first = null;
        foreach (var resource in resources)
        {
            if (R4Type.Find(resource) is not { } type || Find(path, type, part) is not { } missing)
            {
                return null;
            }

            first ??= missing;
        }

        if (first is not { } found)
        {
            return null;
        }

        var at = text.StartsWith('$') ? -1 : text.IndexOf(found.Name, StringComparison.Ordinal);
        return new PlaceProblem(
            MappingFileCodes.NoSuchPlace,
            $"{(path.Text == text ? text : $"{text} ({path.Text})")} does not exist: {found.Reason}.",
            Math.Max(at, 0),
            at < 0 ? text.Length : found.Name.Length,
            found.Help);
    }

    /// <summary>The first name on the way that neither the resource nor an element of its list has.</summary>
    private static Missing? Find(JsonPath path, R4Type resource, string? part)
    {
        if (part is null || resource[part] is not { } list)
        {
            return Find(path, resource);
        }

        if (R4Type.Find(list.Type) is not { } element || Find(path, element) is not { } missing || Find(path, resource) is not { } ofWhole)
        {
            return null;
        }

        return element[path.Steps[0].Name] is null ? ofWhole : missing;
    }

    /// <summary>The first name on the way that R4 has not.</summary>
    private static Missing? Find(JsonPath path, R4Type type)
    {
        var at = type;
        for (var index = 0; index < path.Steps.Count; index++)
        {
            var step = path.Steps[index];
            var goesOn = index < path.Steps.Count - 1 || step.Selectors.Any(selector => selector.Key.Count > 0);
            if (!TryEnter(ref at, step.Name, step.Selectors, goesOn, out var missing))
            {
                return missing;
            }

            foreach (var selector in step.Selectors)
            {
                var element = at;
                for (var level = 0; level < selector.Key.Count; level++)
                {
                    if (!TryEnter(ref element, selector.Key[level], [], level < selector.Key.Count - 1, out missing))
                    {
                        return missing;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Goes to an element of a type; to nothing where no more is known.</summary>
    private static bool TryEnter(ref R4Type? at, string name, IReadOnlyList<JsonSelector> selectors, bool goesOn, out Missing? missing)
    {
        missing = null;
        if (at is not { } type)
        {
            return true;
        }

        // _birthDate stands beside birthDate, for what else is said of it.
        if (name[0] == '_' && type[name[1..]] is { IsPrimitive: true })
        {
            at = null;
            return true;
        }

        if (type[name] is not { } element)
        {
            missing = new Missing(name, $"{type.Name} has no {name} in FHIR R4", Help(type, name));
            return false;
        }

        if (element.IsPrimitive && goesOn)
        {
            missing = new Missing(name, $"{name} is one value in FHIR R4 ({element.Type}), with nothing below it", "");
            return false;
        }

        at = R4Type.Find(element.Type == "Resource" ? selectors.FirstOrDefault(selector => selector.Key is ["resourceType"])?.Value ?? "" : element.Type);
        return true;
    }

    private static string Help(R4Type type, string name)
    {
        var choices = type.Elements.Where(element => element.Choice == name).Select(element => element.Name).ToList();
        return choices.Count > 0 ? $"Of {name}[x] a path names the type: {Suggestion.Or(choices)}."
            : Suggestion.DidYouMean(name, type.Elements.Select(element => element.Name));
    }

    private readonly record struct Missing(string Name, string Reason, string Help);
}
