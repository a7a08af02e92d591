using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Store;

/// <summary>Units to store, each with as little as its test needs.</summary>
internal sealed class StoreSamples(StoreClock clock)
{
    public const string Practice = "1959";
    public const string OtherPractice = "1960";

    private readonly IdSource _ids = new(clock, new Random(1));

    public EngineId NextId() => _ids.Next();

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static RecordAlias Patient(string value, string system = "athenahealth") => new("patient", system, value);

    public MessageWrite Message(MessageState state = MessageState.Applied, string body = "MSH|^~\\&|", string source = "front-desk", string controlId = "C1") => new()
    {
        Id = NextId(),
        Source = source,
        ReceivedAt = clock.Milliseconds,
        Event = "ADT^A04",
        State = state,
        Body = Bytes(body),
        Reply = Bytes("MSA|AA|" + controlId),
        ControlId = controlId,
        MappingSet = "set-1",
        Detail = """{"did":"something"}""",
    };

    public static DeliveryWrite Delivery(EngineId id, string lane, string destination) => new()
    {
        Id = id,
        Destination = destination,
        Lane = lane,
        Event = "SIU^S12",
        ControlId = id.ToString(),
        Body = Bytes($"MSH|^~\\&|||||||SIU^S12|{id}|P|2.3\r"),
    };

    /// <summary>A claim that leaves out no lane.</summary>
    public static ClaimScope Scope(int limit, IReadOnlySet<EngineId>? onTheirWay = null) => new(onTheirWay ?? new HashSet<EngineId>(), _ => true, limit);

    public static ReceiptKey Receipt(string control, string body = "same") => new(control, Bytes(body.PadRight(32, '.')));

    public CommitUnit Unit(MessageWrite? message = null, ReceiptKey? receipt = null, string? practice = Practice, params RecordWrite[] records) => new()
    {
        Practice = practice,
        Message = message ?? Message(),
        Receipt = receipt,
        Records = records,
    };

    public StoredField Field(string name, string? value, EngineId message = default) => new(
        name,
        value,
        new Cause(message == default ? new EngineId(1) : message, clock.Milliseconds, "front-desk", "set-1"),
        new CellReference("athenahealth/patient.map.md", 24, 25),
        new ByteRange(120, 8));

    public StoredRecord Record(string externalId, string lastName, string practice = Practice, string type = "patient") => new()
    {
        Id = NextId(),
        Practice = practice,
        Type = type,
        Version = 1,
        Aliases = [new RecordAlias(type, "athenahealth", externalId)],
        Fields = [Field("last_name", lastName), Field("first_name", "Ann"), new StoredField("sex", null, null, null, ByteRange.None)],
    };

    public static RecordWrite Create(StoredRecord record, params LookUpKey[] lookUps) => new()
    {
        Next = record,
        ExpectedVersion = 0,
        NewAliases = record.Aliases,
        NewLookUps = lookUps,
        Changes = [.. record.Fields.Where(field => field.Value is not null).Select(field => new FieldChange(field.Name, null, field.Value, field.Cell, field.Place))],
    };

    public RecordWrite Change(StoredRecord stored, string field, string? value)
    {
        var next = new StoredRecord
        {
            Id = stored.Id,
            Practice = stored.Practice,
            Type = stored.Type,
            Version = stored.Version + 1,
            ChangedSequence = stored.ChangedSequence,
            Aliases = stored.Aliases,
            Fields = [.. stored.Fields.Select(old => old.Name == field ? Field(field, value) : old)],
        };
        return new RecordWrite
        {
            Next = next,
            ExpectedVersion = stored.Version,
            Confirmations = stored.Confirmations,
            Changes = [new FieldChange(field, stored[field], value, next.Find(field)!.Cell, next.Find(field)!.Place)],
        };
    }

    public static LoadQuery Query(params RecordAlias[] aliases) => new(null, aliases, []);

    public static AuditEntry Audit(string action = "records show", string? practice = Practice, string subject = "patient 7") =>
        new("ann", action, practice, subject, "she called");
}
