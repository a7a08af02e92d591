using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Sandbox.Feed;

/// <summary>Writes segments field by field, numbered as the standard numbers them. Fields are given in rising order.</summary>
internal sealed class MessageWriter
{
    private readonly StringBuilder _text = new(8 * 1024);
    private int _field;

    /// <summary>Begins a segment; MSH comes with its two fields of delimiters.</summary>
    public MessageWriter Segment(string name)
    {
        if (_text.Length > 0)
        {
            _text.Append('\r');
        }

        _text.Append(name);
        _field = 0;
        if (name == "MSH")
        {
            _text.Append(@"|^~\&");
            _field = 2;
        }

        return this;
    }

    /// <param name="number">The field's number.</param>
    /// <param name="value">As it goes over the wire: components joined and escaped. Empty writes nothing.</param>
    public MessageWriter Field(int number, string value)
    {
        if (value.Length > 0)
        {
            PadTo(number);
            _text.Append(value);
        }

        return this;
    }

    public MessageWriter Field(int number, int value) => Field(number, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Separators up to a field that is not valued, as some senders write them.</summary>
    public MessageWriter PadTo(int number)
    {
        _text.Append('|', number - _field);
        _field = number;
        return this;
    }

    /// <summary>The whole message; every segment ends with CR.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.Append('\r').ToString());

    /// <summary>One value, escaped.</summary>
    public static string Text(string value) => Hl7Escapes.Encode(value, Hl7Delimiters.Standard);

    /// <summary>Components, escaped and joined, without empty ones at the end.</summary>
    public static string Join(params ReadOnlySpan<string> components)
    {
        var count = components.Length;
        while (count > 0 && components[count - 1].Length == 0)
        {
            count--;
        }

        var joined = new StringBuilder();
        for (var index = 0; index < count; index++)
        {
            joined.Append(index > 0 ? "^" : "").Append(Text(components[index]));
        }

        return joined.ToString();
    }
}
