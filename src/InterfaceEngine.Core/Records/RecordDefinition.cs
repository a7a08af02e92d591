namespace InterfaceEngine.Core.Records;

/// <summary>What Practice Studio keeps of one kind of thing: its fields and the rules that guard them.</summary>
public sealed class RecordDefinition
{
    /// <summary>The record type of patients, whom other records refer to.</summary>
    public const string Patient = "patient";

    private readonly Dictionary<string, FieldDefinition> _byName;

    public RecordDefinition(string type, string idSystem, IReadOnlyList<FieldDefinition> fields, ListKind list = ListKind.None)
    {
        Type = type;
        IdSystem = idSystem;
        Fields = fields;
        List = list;
        _byName = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        Ranked = fields.FirstOrDefault(field => field.Ranks.Count > 0);
        Retracting = fields.FirstOrDefault(field => field.RetractingValues.Count > 0);
        Counting = fields.FirstOrDefault(field => field.CountedUnit is not null);
        Replacing = fields.FirstOrDefault(field => field.IsReplacing);
        TellingApart = [.. fields.Where(field => field.TellsApart is not null)];
    }

    /// <summary>The record type, e.g. <c>patient</c>.</summary>
    public string Type { get; }

    /// <summary>Where external ids of this map come from: the vendor pack's own system, e.g. <c>athenahealth</c>.</summary>
    public string IdSystem { get; }

    /// <summary>The stored fields in the order of the table; fields that only travel are not here.</summary>
    public IReadOnlyList<FieldDefinition> Fields { get; }

    /// <summary>Whether these records come as a list that belongs to a patient.</summary>
    public ListKind List { get; }

    /// <summary>Stored instants between which a length lies, from the map's equations: a start that moves alone takes its end along.</summary>
    public IReadOnlyList<FieldSpan> Spans { get; init; } = [];

    /// <summary>Header <c>former:</c>: where the value that another took the place of stays visible; null when it does not.</summary>
    public FormerUnit? Former { get; init; }

    /// <summary>The field whose values rank (rule <c>ranks</c>); null when time alone decides.</summary>
    public FieldDefinition? Ranked { get; }

    /// <summary>The field that says that the record was withdrawn (rule <c>retracted by</c>); null when none does.</summary>
    public FieldDefinition? Retracting { get; }

    /// <summary>The field that counts the versions of a unit (rule <c>counts</c>); null when none does.</summary>
    public FieldDefinition? Counting { get; }

    /// <summary>The field that names a record whose place this one takes (rule <c>replaces</c>); null when none does.</summary>
    public FieldDefinition? Replacing { get; }

    /// <summary>The fields that hold a sender's own id of an item (rule <c>tells apart</c>); none for most types.</summary>
    public IReadOnlyList<FieldDefinition> TellingApart { get; }

    /// <summary>The fields of the header <c>key:</c>, by which whoever has no id of an item finds it; none where a record's id says it.</summary>
    public IReadOnlyList<FieldDefinition> KeyFields { get; init; } = [];

    /// <summary>Header <c>joins:</c>: how items that are told of by different keys are found to be one; null when a key alone says it.</summary>
    public JoinRule? Join { get; init; }

    public FieldDefinition? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>Two instants of a record that belong together.</summary>
/// <param name="Start">The field it begins with, e.g. <c>start_time</c>.</param>
/// <param name="End">The field it ends with, e.g. <c>end_time</c>.</param>
public sealed record FieldSpan(string Start, string End);

/// <summary>A unit of which the former value is kept on the record: <c>value</c> in <c>former_value</c>.</summary>
/// <param name="Unit">The unit, e.g. <c>value</c>.</param>
/// <param name="Members">Its fields that are kept, and where: <c>value.text</c> in <c>former_value.text</c>.</param>
public sealed record FormerUnit(string Unit, IReadOnlyList<(string Field, string Former)> Members);

/// <summary>How much of a patient's list one message tells.</summary>
public enum ListKind
{
    /// <summary>Not a list: one record for each message.</summary>
    None,

