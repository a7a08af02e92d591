namespace InterfaceEngine.Core.Hl7;

/// <summary>One field that two texts of a message do not have in common.</summary>
/// <param name="Place">Segment and field, e.g. <c>PID-5</c>, <c>IN1[2]-36</c>; a segment alone when only one text has it.</param>
/// <param name="Before">As it is written; null when the place is not there.</param>
/// <param name="After">As it is written; null when the place is not there.</param>
public sealed record MessageDifference(string Place, string? Before, string? After);

/// <summary>
/// Compares two texts of a message field by field. Works on what is written, readable as a message or not: a copy is
/// often corrected because its original was not.
/// </summary>
public static class MessageDifferences
{
    public static IReadOnlyList<MessageDifference> Between(string before, string after)
    {
        var (old, now) = (Segments(before), Segments(after));
        var differences = new List<MessageDifference>();
        foreach (var place in old.Keys.Concat(now.Keys.Where(key => !old.ContainsKey(key))))
        {
            if (!old.TryGetValue(place, out var was) || !now.TryGetValue(place, out var becomes))
            {
                differences.Add(new MessageDifference(place, old.GetValueOrDefault(place)?.Text, now.GetValueOrDefault(place)?.Text));
                continue;
            }

            for (var field = 1; field < Math.Max(was.Fields.Length, becomes.Fields.Length); field++)
            {
                var (left, right) = (was.Fields.ElementAtOrDefault(field), becomes.Fields.ElementAtOrDefault(field));
                if ((left ?? "") != (right ?? ""))
                {
                    // MSH-1 is the separator itself, so what follows it stands one place further.
                    differences.Add(new MessageDifference($"{place}-{(place == "MSH" ? field + 1 : field)}", left, right));
                }
            }
        }

        return differences;
    }

    private static Dictionary<string, Segment> Segments(string text)
    {
        var separator = text.Length > 3 ? text[3] : '|';
        var segments = new Dictionary<string, Segment>(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(separator);
            var occurrence = counts[fields[0]] = counts.GetValueOrDefault(fields[0]) + 1;
            segments.Add(occurrence == 1 ? fields[0] : $"{fields[0]}[{occurrence}]", new Segment(line, fields));
        }

        return segments;
    }

    private sealed record Segment(string Text, string[] Fields);
}
