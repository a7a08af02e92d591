using System.CommandLine;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Reconciliation;

namespace InterfaceEngine.Cli;

/// <summary><c>records list|show|sql</c>: a person reads what is stored; every look is audited.</summary>
internal static class RecordCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        var records = new Command("records", "Shows stored records.") { List(run), Show(run), Query(run), Unmerge(run) };
        root.Add(records);
    }

    private static Command List(CommandRunner run)
    {
        var type = new Argument<string>("TYPE") { Description = "The record type, e.g. patient." };
        var after = new Option<string?>("--after") { Description = "The id with which the page before ended.", HelpName = "ID" };
        var limit = CommonOptions.Limit(100);
        var patient = new Option<string?>("--patient") { Description = "Only what hangs on this patient, and on whoever was merged into this one.", HelpName = "ID" };
        var command = new Command("list", "Lists the records of a type.") { type, after, limit, patient, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListRecordsRequest(context.Practice(), context.Value(type), context.Value(after), context.Value(limit), context.Value(patient)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderList(context.Terminal, answer))));
        return command;
    }

    private static Command Show(CommandRunner run)
    {
        var type = new Argument<string>("TYPE") { Description = "The record type, e.g. patient." };
        var id = new Argument<string>("EXTERNAL_ID") { Description = "The id people know, or the engine's own." };
        var command = new Command("show", "Shows one record: each value, and the message and mapping cell it came from.") { type, id, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ShowRecordRequest(context.Practice(), context.Value(type), context.Value(id)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderOne(context.Terminal, answer))));
        return command;
    }

    private static Command Unmerge(CommandRunner run)
    {
        var id = new Argument<string>("EXTERNAL_ID") { Description = "The retired patient: the id people know, or the engine's own." };
        var command = new Command("unmerge", "Undoes a merge: the patient is a record of its own again. Needs --reason.") { id, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new UnmergeRequest(context.Practice(), context.Value(id)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => context.Terminal.Line($"Patient {answer.ExternalId} is a record of its own again; it was merged into {answer.Survivor}."))));
        return command;
    }

    private static Command Query(CommandRunner run)
    {
        var sql = new Argument<string>("QUERY") { Description = "One SELECT. A type is a table, a field a column; dots become underscores." };
        var limit = CommonOptions.Limit(10_000);
        var command = new Command("sql", "Runs a reading SQL query over one practice's records.") { sql, limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new QueryRecordsRequest(context.Practice(), context.Value(sql), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderRows(context.Terminal, answer))));
        return command;
    }

    private static void RenderList(Terminal terminal, RecordsAnswer answer)
    {
        var fields = answer.Records.SelectMany(record => record.Fields).Where(field => field.Value is not null && field.Name != "external_id")
            .Select(field => field.Name).Distinct().ToList();
        var isMerged = answer.Records.Any(record => record.From is not null);
        var table = new TextTable(["external_id", .. isMerged ? ["told for"] : Array.Empty<string>(), .. fields]);
        foreach (var record in answer.Records)
        {
            table.Add([record.ExternalId, .. isMerged ? [record.From ?? ""] : Array.Empty<string>(), .. fields.Select(field => record[field])]);
        }

        terminal.Table(table);
        terminal.Line(answer.Next is { } next ? $"{table.Count} shown; go on with --after {next}" : $"{table.Count} {answer.Type} of practice {answer.Practice}");
    }

    private static void RenderOne(Terminal terminal, RecordAnswer answer)
    {
        var record = answer.Record;
        terminal.Line($"{record.Type} {record.ExternalId} of practice {record.Practice}, version {record.Version}, id {record.Id}");
        terminal.Line($"known as {string.Join(", ", record.Aliases.Select(alias => $"{alias.Value} ({alias.System})"))}");
        if (record[Retraction.RetractedAt] is { Length: > 0 } since)
        {
            terminal.Line($"WITHDRAWN since {since}: what it says is kept and is not to be used");
        }

        var fields = new TextTable("Field", "Value", "Since", "Message", "Place", "Cell");
        foreach (var field in record.Fields)
        {
            fields.Add(
                field.Name,
                field.Value ?? "(cleared)",
                field.EventTime is { } time ? CommandContext.Time(time) : "default",
                field.Message,
                field.Offset < 0 ? "" : $"bytes {field.Offset}–{field.Offset + field.Length - 1}",
                field.Cell);
        }

        terminal.Table(fields);
        RenderBelongings(terminal, answer);
        var changes = new TextTable("Changed", "Message", "Field", "Before", "After");
        foreach (var change in answer.Changes)
        {
            foreach (var field in change.Fields)
            {
                changes.Add(CommandContext.Time(change.CommittedAt), change.Message, field.Name, field.Before ?? "(empty)", field.After ?? "(cleared)");
            }
        }

        terminal.Line();
        terminal.Table(changes);
        if (answer.EarlierChanges is { } earlier)
        {
            terminal.Line($"Earlier ones are not kept: {earlier}.");
        }
    }

    private static void RenderBelongings(Terminal terminal, RecordAnswer answer)
    {
        if (answer.Merged.Count > 0)
        {
            terminal.Line();
            terminal.Line($"merged into this record: {string.Join(", ", answer.Merged)}");
        }

        if (answer.Belongings.Count == 0)
        {
            return;
        }

        var table = new TextTable("Belongs to the patient", "External id", "Told for");
        foreach (var item in answer.Belongings)
        {
            table.Add(item.Type, item.ExternalId, item.From ?? "");
        }

        terminal.Line();
        terminal.Table(table);
        if (answer.IsCut)
        {
            terminal.Line("There is more: records list TYPE --patient ID shows all of a type.");
        }
    }

    private static void RenderRows(Terminal terminal, RowsAnswer answer)
    {
        var table = new TextTable([.. answer.Columns]);
        foreach (var row in answer.Rows)
        {
            table.Add([.. row]);
        }

        terminal.Table(table);
        terminal.Line(answer.IsCut ? $"{table.Count} rows, and there are more: see --limit" : $"{table.Count} rows");
    }
}
