using System.Globalization;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Explaining;

/// <summary>An HL7 message: places are bytes.</summary>
internal sealed class Hl7Content(Hl7Message message) : MessageContent
{
    public override MapFormat Format => MapFormat.Hl7;

    public override MessagePlace? PlaceOf(FormatCell? cell, ByteRange range) =>
        range.IsNone ? null : new MessagePlace(Hl7PlaceName.Of(message, range), range, TextOf(range));

    public override IEnumerable<MessagePlace> Near(CellPlace place, string? part, ByteRange near)
    {
        foreach (var path in place is Hl7Place hl7 ? hl7.Paths : [])
        {
            var segment = SegmentOf(path, part, near);
            var field = segment.IsPresent && path.Field > 0 ? segment.Field(path.Field) : default;
            for (var number = 1; field.IsPresent && number <= field.RepetitionCount; number++)
            {
                var element = path.InRepetition(field.Repetition(number));
                if (element.HasValue && !element.SaysNothing())
                {
                    yield return new MessagePlace(TextOf(path, segment, field.RepetitionCount == 1 ? 0 : number), element.Range, TextOf(element.Range));
                }
            }
        }
    }

    public override bool IsOf(MessagePlace place, FormatCell? cell, ByteRange range) => Overlap(place.Range, range);

    public override bool IsListed(MessagePlace place, NotMapped listed)
    {
        var segment = Hl7PlaceName.SegmentAt(message, place.Range);
        if (listed.Format != Format || listed.Source == segment.Name)
        {
            return listed.Format == Format;
        }

        if (!Hl7Path.TryParse(listed.Source, out var path, out _) || path.Segment != segment.Name)
        {
            return false;
        }

        var meant = path.Component == 0 && path.FieldSelector is null ? segment.Field(path.Field) : path.GetIn(segment);
        return Overlap(place.Range, meant.Range);
    }

    /// <summary>The segment that the value stood in, else the one that made the record, else the first.</summary>
    private Hl7Segment SegmentOf(Hl7Path path, string? part, ByteRange near)
    {
        if (Hl7PlaceName.SegmentAt(message, near) is { IsPresent: true } same && same.Name == path.Segment)
        {
            return same;
        }

        var isPart = part is not null && part.StartsWith(path.Segment + "[", StringComparison.Ordinal);
        return isPart && int.TryParse(part.AsSpan(path.Segment.Length + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var occurrence)
            ? message.Find(path.Segment, occurrence)
            : message.Find(path.Segment);
    }

    private static string TextOf(Hl7Path path, Hl7Segment segment, int repetition)
    {
        var number = repetition == 0 ? "" : $"[#{repetition}]";
        var component = path.Component == 0 ? "" : path.SubComponent == 0 ? $".{path.Component}" : $".{path.Component}.{path.SubComponent}";
        return $"{Hl7PlaceName.Of(segment)}-{path.Field}{number}{component}";
    }

    /// <summary>The bytes in the message's character set, separators and escapes as they were sent.</summary>
    private string TextOf(ByteRange range) => message.CharacterSet.Decode(message.Bytes.Span.Slice(range.Offset, range.Length), out _);
}
