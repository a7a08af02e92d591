using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli.Ehr;

/// <summary><c>ehr lists</c>: the vendor's numbers, for who fills tables and settings.</summary>
internal static class EhrListCommand
{
    public static Command Of(CommandRunner run)
    {
        var connection = EhrCommands.Connection();
        var list = new Argument<string>("LIST") { Description = $"Which: {string.Join(", ", EhrListOperations.Names)}." };
        var department = new Option<string?>("--department") { Description = "Of reasons: the department, ours or the vendor's. Default: the connection's.", HelpName = "D" };
        var provider = new Option<string?>("--provider") { Description = "Of reasons: the provider, ours or the vendor's. Default: the connection's.", HelpName = "X" };
        var patient = new Option<string?>("--patient") { Description = "Of custom fields: what this patient has in them, by the vendor's number. The look is audited.", HelpName = "ID" };
        var command = new Command("lists", "Shows a list of the practice's at athenahealth, with its numbers and what the tables make of them.") { connection, list, department, provider, patient, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new EhrListRequest(context.Value(connection), context.Value(list))
            {
                Actor = context.Terminal.Actor,
                Reason = context.Reason,
                Department = context.Value(department),
                Provider = context.Value(provider),
                Patient = context.Value(patient),
            },
            answer => Render(context.Terminal, answer))));
        return command;
    }

    private static void Render(Terminal terminal, EhrListAnswer answer)
    {
        var table = new TextTable("Number", "Name", "Ours", "");
        foreach (var row in answer.Rows)
        {
            table.Add(row.Number, row.Name, row.Ours ?? "", row.More ?? "");
        }

        terminal.Table(table);
        terminal.Line($"{answer.Connection}: {answer.Rows.Count} {answer.List}");
    }
}
