namespace InterfaceEngine.Core.Records;

/// <summary>A record as it is stored. Immutable: a change makes the next version.</summary>
public sealed class StoredRecord
{
    public required EngineId Id { get; init; }

    public required string Practice { get; init; }

    /// <summary>The record type, e.g. <c>patient</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Counts from 1; the store refuses a write that was made from another version.</summary>
    public required long Version { get; init; }

    /// <summary>Sequence number in the change log of the last change of a value; 0 before the first commit.</summary>
    public long ChangedSequence { get; init; }

    /// <summary>Every alias, the one people see first.</summary>
    public required IReadOnlyList<RecordAlias> Aliases { get; init; }

    public required IReadOnlyList<StoredField> Fields { get; init; }

    /// <summary>
    /// Rises with each later file that confirms this version without writing it; 0 before the first. What was made without knowing of a
    /// confirmation is refused by the store like what was made from another version, since it may be older than the file. No part of what is kept.
    /// </summary>
    public long Confirmations { get; init; }

    public string ExternalId => Aliases.Count > 0 ? Aliases[0].Value : Id.ToString();

    /// <summary>The same record under another version number.</summary>
    public StoredRecord AsVersion(long version) => new()
    {
        Id = Id,
        Practice = Practice,
        Type = Type,
        Version = version,
        ChangedSequence = ChangedSequence,
        Aliases = Aliases,
        Fields = Fields,
    };

    /// <summary>The same record with other fields.</summary>
    public StoredRecord WithFields(IReadOnlyList<StoredField> fields) => new()
    {
        Id = Id,
        Practice = Practice,
        Type = Type,
        Version = Version,
        ChangedSequence = ChangedSequence,
        Aliases = Aliases,
        Fields = fields,
        Confirmations = Confirmations,
    };

    /// <summary>The same record under other names.</summary>
    public StoredRecord WithAliases(IReadOnlyList<RecordAlias> aliases) => new()
    {
        Id = Id,
        Practice = Practice,
        Type = Type,
        Version = Version,
        ChangedSequence = ChangedSequence,
        Aliases = aliases,
        Fields = Fields,
        Confirmations = Confirmations,
    };

    /// <summary>The same record with the times at which its fields were said again.</summary>
    public StoredRecord AsConfirmed(IReadOnlyList<StoredField> fields, long confirmations) => new()
    {
        Id = Id,
        Practice = Practice,
        Type = Type,
        Version = Version,
        ChangedSequence = ChangedSequence,
        Aliases = Aliases,
        Fields = fields,
        Confirmations = confirmations,
    };

    public StoredField? Find(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Name == name)
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>The field's value, or null when it holds nothing.</summary>
    public string? this[string name] => Find(name)?.Value;
}

/// <summary>
/// One stored field with where it came from. A cleared field stays, without a value, so that its clock is kept.
/// </summary>
/// <param name="Name">The field's name.</param>
/// <param name="Value">The value in canonical form; null when it was cleared or only its clock is known.</param>
/// <param name="Cause">The latest event that wrote or confirmed it; null for a default, which ranks below any event.</param>
/// <param name="Cell">The mapping cell that decided it; null for what the engine itself wrote.</param>
/// <param name="Place">Where in the message of <paramref name="Cause"/>.</param>
public sealed record StoredField(string Name, string? Value, Cause? Cause, CellReference? Cell, ByteRange Place);

/// <summary>What one commit did to one field: for reports, the change log and undo.</summary>
public sealed record FieldChange(string Name, string? Before, string? After, CellReference? Cell, ByteRange Place);
