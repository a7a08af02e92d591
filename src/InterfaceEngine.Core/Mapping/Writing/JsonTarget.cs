using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// A place in a JSON document, made ready to be written: what is missing on the way is made, elements are found by their selectors, and
/// everything else stays. Whether a step is a list is what R4 says; of athenaNet, what the path says.
/// </summary>
internal sealed class JsonTarget
{
    private readonly JsonTargetStep[] _steps;

    private JsonTarget(JsonPath path, JsonTargetStep[] steps, bool isFhir)
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
        var steps = new JsonTargetStep[path.Steps.Count];
        for (var index = 0; index < steps.Length; index++)
        {
            var step = path.Steps[index];
            var element = type?[step.Name];
            steps[index] = new JsonTargetStep(step, type?.Name, element, element?.IsList ?? (step.Selectors.Count > 0 || (isList && index == steps.Length - 1)));
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
        var former = Find(root);
        var isChanged = value.IsScalar && former?.Text != value.Text;
        var at = root;
        for (var index = 0; index < _steps.Length; index++)
        {
            var (step, isLast) = (_steps[index], index == _steps.Length - 1);
            if (at.Kind != JsonItemKind.Object)
            {
                return NoObject(index);
            }

            RemoveOtherChoices(at, step);
            if (isChanged)
            {
                FormerWords.Remove(at, step, isFilled: former is null);
            }

            var next = step.IsList ? PutInList(at, step, isLast ? value : null) : isLast ? PutValue(at, step, value, former) : step.Require(at);
            if (isChanged && former is not null)
            {
                FormerWords.RemoveCodings(at, step, next);
            }

            at = next;
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

        var isFilled = Find(root) is null;
        var at = root;
        for (var index = 0; index <= level; index++)
        {
            if (at.Kind != JsonItemKind.Object)
            {
                return NoObject(index);
            }

            RemoveOtherChoices(at, _steps[index]);
            FormerWords.Remove(at, _steps[index], isFilled);
            if (index < level)
            {
                at = _steps[index].IsList ? PutInList(at, _steps[index], null) : _steps[index].Require(at);
            }
        }

        var list = _steps[level].RequireList(at);
        var former = list.Values.Where(element => _steps[level].Fits(element)).ToList();
        var rest = new JsonTarget(Path, _steps[(level + 1)..], IsFhir);
        for (var number = 0; number < values.Count; number++)
        {
            var element = number < former.Count ? former[number] : null;
            if (level == _steps.Length - 1)
            {
                PutAt(at, _steps[level], list, element is null ? list.Count : list.IndexOf(element), values[number]);
                continue;
            }

            if (element is null || rest.Find(element) is null)
            {
                // What an element without this value says, it says of another.
                var made = _steps[level].Make();
                list.Set(element is null ? list.Count : list.IndexOf(element), made);
                element = made;
            }

            AbsentReason.Remove(element);
            _steps[level].Confirm(element);
            if (rest.Put(element, values[number]) is { } fault)
            {
                return fault;
            }
        }

        foreach (var surplus in former.Skip(values.Count))
        {
            RemoveFromList(at, _steps[level], list, surplus);
        }

        return null;
    }

    /// <summary>Says with <c>null</c> that the value, or the whole list of a field with several, is gone.</summary>
    public string? PutNull(JsonDraft root) => IsWholeList ? new JsonTarget(Path, [.. _steps[..^1], _steps[^1].AsOne()], IsFhir).Put(root, JsonDraft.Null) : Put(root, JsonDraft.Null);

    /// <summary>Its last step is a list of which no element is picked.</summary>
    private bool IsWholeList => _steps[^1] is { IsList: true, HasSelectors: false };

    /// <summary>Takes the value away, and with it the element that has nothing left but what its selectors say.</summary>
    /// <param name="root">The document.</param>
    /// <param name="isEach">The field has several values: every one that fits is taken away.</param>
    /// <returns>True when one stood there.</returns>
    public bool Remove(JsonDraft root, bool isEach) => Remove(root, 0, isEach);

    private bool Remove(JsonDraft at, int level, bool isEach)
    {
        var step = _steps[level];
        if (at[step.Name] is not { } value)
        {
            return false;
        }

        var (isLast, isRemoved) = (level == _steps.Length - 1, false);
        foreach (var element in Meant(step, value, isEach))
        {
            if (!isLast && !Remove(element, level + 1, isEach))
            {
                continue;
            }

            isRemoved = true;
            if (!isLast && !step.IsEmpty(element))
            {
                continue;
            }

            if (value.Kind == JsonItemKind.Array)
            {
                RemoveFromList(at, step, value, element);
            }
            else
            {
                at.Remove(step.Name);
                at.Remove("_" + step.Name);
            }
        }

        if (isRemoved)
        {
            FormerWords.Remove(at, step, isFilled: false);
        }

        return isRemoved;
    }

    /// <summary>The elements of a value that a step means; all that fit of a field with several values.</summary>
    private static JsonDraft[] Meant(JsonTargetStep step, JsonDraft value, bool isEach) =>
        !step.IsList && value.Kind != JsonItemKind.Array ? [value]
        : isEach && step.Ordinal == 0 && value.Kind == JsonItemKind.Array ? [.. value.Values.Where(step.Fits)]
        : step.Find(value) is { } element ? [element] : [];

    /// <summary>What stands behind an element that is meant by its number must not move into its place.</summary>
    private void RemoveFromList(JsonDraft at, JsonTargetStep step, JsonDraft list, JsonDraft element)
    {
        var index = list.IndexOf(element);
        if (step.Ordinal > 0 && index < list.Count - 1)
        {
            Pad(at, step, list, index);
            return;
        }

        // By its place: what stands beside the others may be the same null.
        list.RemoveAt(index);
        if (at["_" + step.Name] is { Kind: JsonItemKind.Array } siblings && index < siblings.Count)
        {
            siblings.RemoveAt(index);
            RemoveIfSilent(at, step, siblings);
        }

        if (list.Count == 0)
        {
            at.Remove(step.Name);
            at.Remove("_" + step.Name);
        }
    }

    private string NoObject(int level) => $"{(level == 0 ? "the document" : _steps[level - 1].Name)} is not an object";

    private JsonDraft PutValue(JsonDraft at, JsonTargetStep step, JsonDraft value, JsonDraft? former)
    {
        at.Set(step.Name, value);

        // What stands beside a primitive (_birthDate) is said of its value: the time of another birth, or that none is known.
        if (IsFhir && at["_" + step.Name] is { } sibling && ((former is not null && former.Text != value.Text) || AbsentReason.Remove(sibling)))
        {
            at.Remove("_" + step.Name);
        }

        return value;
    }

    /// <summary>The element of a list that the selectors mean, made where there is none.</summary>
    private JsonDraft PutInList(JsonDraft at, JsonTargetStep step, JsonDraft? value)
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
            PutAt(at, step, list, index, element);
        }
        else if (value is not null)
        {
            PutAt(at, step, list, list.IndexOf(element), value);
            element = value;
        }
        else
        {
            AbsentReason.Remove(element);
        }

