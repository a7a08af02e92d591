using System.Collections.Frozen;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>One record type's table, made ready to read one format.</summary>
internal sealed class CompiledMap
{
    private readonly RecordMap _map;
    private readonly MapFormat _format;
    private readonly Expression? _when;
    private readonly FrozenDictionary<string, int> _slots;
    private readonly FieldDefinition?[] _definitions;
    private readonly RowReader[] _rows;
    private readonly UnitRule[] _units;
    private readonly EquationRule[] _equations;
    private readonly CheckRules _checks;
    private readonly KeyRule _key;
    private readonly RecordMaker _maker;
    private readonly RunRule? _run;
    private readonly JsonParts[] _parts;
    private readonly int _location;
    private readonly LocationClock? _clock;
    private readonly WithdrawalRule _withdrawal;

    public CompiledMap(RecordMap map, MapFormat format)
    {
        _map = map;
        _format = format;
        _when = FieldRow.IsOfOthers(map.When, format) ? null : map.When;
        var names = map.Rows.Select(row => row.Name).Distinct().ToList();
        _slots = names.Select((name, slot) => KeyValuePair.Create(name, slot)).ToFrozenDictionary(StringComparer.Ordinal);
        _definitions = [.. names.Select(name => map.Rows.First(row => row.Name == name)).Select(row => row.IsTransient ? null : row.Definition)];
        var rows = names.Select(name => OfFormat([.. map.Rows.Where(row => row.Name == name)])).ToList();
        var readers = rows.Select((group, slot) => group.Select(row => Reader(slot, row)).ToList()).ToList();
        _units = [.. UnitRule.All(rows, readers, format)];
        _location = rows.FindIndex(group => group[0].As is { Type: "ref", Kind: "location" });
        _rows = [.. readers
            .OrderBy(group => group.Exists(row => row.DependsOnFields) ? 2 : map.UsesLocationZone && group[0].Slot == _location ? 0 : 1)
            .SelectMany(group => group)];
        _equations = [.. map.Equations.Select(equation => new EquationRule(equation, SlotOf(equation.Sum.Name), SlotOf(equation.Left.Name), SlotOf(equation.Right.Name)))];
        _checks = new CheckRules(map);
        _key = new KeyRule(map, SlotOf);
        _maker = new RecordMaker(
            map, format, _definitions, _key, merging: rows.FindIndex(group => group[0].Definition.IsMerging), ranked: map.Definition.Ranked is { } ranked ? SlotOf(ranked.Name) : -1);
        _withdrawal = new WithdrawalRule(map, format);
        _parts = [.. map.Parts.GetValueOrDefault(format, []).Select(list => new JsonParts(list, JsonMessage.ResourceOf(map, format)))];
        _run = map.Run is { } run ? new RunRule(run) : null;
        _clock = map.UsesLocationZone && _location >= 0 ? new LocationClock(map, _location, format, rows[_location][0].As.References) : null;
    }

    public string Type => _map.Type;

    public IReadOnlyList<MessageRule> Messages => _map.Messages;

    /// <summary>The header <c>when:</c> decides whether a message makes this record, so none of it is nothing to speak of.</summary>
    public bool IsOptional => _when is not null && _map.Each is null;

    public bool UsesLocationZone => _map.UsesLocationZone;

    public int SlotCount => _definitions.Length;

    /// <summary>The field's place, or -1.</summary>
    public int SlotOf(string name) => _slots.GetValueOrDefault(name, -1);

    /// <summary>Reads every record of this type that the message or row tells of.</summary>
    public void Read(RecordReading reading, MessageRule rule, List<IncomingRecord> records)
    {
        if (reading.Message is not { } message)
        {
            var before = records.Count;
            reading.Begin(this, default);
            ReadOne(reading, rule, records);
            foreach (var list in reading.Root.IsPresent ? _parts : [])
            {
                var (number, value) = (0, reading.Root[list.Name]);
                ReadParts(reading, list, value, ref number, rule, records);
                if (value.Kind == JsonItemKind.Array && !value.First.IsPresent)
                {
                    ReadEmpty(reading, rule, records);
                }
            }

            SayRepeats(reading, records, before);
        }
        else if (_map.Each is not null)
        {
            ReadEach(reading, message, SegmentName.KeyOf(_map.Each), rule, records);
        }
        else
        {
            ReadPatients(reading, message, rule, records);
        }
    }