    /// <summary>The message names some items; the others stay as they are.</summary>
    Partial,

    /// <summary>The message names every item: what it no longer names ends at the event's time, and is never deleted.</summary>
    Full,
}

/// <summary>One stored field and the rules of its row (mapping design §7.4, §11, §21).</summary>
public sealed class FieldDefinition
{
    /// <summary>The field's name, e.g. <c>address.line1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Fields of one unit share a clock and are replaced together: the part before the dot, or the whole name.
    /// </summary>
    public required string Unit { get; init; }

    /// <summary>The <c>As</c> cell as written, e.g. <c>code sex</c>, <c>ref patient</c>.</summary>
    public required string As { get; init; }

    /// <summary>The record's external id. Another value is another alias, never a change.</summary>
    public bool IsKey { get; init; }

    /// <summary>Must be there when the record is made, and can't be cleared later.</summary>
    public bool IsRequired { get; init; }

    /// <summary>An update that would change it is held for a person.</summary>
    public bool IsSealed { get; init; }

    /// <summary>Several values, replaced as a whole.</summary>
    public bool IsList { get; init; }

    /// <summary>A change of letter case only is not a change, unless what is stored is all capitals.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>A quantity: where of two ways that tell it one leaves out whose code the unit is, they say the same.</summary>
    public bool IgnoresUnitSystem { get; init; }

    /// <summary>Taken when a record is made without a value; ranks below any event. Never applied on update.</summary>
    public string? Default { get; init; }

    /// <summary>A later change is put before a person instead of being applied.</summary>
    public bool IsReviewedOnChange { get; init; }

    /// <summary>The format (<c>HL7 v2</c>, <c>CSV</c>, <c>athenaNet</c>, <c>FHIR R4</c>) that wins; others only fill an empty field.</summary>
    public string? PreferredFormat { get; init; }

    /// <summary>Values that end a record's life (cancelled, no_show); empty when there are none.</summary>
    public IReadOnlyList<string> ClosedValues { get; init; } = [];

    /// <summary>Values that, said outright, bring a closed record back (scheduled).</summary>
    public IReadOnlyList<string> ReopeningValues { get; init; } = [];

    /// <summary>The rank of each value that the rule <c>ranks</c> names: 0 for the highest, which a value it does not name has too, and -1, -2 below. Empty when time alone decides.</summary>
    public IReadOnlyDictionary<string, int> Ranks { get; init; } = new Dictionary<string, int>();

    /// <summary>Values that withdraw the record (deleted, wrong_patient); empty when there are none.</summary>
    public IReadOnlyList<string> RetractingValues { get; init; } = [];

    /// <summary>Rule <c>merges</c>: the id that a merge retires. It travels and is not stored.</summary>
    public bool IsMerging { get; init; }

    /// <summary>Rule <c>counts content</c>: the unit whose versions this field counts; null otherwise.</summary>
    public string? CountedUnit { get; init; }

    /// <summary>Rule <c>replaces</c>: this names, by external id, a record of the same type whose place this one takes.</summary>
    public bool IsReplacing { get; init; }

    /// <summary>Rule <c>tells apart SYSTEM</c>: the id that a sender has for this item itself, whatever it says; the id system it is of. Null otherwise.</summary>
    public string? TellsApart { get; init; }

    /// <summary>Rule <c>tells apart SYSTEM of one key</c>: told with another key, the id is that of another item.</summary>
    public bool IsOfOneKey { get; init; }

    /// <summary>The kind of record a <c>ref</c> field names, e.g. <c>patient</c>; null otherwise.</summary>
    public string? ReferenceKind { get; init; }

    /// <summary>Records can be found by this field through a keyed hash.</summary>
    public LookUpKind LookUp { get; init; }

    public override string ToString() => Name;
}

/// <summary>How records are found by a field.</summary>
public enum LookUpKind
{
    None,

    /// <summary>By the whole value.</summary>
    Value,

    /// <summary>By the day of an instant or date, in UTC.</summary>
    Day,
}
