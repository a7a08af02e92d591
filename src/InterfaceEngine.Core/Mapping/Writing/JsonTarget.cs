using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// A place in a JSON document, made ready to be written: what is missing on the way is made, elements are found by their selectors, and
/// everything else stays. Whether a step is a list is what R4 says; of athenaNet, what the path says.
/// </summary>
internal sealed class JsonTarget
{
    private const string AbsentReason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

    private readonly Step[] _steps;

    private JsonTarget(JsonPath path, Step[] steps, bool isFhir)
    {
        Path = path;
        _steps = steps;
        IsFhir = isFhir;
    }

    public JsonPath Path { get; }

    public bool IsFhir { get; }

    /// <summary>What R4 says of the value; null where it says nothing.</summary>
    public R4Element? Element => _steps[^1].Element;

    /// <summary>How a value is written; a path of athenaNet says it itself (<c>patientid:int</c>).</summary>
    public JsonKind Kind => Element switch
    {
        { Type: "boolean" } => JsonKind.Boolean,
        { IsNumber: true } => JsonKind.Number,
        _ => Path.Kind,
    };

    /// <param name="path">The path.</param>
    /// <param name="resource">The resource's type; null for athenaNet.</param>
    /// <param name="isList">The field has several values, so what its path ends with is a list.</param>
    public static JsonTarget Of(JsonPath path, string? resource, bool isList)
    {
        var type = resource is null ? null : R4Type.Find(resource);
        var steps = new Step[path.Steps.Count];
        for (var index = 0; index < steps.Length; index++)
        {
            var step = path.Steps[index];
            var element = type?[step.Name];
            steps[index] = new Step(step, element, element?.IsList ?? (step.Selectors.Count > 0 || (isList && index == steps.Length - 1)));
            type = element is null ? null : R4Type.Find(element.Type == "Resource" ? step.Selectors.FirstOrDefault(selector => selector.Key is ["resourceType"])?.Value ?? "" : element.Type);
        }

        return new JsonTarget(path, steps, resource is not null);
    }

    /// <summary>The value that stands there; null when none does.</summary>
    public JsonDraft? Find(JsonDraft root)
    {
        var at = root;
        foreach (var step in _steps)
        {
            at = at[step.Name] is { } value ? step.IsList || value.Kind == JsonItemKind.Array ? step.Find(value) : value : null;
            if (at is null or { Kind: JsonItemKind.Null })
            {
                return null;
            }
        }

        return at;
    }

    /// <summary>Puts the value there.</summary>
    /// <returns>Why it can't; null when it was done.</returns>
    public string? Put(JsonDraft root, JsonDraft value)
    {
        var at = root;
        for (var index = 0; index < _steps.Length; index++)
        {
            var (step, isLast) = (_steps[index], index == _steps.Length - 1);
            if (at.Kind != JsonItemKind.Object)
            {
                return $"{(index == 0 ? "the document" : _steps[index - 1].Name)} is not an object";
            }

            RemoveOtherChoices(at, step);
            at = step.IsList ? PutInList(at, step, isLast ? value : null) : isLast ? PutValue(at, step, value) : step.Require(at);
        }

        return null;
    }

