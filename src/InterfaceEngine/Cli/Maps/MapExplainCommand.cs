using System.CommandLine;
using InterfaceEngine.Control.Explaining;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map explain</c>: where the stored values of a record came from. A look at patient data, so it is audited before anything is shown.</summary>
internal static class MapExplainCommand
{
    public static Command Make(CommandRunner run)
    {
        var type = new Argument<string>("TYPE") { Description = "The record type, e.g. patient." };
        var id = new Argument<string>("EXTERNAL_ID") { Description = "The id people know, or the engine's own." };
        var field = new Argument<string>("FIELD") { Description = "The field. Default: one line for each.", DefaultValueFactory = _ => "" };
        var showsValues = new Option<bool>("--show-values") { Description = "Show the values. Default: what they look like, # for a digit and x for a letter." };
        var command = new Command("explain", "Tells where a stored value came from: message, bytes, cell and each step between.") { type, id, field, showsValues, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context =>
        {
            var one = context.Value(field) is { Length: > 0 } name ? name : null;
            return context.ShowAsync(
                new ExplainRequest(context.Practice(), context.Value(type), context.Value(id), one, context.Value(showsValues)) { Actor = context.Terminal.Actor, Reason = context.Reason },
                answer => Render(context.Terminal, answer, isOne: one is not null));
        }));
        return command;
    }

    private static void Render(Terminal terminal, ExplanationAnswer answer, bool isOne)
    {
        if (isOne)
        {
            new FieldStoryText(terminal).Write(answer.Fields[0]);
        }
        else
        {
            RenderAll(terminal, answer);
        }

        if (!answer.ShowsValues && answer.Fields.Any(field => field.Value is not null))
        {
            terminal.Line("Values are shown by what they look like; --show-values shows themselves.");
        }
    }

    private static void RenderAll(Terminal terminal, ExplanationAnswer answer)
    {
        terminal.Line($"{answer.Type} {answer.ExternalId} of practice {answer.Practice}, id {answer.Id}");
        var table = new TextTable("Field", "Value", "Since", "Came from", "Place", "Cell");
        foreach (var field in answer.Fields.Where(field => field.CameFrom is not null))
        {
            table.Add(field.Name, field.Value ?? "(cleared)", FieldStoryText.Time(field.Since), field.CameFrom!.Text, field.CameFrom.Place ?? "", field.Cell?.Where ?? "");
        }

        terminal.Table(table);
        if (answer.Fields.Where(field => field.CameFrom is null).Select(field => field.Name).ToList() is { Count: > 0 } silent)
        {
            terminal.Line($"No message has said: {string.Join(", ", silent)}");
        }
    }
}
