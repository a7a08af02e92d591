using System.CommandLine;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map codes</c>: what a MAP code means and what to do. It reads <c>docs/mapping-errors.md</c>, which the program carries with it.</summary>
internal static class MapCodesCommand
{
    private const string Page = "mapping-errors.md";

    public static Command Make(CommandRunner run)
    {
        var what = new Argument<string>("WHAT") { Description = "A code, e.g. MAP504, or a word. Default: all.", DefaultValueFactory = _ => "" };
        var command = new Command("codes", "Explains MAP codes: cause and cure.") { what };
        command.SetAction(run(context => Task.FromResult(Show(context.Terminal, context.Value(what)))));
        return command;
    }

    /// <summary>Every code with what it says, its cause and its cure, in the page's order.</summary>
    public static IReadOnlyList<MapCode> All()
    {
        using var page = new StreamReader(typeof(MapCodesCommand).Assembly.GetManifestResourceStream(Page)!);
        return [.. MarkdownFile.Parse(Page, page.ReadToEnd()).Sections.SelectMany(section => section.Tables).SelectMany(table => table.Rows)
            .Select(row => new MapCode(row[0].Text, row[1].Text, row[2].Text, row[3].Text))];
    }

    private static int Show(Terminal terminal, string what)
    {
        var all = All();
        var found = what.Length == 0 ? all
            : all.Where(code => code.Code.Equals(what, StringComparison.OrdinalIgnoreCase)).ToList() is { Count: > 0 } exact ? exact
            : [.. all.Where(code => $"{code.Says} {code.Cause} {code.Cure}".Contains(what, StringComparison.OrdinalIgnoreCase))];
        if (found.Count == 0)
        {
            throw new UsageException($"No code is called '{what}', and none speaks of it.");
        }

        foreach (var code in found)
        {
            terminal.Line(what.Length == 0 ? $"{code.Code}  {code.Says}" : $"{code.Code}  {code.Says}\n  {code.Cause}.\n  {code.Cure}.\n");
        }

        return ExitCode.Done;
    }
}

/// <param name="Says">What it says, in a few words.</param>
/// <param name="Cause">Why it comes.</param>
/// <param name="Cure">What to do.</param>
internal sealed record MapCode(string Code, string Says, string Cause, string Cure);
