using System.CommandLine;
using System.Text.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map show TYPE</c>: the merged table, with the origin of every cell and what it overrides.</summary>
internal static class MapShowCommand
{
    public static Command Make(CommandRunner run)
    {
        var type = new Argument<string>("TYPE") { Description = "The record type, e.g. patient." };
        var command = new Command("show", "Shows a merged table: vendor pack, profile and practice.") { type, CommonOptions.Practice, CommonOptions.Json };
        command.SetAction(run(context => Task.FromResult(Show(context, context.Value(type)))));
        return command;
    }

    private static int Show(CommandContext context, string type)
    {
        var (set, practice) = (MapCommands.Load(context), context.Practice());
        MapCommands.Require(context, set, practice);
        if (set.Show(type, practice) is not { } view)
        {
            var types = set.For(practice)?.Maps.Select(map => map.Type).ToList() ?? [];
            throw new UsageException($"Practice {practice} has no table {type}: there are {string.Join(", ", types)}.{Spelling.DidYouMean(type, types)}");
        }

        if (context.IsJson)
        {
            context.Terminal.Out.WriteLine(JsonSerializer.Serialize([.. view.Rows.Select(RowView.Of)], CommandJson.Indented.RowViewArray));
            return ExitCode.Done;
        }

        context.Terminal.Line($"{type} of practice {practice}: {string.Join(", ", view.Versions)}");
        foreach (var row in view.Rows)
        {
            context.Terminal.Line();
            context.Terminal.Line(row.Name);
            foreach (var cell in row.Cells.Where(cell => cell.Column is not (MapColumn.Name or MapColumn.Notes)))
            {
                var overridden = string.Concat(cell.Overridden.Select(other => $", overrides {(other.Text.Length == 0 ? "nothing" : other.Text)} ({other.Reference.File}:{other.Reference.Line}, {other.Layer})"));
                context.Terminal.Line($"  {cell.Column.Title() + ":",-10} {cell.Text}  ({cell.Reference.File}:{cell.Reference.Line}, {cell.Layer}){overridden}");
            }
        }

        return ExitCode.Done;
    }
}

/// <summary>A row of the merged table as <c>map show --json</c> prints it.</summary>
internal sealed record RowView(string Name, IReadOnlyList<CellView> Cells)
{
    public static RowView Of(MapViewRow row) => new(row.Name, [.. row.Cells.Select(CellView.Of)]);
}

/// <param name="Layer">Who says it: the vendor pack by its name, <c>profile guide</c> or <c>practice 1959</c>.</param>
/// <param name="Overrides">What it overrides, the nearest first.</param>
internal sealed record CellView(string Column, string Text, string File, int Line, string Layer, IReadOnlyList<CellView> Overrides)
{
    public static CellView Of(MapViewCell cell) =>
        new(cell.Column.Title(), cell.Text, cell.Reference.File, cell.Reference.Line, cell.Layer, [.. cell.Overridden.Select(Of)]);
}
