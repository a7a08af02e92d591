using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// The names under which a record is known: the row with the rule <c>key</c>, rows with <c>alias SYSTEM</c>, and for
/// an item of a list the patient's id with the fields of the header <c>key:</c>. Where a list has both, the header's key is for
/// items without an id of their own. Rows with <c>tells apart SYSTEM</c> give a name beside that key, by which items of one key are several.
/// </summary>
internal sealed class KeyRule
{
    private readonly RecordDefinition _definition;
    private readonly (int Slot, string System)[] _names;
    private readonly (int Slot, string System, IdFrame? Frame)[] _finders;
    private readonly (int Slot, FieldDefinition Field)[] _own;
    private readonly (int Slot, bool IsName)[] _parts;
    private readonly (int Slot, bool IsName)[] _otherParts;
    private readonly string _otherSystem;
    private readonly int _owner;
    private readonly int _named;
    private readonly FieldRow? _identifier;
    private readonly bool _numbersRepeats;

    public KeyRule(RecordMap map, Func<string, int> slotOf)
    {
        _definition = map.Definition;
        _names = [.. map.Rows
            .Where(row => row.IsKey || row.AliasSystem is not null)
            .OrderBy(row => row.IsKey ? 0 : 1)
            .Select(row => (slotOf(row.Name), row.AliasSystem ?? map.Definition.IdSystem))
            .Distinct()];
        _finders = [.. map.Rows.Where(row => row.FinderSystem is not null).Select(row => (slotOf(row.Name), row.FinderSystem!, row.FinderFrame)).DistinctBy(finder => (finder.Item1, finder.Item2))];
        _own = [.. map.Definition.TellingApart.Select(field => (slotOf(field.Name), field))];
        _parts = Parts(map, map.Key, slotOf);
        _otherParts = Parts(map, map.OtherKey, slotOf);
        _otherSystem = map.OtherKey.Count == 0 ? "" : map.OtherKey[0];
        var patient = map.Rows.FirstOrDefault(row => row.As is { Type: "ref", Kind: RecordDefinition.Patient });
        _owner = patient is null ? -1 : slotOf(patient.Name);
        _numbersRepeats = map.NumbersRepeats;
        _named = _parts.Length > 0 && map.Rows.FirstOrDefault(row => row.IsKey) is { } named ? slotOf(named.Name) : -1;
        _identifier = map.Rows.FirstOrDefault(row => row.IsKey) ?? patient;
    }

    private static (int Slot, bool IsName)[] Parts(RecordMap map, IReadOnlyList<string> key, Func<string, int> slotOf) =>
        [.. key.Select(name => (slotOf(name), map.Rows.First(row => row.Name == name).As.Type == "name"))];

    private bool IsItem => _parts.Length > 0 || _definition.List != ListKind.None;

    /// <summary>The patient that an item of a list belongs to.</summary>
    public string? Owner(RecordReading reading) => IsItem && _owner >= 0 ? reading[_owner].Value.Text : null;

    /// <summary>The name that the row with the rule <c>key</c> gives; null when it gives none.</summary>
    public RecordAlias? Name(RecordReading reading) =>
        _identifier is { IsKey: true } && reading[_names[0].Slot].Value.Text is { } value ? new RecordAlias(_definition.Type, _definition.IdSystem, value) : null;

    /// <summary>The record's aliases; null, after it was reported, when nothing identifies it.</summary>
    public IReadOnlyList<RecordAlias>? Aliases(RecordReading reading, Verb verb)
    {
        var owner = Owner(reading);
        if (IsItem && _owner >= 0 && owner is null)
        {
            ReportMissing(reading, verb);
            return null;
        }

        var isNamed = _named >= 0 && reading[_named].Value.HasValue;
        var other = _otherParts.Length == 0 || isNamed ? null : ItemKey(reading, _otherSystem, _otherParts, owner ?? "", needsFirst: true);

        // What has neither number is still an item, of which its required fields say what is missing.
        var item = _parts.Length == 0 || isNamed ? null : ItemKey(reading, _definition.IdSystem, _parts, owner ?? "", needsFirst: other is not null);
        if (isNamed)
        {
            TellApart(reading);
        }

        var count = (item is null ? 0 : 1) + (other is null ? 0 : 1);
        foreach (var (slot, _) in _names)
        {
            count += reading[slot].Value.HasValue ? 1 : 0;
        }

        if (count == 0)
        {
            ReportMissing(reading, verb);
            return null;
        }

        foreach (var (slot, _) in _own)
        {
            count += reading[slot].Value.HasValue ? 1 : 0;
        }

        var aliases = new RecordAlias[count];
        var at = 0;
        if (item is not null)
        {
            aliases[at++] = new RecordAlias(_definition.Type, _definition.IdSystem, item);
        }

        if (other is not null)
        {
            aliases[at++] = new RecordAlias(_definition.Type, _otherSystem, other);
        }

        foreach (var (slot, system) in _names)
        {
            if (reading[slot].Value.Text is { } value)
            {
                aliases[at++] = new RecordAlias(_definition.Type, system, value);
            }
        }

        foreach (var (slot, field) in _own)
        {
            if (reading[slot].Value.Text is { } value)
            {
                // An id that goes over to another item with another key is an item's name together with the key.
                var name = field.IsOfOneKey && item is not null ? value + item[item.IndexOf(FieldValue.ListSeparator, StringComparison.Ordinal)..] : value;
                aliases[at++] = new RecordAlias(_definition.Type, field.TellsApart!, name);
            }
        }

        return aliases;
    }

