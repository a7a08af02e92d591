using System.Globalization;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>One line of a reconciliation report: a field of which file and engine said different things, or a row that was not applied. Holds a patient's values.</summary>
/// <param name="Row">The row's number in its file.</param>
/// <param name="Record">The kind of record: <c>patient</c>; empty for a row that was not applied.</param>
/// <param name="Id">The id people know it by.</param>
/// <param name="Field">The field, in words.</param>
/// <param name="Ours">What was stored before.</param>
/// <param name="Theirs">What the file says.</param>
/// <param name="Result">What counts now.</param>
/// <param name="Why">What decided.</param>
/// <param name="LastWriter">Who wrote ours, or confirmed it last.</param>
/// <param name="LastWritten">When that happened, UTC milliseconds; null where nobody did.</param>
/// <param name="Message">The row's message, for whoever looks further.</param>
internal sealed record FieldLine(
    long Row, string Record, string Id, string Field, string Ours, string Theirs, string Result, string Why, string LastWriter, long? LastWritten, string Message)
{
    public static IReadOnlyList<string> Columns { get; } =
        ["Row", "Record", "Id", "Field", "Ours", "Theirs", "Result", "Why", "Last written by", "Last written at (UTC)", "Message"];

    public IEnumerable<string> Cells() =>
    [
        Row.ToString(CultureInfo.InvariantCulture), Record, Id, Field, Ours, Theirs, Result, Why, LastWriter,
        LastWritten is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "", Message,
    ];

    /// <summary>What one row comes to: nothing when it changed nothing and kept nothing back.</summary>
    public static IEnumerable<FieldLine> Of(StoredMessage message)
    {
        var detail = message.IsDamaged ? new MessageDetail() : MessageDetail.FromJson(message.Detail);
        if (NotApplied(message) is { } result)
        {
            yield return new FieldLine(message.Number, "", "", "", "", "", result, WhyNot(message, detail), "", null, message.Id.ToString());
            yield break;
        }

        foreach (var record in detail.Records)
        {
            if (record.Did == "created")
            {
                yield return new FieldLine(message.Number, record.Type, record.ExternalId, "(all)", "", "", "new", $"this {record.Type} was not known", "", null, message.Id.ToString());
            }

            foreach (var difference in record.Differences ?? [])
            {
                yield return new FieldLine(
                    message.Number, record.Type, record.ExternalId, InWords(difference.Field), Shown(difference.Ours), Shown(difference.Theirs),
                    difference.Won == "theirs" ? "changed to theirs" : "ours kept", difference.Why, difference.Source ?? "", difference.At, message.Id.ToString());
            }
        }
    }

    /// <summary><c>address.postal_code</c> as an office says it: <c>address postal code</c>.</summary>
    private static string InWords(string field) => field.Replace('_', ' ').Replace('.', ' ');

    private static string Shown(string? value) => value is null ? "(nothing)" : Control(value);

    private static string Control(string value) => value.Replace(Core.Records.FieldValue.ListSeparator.ToString(), ", ", StringComparison.Ordinal);

    private static string? NotApplied(StoredMessage message) => message.State switch
    {
        MessageState.Quarantined or MessageState.Refused => "not applied: refused",
        MessageState.Held => "not applied: held for a person",
        MessageState.Parked or MessageState.Ready => "not applied yet: waits for its patient",
        MessageState.Duplicate => "not applied: the same row came before",
        MessageState.Dismissed => "not applied: dismissed by a person",
        _ => null,
    };

    private static string WhyNot(StoredMessage message, MessageDetail detail) => message.State switch
    {
        MessageState.Quarantined or MessageState.Refused or MessageState.Held => RunReports.Why(message).Reason,
        MessageState.Duplicate => "two rows of the file say the same",
        _ => detail.Notes is [var first, ..] ? first.Reason : "",
    };
}
