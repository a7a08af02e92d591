using System.Globalization;
using InterfaceEngine.Control.Explaining;
using InterfaceEngine.Core.Mapping.Explaining;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Maps;

/// <summary>One field's story for people, a line for each thing that is to be known (mapping design §12).</summary>
internal sealed class FieldStoryText(Terminal terminal)
{
    private const int LabelWidth = 13;

    public static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture) ?? "";

    public void Write(FieldStory story)
    {
        var value = story.Value ?? (story.CameFrom is null ? "(empty)" : "(cleared)");
        terminal.Line($"{story.Name}   {value}{(story.Since is null ? "" : $"   since {Time(story.Since)}")}");
        Line("came from", story.CameFrom is { } origin ? Text(origin) : "nothing: no message has said it");
        if (story.SaidAgain is { } again)
        {
            Line("said again", $"{Text(again)}{(again.At is null ? "" : $"   {Time(again.At)}")}");
        }

        if (story.Cell is { } cell)
        {
            Line("cell", Text(cell));
            Notes(cell);
        }

        if (story.Steps.Count > 0)
        {
            Line("steps", string.Join(" → ", story.Steps.Select(Text)));
        }

        if (story.Before is { } before)
        {
            Line("before", Text(before));
        }

        foreach (var (other, index) in story.NotUsed.Select((other, index) => (other, index)))
        {
            Line(index == 0 ? "not used" : "", $"{other.Place} \"{other.Raw}\": {Text(other)}");
        }

        foreach (var (would, index) in story.WouldCome.Select((would, index) => (would, index)))
        {
            Line(index == 0 ? "would come" : "", Text(would));
            Notes(would);
        }

        foreach (var (remark, index) in story.Remarks.Select((remark, index) => (remark, index)))
        {
            Line(index == 0 ? "noted" : "", remark);
        }

        if (story.MapSet is { } set)
        {
            Line("map set", $"{set.Hash}{(set.Versions.Count == 0 ? "" : $" ({string.Join(" + ", set.Versions)})")}{(set.DeployedAt is null ? ", never deployed here" : $", deployed {Time(set.DeployedAt)} {(set.By == SetDeployment.Start ? "by an engine that started" : $"by {set.By}")}")}");
        }
    }

    private void Line(string label, string text) => terminal.Line($"  {label.PadRight(LabelWidth)}{text}");

    private void Notes(CellStory cell)
    {
        if (cell.Notes.Length > 0)
        {
            Line("", $"\"{cell.Notes}\"");
        }
    }

    private static string Text(OriginView origin)
    {
        var message = origin.Message is null ? "" : $" (message {origin.Message})";
        var bytes = origin.Offset < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", bytes {origin.Offset}–{origin.Offset + Math.Max(origin.Length, 1) - 1}");
        return $"{origin.Text}{message}{(origin.Place is null ? "" : $", {origin.Place}")}{bytes}{(origin.Raw is null ? "" : $"   \"{origin.Raw}\"")}";
    }

    private static string Text(CellStory cell)
    {
        var isSection = cell.Title == DecidingCell.Equations || cell.Title.StartsWith(DecidingCell.Sets, StringComparison.Ordinal);
        var text = cell.Title.Length == 0 ? cell.Where : $"{cell.Where}   {cell.Title}{(isSection ? ":" : " =")} {cell.Text}{(cell.OtherField is null ? "" : $" of {cell.OtherField}, along with which it was moved")}";
        return text + string.Concat(cell.Overrides.Select(other => $"   (overrides {other.Where} {(other.Text.Length == 0 ? "nothing" : other.Text)})"));
    }

    private static string Text(StepView step)
    {
        var value = step.Value is null ? "" : step.IsSource ? $"\"{step.Value}\"" : step.Value;
        return $"{step.Words}{(step.Words.Length > 0 && value.Length > 0 ? " " : "")}{value}{(step.Where is null ? "" : $" ({step.Where})")}";
    }

    private static string Text(FormerView before)
    {
        // Where it is not known, the words say why.
        var isKnown = before.Value is not null || before.Text is null || before.Since is not null;
        var text = isKnown ? before.Value ?? "(empty)" : "";
        var since = before.Since is null ? "" : $"   since {Time(before.Since)}";
        return $"{text}{since}{(before.Text is null ? "" : $"{(text.Length > 0 ? ", " : "")}{before.Text}")}{(before.Until is null || before.Value is null ? "" : $"; replaced on {Time(before.Until)}")}";
    }

    private static string Text(OtherPlaceView other) =>
        other.WentTo is { } field ? $"went to {field} ({other.Where})"
        : other.Where is { } where ? $"not mapped: {other.Why} ({where})"
        : "not mapped, and no table says why";
}
