using InterfaceEngine.Core.Mapping.Explaining;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Control.Explaining;

/// <summary>Who or what made a value what it is, in words.</summary>
internal sealed class Origins(IStoreReader reader, StoredRecord record, MessageShelf messages, Practice practice)
{
    private const int AuditMax = 10_000;

    private IReadOnlyList<StoredAudit>? _audit;

    /// <param name="id">The message.</param>
    /// <param name="at">When what it tells of happened; null when that is not known.</param>
    /// <param name="place">Where the value stood.</param>
    /// <param name="why">Why the message is not to be had; null when it is.</param>
    /// <param name="engine">What the engine itself concluded from it; null for what it says.</param>
    public OriginView OfMessage(EngineId id, long? at, MessagePlace? place, string? why, string? engine)
    {
        var text = messages.Find(id, out _) is { } stored ? $"{Text(stored)}{CopyOf(stored)}" : why ?? "";
        return new OriginView(engine is null ? "message" : "engine", engine is null ? text : $"{engine} ({text})")
        {
            Message = id.ToString(),
            At = at is { } time ? Local(time) : null,
            Place = place?.Text,
            Offset = place is null || place.Range.IsNone ? -1 : place.Range.Offset,
            Length = place?.Range.Length ?? 0,
            Raw = place?.Raw,
        };
    }

    /// <summary>The latest event that said a value again.</summary>
    public OriginView Again(Cause cause, MessagePlace? place) => cause.IsOfCommand
        ? OfCommand(cause, cause.EventTime)
        : OfMessage(cause.Message, cause.EventTime, place, messages.Find(cause.Message, out var why) is null ? why : null, null);

    /// <param name="cause">The command.</param>
    /// <param name="committedAt">When it was on disk: the audit knows by whom.</param>
    public OriginView OfCommand(Cause cause, long committedAt)
    {
        var command = cause.Source[Cause.CommandPrefix.Length..];
        var entry = Audit.Where(row => row.Action == command && row.Subject?.Contains(record.Id.ToString(), StringComparison.Ordinal) == true).MinBy(row => Math.Abs(row.At - committedAt));
        return new OriginView("command", $"{command}{(entry is null ? "" : $" by {entry.Actor}")}{(entry?.Reason is { Length: > 0 } reason ? $": \"{reason}\"" : "")}") { At = Local(cause.EventTime) };
    }

    /// <summary><c>ADT^A04 12345</c>; of one that is not to be had, why.</summary>
    public string Text(EngineId message) => messages.Find(message, out var why) is { } stored ? Text(stored) : why!;

    private static string Text(StoredMessage stored) => $"{stored.Event} {stored.ControlId}".TrimEnd();

    private string CopyOf(StoredMessage stored) => stored.Parent is { } parent
        ? $", a corrected copy of message {parent}{By("messages correct", $"message {parent}", stored.Id)}"
        : "";

    private IReadOnlyList<StoredAudit> Audit => _audit ??= reader.Audit(record.Practice, AuditMax);

    private string By(string action, string subject, EngineId copy) =>
        Audit.Where(row => row.Action == action && row.Subject == subject).MinBy(row => Math.Abs(row.At - IdSource.TimeOf(copy).ToUnixTimeMilliseconds())) is { } entry ? $", by {entry.Actor}" : "";

    private DateTimeOffset Local(long milliseconds) => Instant.FromUnixTimeMilliseconds(milliseconds).InZone(practice.Zone).ToDateTimeOffset();
}
