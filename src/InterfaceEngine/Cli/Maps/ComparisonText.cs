using System.Globalization;
using InterfaceEngine.Core.Mapping.Comparing;

namespace InterfaceEngine.Cli.Maps;

/// <summary>What two sets do differently, for people.</summary>
internal static class ComparisonText
{
    public static void Show(Terminal terminal, ComparisonReport report)
    {
        if (report.Before == report.After)
        {
            terminal.Line($"Both are mapping set {report.After}: nothing is different.");
            return;
        }

        terminal.Line($"{Number(report.Messages)} messages   {Number(report.Same)} same   {Number(report.Changed)} changed   {Number(report.NewlyFailing)} newly fail   {Number(report.NewlyPassing)} newly pass");
        foreach (var reason in report.NotCompared)
        {
            terminal.Line($"  not compared: {Number(reason.Count)} {reason.Reason}");
        }

        foreach (var type in report.Differences.Select(group => group.Type).Concat(report.Sent.Select(group => group.Type)).Distinct())
        {
            terminal.Line(type);
            string? field = null;
            foreach (var group in report.Differences.Where(group => group.Type == type).GroupBy(group => group.Field).SelectMany(field => field))
            {
                Show(terminal, group, group.Field == field ? "" : group.Field);
                field = group.Field;
            }

            foreach (var sent in report.Sent.Where(group => group.Type == type).GroupBy(group => (group.Field, group.Change, group.Messages)))
            {
                terminal.Line($"  written out  {Number(sent.Key.Messages),8}  {sent.Key.Field}: {string.Join(", ", sent.Select(one => $"{one.Format} {one.Place}"))} {sent.Key.Change}");
            }
        }

        if (report.Unmet.Count > 0)
        {
            terminal.Line("changed in the tables, and met by none of these messages");
            foreach (var cause in report.Unmet)
            {
                terminal.Line($"  {Text(cause)}");
            }

            if (report.UnmetLeftOut > 0)
            {
                terminal.Line($"  and {report.UnmetLeftOut} more");
            }
        }
    }

    private static void Show(Terminal terminal, DifferenceGroup group, string field)
    {
        const string Indent = "                         ";
        terminal.Line($"  {field,-20} {Number(group.Messages),8}  {group.Before} → {(group is { Before: "value", After: "value" } ? "other value" : group.After)}{(group.Place.Length > 0 ? $"   at {group.Place}" : "")}{(group.FailsBy is not null ? $"   ← fails by {group.FailsBy}" : "")}");
        foreach (var cause in group.Causes)
        {
            terminal.Line($"{Indent}{Text(cause)}");
        }

        if (group.CausesLeftOut > 0)
        {
            terminal.Line($"{Indent}and {group.CausesLeftOut} more");
        }

        if (group is { Causes: [], Cell: { } cell })
        {
            terminal.Line($"{Indent}decided by {cell}");
        }

        terminal.Line($"{Indent}looks like {string.Join(", ", group.Shapes.Select(shape => $"{shape.Reason} ({Number(shape.Count)})"))}{(group.ShapesLeftOut > 0 ? $", others ({Number(group.ShapesLeftOut)})" : "")}");
        terminal.Line($"{Indent}e.g. {string.Join(", ", group.Examples.Select(example => example.Message))}");
    }

    private static string Text(ReasonOfDifference cause) => $"{(cause.Where is null ? "" : $"{cause.Where} ")}{cause.What}: {cause.Before} → {cause.After}";

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
