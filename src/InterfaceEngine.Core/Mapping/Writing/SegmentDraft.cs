using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>One segment of a message that is being written.</summary>
internal sealed class SegmentDraft
{
    private const int FieldsUsual = 32;

    private readonly List<byte[]> _pieces;

    private SegmentDraft(int key, List<byte[]> pieces, byte[] end)
    {
        Key = key;
        _pieces = pieces;
        End = end;
    }

    public int Key { get; }

    /// <summary>What ends it, with the blanks that lie before the next one.</summary>
    public byte[] End { get; set; }

    /// <summary>In bytes, with its end.</summary>
    public int Length
    {
        get
        {
            var length = _pieces.Count - 1 + End.Length;
            foreach (var piece in _pieces)
            {
                length += piece.Length;
            }

            return length;
        }
    }

    public static SegmentDraft New(string name, byte[] end) => new(SegmentName.KeyOf(name), new(FieldsUsual) { Encoding.ASCII.GetBytes(name) }, end);

    public static SegmentDraft Of(Hl7Segment segment)
    {
        var body = segment.Message.Body;
        var (range, whole) = (segment.Range, segment.RangeWithEnd);
        var end = body[(range.Offset + range.Length)..(whole.Offset + whole.Length)].ToArray();
        return new SegmentDraft(segment.Key, Hl7SegmentWriter.Cut(body.Slice(range.Offset, range.Length), segment.Message.Delimiters.Field), end);
    }

    public SegmentDraft Copy() => new(Key, [.. _pieces], End);

    /// <summary>A field's bytes; null when the segment ends before it.</summary>
    public byte[]? Field(int number)
    {
        var piece = Hl7SegmentWriter.PieceOf(Key, number);
        return piece < _pieces.Count ? _pieces[piece] : null;
    }

    /// <summary>Puts a value into it.</summary>
    /// <exception cref="Hl7WriteException">The place or the character set can't hold it; it stays as it is.</exception>
    public void Write(Hl7SegmentWriter writer, bool isMade, string? value) => writer.Write(_pieces, isMade, value);

    /// <summary>Writes its bytes; gives the place behind them.</summary>
    public int WriteTo(byte[] body, int at, byte separator)
    {
        for (var index = 0; index < _pieces.Count; index++)
        {
            if (index > 0)
            {
                body[at++] = separator;
            }

            _pieces[index].CopyTo(body, at);
            at += _pieces[index].Length;
        }

        End.CopyTo(body, at);
        return at + End.Length;
    }
}
