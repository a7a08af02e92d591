namespace InterfaceEngine.Core.Records;

/// <summary>What a message does to a record (mapping design §21, Verbs).</summary>
public enum Verb
{
    /// <summary>Makes it, or updates it if it is known. May bring a closed record back.</summary>
    Create,

    /// <summary>Updates it, or makes it if it is unknown.</summary>
    Update,

    /// <summary>Either; nothing is noted.</summary>
    CreateOrUpdate,

    /// <summary>Moves a visit: an update that may bring a closed record back.</summary>
    Reschedule,

    /// <summary>Ends it; an unknown record is stored in its end state, exempt from required fields.</summary>
    Cancel,

    /// <summary>
    /// An update that also says which other record is this one under a retired id (rule <c>merges</c>); an unknown record is exempt
    /// from required fields.
    /// </summary>
    Merge,

    /// <summary>Makes it if it is unknown; otherwise only fills fields that hold nothing (the PID inside an SIU).</summary>
    Fill,
}

/// <summary>One record as a message tells it, before it meets what is stored.</summary>
public sealed class IncomingRecord
{
    public required RecordDefinition Definition { get; init; }

    public required Verb Verb { get; init; }

    /// <summary>Every alias the message gives for the record; the first is the one people see.</summary>
    public required IReadOnlyList<RecordAlias> Aliases { get; init; }

    /// <summary>Names that are not certain to be the record's own: a record of the same patient that has one of them is this one, if no alias names another.</summary>
    public IReadOnlyList<RecordAlias> Finders { get; init; } = [];

    /// <summary>What was said, in the order of the table. Fields of which nothing was said are left out.</summary>
    public required IReadOnlyList<IncomingField> Fields { get; init; }

    /// <summary>The format it came in: <c>HL7 v2</c> or <c>CSV</c>.</summary>
    public required string Format { get; init; }

    /// <summary>For <see cref="Verb.Merge"/>: the external ids that are retired.</summary>
    public IReadOnlyList<string> Retires { get; init; } = [];

    /// <summary>How much of its list the message tells, by its format: a file may name single items where HL7 names all.</summary>
    public ListKind List { get; init; }

    /// <summary>For an item of a list: the external id of the patient it belongs to.</summary>
    public string? Owner { get; init; }

    /// <summary>How many items of the message said the same key (<c>repeat</c>), when this is the first of them; otherwise 1.</summary>
    public int Repeats { get; internal set; } = 1;

    /// <summary>The field that ranks was sent and could not be taken: a code nobody knows.</summary>
    public bool HasUnreadStatus { get; init; }

    /// <summary>When what it tells happened, where it says so itself (a resource of a Bundle), in UTC milliseconds since 1970; null is when its message did.</summary>
    public long? EventTime { get; init; }

    /// <summary>The segment or row it was read from, for reports: <c>IN1[2]</c>, <c>row 4</c>; null when it is the whole message.</summary>
    public string? Part { get; init; }

    /// <summary>
    /// Its vendor has deleted the resource that told of it: it is withdrawn where it is known, and never made. <see cref="Fields"/> say how, and
    /// it names no patient.
    /// </summary>
    public bool IsDeletion { get; init; }

    /// <summary>Of a deletion: what all records that are meant have; null where the first alias names the one.</summary>
    public LookUpKey? DeletedBy { get; init; }

    /// <summary>
    /// It is no record: its document says that the list, which it tells whole, is empty. What is known of <see cref="Owner"/>'s list ends; nothing is made.
    /// </summary>
    public bool IsEmptyList { get; init; }

    public string Type => Definition.Type;

    /// <summary>
    /// The same record with every reference to a patient replaced by our own id, or null when one of them names a
    /// patient who is not known.
    /// </summary>
    /// <param name="find">Gives our id of the patient that a field names, or null.</param>
    public IncomingRecord? WithPatient(Func<IncomingField, EngineId?> find)
    {
        IncomingField[]? resolved = null;
        for (var index = 0; index < Fields.Count; index++)
        {
            var field = Fields[index];
            if (field.Definition.ReferenceKind != RecordDefinition.Patient || !field.Value.HasValue)
            {
                continue;
            }

            if (find(field) is not { } id)
            {
                return null;
            }

            resolved ??= [.. Fields];
            resolved[index] = field with { Value = FieldValue.Of(id.ToString()) };
        }

        return resolved is null ? this : With(Aliases, resolved);
    }

    /// <summary>The same record under other names.</summary>
    public IncomingRecord WithAliases(IReadOnlyList<RecordAlias> aliases) => With(aliases, Fields);

    /// <summary>The same record under the names of another of its message, which had been told apart from it by their order.</summary>
    internal IncomingRecord Named(IncomingRecord other)
    {
        var named = WithAliases(other.Aliases);
        named.Repeats = other.Repeats;
        return named;
    }

    /// <summary>True when it ends the record: a cancellation, or the row or document that tells of one (rule <c>closed by</c>).</summary>
    public bool IsEnd => Verb == Verb.Cancel
        || Fields.Any(said => !said.IsDefault && said.Value.Text is { } text && said.Definition.ClosedValues.Contains(text));

    /// <summary>The cause of what it changes: that of its message, at its own time.</summary>
    public Cause CauseIn(Cause message) => EventTime is { } own && own != message.EventTime ? message with { EventTime = own } : message;

    /// <summary>True when a field of the unit has a value, and with it the clock of the whole unit.</summary>
    public bool HasValueIn(string unit)
    {
        foreach (var field in Fields)
        {
            if (field.Value.HasValue && !field.IsDefault && field.Definition.Unit == unit)
            {
                return true;
            }
        }

        return false;
    }

    public FieldValue this[string name]
    {
        get
        {
            foreach (var field in Fields)
            {
                if (field.Definition.Name == name)
                {
                    return field.Value;
                }
            }

            return FieldValue.Absent;
        }
    }

    /// <summary>The same, of something that happened at a time at the latest, UTC milliseconds.</summary>
    public IncomingRecord AsOf(long latest) => EventTime <= latest ? this : With(Aliases, Fields, latest);

    private IncomingRecord With(IReadOnlyList<RecordAlias> aliases, IReadOnlyList<IncomingField> fields, long? eventTime = null) => new()
    {
        Definition = Definition,
        Verb = Verb,
        Aliases = aliases,
        Finders = Finders,
        Fields = fields,
        Format = Format,
        Retires = Retires,
        List = List,
        Owner = Owner,
        HasUnreadStatus = HasUnreadStatus,
        Repeats = Repeats,
        EventTime = eventTime ?? EventTime,
        Part = Part,
        IsDeletion = IsDeletion,
        DeletedBy = DeletedBy,
    };
}

/// <summary>One field as a message tells it.</summary>
/// <param name="Definition">The field.</param>
/// <param name="Value">Valued or cleared; never absent.</param>
/// <param name="Cell">The cell that decided it.</param>
/// <param name="Place">Where in the message it stood; <see cref="ByteRange.None"/> for a value the mapping itself gave.</param>
/// <param name="IsDefault">What stands in for a code nobody knows: taken only where nothing is stored, and ranks below any event.</param>
/// <param name="IsOfEvent">The event itself says it (<c>Sets</c>), whatever its fields say: a cancellation cancels.</param>
public readonly record struct IncomingField(
    FieldDefinition Definition, FieldValue Value, CellReference Cell, ByteRange Place, bool IsDefault = false, bool IsOfEvent = false);
