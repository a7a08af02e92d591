using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// One HL7 v2 message of any version: a view over its own bytes. Parsing finds the segments; a segment's fields are
/// found the first time one is asked for; values are decoded when they are read. Immutable and safe to share between
/// threads, as long as nobody changes the bytes it was parsed from.
/// </summary>
public sealed class Hl7Message
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>The same bytes, for it takes long to get a span of a memory, and every value is a slice of it.</summary>
    private readonly ArraySegment<byte> _body;
    private readonly SegmentEntry[] _segments;

    /// <summary>Per segment the places of its field separators and its end; filled when first needed, the same by whoever does it.</summary>
    private readonly int[]?[] _separators;

    /// <summary>The message whose field these bytes are to become; null for a message.</summary>
    private readonly Hl7Message? _of;

    private MessageText? _text;
    private string? _eventType;
    private SegmentTree? _tree;

    internal Hl7Message(ReadOnlyMemory<byte> bytes, SegmentEntry[] segments, int segmentCount, Hl7Delimiters delimiters, bool isAscii, Hl7ParseOptions options)
    {
        _bytes = bytes;
        _body = MemoryMarshal.TryGetArray(bytes, out var array) ? array : bytes.ToArray();
        _segments = segments;
        _separators = new int[]?[segmentCount];
        Delimiters = delimiters;
        IsAscii = isAscii;
        Options = options;
    }

    /// <summary>Bytes that are to stand in another message, read as it is.</summary>
    private Hl7Message(Hl7Message of, byte[] field)
    {
        _bytes = field;
        _body = field;
        _segments = [];
        _separators = [];
        Delimiters = of.Delimiters;
        IsAscii = System.Text.Ascii.IsValid(field);
        Options = of.Options;
        _of = of;
    }

    /// <summary>The body exactly as it was received.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    public Hl7Delimiters Delimiters { get; }

    public int SegmentCount => _separators.Length;

    /// <summary>What stands before MSH: a byte order mark, blanks.</summary>
    public ByteRange Preamble => new(0, _segments[0].Start);

    /// <summary>The set its text is read with, from MSH-18, or found out as <see cref="Hl7ParseOptions.FallbackCharacterSet"/> says.</summary>
    public Hl7CharacterSet CharacterSet => Text.CharacterSet;

    /// <summary>
    /// Bytes that can't be decoded and a character set that is not known. Empty for almost every message;
    /// at most <see cref="MessageText.ProblemsMax"/> are listed.
    /// </summary>
    public IReadOnlyList<Hl7Problem> Problems => Text.Problems;

    /// <summary>MSH-3.1</summary>
    public string SendingApplication => Header(3);

    /// <summary>MSH-4.1</summary>
    public string SendingFacility => Header(4);

    /// <summary>MSH-5.1</summary>
    public string ReceivingApplication => Header(5);

    /// <summary>MSH-6.1</summary>
    public string ReceivingFacility => Header(6);

    /// <summary>MSH-9.1, e.g. <c>ADT</c>.</summary>
    public string MessageCode => Header(9);

    /// <summary>MSH-9.2, e.g. <c>A04</c>; empty in versions that had none.</summary>
    public string TriggerEvent => Header(9, 2);

    /// <summary>MSH-9.3 as sent, which is often missing or wrong; <see cref="Hl7Dictionary.StructureOf"/> derives it from the event.</summary>
    public string Structure => Header(9, 3);

    /// <summary><c>ADT^A04</c>, or the message code alone; always with <c>^</c>, whatever the delimiters.</summary>
    public string EventType => _eventType ??= TriggerEvent is { Length: > 0 } trigger ? $"{MessageCode}^{trigger}" : MessageCode;

    /// <summary>MSH-10, empty when it was not sent.</summary>
    public string ControlId => GetSegment(0).Field(10).Decode();

    /// <summary>MSH-11.1: <c>P</c>, <c>T</c> or <c>D</c>; empty when it was not sent.</summary>
    public string ProcessingId => Header(11);

    /// <summary>MSH-12.1, e.g. <c>2.3.1</c>; empty when it was not sent.</summary>
    public string Version => Header(12);

    internal ReadOnlySpan<byte> Body => _body;

    internal bool IsAscii { get; }

    internal Hl7ParseOptions Options { get; }

    /// <summary>Which opener each segment belongs to; found when first asked for, the same by whoever does it.</summary>
    internal SegmentTree Tree => _tree ??= SegmentTree.Of(this);

    private MessageText Text => _text ??= _of?.Text ?? MessageText.Of(this);

    /// <summary>Reads a body.</summary>
    /// <exception cref="Hl7ParseException">It is not one message, or it passes a limit.</exception>
    public static Hl7Message Parse(ReadOnlyMemory<byte> body, Hl7ParseOptions? options = null) =>
        TryParse(body, options, out var message, out var error) ? message : throw error;

    /// <summary>Reads a body with the default options; <paramref name="error"/> says why it is not a message.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Hl7Message? message, [NotNullWhen(false)] out Hl7ParseException? error) =>
        TryParse(body, null, out message, out error);

    /// <summary>Reads a body; <paramref name="error"/> says why it is not a message.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> body, Hl7ParseOptions? options, [NotNullWhen(true)] out Hl7Message? message, [NotNullWhen(false)] out Hl7ParseException? error) =>
        SegmentScan.TryRead(body, options ?? Hl7ParseOptions.Default, out message, out error);

    /// <summary>
    /// Reads only the MSH of a body, whole or cut off, so that it can be answered though the rest can't be read.
    /// </summary>
    /// <returns>False when there is no MSH, or its end has not come.</returns>
    public static bool TryParseHeader(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Hl7Message? header, Hl7ParseOptions? options = null) =>
        SegmentScan.TryReadHeader(body, options ?? Hl7ParseOptions.Default, out header);

    /// <summary>The segment at a place, counted from 0; MSH is the first.</summary>
    public Hl7Segment GetSegment(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, SegmentCount);
        return new Hl7Segment(this, index);
    }

    /// <summary>The segment of this name with the number <paramref name="occurrence"/>, from 1; not present when there are fewer.</summary>
    public Hl7Segment Find(string name, int occurrence = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(occurrence, 1);
        var key = SegmentName.KeyOf(name);
        for (var index = IndexOf(key, 0); index >= 0; index = IndexOf(key, index + 1))
        {
            if (--occurrence == 0)
            {
                return new Hl7Segment(this, index);
            }
        }

        return default;
    }

    /// <summary>All segments of this name, in order.</summary>
    public IReadOnlyList<Hl7Segment> FindAll(string name)
    {
        var key = SegmentName.KeyOf(name);
        var found = new List<Hl7Segment>();
        for (var index = IndexOf(key, 0); index >= 0; index = IndexOf(key, index + 1))
        {
            found.Add(new Hl7Segment(this, index));
        }

        return found;
    }

    /// <summary>Looks at bytes as at a field of this message; its ranges are places in these bytes.</summary>
    internal Hl7Element AsField(byte[] bytes) => new(new Hl7Message(this, bytes), 0, bytes.Length, Hl7Level.Field);

    internal int KeyAt(int index) => _segments[index].Key;

    internal ByteRange RangeAt(int index) => new(_segments[index].Start, _segments[index].End - _segments[index].Start);

    internal ByteRange RangeWithEndAt(int index)
    {
        var end = index + 1 < SegmentCount ? _segments[index + 1].Start : _bytes.Length;
        return new ByteRange(_segments[index].Start, end - _segments[index].Start);
    }

    internal int OccurrenceAt(int index)
    {
        var occurrence = 0;
        for (var at = 0; at <= index; at++)
        {
            occurrence += _segments[at].Key == _segments[index].Key ? 1 : 0;
        }

        return occurrence;
    }

    /// <summary>The first segment with this key at or after <paramref name="from"/>, or -1.</summary>
    internal int IndexOf(int key, int from)
    {
        for (var index = from; index < SegmentCount; index++)
        {
            if (_segments[index].Key == key)
            {
                return index;
            }
        }

        return -1;
    }

    internal int FieldCountAt(int index)
    {
        var separators = SeparatorsAt(index).Length - 1;
        return _segments[index].Key == SegmentName.Msh ? separators + 1 : separators;
    }

    internal Hl7Element FieldAt(int index, int number)
    {
        var separators = SeparatorsAt(index);
        if (_segments[index].Key == SegmentName.Msh)
        {
            // MSH-1 is the separator itself, so every later MSH field sits one place to the left.
            if (number == 1)
            {
                return new Hl7Element(this, separators[0], 1, Hl7Level.Literal);
            }

            number--;
        }

        if (number >= separators.Length)
        {
            return default;
        }

        var start = separators[number - 1] + 1;
        var isEncodingCharacters = number == 1 && index == 0;
        return new Hl7Element(this, start, separators[number] - start, isEncodingCharacters ? Hl7Level.Literal : Hl7Level.Field);
    }

    private int[] SeparatorsAt(int index) =>
        _separators[index] ??= Separators.Index(Body, _segments[index].Start, _segments[index].End, Delimiters.Field);

    private string Header(int field, int component = 1) => FieldAt(0, field).Component(component).SubComponent(1).Decode();
}

/// <summary>Where a segment lies: its name, its first byte and the byte after its last, without its end.</summary>
internal readonly record struct SegmentEntry(int Key, int Start, int End);