    /// <summary>Withdraws what was told by a resource that was deleted.</summary>
    public void ReadDeleted(RecordReading reading, DeletedResource deleted, MessageRule rule, List<IncomingRecord> records)
    {
        reading.Begin(this, default);
        ReadFields(reading);
        var told = SlotOf(DeletedResource.Field) is >= 0 and var slot ? reading[slot].Value.Text : null;
        var name = told is null ? _key.Name(reading) : new RecordAlias(Type, JsonMessage.FhirPrefix.TrimEnd(), told);
        if (name is { } named && _withdrawal.Read(reading, deleted, rule, named, isByTeller: told is not null) is { } withdrawn)
        {
            records.Add(withdrawn);
        }
    }

    private void ReadEach(RecordReading reading, Hl7Message message, int key, MessageRule rule, List<IncomingRecord> records)
    {
        var occurrence = 0;
        var before = records.Count;
        for (var index = message.IndexOf(key, 0); index >= 0; index = message.IndexOf(key, index + 1))
        {
            var first = new Hl7Segment(message, index);
            var (last, count) = _run is null ? (first, 1) : _run.EndOf(first, reading);
            reading.Begin(this, first, occurrence + 1, last);
            ReadOne(reading, rule, records);
            occurrence += count;
            index = last.Index;
        }

        SayRepeats(reading, records, before);
    }

    /// <summary>Tells the first of several that say the same how many they are.</summary>
    private void SayRepeats(RecordReading reading, List<IncomingRecord> records, int before)
    {
        for (var index = before; _map.NumbersRepeats && index < records.Count; index++)
        {
            // Only the first of them has the plain key.
            records[index].Repeats = Math.Max(1, reading.RepeatsOf(records[index].Aliases[0]));
        }
    }

    /// <summary>Once for each element of the list, also of lists in it (athenaNet's medications); one that stands without a list is the only one.</summary>
    private void ReadParts(RecordReading reading, JsonParts list, JsonItem value, ref int number, MessageRule rule, List<IncomingRecord> records)
    {
        if (value.Kind == JsonItemKind.Object)
        {
            reading.Begin(this, list, value, ++number);
            ReadOne(reading, rule, records);
            return;
        }

        foreach (var element in value.Kind == JsonItemKind.Array ? value : default)
        {
            ReadParts(reading, list, element, ref number, rule, records);
        }
    }

    /// <summary>A list that is told whole and holds nothing says that the patient has none any more.</summary>
    private void ReadEmpty(RecordReading reading, MessageRule rule, List<IncomingRecord> records)
    {
        if (_map.Lists.GetValueOrDefault(_format, _map.Definition.List) != ListKind.Full)
        {
            return;
        }

        var before = reading.Scope.NoteCount;
        reading.Begin(this, default);
        ReadFields(reading);
        reading.Scope.ForgetFrom(before);
        if (_maker.MakeEmpty(reading, rule) is { } empty)
        {
            records.Add(empty);
        }
    }

    /// <summary>Once for the message; when it speaks of several patients, once for the part of each.</summary>
    private void ReadPatients(RecordReading reading, Hl7Message message, MessageRule rule, List<IncomingRecord> records)
    {
        var first = message.IndexOf(SegmentName.Pid, 0);
        var next = first < 0 ? -1 : message.IndexOf(SegmentName.Pid, first + 1);
        reading.Begin(this, next < 0 ? default : new Hl7Segment(message, first));
        ReadOne(reading, rule, records);
        for (; next >= 0; next = message.IndexOf(SegmentName.Pid, next + 1))
        {
            reading.Begin(this, new Hl7Segment(message, next));
            ReadOne(reading, rule, records);
        }
    }

