using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>What is stored, as people see it.</summary>
internal static class Views
{
    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Stands where what can't be opened would stand.</summary>
    public const string Damaged = "can't be opened: it was altered outside the engine, or its key is not kept";

    private static readonly MessageDetail _damaged = new() { Notes = [new DetailNote("refused", "damaged", null, null, Damaged, null, null)] };

    public static RecordView Of(StoredRecord record) => new(
        record.Id.ToString(),
        record.Practice,
        record.Type,
        Readable(record.ExternalId),
        record.Version,
        [.. BookingNames.Told(record.Aliases).Select(alias => new AliasView(alias.System, Readable(alias.Value)))],
        [.. record.Fields.Select(Of)]);

    /// <param name="change">What changed.</param>
    /// <param name="definition">Which fields are lists; null where nobody asks for their items.</param>
    public static ChangeView Of(StoredChange change, RecordDefinition? definition = null) => new(
        change.Sequence,
        Time(change.CommittedAt),
        change.Message.ToString(),
        Of(change.Fields, definition));

    /// <inheritdoc cref="Of(StoredChange, RecordDefinition?)"/>
    public static IReadOnlyList<FieldChangeView> Of(IReadOnlyList<FieldChange> fields, RecordDefinition? definition) =>
        [.. fields.Select(field => new FieldChangeView(field.Name, ReadableList(field.Before), ReadableList(field.After), field.Cell?.ToString())
        {
            ItemsBefore = Items(field.Before, definition?.Find(field.Name)),
            ItemsAfter = Items(field.After, definition?.Find(field.Name)),
        })];

    public static MessageView Of(StoredMessage message) => new(
        message.Id.ToString(),
        message.Practice,
        message.Source,
        Time(message.ReceivedAt),
        message.Event,
        Word(message.State),
        message.Code,
        message.ControlId,
        message.Size,
        message.MappingSet,
        message.IsDamaged ? _damaged : MessageDetail.FromJson(message.Detail));

    public static ReviewView Of(StoredReview review) => new(
        review.Id.ToString(), review.Practice, review.Kind, review.State, Time(review.FirstSeen), Time(review.LastSeen), review.Count,
        review.Detail is null ? _damaged : MessageDetail.FromJson(review.Detail));

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>A state as the command line writes it: <c>quarantined</c>.</summary>
    public static string Word(MessageState state) => state.ToString().ToLowerInvariant();

    public static MessageState ParseState(string word) =>
        Enum.TryParse<MessageState>(word, ignoreCase: true, out var state) && Enum.IsDefined(state) && !char.IsDigit(word[0])
            ? state
            : throw RequestException.Usage($"{word} is not a state of messages: {string.Join(", ", Enum.GetValues<MessageState>().Select(Word))}.");

    public static EngineId ParseId(string text, string what) =>
        EngineId.TryParse(text, out var id) ? id : throw RequestException.Usage($"{text} is not the id of a {what}: 13 letters and digits, as the list shows it.");

    /// <summary>A body for the screen: UTF-8, else byte for byte (Latin 1).</summary>
    public static string Text(ReadOnlySpan<byte> body)
    {
        try
        {
            return _strictUtf8.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(body);
        }
    }

    /// <summary>What a corrected copy says otherwise: by fields of its segments, or by columns of its row.</summary>
    public static IReadOnlyList<MessageDifference> Differences(StoredMessage original, StoredMessage copy)
    {
        if (!FileRow.IsKind(original.Event))
        {
            return MessageDifferences.Between(Text(original.Body.Span), Text(copy.Body.Span));
        }

        var (before, after) = (Cells(original), Cells(copy));
        return [.. before.Keys.Union(after.Keys)
            .Select(column => new MessageDifference(column, before.GetValueOrDefault(column), after.GetValueOrDefault(column)))
            .Where(one => one.Before != one.After)];
    }

    /// <summary>The cells of a row by column; an object of a JSON file, and what can't be taken apart, is one cell.</summary>
    private static Dictionary<string, string> Cells(StoredMessage message) =>
        RowBody.TryRead(message.Body, message.Number, out var row, out _) && FileRow.IsCsv(message.Event)
            ? row.Columns.ToDictionary(column => $"column {column}", column => row.TryGet(column, out var cell) ? cell : "", StringComparer.OrdinalIgnoreCase)
            : new Dictionary<string, string> { ["row"] = Text(message.Body.Span) };

    /// <summary>An item of a list is named by its patient and its key: <c>12345/AETNA</c>.</summary>
    public static string Readable(string alias) => alias.Replace(FieldValue.ListSeparator, '/');

    /// <summary>Several values of one field: <c>2106-3, 2054-5</c>.</summary>
    public static string? ReadableList(string? value) =>
        value?.Replace(FieldValue.ListSeparator.ToString(), ", ", StringComparison.Ordinal);

    private static string[]? Items(string? value, FieldDefinition? field) => field is { IsList: true } ? value?.Split(FieldValue.ListSeparator) : null;

    /// <summary>The audit entry of a request.</summary>
    public static AuditEntry Audit(this ControlRequest request, string action, string? practice, string? subject) =>
        new(request.Actor, action, practice, subject, request.Reason);

    private static FieldView Of(StoredField field) => new(
        field.Name,
        ReadableList(field.Value),
        field.Cause is { } cause ? Time(cause.EventTime) : null,
        field.Cause?.Source,
        field.Cause?.Message.ToString(),
        field.Cell?.ToString(),
        field.Place.Offset,
        field.Place.Length);
}
