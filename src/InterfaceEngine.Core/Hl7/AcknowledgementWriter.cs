using System.Buffers;
using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Writes the segments of an answer in the delimiters and the character set of the message it answers. Characters that
/// set lacks are written as <c>?</c>: the texts are ours and say nothing that would be lost.
/// </summary>
internal sealed class AcknowledgementWriter(Hl7Message? incoming)
{
    private const byte SegmentEnd = (byte)'\r';

    private readonly ArrayBufferWriter<byte> _bytes = new(256);
    private readonly Hl7Delimiters _delimiters = incoming?.Delimiters ?? Hl7Delimiters.Standard;

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public void Segment(string name) => Ascii(name);

    public void End() => Byte(SegmentEnd);

    public void FieldSeparator() => Byte(_delimiters.Field);

    public void EncodingCharacters()
    {
        FieldSeparator();
        Ascii(_delimiters.EncodingCharacters);
    }

    public void Field(string value)
    {
        FieldSeparator();
        Value(value);
    }

    /// <summary>Leaves fields empty.</summary>
    public void Skip(int fields)
    {
        for (; fields > 0; fields--)
        {
            FieldSeparator();
        }
    }

    public void Component(string value) => Part(_delimiters.Component, value);

    /// <summary>Left out where MSH-2 names no sub-component character.</summary>
    public void SubComponent(string value) => Part(_delimiters.SubComponent, value);

    public bool TryRepetition()
    {
        if (_delimiters.Repetition != 0)
        {
            Byte(_delimiters.Repetition);
        }

        return _delimiters.Repetition != 0;
    }

    /// <summary>A field of the incoming MSH as it was sent; nothing when it was not.</summary>
    public void Copy(int field)
    {
        if (incoming is not null)
        {
            _bytes.Write(incoming.GetSegment(0).Field(field).Raw);
        }
    }

    public void CopyOr(int field, string otherwise)
    {
        if (incoming is not null && incoming.GetSegment(0).Field(field).HasValue)
        {
            Copy(field);
        }
        else
        {
            Value(otherwise);
        }
    }

    public void Value(string value)
    {
        var text = _delimiters.Escape == 0 ? WithoutDelimiters(value) : Hl7Escapes.Encode(value, _delimiters);
        var set = incoming?.CharacterSet ?? Hl7CharacterSet.Ascii;
        if (!set.TryEncode(text, _bytes))
        {
            Ascii(string.Concat(text.Select(character => char.IsAscii(character) ? character : '?')));
        }
    }

    private void Part(byte separator, string value)
    {
        if (separator != 0)
        {
            Byte(separator);
            Value(value);
        }
    }

    private string WithoutDelimiters(string value) => string.Concat(value.Select(character =>
        character < ' ' || character == _delimiters.Field || character == _delimiters.Component || character == _delimiters.Repetition || character == _delimiters.SubComponent ? ' ' : character));

    private void Ascii(string text)
    {
        Encoding.ASCII.GetBytes(text, _bytes);
    }

    private void Byte(byte value) => _bytes.Write([value]);
}
