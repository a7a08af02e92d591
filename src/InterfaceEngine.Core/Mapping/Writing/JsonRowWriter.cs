using System.Text.RegularExpressions;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>One row of the table, made ready to write its field into a JSON document of athenaNet or FHIR R4.</summary>
internal sealed partial class JsonRowWriter : ICellWriter
{
    private readonly MapFormat _format;
    private readonly FormatCell _cell;
    private readonly IValueType _type;
    private readonly JsonTarget[] _target;
    private readonly JsonTarget[][] _places;
    private readonly JsonTarget[] _others;
    private readonly string _region;
    private readonly Expression? _value;
    private readonly Expression? _when;

    private JsonRowWriter(FieldRow row, MapFormat format, FormatCell cell, JsonPlace place, Expression? value, string? resource, string region)
    {
        Row = row;
        _format = format;
        _cell = cell;
        _type = FramedType.Of(ValueTypes.Of(row.As, region), place.Frame, isAlone: true);
        _region = region;
        _value = value;
        _when = row.WhenIn(format);
        JsonTarget[] Targets(JsonPlace one) => [.. one.Paths.Select(path => JsonTarget.Of(path, resource, row.Definition.IsList && value is null))];
        _target = Targets(place);

        // Over a document that is there already a value goes where it was read from, unless the cell says where it is written.
        _places = value is not null ? [_target] : [.. cell.Alternatives.OfType<JsonPlace>().Select(Targets), _target];
        _others = [.. _places.SelectMany(targets => targets)];
    }

    public FieldRow Row { get; }

    public CellReference Cell => _cell.Reference;

    public string Place => string.Join(" + ", _target.Select(target => target.Path));

    public bool IsAssigned => _value is not null;

    /// <summary>What follows from the record's fields changes with them.</summary>
    public bool IsOnlyForNew => _value is { Fields.Count: 0 };

    public bool DependsOnMessage => false;

    public bool IsReadBack => _cell.IsRead && !IsAssigned && !Row.IsTransient;

    /// <summary>The writer of a row, or null when the format has no place for its field that is written.</summary>
    /// <param name="resource">The resource's type; null for athenaNet.</param>
    public static JsonRowWriter? Of(FieldRow row, MapFormat format, string? resource, string region) => row.Cells.GetValueOrDefault(format) is not { Target: { } target } cell ? null : target switch
    {
        JsonPlace place => new JsonRowWriter(row, format, cell, place, null, resource, region),
        AssignedPlace { Place: JsonPlace place } assigned => new JsonRowWriter(row, format, cell, place, assigned.Value, resource, region),
        _ => null,
    };

    public bool Applies(RecordWriting record) => _when is null || _when.Holds(record);

    public void Write(RecordWriting record)
    {
        var value = (_value is null ? record[Row.Name] : _value.Evaluate(record).Text) is { Length: > 0 } text ? text : null;
        if (value is null && !IsGone(record))
        {
            return;
        }

        var targets = record.IsFresh ? _target : PlaceIn(record.Document!);
        record.Scope.Begin(Row.Name, Cell, targets[0].Path.Text);
        if (value is null)
        {
            Remove(record, record.IsFresh ? _target : _others);
        }
        else if (!record.IsFresh && IsSaid(record, targets, value))
        {
            record.Written.Add(Row);
            if (record.Changes is { } changes && IsOfWhom)
            {
                CopyTo(changes, record.Document!, targets);
            }
        }
        else if (Put(record, _cell.WrittenElsewhere is null ? targets : _target, value))
        {
            record.Written.Add(Row);
        }
    }

    /// <summary>Takes away what the receiver holds of a field that the record can't have, unless another row wrote it.</summary>
    public void RemoveUntouched(RecordWriting record)
    {
        if (IsAssigned)
        {
            return;
        }

        record.Scope.Begin(Row.Name, Cell, Place);
        Remove(record, _others.Where(target => target.Find(record.Document!) is { } held && FormerWords.IsUntouched(held)));
    }

    /// <summary>
    /// What holds nothing is taken away where this change removed it, or it is left of a unit; what a formula makes, where it speaks of
    /// fields that the record has or that this change removed.
    /// </summary>
    private bool IsGone(RecordWriting record) => _value is null ? record.IsCleared(Row.Name) || IsLeftOfUnit(record)
        : !record.IsFresh && _value.Fields.Any(field => record[field.Name] is not null || record.IsCleared(field.Name));

    /// <summary>
    /// Over what the receiver holds: the record has the unit (an address) without this part, so what stands there is of another.
    /// </summary>
    private bool IsLeftOfUnit(RecordWriting record) => !record.IsFresh && Row.Definition.Unit != Row.Name && record.HasUnit(Row.Definition.Unit);

    private JsonTarget[] PlaceIn(JsonDraft document) => Array.Find(_places, targets => targets[0].Find(document) is not null) ?? _target;

