using System.CommandLine;
using System.Text.Json;
using InterfaceEngine.Core.Mapping.Testing;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map test</c>: runs the test files, or makes one. Ends with 1 when an expectation does not hold.</summary>
internal static class MapTestCommand
{
    public static Command Make(CommandRunner run)
    {
        var junit = new Option<string?>("--junit") { Description = "Also write the results as JUnit XML, for build servers.", HelpName = "FILE" };
        var capture = new Option<string?>("--capture") { Description = "Instead, make a test of a stored message (its id) or of a file, with everything of its patient replaced by fakes.", HelpName = "MESSAGE" };
        var output = new Option<string?>("--out") { Description = "With --capture: the file to write. Without it the test is printed.", HelpName = "FILE" };
        var kind = new Option<string?>("--kind") { Description = "With --capture: of a CSV file its kind, of a JSON document the call it answers.", HelpName = "KIND" };
        var command = new Command("test", "Runs the mapping tests, or captures one.") { junit, capture, output, kind, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.Value(capture) is { } message
            ? new MapCapture(context, context.Value(kind)).RunAsync(message, context.Value(output))
            : Task.FromResult(Test(context, context.Value(junit)))));
        return command;
    }

    private static int Test(CommandContext context, string? junit)
    {
        var (set, practice) = (MapCommands.Load(context), context.PracticeOrAll());
        MapCommands.Require(context, set, practice);
        var results = MappingTestRun.Run(set, practice);
        var failed = results.Where(result => !result.IsPassed).ToList();
        if (junit is not null)
        {
            Write(context.FullPath(junit), MappingTestReport.ToJUnit(results));
        }

        if (context.IsJson)
        {
            var views = results.Select(result => new TestView(result.File, result.Practice, result.Case.Title, result.Case.Line, result.IsPassed, [.. result.Failures.Select(failure => failure.ToString())]));
            context.Terminal.Out.WriteLine(JsonSerializer.Serialize([.. views], CommandJson.Indented.TestViewArray));
        }
        else
        {
            foreach (var result in failed)
            {
                context.Terminal.Line($"{result.Case.Title} (practice {result.Practice})");
                foreach (var failure in result.Failures)
                {
                    context.Terminal.Line($"  {MapCommands.FolderText(context)}{failure}");
                }
            }

            context.Terminal.Line($"{results.Count} cases, {results.Sum(result => result.Case.Expectations.Count)} expectations, {failed.Count} cases failed; set {set.Hash}");
        }

        return failed.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Write(string file, string text)
    {
        try
        {
            File.WriteAllText(file, text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} can't be written: {failure.Message}");
        }
    }
}

/// <summary>One case as <c>map test --json</c> prints it.</summary>
internal sealed record TestView(string File, string Practice, string Title, int Line, bool IsPassed, IReadOnlyList<string> Failures);
