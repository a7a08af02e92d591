using System.Text;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping;

/// <summary>A <see cref="JsonPath"/>, made ready to be followed in documents. Immutable.</summary>
internal sealed class JsonRoute
{
    private readonly Step[] _steps;

    public JsonRoute(JsonPath path)
    {
        _steps = [.. path.Steps.Select(step => new Step(step))];
        Resource = ResourceOf(path);
        FirstName = path.Steps[0].Name;
    }

    /// <summary>The property it begins with.</summary>
    public string FirstName { get; }

    /// <summary>The same as documents have it.</summary>
    public byte[] First => _steps[0].Name;

    /// <summary>
    /// For a path that ends with <c>reference</c> and says to what (<c>participant[actor.reference=Patient/*].actor.reference</c>): that
    /// type with its slash, <c>Patient/</c>. Then the id alone is the value. Null for every other path.
    /// </summary>
    public string? Resource { get; }

    /// <summary>The first value that fits; not present when none does.</summary>
    public JsonItem Find(JsonItem root) => Find(root, out _);

    /// <summary>The first value that fits; not present when none does.</summary>
    /// <param name="root">The object.</param>
    /// <param name="isFirstOfSeveral">A list on the way has more values, and no selector says which is meant.</param>
    public JsonItem Find(JsonItem root, out bool isFirstOfSeveral)
    {
        isFirstOfSeveral = false;
        var item = root;
        foreach (var step in _steps)
        {
            var value = item[step.Name];
            isFirstOfSeveral |= step.IsAny && value.HasSeveral;
            item = step.Pick(value);
            if (item.Kind is JsonItemKind.None or JsonItemKind.Null)
            {
                // null clears all that would stand below it.
                return item;
            }
        }

        return item;
    }

    /// <summary>Every value that fits; of an array at the end, its items.</summary>
    public void FindAll(JsonItem root, List<JsonItem> found) => FindAll(root, 0, found);

    private void FindAll(JsonItem item, int level, List<JsonItem> found)
    {
        if (level == _steps.Length || item.Kind == JsonItemKind.Null)
        {
            found.Add(item);
            return;
        }

        var step = _steps[level];
        var next = item[step.Name];
        if (next.Kind != JsonItemKind.Array || step.IsOrdinal)
        {
            if (step.Pick(next) is { IsPresent: true } only)
            {
                FindAll(only, level + 1, found);
            }

            return;
        }

        // An exact fit wins over "not said" here too, so what only fits by silence is left out beside it.
        var best = JsonFit.No;
        foreach (var candidate in next)
        {
            best = Max(best, candidate.Kind == JsonItemKind.Null ? JsonFit.No : step.FitOf(candidate));
        }

        foreach (var candidate in next)
        {
            if (best != JsonFit.No && candidate.Kind != JsonItemKind.Null && step.FitOf(candidate) == best)
            {
                FindAll(candidate, level + 1, found);
            }
        }
    }

    private static JsonFit Max(JsonFit one, JsonFit other) => one > other ? one : other;

    private static string? ResourceOf(JsonPath path) => path.Steps[^1].Name != "reference" ? null : path.Steps
        .SelectMany(step => step.Selectors)
        .FirstOrDefault(selector => selector.Match == JsonMatch.StartsWith && selector.Key is [.., "reference"] && selector.Value.EndsWith('/'))?.Value;

    private sealed class Step
    {
        private readonly JsonCondition[] _conditions;
        private readonly int _ordinal;

        public Step(JsonStep step)
        {
            Name = Encoding.UTF8.GetBytes(step.Name);
            _conditions = [.. step.Selectors.Where(selector => selector.Match is not (JsonMatch.Ordinal or JsonMatch.Sets)).Select(selector => new JsonCondition(selector))];
            IsAny = step.Selectors.Count == 0;
            _ordinal = step.Selectors.FirstOrDefault(selector => selector.Match == JsonMatch.Ordinal)?.Ordinal ?? 0;
        }

        public byte[] Name { get; }

        public bool IsOrdinal => _ordinal > 0;

        /// <summary>It has no selectors.</summary>
        public bool IsAny { get; }

        /// <summary>Of an array the element that the selectors mean; one that stands without an array counts as the only one.</summary>
        public JsonItem Pick(JsonItem value)
        {
            if (value.Kind != JsonItemKind.Array)
            {
                return value.IsPresent && _ordinal <= 1 && (value.Kind == JsonItemKind.Null || FitOf(value) != JsonFit.No) ? value : default;
            }

            var unsaid = default(JsonItem);
            var number = 0;
            foreach (var candidate in value)
            {
                // FHIR keeps the place of a value that is not known with null.
                number++;
                if (candidate.Kind == JsonItemKind.Null || (_ordinal > 0 && number != _ordinal))
                {
                    continue;
                }

                var fit = FitOf(candidate);
                if (fit == JsonFit.Yes)
                {
                    return candidate;
                }

                unsaid = fit == JsonFit.Unsaid && !unsaid.IsPresent ? candidate : unsaid;
            }

            return unsaid;
        }

        public JsonFit FitOf(JsonItem element)
        {
            var fit = JsonFit.Yes;
            foreach (var condition in _conditions)
            {
                var one = condition.FitOf(element);
                fit = one < fit ? one : fit;
            }

            return fit;
        }
    }
}

/// <summary>How an element fits selectors.</summary>
internal enum JsonFit
{
    No,

    /// <summary>Nothing speaks against it, but it does not say so (<c>[use=home?]</c>).</summary>
    Unsaid,
    Yes,
}

/// <summary>One selector that asks something of an element.</summary>
internal sealed class JsonCondition(JsonSelector selector)
{
    private readonly byte[][] _key = [.. selector.Key.Select(Encoding.UTF8.GetBytes)];
    private readonly byte[] _value = Encoding.UTF8.GetBytes(selector.Value);
    private readonly bool _isReference = selector.Key.Count > 0 && selector.Key[^1] == "reference";

    public JsonFit FitOf(JsonItem element) => FitOf(selector.Match, SaidBy(element, 0));

    public static JsonFit FitOf(JsonMatch match, bool? isSaid) => match switch
    {
        JsonMatch.IsOrUnsaid => isSaid switch { null => JsonFit.Unsaid, true => JsonFit.Yes, false => JsonFit.No },
        JsonMatch.IsNot => isSaid == true ? JsonFit.No : JsonFit.Yes,
        JsonMatch.Sets or JsonMatch.Ordinal => JsonFit.Yes,
        _ => isSaid == true ? JsonFit.Yes : JsonFit.No,
    };

    /// <summary>Whether the selector's value stands at its key: true, false for another value, null for none. Of several one is enough.</summary>
    private bool? SaidBy(JsonItem at, int level)
    {
        if (at.Kind == JsonItemKind.Array)
        {
            bool? any = null;
            foreach (var item in at)
            {
                any = SaidBy(item, level) is { } said ? any == true || said : any;
            }

            return any;
        }

        if (level < _key.Length)
        {
            return at.Kind == JsonItemKind.Object ? SaidBy(at[_key[level]], level + 1) : null;
        }

        return !at.IsScalar ? null
            : selector.Match != JsonMatch.StartsWith ? at.Says(_value)
            : at.TryDecode(out var text) && Begins(text);
    }

    /// <summary>Starts with the value; of a reference, also behind the address of a server: <c>https://host/fhir/r4/Patient/12</c>.</summary>
    public bool Begins(string text) =>
        text.StartsWith(selector.Value, StringComparison.Ordinal) || (_isReference && JsonReference.IsTo(text, selector.Value));
}
