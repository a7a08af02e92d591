using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>schedule list</c>: what runs next, when it ran last and how that ended.</summary>
internal static class ScheduleCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        var list = new Command("list", "Lists what has a schedule, and when it runs next.") { CommonOptions.Json };
        list.SetAction(run(context => context.ShowAsync(new ListSchedulesRequest { Actor = context.Terminal.Actor }, answer => Render(context.Terminal, answer))));
        root.Add(new Command("schedule", "Shows what runs by the clock.") { list });
    }

    private static void Render(Terminal terminal, SchedulesAnswer answer)
    {
        var table = new TextTable("What", "Name", "Schedule", "Next", "Last began", "Files", "How it ended");
        foreach (var one in answer.Schedules.OrderBy(one => one.NextAt ?? DateTimeOffset.MaxValue))
        {
            table.Add(
                one.What, one.Name, one.Schedule, one.NextLocal ?? "never", one.StartedAt is { } started ? CommandContext.Time(started) : "never", $"{one.Files}", one.End ?? "");
        }

        terminal.Table(table);
    }
}
