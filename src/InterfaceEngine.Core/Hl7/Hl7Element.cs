using System.Buffers;
using System.Text;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Hl7;

/// <summary>What an <see cref="Hl7Element"/> is a slice of.</summary>
public enum Hl7Level
{
    /// <summary>A whole segment.</summary>
    Segment,

    /// <summary>A field with all its repetitions.</summary>
    Field,

    /// <summary>One repetition of a field.</summary>
    Repetition,

    Component,
    SubComponent,

    /// <summary>MSH-1 and MSH-2: never divided, never unescaped.</summary>
    Literal,
}

/// <summary>
/// A slice of a message at some level. Three statements are kept apart: absent (the default value: the segment or
/// field ends before it), empty (no characters) and null (exactly <c>""</c>: the sender asks for removal).
/// All numbers count from 1.
/// </summary>
public readonly struct Hl7Element
{
    private readonly Hl7Message? _message;
    private readonly int _start;
    private readonly int _length;
    private readonly Hl7Level _level;

    internal Hl7Element(Hl7Message message, int start, int length, Hl7Level level)
    {
        _message = message;
        _start = start;
        _length = length;
        _level = level;
    }

    public bool IsPresent => _message is not null;

    /// <summary>Present, without any character.</summary>
    public bool IsEmpty => _message is not null && _length == 0;

    /// <summary>Exactly <c>""</c>.</summary>
    public bool IsNull => _length == 2 && Raw.SequenceEqual("\"\""u8);

    /// <summary>Present, not empty and not <c>""</c>.</summary>
    public bool HasValue => _length > 0 && !IsNull;

    public Hl7Level Level => _level;

    /// <summary>Where it stands in the body; <see cref="ByteRange.None"/> when absent.</summary>
    public ByteRange Range => _message is null ? ByteRange.None : new ByteRange(_start, _length);

    /// <summary>Its bytes as they were sent; none when absent.</summary>
    public ReadOnlySpan<byte> Raw => _message is null ? default : _message.Body.Slice(_start, _length);

    /// <summary>How many repetitions a field has: an empty one has one, an absent one none.</summary>
    public int RepetitionCount => Count(Hl7Level.Field);

    /// <summary>How many components the (first) repetition has.</summary>
    public int ComponentCount => _level == Hl7Level.Field ? Repetition(1).ComponentCount : Count(Hl7Level.Repetition);

    /// <summary>How many sub-components the (first) component has.</summary>
    public int SubComponentCount => _level is Hl7Level.Field or Hl7Level.Repetition ? Component(1).SubComponentCount : Count(Hl7Level.Component);

    private Hl7Delimiters Delimiters => _message!.Delimiters;

    /// <summary>One repetition of a field. What lies deeper has one: itself.</summary>
    public Hl7Element Repetition(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return _level == Hl7Level.Field && _message is not null
            ? Piece(Delimiters.Repetition, number, Hl7Level.Repetition)
            : Itself(number);
    }

    /// <summary>One component, of the first repetition when this is a field. What lies deeper has one: itself.</summary>
    public Hl7Element Component(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return _message is null
            ? default
            : _level switch
            {
                Hl7Level.Field => Repetition(1).Component(number),
                Hl7Level.Repetition => Piece(Delimiters.Component, number, Hl7Level.Component),
                _ => Itself(number),
            };
    }

    /// <summary>One sub-component, of the first component when this is a field or repetition.</summary>
    public Hl7Element SubComponent(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return _message is null
            ? default
            : _level switch
            {
                Hl7Level.Field or Hl7Level.Repetition => Component(1).SubComponent(number),
                Hl7Level.Component => Piece(Delimiters.SubComponent, number, Hl7Level.SubComponent),
                _ => Itself(number),
            };
    }

    /// <summary>
    /// The text with its escapes resolved (<see cref="Hl7Escapes"/>). Separators inside it stay as they are. Empty when
    /// absent. What can't be decoded shows as U+FFFD; <see cref="TryDecode"/> tells.
    /// </summary>
    public string Decode()
    {
        TryDecode(out var text);
        return text;
    }

    /// <summary>As <see cref="Decode"/>; false when some bytes could not be decoded.</summary>
    public bool TryDecode(out string text)
    {
        if (_length == 0)
        {
            text = string.Empty;
            return true;
        }

        var raw = Raw;
        var isWhole = true;
        if (_level != Hl7Level.Literal && Delimiters.Escape != 0 && raw.Contains(Delimiters.Escape))
        {
            text = Hl7Escapes.Decode(raw, Delimiters, _message!.CharacterSet, out isWhole);
        }
        else if (_message!.IsAscii)
        {
            text = Encoding.Latin1.GetString(raw);
        }
        else
        {
            text = _message.CharacterSet.Decode(raw, out isWhole);
        }

        return isWhole;
    }

    /// <summary>
    /// Copies the text where that takes no decoding (ASCII without escapes, which is nearly all there is) and no more
    /// than the destination; otherwise false, and <see cref="TryDecode"/> has it.
    /// </summary>
    internal bool TryCopy(Span<char> destination, out int length)
    {
        length = 0;
        if (_length > destination.Length)
        {
            return false;
        }

        var raw = Raw;
        var isPlain = _length == 0 || _level == Hl7Level.Literal || Delimiters.Escape == 0 || !raw.Contains(Delimiters.Escape);
        return isPlain && Ascii.ToUtf16(raw, destination, out length) == OperationStatus.Done;
    }

    /// <summary>True when the decoded text is exactly <paramref name="utf8"/>; cheap for plain ASCII.</summary>
    public bool ValueEquals(ReadOnlySpan<byte> utf8)
    {
        if (_message is null)
        {
            return false;
        }

        var raw = Raw;
        var isPlain = _level == Hl7Level.Literal || Delimiters.Escape == 0 || !raw.Contains(Delimiters.Escape);
        return isPlain && (_message.IsAscii || Ascii.IsValid(raw))
            ? raw.SequenceEqual(utf8)
            : Decode() == Encoding.UTF8.GetString(utf8);
    }

    /// <summary>The decoded text, for people; never written to a log.</summary>
    public override string ToString() => Decode();

    /// <summary>True when it holds nothing but separators, or nothing at all.</summary>
    internal bool SaysNothing()
    {
        foreach (var value in Raw)
        {
            if (value != Delimiters.Component && value != Delimiters.SubComponent && value != Delimiters.Repetition)
            {
                return false;
            }
        }

        return true;
    }

    internal Hl7Element At(Hl7Level level) => _message is null ? default : new Hl7Element(_message, _start, _length, level);

    /// <summary>Walks a field's repetitions in one pass.</summary>
    internal PieceEnumerator EnumerateRepetitions() => new(this, Hl7Level.Field);

    /// <summary>Walks the components of a repetition in one pass.</summary>
    internal PieceEnumerator EnumerateComponents() => new(this, Hl7Level.Repetition);

    /// <summary>Walks the sub-components of a component in one pass.</summary>
    internal PieceEnumerator EnumerateSubComponents() => new(this, Hl7Level.Component);

    /// <summary>Whether a separator below its level stands in it.</summary>
    internal bool IsDivided => _message is not null && _level switch
    {
        Hl7Level.Repetition => Separators.Pieces(Raw, Delimiters.Component) > 1 || Separators.Pieces(Raw, Delimiters.SubComponent) > 1,
        Hl7Level.Component => Separators.Pieces(Raw, Delimiters.SubComponent) > 1,
        _ => false,
    };

    private Hl7Element Itself(int number) => number == 1 && _level != Hl7Level.Segment ? this : default;

    private Hl7Element Piece(byte separator, int number, Hl7Level level) =>
        Separators.TryPiece(Raw, separator, number, out var start, out var length)
            ? new Hl7Element(_message!, _start + start, length, level)
            : default;

    private int Count(Hl7Level divided)
    {
        if (_message is null || _level == Hl7Level.Segment)
        {
            return 0;
        }

        return _level != divided ? 1 : Separators.Pieces(Raw, divided switch
        {
            Hl7Level.Field => Delimiters.Repetition,
            Hl7Level.Repetition => Delimiters.Component,
            _ => Delimiters.SubComponent,
        });
    }

    /// <summary>Walks the pieces of an element of one level; one of another level is its own only piece.</summary>
    internal ref struct PieceEnumerator(Hl7Element whole, Hl7Level divided)
    {
        private int _at = whole.IsPresent ? 0 : -1;

        public Hl7Element Current { get; private set; }

        public readonly PieceEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_at < 0)
            {
                return false;
            }

            if (whole._level != divided)
            {
                Current = whole;
                _at = -1;
                return true;
            }

            var (separator, level) = divided switch
            {
                Hl7Level.Field => (whole.Delimiters.Repetition, Hl7Level.Repetition),
                Hl7Level.Repetition => (whole.Delimiters.Component, Hl7Level.Component),
                _ => (whole.Delimiters.SubComponent, Hl7Level.SubComponent),
            };
            var rest = whole.Raw[_at..];
            var next = separator == 0 ? -1 : rest.IndexOf(separator);
            Current = new Hl7Element(whole._message!, whole._start + _at, next < 0 ? rest.Length : next, level);
            _at = next < 0 ? -1 : _at + next + 1;
            return true;
        }
    }
}
