using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>audit list</c>: who read and changed what, when and why. Looking at it is audited too.</summary>
internal static class AuditCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        var limit = CommonOptions.Limit(100);
        var list = new Command("list", "Lists audit entries, newest first.") { limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        list.SetAction(run(context => context.ShowAsync(
            new ListAuditRequest(context.PracticeOrAll(), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => Render(context.Terminal, answer))));
        root.Add(new Command("audit", "Shows who read and changed what.") { list });
    }

    private static void Render(Terminal terminal, AuditAnswer answer)
    {
        var table = new TextTable("Number", "When", "Who", "Did", "Practice", "What", "Records", "Why");
        foreach (var entry in answer.Entries)
        {
            table.Add(
                $"{entry.Sequence}", CommandContext.Time(entry.At), entry.Actor, entry.Action, entry.Practice, entry.Subject, $"{entry.Records.Count}", entry.Reason);
        }

        terminal.Table(table);
    }
}