    /// <summary>Names by which the record may be known too, beyond its aliases.</summary>
    public IReadOnlyList<RecordAlias> Finders(RecordReading reading, IReadOnlyList<RecordAlias> aliases)
    {
        List<RecordAlias>? finders = null;
        foreach (var (slot, system, frame) in _finders)
        {
            if (reading[slot].Value.Text is { } value && new RecordAlias(_definition.Type, system, frame?.Around(value) ?? value) is var finder && !aliases.Contains(finder))
            {
                (finders ??= []).Add(finder);
            }
        }

        return finders ?? [];
    }

    /// <summary>The patient's id and the item's key; null when nothing of the key was said.</summary>
    private string? ItemKey(RecordReading reading, string system, (int Slot, bool IsName)[] parts, string owner, bool needsFirst)
    {
        if (needsFirst && !reading[parts[0].Slot].Value.HasValue)
        {
            return null;
        }

        var key = new string[parts.Length + 1];
        key[0] = owner;
        var isSaid = false;
        for (var index = 0; index < parts.Length; index++)
        {
            var (slot, isName) = parts[index];
            var text = reading[slot].Value.Text ?? "";
            isSaid |= text.Length > 0;

            // A change of letter case only is not a change of name, so it does not make another item either.
            key[index + 1] = isName ? text.ToUpperInvariant() : text;
        }

        if (!isSaid)
        {
            return null;
        }

        // The first keeps the plain key, so that it is the same item in a message that has no second.
        var plain = string.Join(FieldValue.ListSeparator, key);
        var number = reading.CountRepeat(_definition.Type, system, plain + OwnIdOf(reading));
        if (number == 1)
        {
            return plain;
        }

        if (!_numbersRepeats)
        {
            NoteRepeated(reading, "key: both were taken as one, and the later one's word holds");
            return plain;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{plain}{FieldValue.ListSeparator}{number}");
    }

    /// <summary>What makes an item of the same key another one.</summary>
    private string OwnIdOf(RecordReading reading)
    {
        var id = "";
        foreach (var (slot, _) in _own)
        {
            id += reading[slot].Value.Text is { } text ? FieldValue.ListSeparator + text : "";
        }

        return id;
    }

    /// <summary>Two items of one message with one id are two where the header's key numbers repeats, and otherwise one; either is said.</summary>
    private void TellApart(RecordReading reading)
    {
        ref var id = ref reading[_named].Value;
        var number = reading.CountRepeat(_definition.Type, _definition.IdSystem, id.Text!);
        if (number > 1 && !_numbersRepeats)
        {
            NoteRepeated(reading, "id: both were taken as one");
        }
        else if (number > 1)
        {
            id = FieldValue.Of(string.Create(CultureInfo.InvariantCulture, $"{id.Text}/{number}"));
            NoteRepeated(reading, string.Create(CultureInfo.InvariantCulture, $"id: it is one of its own, with /{number} behind the id"));
        }
    }

    private void NoteRepeated(RecordReading reading, string consequence)
    {
        reading.Scope.Begin(null, null);
        reading.Scope.Path = reading.Segment.Name;
        reading.Scope.Place = reading.Segment.Range;
        reading.Scope.Warn(MappingCodes.IdRepeated, $"a second {_definition.Type} of this message with the same {consequence}.");
    }

    private void ReportMissing(RecordReading reading, Verb verb)
    {
        var scope = reading.Scope;
        if (_parts.Length > 0 && Owner(reading) is not null)
        {
            scope.Begin(null, null);
            scope.Path = reading.Segment.IsPresent ? reading.Segment.Name : "";
            scope.Place = reading.Segment.Range;
            scope.Warn(MappingCodes.ItemKeyMissing, $"a {_definition.Type} without what identifies it: it was left out.");
            return;
        }

        // One missing identifier is one problem, however many records it keeps from being made.
        if (scope.Has(NoteSeverity.Reject, MappingCodes.KeyMissing) || scope.Has(NoteSeverity.Reject, MappingCodes.SpreadsheetNumber))
        {
            return;
        }

        var cell = _identifier is not null && _identifier.Cells.TryGetValue(scope.Format, out var found) ? found : null;
        scope.Begin(_identifier?.Name, cell?.Reference ?? _identifier?.Origin);
        var (reason, sentence, identifiers) = Explain(reading, cell);
        if (verb == Verb.Fill)
        {
            scope.Warn(MappingCodes.KeyMissing, reason, identifiers, sentence);
        }
        else
        {
            scope.Reject(MappingCodes.KeyMissing, reason, identifiers, sentence);
        }
    }

    /// <summary>Says which identifiers stood there instead.</summary>
    private (string Reason, string? Sentence, string? Found) Explain(RecordReading reading, FormatCell? cell)
    {
        if (cell is null || cell.Alternatives.Count == 0 || cell.Alternatives[0] is not Hl7Place { Path: { FieldSelector: not null } path } || reading.Message is null)
        {
            reading.Scope.Path = cell is null ? "" : RowReader.TextOf(cell);
            return ($"no identifier of the {_definition.Type}.", null, null);
        }

        reading.Scope.Path = $"{path.Segment}-{path.Field}";
        var found = new List<string>();
        var field = reading.Find(path) is { IsPresent: true } segment ? segment.Field(path.Field) : default;
        reading.Scope.Place = field.Range;
        for (var number = 1; number <= field.RepetitionCount; number++)
        {
            if (field.Repetition(number) is { IsEmpty: false } repetition)
            {
                found.Add($"'{repetition.Decode()}'");
            }
        }

        var text = path.ToString();
        var selector = text[(text.LastIndexOf('[') + 1)..text.LastIndexOf(']')];
        var reason = $"no identifier that fits {selector} among {found.Count}";
        return found.Count == 0
            ? ($"no identifier that fits {selector}: there is none.", null, null)
            : (reason + ".", $"{reason}: {string.Join(", ", found)}.", string.Join(", ", found));
    }
}