    private void ReadOne(RecordReading reading, MessageRule rule, List<IncomingRecord> records)
    {
        if (_when is { Fields.Count: 0 } condition && !condition.Holds(reading))
        {
            NoteSkipped(reading);
            return;
        }

        var before = reading.Scope.NoteCount;
        ReadFields(reading);
        if (_when is { Fields.Count: > 0 } dependent && !dependent.Holds(reading))
        {
            reading.Scope.ForgetFrom(before);
            NoteSkipped(reading);
            return;
        }

        foreach (var unit in _units)
        {
            unit.Apply(reading);
        }

        Set(reading, rule);
        foreach (var equation in _equations)
        {
            equation.Apply(reading);
        }

        _checks.Apply(reading);
        if (_key.Aliases(reading, rule.Verb) is { } aliases)
        {
            _checks.Review(reading, aliases[0].Value);
            records.Add(_maker.Make(reading, rule, aliases));
            reading.Scope.Trace?.End(records[^1]);
        }
        else if (_map.Definition.List != ListKind.None)
        {
            reading.NoteIncomplete(Type);
        }
    }

    /// <summary>
    /// A segment that says more than its number and for which the header <c>when:</c> does not hold: the sender meant
    /// an item, so the list is not whole without it.
    /// </summary>
    private void NoteSkipped(RecordReading reading)
    {
        if (!reading.Segment.IsPresent || !SaysMore(reading.Segment))
        {
            return;
        }

        var scope = reading.Scope;
        scope.Begin(null, null);
        scope.Path = reading.Segment.Name;
        scope.Place = reading.Segment.Range;
        scope.Warn(MappingCodes.SegmentSkipped, $"no {Type} was made of it, since the header's when: {_when!.Text} does not hold.");
        if (_map.Definition.List != ListKind.None)
        {
            reading.NoteIncomplete(Type);
        }
    }

    /// <summary>True when it has a value beyond its first field, the set id.</summary>
    private static bool SaysMore(Hl7Segment segment)
    {
        for (var field = segment.FieldCount; field > 1; field--)
        {
            if (segment.Field(field) is { HasValue: true } value && !value.SaysNothing())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of a field's rows the first whose <c>When</c> holds applies.</summary>
    private void ReadFields(RecordReading reading)
    {
        var read = -1;
        foreach (var row in _rows)
        {
            if (row.Slot == read || !row.Applies(reading))
            {
                continue;
            }

            row.Read(reading);
            read = row.Slot;
            if (read == _location)
            {
                _clock?.Set(reading);
            }
        }
    }

    private void Set(RecordReading reading, MessageRule rule)
    {
        for (var index = 0; index < rule.Sets.Count; index++)
        {
            var clause = rule.Sets[index];
            reading.Scope.Begin(clause.Field.Name, clause.Reference);
            if (reading.TryEvaluate(clause.Value, out var value) && value.Text is { Length: > 0 } text)
            {
                ref var slot = ref reading[SlotOf(clause.Field.Name)];
                slot.Value = FieldValue.Of(text);
                slot.Cell = clause.Reference;
                slot.Place = ByteRange.None;
                slot.IsDefault = false;
                slot.IsOfEvent = true;
                reading.Scope.Trace?.Field(clause.Field.Name);
                reading.Scope.Trace?.Step($"Sets of {rule.Message}", text, clause.Reference);
            }
        }
    }

    /// <summary>How many of its places in JSON an object has.</summary>
    public int CountSaid(JsonItem root) => _map.Rows
        .Select(row => row.Cells.GetValueOrDefault(_format))
        .Count(cell => cell is { IsRead: true } && cell.Alternatives.OfType<JsonPlace>().SelectMany(place => place.Paths).Any(path => path.Route.Find(root).IsPresent));

    /// <summary>Of a field's rows in JSON only those that have a place there: a row of another format decides nothing.</summary>
    private List<FieldRow> OfFormat(List<FieldRow> rows)
    {
        var own = _format is MapFormat.AthenaNet or MapFormat.Fhir ? rows.Where(row => row.Cells.ContainsKey(_format)).ToList() : [];
        return own.Count > 0 ? own : rows;
    }

    private RowReader Reader(int slot, FieldRow row)
    {
        var cell = row.Cells.GetValueOrDefault(_format);
        return new RowReader(slot, row, cell, RowReader.Places(row, cell, _map.Region, _map.ClearsEmptyCsv), _format);
    }

}
