using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// What a run gives back to people: the rows that were not taken, and field by field what it changed and kept. Made of what is stored,
/// page by page, so it says the same whenever it is asked for, and of a row that was mended since no more. Both hold patients' values: whoever
/// asks for them is audited by the caller.
/// </summary>
internal sealed class RunReports(IEngineStore store)
{
    /// <summary>How many messages are in memory at a time.</summary>
    private const int PageSize = 200;

    /// <summary>UTF-8's byte order mark: without it a spreadsheet takes UTF-8 for something else, and saves it so.</summary>
    private const char Mark = '\uFEFF';

    private const string LineEnd = "\r\n";

    /// <summary>A page of a run's messages with their bodies, in the order of its rows.</summary>
    /// <param name="run">The run.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<RunPage> PageAsync(FileRun run, EngineId after, CancellationToken cancellationToken) => await store.LookAsync(
        reader =>
        {
            var listed = reader.BatchMessages(run.Id, after, PageSize);
            return new RunPage([.. listed.Select(message => reader.TryMessage(message.Id, out var whole) && whole is not null ? whole : message)], listed.Count == PageSize ? listed[^1].Id : null);
        },
        cancellationToken);

    /// <summary>
    /// Writes the rows that were refused or are held: each as it stood in its file, with its number, the column and the reason behind it. Corrected
    /// it can be dropped as it is. Its own cells are not made harmless for spreadsheets, since a machine reads them again.
    /// </summary>
    /// <returns>How many rows there are.</returns>
    public Task<long> WriteRejectsAsync(FileRun run, Stream target, CancellationToken cancellationToken) =>
        WriteAsync(run, (page, isFirst) => Rejects(run, page, isFirst), target, cancellationToken);

    /// <summary>Writes what the run changed and what it kept, one line a field, for a spreadsheet: nothing in it is taken for a formula.</summary>
    /// <returns>How many lines there are.</returns>
    public Task<long> WriteReconciliationAsync(FileRun run, Stream target, CancellationToken cancellationToken) => WriteAsync(run, Reconciliation, target, cancellationToken);

    /// <summary>A page of the file of rejects.</summary>
    public static (byte[] Text, long Rows) Rejects(FileRun run, RunPage page, bool isFirst)
    {
        var detail = RunDetail.FromJson(run.Detail);
        var separator = detail.Separator is [var own] ? own : CsvDialect.Standard.Separator;
        var isCsv = FileRow.IsCsv(run.Kind);
        var text = new StringBuilder();
        if (isFirst && isCsv)
        {
            text.Append(Mark).Append(CsvHeader.LineOf([.. detail.Columns.Where(column => !RejectColumns.IsOne(column)), .. RejectColumns.Names], separator)).Append(LineEnd);
        }

        var rows = page.Messages.Where(message => message.State is MessageState.Refused or MessageState.Quarantined or MessageState.Held).ToList();
        foreach (var message in rows)
        {
            var (column, reason) = Why(message);
            text.Append(isCsv ? RejectedRow(message, separator, column, reason) : RejectedObject(message, reason)).Append(LineEnd);
        }

        return (Encoding.UTF8.GetBytes(text.ToString()), rows.Count);
    }

    /// <summary>A page of the reconciliation report.</summary>
    public static (byte[] Text, long Lines) Reconciliation(RunPage page, bool isFirst)
    {
        var text = new StringBuilder();
        if (isFirst)
        {
            text.Append(Mark).AppendJoin(',', FieldLine.Columns).Append(LineEnd);
        }

        var lines = page.Messages.SelectMany(FieldLine.Of).ToList();
        foreach (var line in lines)
        {
            text.AppendJoin(',', line.Cells().Select(cell => CsvHeader.Quoted(SpreadsheetCell.Harmless(cell)))).Append(LineEnd);
        }

        return (Encoding.UTF8.GetBytes(text.ToString()), lines.Count);
    }

    private async Task<long> WriteAsync(FileRun run, Func<RunPage, bool, (byte[] Text, long Count)> write, Stream target, CancellationToken cancellationToken)
    {
        var count = 0L;
        var (after, isFirst) = (EngineId.None, true);
        while (true)
        {
            var page = await PageAsync(run, after, cancellationToken);
            var (text, written) = write(page, isFirst);
            await target.WriteAsync(text, cancellationToken);
            count += written;
            if (page.Next is not { } next)
            {
                return count;
            }

            (after, isFirst) = (next, false);
        }
    }

    private static string RejectedRow(StoredMessage message, char separator, string column, string reason)
    {
        string[] marks = [message.Number.ToString(CultureInfo.InvariantCulture), column, reason];
        var behind = string.Concat(marks.Select(mark => separator + CsvHeader.Quoted(mark)));
        if (!RowBody.TryRead(message.Body, message.Number, out var row, out var raw, out _))
        {
            return CsvHeader.Quoted(Encoding.UTF8.GetString(message.Body.Span)) + behind;
        }

        // Dropped before as a file of rejects: the old marks give way to the new ones.
        return !row.Columns.Any(RejectColumns.IsOne)
            ? Encoding.UTF8.GetString(raw) + behind
            : string.Join(separator, row.Columns.Where(name => !RejectColumns.IsOne(name)).Select(name => CsvHeader.Quoted(row.TryGet(name, out var cell) ? cell : ""))) + behind;
    }

    /// <summary>The object as it stood in its file, with two properties before its own, which no table reads.</summary>
    private static string RejectedObject(StoredMessage message, string reason)
    {
        var body = Encoding.UTF8.GetString(message.Body.Span).TrimStart();
        var rest = body.Length > 0 && body[0] == '{' ? body[1..].TrimStart() : body;
        return $"{{\"{RejectColumns.Names[0]}\": {message.Number}, \"{RejectColumns.Names[2]}\": {System.Text.Json.JsonSerializer.Serialize(reason, RunDetailJson.Default.String)}{(rest.StartsWith('}') ? "" : ", ")}{rest}";
    }

    /// <summary>The columns and reasons that decided, in words, with their codes for whoever looks further.</summary>
    public static (string Columns, string Reason) Why(StoredMessage message)
    {
        var notes = message.IsDamaged ? [] : MessageDetail.FromJson(message.Detail).Notes;
        var severity = message.State == MessageState.Held ? Details.Held : Details.Refused;
        var deciding = notes.Where(note => note.Severity == severity).ToList();

        // A required value that could not be read is missing: what it could not be read for is what somebody can mend.
        var causes = notes.Where(note => note.Severity == "warning" && note.Field is not null && deciding.Exists(one => one.Field == note.Field));
        var reasons = causes.Concat(deciding).Select(note => $"{note.Reason} [{note.Code}]").Distinct().ToList();
        return (
            string.Join("; ", deciding.Select(note => note.Place is { } place && place.StartsWith("column ", StringComparison.Ordinal) ? place["column ".Length..] : null).OfType<string>().Distinct()),
            (message.State == MessageState.Held ? "held for a person: " : "") + (reasons.Count > 0 ? string.Join(" ", reasons) : message.Code ?? "see messages show"));
    }
}

/// <param name="Messages">With their bodies.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
internal sealed record RunPage(IReadOnlyList<StoredMessage> Messages, EngineId? Next);
