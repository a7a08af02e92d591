using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Hl7;

/// <summary>How a message's bytes become text, found out once: the character set and what can't be read with it.</summary>
internal sealed record MessageText(Hl7CharacterSet CharacterSet, IReadOnlyList<Hl7Problem> Problems)
{
    public const int ProblemsMax = 100;

    private const byte Escape = 0x1B;
    private const int CharacterSetField = 18;

    public static MessageText Of(Hl7Message message)
    {
        // The first repetition counts: further ones are sets the text may shift to.
        var declared = message.GetSegment(0).Field(CharacterSetField).Repetition(1).Component(1);
        var name = declared.HasValue ? Encoding.Latin1.GetString(declared.Raw).Trim() : string.Empty;
        var named = name.Length == 0 ? null : Hl7CharacterSet.Find(name);
        var set = named ?? Undeclared(message);
        var problems = new List<Hl7Problem>();

        // A set that is not known does not matter to plain ASCII, unless it shifts by escape sequences.
        if (named is null && name.Length > 0 && (!message.IsAscii || message.Body.Contains(Escape)))
        {
            problems.Add(new Hl7Problem("MSH", 1, CharacterSetField, declared.Range, $"a character set that is not known; read as {set.Name}"));
        }

        if (!message.IsAscii)
        {
            AddUndecodable(message, set, problems);
        }

        return new MessageText(set, problems.Count == 0 ? [] : problems);
    }

    private static Hl7CharacterSet Undeclared(Hl7Message message) =>
        message.IsAscii || message.Body.StartsWith(SegmentScan.ByteOrderMark) || System.Text.Unicode.Utf8.IsValid(message.Body)
            ? Hl7CharacterSet.Utf8
            : message.Options.FallbackCharacterSet;

    private static void AddUndecodable(Hl7Message message, Hl7CharacterSet set, List<Hl7Problem> problems)
    {
        var body = message.Body;
        var from = body.StartsWith(SegmentScan.ByteOrderMark) ? SegmentScan.ByteOrderMark.Length : 0;
        while (problems.Count < ProblemsMax)
        {
            var found = set.FindUndecodable(body[from..], out var length);
            if (found < 0)
            {
                return;
            }

            // What lies side by side is one problem: a sequence of another character set, mostly.
            var next = from + found + length;
            while (next < body.Length && set.FindUndecodable(body[next..], out var more) == 0)
            {
                next += more;
            }

            var range = new ByteRange(from + found, next - from - found);
            var (segment, occurrence, field) = PlaceOf(message, range.Offset);
            var what = range.Length == 1 ? "a byte that means nothing" : string.Create(CultureInfo.InvariantCulture, $"{range.Length} bytes that mean nothing");
            problems.Add(new Hl7Problem(segment, occurrence, field, range, $"{what} in {set.Name}"));
            from = next;
        }
    }

    private static (string? Segment, int Occurrence, int Field) PlaceOf(Hl7Message message, int offset)
    {
        for (var index = message.SegmentCount - 1; index >= 0; index--)
        {
            var segment = message.GetSegment(index);
            if (segment.Range.Offset > offset)
            {
                continue;
            }

            for (var field = segment.FieldCount; field > 0; field--)
            {
                if (segment.Field(field).Range.Offset <= offset)
                {
                    return (segment.Name, segment.Occurrence, field);
                }
            }

            return (segment.Name, segment.Occurrence, 0);
        }

        return (null, 0, 0);
    }
}
