using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Reconciliation;

/// <summary>Small record types and a way to say messages in one line, for the tests of this room.</summary>
internal static class Tables
{
    private static readonly CellReference _cell = new("test.map.md", 1, 1);

    public static RecordDefinition Patient { get; } = new("patient", "athenahealth",
    [
        Field("external_id", isKey: true, isSealed: true),
        Field("first_name", isRequired: true, ignoresCase: true),
        Field("last_name", isRequired: true, ignoresCase: true),
        Field("date_of_birth", isRequired: true),
        Field("gender", fallback: "unknown"),
        Field("address.line1", unit: "address"),
        Field("address.line2", unit: "address"),
        Field("address.city", unit: "address"),
        Field("phone_home"),
        Field("email"),
    ]);

    public static RecordDefinition Appointment { get; } = new("appointment", "athenahealth",
    [
        Field("external_id", isKey: true, isSealed: true),
        Field("patient_id", isRequired: true, isSealed: true),
        Field("start_time", isRequired: true),
        new FieldDefinition
        {
            Name = "status", Unit = "status", As = "code appt-status", Default = "scheduled",
            ClosedValues = ["cancelled", "no_show"], ReopeningValues = ["scheduled"],
        },
        Field("notes"),
    ]);

    public static RecordDefinition Coverage { get; } = new("coverage", "athenahealth",
        [Field("plan_id"), Field("member_id")], ListKind.Full);

    public static FieldDefinition Field(
        string name, string? unit = null, bool isKey = false, bool isRequired = false, bool isSealed = false, bool ignoresCase = false, string? fallback = null) => new()
        {
            Name = name,
            Unit = unit ?? name,
            As = "text",
            IsKey = isKey,
            IsRequired = isRequired,
            IsSealed = isSealed,
            IgnoresCase = ignoresCase,
            Default = fallback,
        };

    /// <summary>Event times are minutes; the message id is the order of arrival.</summary>
    public static Cause At(int minute, long message = 0) => new(new EngineId(message == 0 ? minute : message), minute * 60_000L, "test", "set");

    /// <param name="said">Field and value; a null value clears the field.</param>
    public static IncomingRecord Says(RecordDefinition definition, Verb verb, params (string Field, string? Value)[] said) => new()
    {
        Definition = definition,
        Verb = verb,
        Format = "HL7 v2",
        Aliases = [new RecordAlias(definition.Type, definition.IdSystem, said[0].Value ?? "")],
        Fields = [.. said.Select(one => new IncomingField(
            definition.Find(one.Field)!, one.Value is null ? FieldValue.Cleared : FieldValue.Of(one.Value), _cell, new ByteRange(1, 2)))],
    };

    public static StoredRecord Stored(IncomingRecord incoming, Cause cause, long id = 1000) =>
        Reconciler.Reconcile("1959", null, incoming, cause, new EngineId(id)).Next!;

    /// <summary>Applies messages one after another and gives the record they end in.</summary>
    public static StoredRecord After(params (IncomingRecord Incoming, Cause Cause)[] messages)
    {
        StoredRecord? stored = null;
        foreach (var (incoming, cause) in messages)
        {
            stored = Reconciler.Reconcile("1959", stored, incoming, cause, new EngineId(1000)).Next ?? stored;
        }

        return stored!;
    }

    /// <summary>Every order of a few things.</summary>
    public static IEnumerable<IReadOnlyList<T>> Orders<T>(IReadOnlyList<T> items) =>
        items.Count <= 1 ? [items] : items.SelectMany((item, index) => Orders([.. items.Where((_, other) => other != index)]).Select(rest => (IReadOnlyList<T>)[item, .. rest]));
}
