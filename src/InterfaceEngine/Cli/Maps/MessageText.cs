using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Cli.Maps;

/// <summary>A message written back.</summary>
internal static class MessageText
{
    /// <summary>Takes the message apart down to its sub-components and puts it together again.</summary>
    public static bool WritesBack(Hl7Message message)
    {
        var body = message.Bytes.Span;
        var written = new List<byte>(body.Length);
        written.AddRange(body.Slice(message.Preamble.Offset, message.Preamble.Length));
        for (var index = 0; index < message.SegmentCount; index++)
        {
            var segment = message.GetSegment(index);
            Write(written, segment, message.Delimiters, isHeader: index == 0);
            written.AddRange(body[(segment.Range.Offset + segment.Range.Length)..(segment.RangeWithEnd.Offset + segment.RangeWithEnd.Length)]);
        }

        return body.SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(written));
    }

    private static void Write(List<byte> written, Hl7Segment segment, Hl7Delimiters delimiters, bool isHeader)
    {
        foreach (var character in segment.Name)
        {
            written.Add((byte)character);
        }

        // MSH-1 is the separator itself.
        for (var number = isHeader ? 2 : 1; number <= segment.FieldCount; number++)
        {
            written.Add(delimiters.Field);
            var field = segment.Field(number);
            if (field.Level == Hl7Level.Literal)
            {
                written.AddRange(field.Raw);
                continue;
            }

            Join(written, delimiters.Repetition, field.RepetitionCount, field.Repetition, repetition =>
                Join(written, delimiters.Component, repetition.ComponentCount, repetition.Component, component =>
                    Join(written, delimiters.SubComponent, component.SubComponentCount, component.SubComponent, part => written.AddRange(part.Raw))));
        }
    }

    private static void Join(List<byte> written, byte separator, int count, Func<int, Hl7Element> part, Action<Hl7Element> write)
    {
        for (var number = 1; number <= count; number++)
        {
            if (number > 1)
            {
                written.Add(separator);
            }

            write(part(number));
        }
    }
}
