using System.CommandLine;
using InterfaceEngine.Core.Mapping.Laws;

namespace InterfaceEngine.Cli.Maps;

/// <summary>
/// <c>map check</c>: every problem of the tables at once, how much each carries, and whether they keep the laws. Ends with 1 when there
/// is an error or a law does not hold.
/// </summary>
internal static class MapCheckCommand
{
    /// <summary>How often the folder is looked at with <c>--watch</c>.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Stored messages that are checked, the last of the time.</summary>
    private const int StoredMax = 10_000;

    public static Command Make(CommandRunner run)
    {
        var isShort = new Option<bool>("--short") { Description = "One line for each problem, as editors' problem matchers read it." };
        var isStatic = new Option<bool>("--static") { Description = "Only reads the tables: the laws are not run." };
        var isThorough = new Option<bool>("--thorough") { Description = "The laws on ten times as many generated records." };
        var seed = new Option<int>("--seed") { Description = "What the generated records follow from.", HelpName = "NUMBER", DefaultValueFactory = _ => LawOptions.SeedDefault };
        var stored = new Option<string?>("--stored") { Description = "Also runs L2, L5 and L8 on stored messages of this time: 30d, 12h or 2026-11-01..2026-11-08. Values are never shown.", HelpName = "TIME" };
        var limit = CommonOptions.Limit(StoredMax);
        var isOneWay = new Option<bool>("--one-way") { Description = "Also lists the cells that are only read or only written, each with its reason." };
        var isWatch = new Option<bool>("--watch") { Description = "Check again whenever a file changes, until it is stopped. The laws are not run." };
        var command = new Command("check", "Checks every mapping file, and that what it writes is read back as the same.")
        {
            isShort, isStatic, isThorough, seed, stored, limit, isOneWay, isWatch, CommonOptions.Practice, CommonOptions.Json,
        };
        command.SetAction(run(context =>
        {
            var check = new MapCheck(context, context.Value(isShort), context.Value(isOneWay), context.Value(isStatic) || context.Value(isWatch) ? null : new LawOptions
            {
                Practice = context.PracticeOrAll(),
                Records = context.Value(isThorough) ? LawOptions.RecordsThorough : LawOptions.RecordsDefault,
                Seed = context.Value(seed),
            })
            {
                Stored = context.Value(stored) is { } time ? DiffCorpus.Parse(context, time, "--stored") : null,
                StoredMax = context.Value(limit),
            };
            return context.Value(isWatch) ? WatchAsync(context, check) : check.RunAsync();
        }));
        return command;
    }

    /// <summary>Checks, waits for a change and checks again. What is wrong, even that there is no folder, is said and waited out.</summary>
    private static async Task<int> WatchAsync(CommandContext context, MapCheck check)
    {
        try
        {
            while (true)
            {
                var stamp = MappingFolder.Stamp(context.Settings.Mappings);
                context.Terminal.Line($"Checking {MapCommands.FolderText(context)}");
                try
                {
                    await check.RunAsync();
                }
                catch (CommandFailedException failure)
                {
                    context.Terminal.Line($"not checked: {failure.Message}");
                }

                do
                {
                    await Task.Delay(_pause, context.Terminal.Time, context.CancellationToken);
                }
                while (MappingFolder.Stamp(context.Settings.Mappings) == stamp);
            }
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
    }
}

/// <summary>A problem as <c>map check --json</c> prints it. The file is relative to the mapping folder.</summary>
internal sealed record ProblemView(string Severity, string Code, string File, int Line, int Column, int Length, string Text, string Help);
