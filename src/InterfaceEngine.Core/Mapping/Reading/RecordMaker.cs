using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>Makes a record of what was read of its fields.</summary>
/// <param name="map">The table.</param>
/// <param name="format">The format that is read.</param>
/// <param name="definitions">The field of each place; null for what is read and not kept.</param>
/// <param name="key">How the record is known.</param>
/// <param name="merging">The place of the field that names those who go into this one, or -1.</param>
/// <param name="ranked">The place of the field whose value ranks what is told, or -1.</param>
internal sealed class RecordMaker(RecordMap map, MapFormat format, FieldDefinition?[] definitions, KeyRule key, int merging, int ranked)
{
    public IncomingRecord Make(RecordReading reading, MessageRule rule, IReadOnlyList<RecordAlias> aliases) => new()
    {
        Definition = map.Definition,
        Verb = rule.Verb,
        Aliases = aliases,
        Fields = Fields(reading),
        Format = format.Title(),
        Finders = key.Finders(reading, aliases),
        Retires = rule.Verb == Verb.Merge && merging >= 0 ? reading[merging].Value.Text?.Split(FieldValue.ListSeparator).Distinct(StringComparer.Ordinal).ToArray() ?? [] : [],
        List = ListOf(reading),
        Owner = key.Owner(reading),
        EventTime = reading.EventTime,
        HasUnreadStatus = ranked >= 0 && reading[ranked].IsUnread,
        Part = reading.Segment.IsPresent ? $"{reading.Segment.Name}[{reading.Occurrence}]" : reading.Part.IsPresent ? $"{reading.List!.List}[{reading.Occurrence}]" : reading.Row?.Part,
    };

    /// <summary>A list that is told whole and holds nothing says that the patient has none any more. Null when no patient is named.</summary>
    public IncomingRecord? MakeEmpty(RecordReading reading, MessageRule rule) => key.Owner(reading) is { } owner
        ? new IncomingRecord
        {
            Definition = map.Definition,
            Verb = rule.Verb,
            Aliases = [new RecordAlias(map.Type, map.Definition.IdSystem, owner)],
            Fields = [],
            Format = format.Title(),
            List = ListKind.Full,
            Owner = owner,
            EventTime = reading.EventTime,
            IsEmptyList = true,
        }
        : null;

    private IncomingField[] Fields(RecordReading reading)
    {
        var count = 0;
        for (var slot = 0; slot < definitions.Length; slot++)
        {
            count += definitions[slot] is not null && !reading[slot].Value.IsAbsent ? 1 : 0;
        }

        var fields = new IncomingField[count];
        var at = 0;
        for (var slot = 0; slot < definitions.Length; slot++)
        {
            ref var read = ref reading[slot];
            if (definitions[slot] is { } definition && !read.Value.IsAbsent)
            {
                fields[at++] = new IncomingField(definition, read.Value, read.Cell!, read.Place, read.IsDefault, read.IsOfEvent);
            }
        }

        return fields;
    }

    /// <summary>How much of its list the message tells. An object that stands by itself in a document, and in no list of it, is one item, and names no others.</summary>
    private ListKind ListOf(RecordReading reading) => map.Lists.GetValueOrDefault(format, map.Definition.List) switch
    {
        ListKind.Full when format is MapFormat.AthenaNet or MapFormat.Fhir && !reading.Part.IsPresent => ListKind.Partial,
        var kind => kind,
    };
}
