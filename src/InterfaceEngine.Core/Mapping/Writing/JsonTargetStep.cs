using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>One property of a path that is written: how its value is required, and which element of a list its selectors mean.</summary>
/// <param name="step">The step.</param>
/// <param name="parent">R4's type of the object that has it; null where R4 says nothing.</param>
/// <param name="element">What R4 says of it; null where it says nothing.</param>
/// <param name="isList">It holds a list.</param>
internal sealed class JsonTargetStep(JsonStep step, string? parent, R4Element? element, bool isList)
{
    private readonly (JsonSelector Selector, JsonCondition Condition)[] _conditions =
        [.. step.Selectors.Where(selector => selector.Match is not (JsonMatch.Ordinal or JsonMatch.Sets)).Select(selector => (selector, new JsonCondition(selector)))];

    public string Name => step.Name;

    public string? Parent => parent;

    public R4Element? Element => element;

    public bool IsList => isList;

    public bool HasSelectors => step.Selectors.Count > 0;

    public int Ordinal { get; } = step.Selectors.FirstOrDefault(selector => selector.Match == JsonMatch.Ordinal)?.Ordinal ?? 0;

    /// <summary>The same property, taken as one value.</summary>
    public JsonTargetStep AsOne() => new(step, parent, element, isList: false);

    public JsonDraft Require(JsonDraft at)
    {
        if (at[Name] is not { } value || value.Kind == JsonItemKind.Null)
        {
            at.Set(Name, value = JsonDraft.NewObject());
        }

        return value;
    }

    public JsonDraft RequireList(JsonDraft at)
    {
        if (at[Name] is { Kind: JsonItemKind.Array } list)
        {
            return list;
        }

        // An object that stands where a list belongs is its only element.
        var only = at[Name];
        list = JsonDraft.NewArray();
        if (only is not null && only.Kind != JsonItemKind.Null)
        {
            list.Set(0, only);
        }

        at.Set(Name, list);
        return list;
    }

    /// <summary>The element that the selectors mean; null when there is none.</summary>
    public JsonDraft? Find(JsonDraft list)
    {
        if (list.Kind != JsonItemKind.Array)
        {
            return Ordinal <= 1 && Fits(list) ? list : null;
        }

        if (Ordinal > 0)
        {
            return Ordinal <= list.Count ? list.Values[Ordinal - 1] : null;
        }

        JsonDraft? unsaid = null;
        for (var index = 0; index < list.Count; index++)
        {
            var fit = FitOf(list.Values[index]);
            if (fit == JsonFit.Yes)
            {
                return list.Values[index];
            }

            unsaid ??= fit == JsonFit.Unsaid ? list.Values[index] : null;
        }

        return unsaid;
    }

    public bool Fits(JsonDraft value) => FitOf(value) != JsonFit.No;

    /// <summary>An element that fits.</summary>
    public JsonDraft Make()
    {
        var made = JsonDraft.NewObject();
        foreach (var selector in step.Selectors.Where(selector => selector.Match is JsonMatch.Is or JsonMatch.IsOrUnsaid))
        {
            Set(made, selector);
        }

        return made;
    }

    /// <summary>Says what <c>:=</c> asks for.</summary>
    public void Say(JsonDraft value)
    {
        foreach (var selector in step.Selectors.Where(selector => selector.Match == JsonMatch.Sets))
        {
            Set(value, selector);
        }
    }

    /// <summary>What an element was picked by is as good as written: it stays, whatever changes beside it.</summary>
    public void Confirm(JsonDraft value)
    {
        foreach (var (selector, _) in _conditions.Where(one => one.Selector.Match is JsonMatch.Is or JsonMatch.IsOrUnsaid))
        {
            Confirm(value, selector, 0);
        }
    }

    /// <summary>Nothing is left but what the selectors say.</summary>
    public bool IsEmpty(JsonDraft value) => value.Kind == JsonItemKind.Object && value.Names.All(name =>
        step.Selectors.Any(selector => selector.Key.Count > 0 && selector.Key[0] == name && selector.Match is JsonMatch.Is or JsonMatch.IsOrUnsaid or JsonMatch.Sets));

    private JsonFit FitOf(JsonDraft value)
    {
        var fit = value.Kind == JsonItemKind.Null ? JsonFit.No : JsonFit.Yes;
        foreach (var (selector, condition) in _conditions)
        {
            var one = JsonCondition.FitOf(selector.Match, SaidBy(value, selector, condition, 0));
            fit = one < fit ? one : fit;
        }

        return fit;
    }

    private static bool? SaidBy(JsonDraft at, JsonSelector selector, JsonCondition condition, int level)
    {
        if (at.Kind == JsonItemKind.Array)
        {
            bool? any = null;
            foreach (var item in at.Values)
            {
                any = SaidBy(item, selector, condition, level) is { } said ? any == true || said : any;
            }

            return any;
        }

        return level < selector.Key.Count ? at[selector.Key[level]] is { } next ? SaidBy(next, selector, condition, level + 1) : null
            : at.Text is not { } text ? null
            : selector.Match == JsonMatch.StartsWith ? condition.Begins(text) : text == selector.Value;
    }

    private static void Confirm(JsonDraft at, JsonSelector selector, int level)
    {
        if (at.Kind == JsonItemKind.Array)
        {
            foreach (var item in at.Values)
            {
                Confirm(item, selector, level);
            }
        }
        else if (level < selector.Key.Count)
        {
            if (at[selector.Key[level]] is { } next)
            {
                Confirm(next, selector, level + 1);
            }
        }
        else if (at.Text == selector.Value)
        {
            at.Confirm();
        }
    }

    /// <summary>Puts a selector's value into an element; lists on the way have one element.</summary>
    private void Set(JsonDraft value, JsonSelector selector)
    {
        var type = element is null ? null : R4Type.Find(element.Type == "Resource" ? "" : element.Type);
        var at = value;
        for (var index = 0; index < selector.Key.Count; index++)
        {
            var part = type?[selector.Key[index]];
            var isLast = index == selector.Key.Count - 1;
            var next = isLast ? Scalar(selector.Value, part) : JsonDraft.NewObject();
            if (part?.IsList == true)
            {
                if (at[selector.Key[index]] is not { Kind: JsonItemKind.Array } list)
                {
                    at.Set(selector.Key[index], list = JsonDraft.NewArray());
                }

                if (list.Count == 0 || isLast)
                {
                    list.Set(0, next);
                }

                at = list.Values[0];
            }
            else if (isLast || at[selector.Key[index]] is not { Kind: JsonItemKind.Object } known)
            {
                at.Set(selector.Key[index], next);
                at = next;
            }
            else
            {
                at = known;
            }

            type = part is null ? null : R4Type.Find(part.Type);
        }
    }

    private static JsonDraft Scalar(string text, R4Element? element) =>
        element is { Type: "boolean" } ? JsonDraft.Of(text == "true") : element is { IsNumber: true } ? JsonDraft.Number(text) : JsonDraft.Of(text);
}