    /// <summary>Puts several values there: those of the list, and no others.</summary>
    /// <param name="root">The document.</param>
    /// <param name="values">The values, in their order.</param>
    public string? PutAll(JsonDraft root, IReadOnlyList<JsonDraft> values)
    {
        // The list is that of the last step that repeats: the race extensions, the texts of a list.
        var level = Array.FindLastIndex(_steps, step => step.IsList);
        if (level < 0)
        {
            return values.Count == 1 ? Put(root, values[0]) : "it holds one value, and there are several";
        }

        var at = root;
        for (var index = 0; index < level; index++)
        {
            if (at.Kind != JsonItemKind.Object)
            {
                return $"{(index == 0 ? "the document" : _steps[index - 1].Name)} is not an object";
            }

            at = _steps[index].IsList ? PutInList(at, _steps[index], null) : _steps[index].Require(at);
        }

        var list = _steps[level].RequireList(at);
        var former = list.Values.Where(element => _steps[level].Fits(element)).ToList();
        for (var number = 0; number < values.Count; number++)
        {
            var element = number < former.Count ? former[number] : null;
            if (level == _steps.Length - 1)
            {
                list.Set(element is null ? list.Count : list.IndexOf(element), values[number]);
                continue;
            }

            if (element is null)
            {
                list.Set(list.Count, element = _steps[level].Make());
            }

            if (new JsonTarget(Path, _steps[(level + 1)..], IsFhir).Put(element, values[number]) is { } fault)
            {
                return fault;
            }
        }

        foreach (var surplus in former.Skip(values.Count))
        {
            list.Remove(surplus);
        }

        return null;
    }

    /// <summary>Takes the value away, and with it the element that has nothing left but what its selectors say.</summary>
    public void Remove(JsonDraft root) => Remove(root, 0);

    private bool Remove(JsonDraft at, int level)
    {
        var step = _steps[level];
        if (at[step.Name] is not { } value)
        {
            return false;
        }

        var isLast = level == _steps.Length - 1;
        if (!step.IsList && value.Kind != JsonItemKind.Array)
        {
            if (isLast || (Remove(value, level + 1) && step.IsEmpty(value)))
            {
                at.Remove(step.Name);
                at.Remove("_" + step.Name);
                return true;
            }

            return false;
        }

        if (step.Find(value) is not { } element || !(isLast || (Remove(element, level + 1) && step.IsEmpty(element))))
        {
            return false;
        }

        RemoveFromList(at, step, value, element);
        return true;
    }

    /// <summary>What stands behind an element that is meant by its number must not move into its place.</summary>
    private void RemoveFromList(JsonDraft at, Step step, JsonDraft list, JsonDraft element)
    {
        var index = list.IndexOf(element);
        if (step.Ordinal > 0 && index < list.Count - 1)
        {
            Pad(at, step, list, index);
            return;
        }

        var siblings = at["_" + step.Name];
        list.Remove(element);
        if (siblings is not null && index < siblings.Count)
        {
            siblings.Remove(siblings.Values[index]);
        }

        if (list.Count == 0)
        {
            at.Remove(step.Name);
            at.Remove("_" + step.Name);
        }
    }

    private JsonDraft PutValue(JsonDraft at, Step step, JsonDraft value)
    {
        at.Set(step.Name, value);
        if (IsFhir && at["_" + step.Name] is { } sibling && RemoveAbsentReason(sibling))
        {
            at.Remove("_" + step.Name);
        }

        return value;
    }

    /// <summary>The element of a list that the selectors mean, made where there is none.</summary>
    private JsonDraft PutInList(JsonDraft at, Step step, JsonDraft? value)
    {
        var list = step.RequireList(at);
        var element = step.Find(list);
        if (element is null || element.Kind == JsonItemKind.Null)
        {
            while (step.Ordinal > list.Count + 1)
            {
                Pad(at, step, list, list.Count);
            }

            var index = step.Ordinal > 0 ? step.Ordinal - 1 : list.Count;
            element = value ?? step.Make();
            list.Set(index, element);
            Align(at, step, list, index);
        }
        else if (value is not null)
        {
            var index = list.IndexOf(element);
            list.Set(index, element = value);
            Align(at, step, list, index);
        }
        else
        {
            RemoveAbsentReason(element);
        }

        if (element.Kind == JsonItemKind.Object)
        {
            step.Say(element);
        }

        return element;
    }