    /// <summary>The document says it already, though perhaps in another spelling: then nothing of it is touched.</summary>
    private bool IsSaid(RecordWriting record, JsonTarget[] targets, string value)
    {
        var held = targets[0].Find(record.Document!);
        if (IsAssigned && held?.Text == value)
        {
            held.Confirm();
            return true;
        }

        // What stood beside a value that changed may be gone meanwhile; a formula reads elsewhere.
        if (IsAssigned || (held is null && !_cell.Alternatives.OfType<ExpressionPlace>().Any()))
        {
            return false;
        }

        var scope = new ReadingScope(_format, NodaTime.Instant.FromUnixTimeTicks(0), record.Scope.Zone);
        var reading = new RecordReading(scope, null, null) { Root = record.Original };
        var slot = default(Slot);
        foreach (var reader in RowReader.Places(Row, _cell, _region, clearsEmptyCsv: false))
        {
            if (reader.TryRead(reading, ref slot))
            {
                var isSaid = slot.Value.Text == (Row.As is { Type: "ref", Kind: RecordDefinition.Patient } ? record.Scope.ExternalIdOf(value) : value);
                foreach (var target in isSaid ? targets : [])
                {
                    target.Find(record.Document!)?.Confirm();
                }

                return isSaid;
            }
        }

        return false;
    }

    /// <summary>Of whom or what a call speaks: it says so also where that is no change.</summary>
    private bool IsOfWhom => Row.IsKey || Row.As is { Type: "ref", Kind: RecordDefinition.Patient };

    private static void CopyTo(JsonDraft changes, JsonDraft document, JsonTarget[] targets)
    {
        foreach (var target in targets)
        {
            if (target.Find(document) is { } held)
            {
                target.Put(changes, held);
            }
        }
    }

    private void Remove(RecordWriting record, IEnumerable<JsonTarget> targets)
    {
        foreach (var target in targets)
        {
            if (record.IsFresh && !target.IsFhir)
            {
                Fault(record, target.PutNull(record.Document!));
            }
            else if (target.Remove(record.Document!, Row.Definition.IsList) && record.Changes is { } changes)
            {
                Fault(record, target.PutNull(changes));
            }
        }
    }

    private bool Put(RecordWriting record, JsonTarget[] targets, string value)
    {
        if (targets.Length > 1)
        {
            return PutJoined(record, targets, value);
        }

        var target = targets[0];
        if (!Row.Definition.IsList || IsAssigned)
        {
            return Make(record, target, target.Find(record.Document!), value) is { } made && Put(record, target, made);
        }

        var values = new List<JsonDraft>();
        foreach (var item in value.Split(FieldValue.ListSeparator))
        {
            if (Make(record, target, null, item) is not { } one)
            {
                return false;
            }

            values.Add(one);
        }

        return Fault(record, target.PutAll(record.Document!, values)) && (record.Changes is not { } changes || Fault(record, target.PutAll(changes, values)));
    }

    private static bool Put(RecordWriting record, JsonTarget target, JsonDraft value) =>
        Fault(record, target.Put(record.Document!, value)) && (record.Changes is not { } changes || Fault(record, target.Put(changes, value)));

    /// <summary>A date with a time is cut between the two; every other text at its blanks.</summary>
    private bool PutJoined(RecordWriting record, JsonTarget[] targets, string value)
    {
        if (_type.Write(value, record.Scope) is not { } text)
        {
            return false;
        }

        var parts = Row.As.Type == "instant" ? WritingParts.OfInstant(text, record.Scope) : text.Split(' ', targets.Length);
        for (var index = 0; index < parts.Length; index++)
        {
            if (!Put(record, targets[index], JsonDraft.Of(parts[index])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value as the place takes it; null, after it was reported, when it can't.</summary>
    /// <param name="former">What stands there; what else an object says stays.</param>
    private JsonDraft? Make(RecordWriting record, JsonTarget target, JsonDraft? former, string value)
    {
        if (!IsAssigned && target.Element is { IsPrimitive: false } element && _type is IJsonType parts)
        {
            var made = former is { Kind: JsonItemKind.Object } ? former : JsonDraft.NewObject();
            return parts.Write(value, made, element.Type, record.Scope) ? made : null;
        }

        var text = IsAssigned ? value : _type.Write(value, record.Scope);
        if (text is null)
        {
            return null;
        }

        if (!IsAssigned && target.Path.Route.Resource is { } resource)
        {
            if (!JsonReference.IsId(text))
            {
                record.Scope.Refuse(WritingCodes.Value, "not an id that a reference can name: 1 to 64 letters, digits, - and dots.", text, $"'{text}' is not an id that a reference can name: 1 to 64 letters, digits, - and dots.");
                return null;
            }

            text = resource + text;
        }

        switch (target.Kind)
        {
            case JsonKind.Number when !JsonNumber().IsMatch(text):
                record.Scope.Refuse(WritingCodes.Value, "a number is expected there.", text, $"'{text}' is not a number, and one is expected there.");
                return null;
            case JsonKind.Number:
                return JsonDraft.Number(text);
            case JsonKind.Boolean when text is not ("true" or "false"):
                record.Scope.Refuse(WritingCodes.Value, "true or false is expected there.", text, $"'{text}' is neither true nor false.");
                return null;
            case JsonKind.Boolean:
                return JsonDraft.Of(text == "true");
            default:
                return JsonDraft.Of(text);
        }
    }

    private static bool Fault(RecordWriting record, string? fault)
    {
        if (fault is not null)
        {
            record.Scope.Reject(WritingCodes.Place, fault + ".");
        }

        return fault is null;
    }

    [GeneratedRegex(@"^-?(0|[1-9]\d*)(\.\d+)?$")]
    private static partial Regex JsonNumber();
}
