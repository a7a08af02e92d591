using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>What the records of a message would be stored as if nothing of them were known yet, so that they can be written.</summary>
internal sealed class FreshRecords
{
    private readonly Dictionary<EngineId, string> _people = [];
    private readonly Dictionary<EngineId, int> _parts = [];

    public FreshRecords(IEnumerable<IncomingRecord> read) => Records = [.. read.Select((record, index) => Stored(record, new EngineId(index + 1)))];

    /// <summary>One for each that was read, in that order.</summary>
    public IReadOnlyList<StoredRecord> Records { get; }

    /// <summary>Which segment of its name a record was read from, as <see cref="OutgoingMessage.Parts"/> takes it.</summary>
    public IReadOnlyDictionary<EngineId, int> Parts => _parts;

    /// <summary>The sender's id of a patient that a record refers to.</summary>
    public string? ExternalIdOf(EngineId patient) => _people.GetValueOrDefault(patient);

    private StoredRecord Stored(IncomingRecord record, EngineId id)
    {
        if (record.Part is { } part && part.IndexOf('[', StringComparison.Ordinal) is > 0 and var open && int.TryParse(part.AsSpan()[(open + 1)..^1], out var number))
        {
            _parts[id] = number;
        }

        return new StoredRecord
        {
            Id = id,
            Practice = "",
            Type = record.Type,
            Version = 1,
            Aliases = record.Aliases,
            Fields = [.. record.Fields.Select(field => new StoredField(field.Definition.Name, Ours(field), null, field.Cell, ByteRange.None))],
        };
    }

    /// <summary>A patient is referred to by an id of ours.</summary>
    private string? Ours(IncomingField field)
    {
        if (field.Definition.ReferenceKind != RecordDefinition.Patient || field.Value.Text is not { } external)
        {
            return field.Value.Text;
        }

        var id = new EngineId(1_000_000 + _people.Count);
        _people[id] = external;
        return id.ToString();
    }
}