        if (element.Kind == JsonItemKind.Object)
        {
            step.Say(element);
            step.Confirm(element);
        }

        return element;
    }

    /// <summary>Keeps a place: FHIR has no list with a gap, so what is not known says so.</summary>
    private void Pad(JsonDraft at, JsonTargetStep step, JsonDraft list, int index)
    {
        if (!IsFhir)
        {
            list.Set(index, step.Element is null && step == _steps[^1] ? JsonDraft.Null : JsonDraft.NewObject());
            return;
        }

        if (step.Element is not { IsPrimitive: true })
        {
            list.Set(index, AbsentReason.New());
            return;
        }

        list.Set(index, JsonDraft.Null);
        var siblings = Siblings(at, step, list.Count - 1);
        siblings.Set(index, AbsentReason.New());
    }

    /// <summary>
    /// Sets an item of a list. A list of primitives and what stands beside it (<c>_given</c>) have as many items, and what was said
    /// of a former value is not said of another.
    /// </summary>
    private static void PutAt(JsonDraft at, JsonTargetStep step, JsonDraft list, int index, JsonDraft value)
    {
        var isOther = index < list.Count && list.Values[index] is { IsScalar: true } former && former.Text != value.Text;
        list.Set(index, value);
        if (at["_" + step.Name] is not { Kind: JsonItemKind.Array } siblings)
        {
            return;
        }

        while (siblings.Count < list.Count)
        {
            siblings.Set(siblings.Count, JsonDraft.Null);
        }

        if (siblings.Values[index].Kind == JsonItemKind.Object && (isOther || AbsentReason.Remove(siblings.Values[index])))
        {
            siblings.Set(index, JsonDraft.Null);
        }

        RemoveIfSilent(at, step, siblings);
    }

    private static void RemoveIfSilent(JsonDraft at, JsonTargetStep step, JsonDraft siblings)
    {
        if (siblings.Values.All(sibling => sibling.Kind == JsonItemKind.Null))
        {
            at.Remove("_" + step.Name);
        }
    }

    private static JsonDraft Siblings(JsonDraft at, JsonTargetStep step, int count)
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

    /// <summary>Of <c>value[x]</c> only one may be there, so what was there before gives way.</summary>
    private static void RemoveOtherChoices(JsonDraft at, JsonTargetStep step)
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
}
