using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>A place in a JSON document that holds one value. Absent keeps, <c>null</c> clears; an empty text says nothing.</summary>
internal sealed class JsonPlaceReader(JsonPath path, IValueType type) : PlaceReader(path.Text)
{
    private readonly JsonRoute _route = path.Route;

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var item = reading.Find(_route, out var isFirstOfSeveral);
        if (!item.IsPresent)
        {
            return false;
        }

        slot.Place = reading.Scope.Place = reading.PlaceOf(item);
        if (item.Kind == JsonItemKind.Null)
        {
            slot.Value = FieldValue.Cleared;
            return true;
        }

        reading.Scope.Trace?.Found(Text, JsonText.ForPeople(item));
        var before = reading.Scope.NoteCount;
        if (JsonText.Read(type, item, _route.Resource, reading.Scope) is { } value)
        {
            slot.Value = FieldValue.Of(value);

            // R4 says where it has lists, so there a path without a selector means the first; athenaNet wraps single values.
            if (isFirstOfSeveral && reading.Scope.Format == MapFormat.AthenaNet)
            {
                reading.Scope.Warn(MappingCodes.JsonShape, "a list of several where one value is read: the first was taken.");
            }

            return true;
        }

        return reading.Scope.NoteCount > before;
    }
}

/// <summary>
/// A place in a JSON document that holds several values: every one that fits. Of athenaNet's lists that are written as one text, the
/// parts between tabs. An empty list says nothing.
/// </summary>
internal sealed class JsonListReader(JsonPath path, IValueType type, bool isLines) : PlaceReader(path.Text)
{
    /// <summary>The most values that are read into a field; no list of a chart comes near it.</summary>
    internal const int ItemsMax = 1000;

    private readonly JsonRoute _route = path.Route;

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var items = new List<JsonItem>();
        _route.FindAll(reading.RootOf(_route), items);
        if (items.Count == 0)
        {
            return false;
        }

        slot.Place = reading.Scope.Place = items[0].Range;
        if (items.TrueForAll(item => item.Kind == JsonItemKind.Null))
        {
            slot.Value = FieldValue.Cleared;
            return true;
        }

        var before = reading.Scope.NoteCount;
        var values = new List<string>();
        var left = ItemsMax;
        foreach (var item in items)
        {
            reading.Scope.Trace?.Found(Text, JsonText.ForPeople(item));
            if (!TryAdd(item, reading.Scope, values, ref left))
            {
                reading.Scope.Place = items[0].Range;
                reading.Scope.Refuse(MappingCodes.JsonShape, $"a list of more than {ItemsMax} values.", "");
                return true;
            }
        }

        // A text without one of its lines would be another text.
        if (values.Count > 0 && !(isLines && reading.Scope.NoteCount > before))
        {
            slot.Value = FieldValue.Of(string.Join(isLines ? '\n' : FieldValue.ListSeparator, values));
        }

        return values.Count > 0 || reading.Scope.NoteCount > before;
    }

    /// <returns>False when there are more values than may be.</returns>
    private bool TryAdd(JsonItem item, ReadingScope scope, List<string> values, ref int left)
    {
        var parts = PartsOf(item, scope.Format);
        left -= parts?.Length ?? 1;
        if (left < 0)
        {
            return false;
        }

        if (parts is not null)
        {
            scope.Place = item.Range;
            foreach (var part in parts)
            {
                Add(type.Read(part, scope), values);
            }
        }
        else if (item.Kind != JsonItemKind.Null)
        {
            Add(JsonText.Read(type, item, _route.Resource, scope), values);
        }

        return true;
    }

    /// <summary>The parts of a list that is written as one text; null for any other value.</summary>
    private string[]? PartsOf(JsonItem item, MapFormat format) =>
        !isLines && format == MapFormat.AthenaNet && item.Kind == JsonItemKind.Text && item.Range.Length <= JsonText.BytesMax
            && item.TryDecode(out var text) && text.Contains('\t', StringComparison.Ordinal)
            ? text.Split('\t', ItemsMax + 1, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : null;

    private void Add(string? value, List<string> values)
    {
        if (value is not null && (isLines || !values.Contains(value)))
        {
            values.Add(value);
        }
    }
}

/// <summary>Several places of a JSON document that are joined before they are read: <c>date + starttime</c>.</summary>
internal sealed class JsonJoinReader(IReadOnlyList<JsonPath> paths, IValueType type) : PlaceReader(string.Join(" + ", paths))
{
    private readonly JsonRoute[] _routes = [.. paths.Select(path => path.Route)];

    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var joined = "";
        foreach (var route in _routes)
        {
            var item = reading.Find(route);
            if (!item.IsPresent)
            {
                continue;
            }

            slot.Place = reading.Scope.Place = item.Range;
            if (item.Kind == JsonItemKind.Null)
            {
                slot.Value = FieldValue.Cleared;
                return true;
            }

            if (JsonText.Decode(item, reading.Scope) is not { } text)
            {
                return true;
            }

            reading.Scope.Trace?.Found(Text, text);
            joined = joined.Length == 0 ? text.Trim() : string.IsNullOrWhiteSpace(text) ? joined : joined + " " + text.Trim();
        }

        if (joined.Length == 0)
        {
            return false;
        }

        if (type.Read(joined, reading.Scope) is { } value)
        {
            slot.Value = FieldValue.Of(value);
        }

        return true;
    }
}