    /// <summary>Keeps a place: FHIR has no list with a gap, so what is not known says so.</summary>
    private void Pad(JsonDraft at, Step step, JsonDraft list, int index)
    {
        if (!IsFhir)
        {
            list.Set(index, step.Element is null && step == _steps[^1] ? JsonDraft.Null : JsonDraft.NewObject());
            return;
        }

        if (step.Element is not { IsPrimitive: true })
        {
            list.Set(index, Absent());
            return;
        }

        list.Set(index, JsonDraft.Null);
        var siblings = Siblings(at, step, list.Count - 1);
        siblings.Set(index, Absent());
    }

    /// <summary>A primitive list and what stands beside it (<c>_given</c>) have as many items.</summary>
    private static void Align(JsonDraft at, Step step, JsonDraft list, int index)
    {
        if (at["_" + step.Name] is not { Kind: JsonItemKind.Array } siblings)
        {
            return;
        }

        while (siblings.Count < list.Count)
        {
            siblings.Set(siblings.Count, JsonDraft.Null);
        }

        if (siblings.Values[index].Kind == JsonItemKind.Object && RemoveAbsentReason(siblings.Values[index]))
        {
            siblings.Set(index, JsonDraft.Null);
        }

        if (siblings.Values.All(sibling => sibling.Kind == JsonItemKind.Null))
        {
            at.Remove("_" + step.Name);
        }
    }

    private static JsonDraft Siblings(JsonDraft at, Step step, int count)
    {
        if (at["_" + step.Name] is not { Kind: JsonItemKind.Array } siblings)
        {
            at.Set("_" + step.Name, siblings = JsonDraft.NewArray());
        }

        while (siblings.Count < count)
        {
            siblings.Set(siblings.Count, JsonDraft.Null);
        }

        return siblings;
    }

    private static JsonDraft Absent()
    {
        var (absent, extensions, extension) = (JsonDraft.NewObject(), JsonDraft.NewArray(), JsonDraft.NewObject());
        extension.Set("url", JsonDraft.Of(AbsentReason));
        extension.Set("valueCode", JsonDraft.Of("unknown"));
        extensions.Set(0, extension);
        absent.Set("extension", extensions);
        return absent;
    }

    /// <summary>What is known is not absent.</summary>
    /// <returns>True when nothing is left.</returns>
    private static bool RemoveAbsentReason(JsonDraft value)
    {
        if (value["extension"] is { Kind: JsonItemKind.Array } extensions && extensions.Values.FirstOrDefault(one => one["url"]?.Text == AbsentReason) is { } reason)
        {
            extensions.Remove(reason);
            if (extensions.Count == 0)
            {
                value.Remove("extension");
            }
        }

        return value is { Kind: JsonItemKind.Object, Count: 0 };
    }

    /// <summary>Of <c>value[x]</c> only one may be there, so what was there before gives way.</summary>
    private static void RemoveOtherChoices(JsonDraft at, Step step)
    {
        if (step.Element?.Choice is not { } choice || !at.IsKept)
        {
            return;
        }

        foreach (var name in at.Names.Where(name => name != step.Name && name.StartsWith(choice, StringComparison.Ordinal) && name.Length > choice.Length
            && char.IsAsciiLetterUpper(name[choice.Length]) && at[name]!.IsKept).ToList())
        {
            at.Remove(name);
            at.Remove("_" + name);
        }
    }

    /// <summary>One property of the path.</summary>
    private sealed class Step(JsonStep step, R4Element? element, bool isList)
    {
        private readonly (JsonSelector Selector, JsonCondition Condition)[] _conditions =
            [.. step.Selectors.Where(selector => selector.Match is not (JsonMatch.Ordinal or JsonMatch.Sets)).Select(selector => (selector, new JsonCondition(selector)))];

        public string Name => step.Name;

        public R4Element? Element => element;

        public bool IsList => isList;

        public int Ordinal { get; } = step.Selectors.FirstOrDefault(selector => selector.Match == JsonMatch.Ordinal)?.Ordinal ?? 0;

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
                return Fits(list) ? list : null;
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
}
