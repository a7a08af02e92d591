using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>
/// L2 for one practice: a message is read and written back over itself. Only places that the maps name may change, and the
/// changed message must be read as the same records. A message of several patients is left out: its records say in
/// which patient's part they stand only together.
/// </summary>
internal sealed class ReadWriteLaw(PracticeMaps maps)
{
    /// <summary>What a value can't be written as is left as it is; these say so.</summary>
    private static readonly string[] _left = [WritingCodes.Code, WritingCodes.Reference, WritingCodes.PatientId, WritingCodes.Required, WritingCodes.Check];

    private static readonly Instant _received = Instant.FromUtc(2030, 1, 1, 12, 0);

    private readonly PracticeReader _reader = new(maps);
    private PracticeWriter? _writer;

    /// <summary>Runs the law for a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="normalised">Gets the places whose value was spelled otherwise.</param>
    /// <returns>Null when the message makes no records that could be written; else what went wrong, or an empty text.</returns>
    public string? FaultOf(Hl7Message message, List<string> normalised)
    {
        var read = _reader.Read(message, new ReadContext(_received));
        if (!read.IsMapped || read.IsRejected || read.Records.Count == 0 || message.FindAll("PID").Count > 1)
        {
            return null;
        }

        if (read.Records.Any(record => maps.Find(record.Type)!.IsReadOnly))
        {
            return null;
        }

        var fresh = new FreshRecords(read.Records);
        var written = (_writer ??= new PracticeWriter(_reader)).WriteOver(message, new OutgoingMessage
        {
            Event = message.EventType,
            Records = fresh.Records,
            ExternalIdOf = fresh.ExternalIdOf,
            Header = WriteReadLaw.Header,
            Parts = fresh.Parts,
        });
        if (written.Notes.FirstOrDefault(note => note.Severity == NoteSeverity.Reject && !_left.Contains(note.Code)) is { } refusal)
        {
            return $"{refusal.Code} {refusal.Field}: {refusal.Reason}";
        }

        var after = Hl7Message.Parse(written.Body, message.Options);
        return FaultIn(message, after, normalised) ?? Difference(read, _reader.Read(after, new ReadContext(_received))) ?? "";
    }

    private string? FaultIn(Hl7Message before, Hl7Message after, List<string> normalised)
    {
        if (before.SegmentCount != after.SegmentCount)
        {
            return $"{before.SegmentCount} segments became {after.SegmentCount}.";
        }

        var places = maps.Maps.SelectMany(map => map.Rows).SelectMany(Places).ToHashSet();
        for (var index = 0; index < before.SegmentCount; index++)
        {
            var (one, other) = (before.GetSegment(index), after.GetSegment(index));
            for (var number = 1; number <= Math.Max(one.FieldCount, other.FieldCount); number++)
            {
                if (one.Field(number).Raw.SequenceEqual(other.Field(number).Raw))
                {
                    continue;
                }

                normalised.Add($"{one.Name}-{number}");
                if (!places.Contains((one.Name, number)))
                {
                    return $"{one.Name}-{number} changed, which no row writes.";
                }
            }
        }

        return null;
    }

    /// <summary>Where a row may write: its places and, for what has a unit, the field after them.</summary>
    private static IEnumerable<(string, int)> Places(FieldRow row)
    {
        var cell = row.Cells.GetValueOrDefault(MapFormat.Hl7);
        var places = cell is { IsWritten: true } ? cell.Alternatives.Append(cell.Target!).OfType<Hl7Place>().SelectMany(place => place.Paths) : [];
        return places.SelectMany(path => row.As.Type is "minutes" or "quantity" ? new[] { (path.Segment, path.Field), (path.Segment, path.Field + 1) } : [(path.Segment, path.Field)]);
    }

    private static string? Difference(MappedMessage before, MappedMessage after)
    {
        foreach (var (one, other) in before.Records.Zip(after.Records))
        {
            foreach (var field in one.Fields)
            {
                if (other[field.Definition.Name] != field.Value)
                {
                    return $"{one.Type} {field.Definition.Name} is read otherwise from what was written back.";
                }
            }
        }

        return before.Records.Count == after.Records.Count ? null : $"{before.Records.Count} records became {after.Records.Count}.";
    }
}
