using System.Buffers;
using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Writes a value where a path points, by cutting the message apart at separators and joining it again, so that
/// every other byte stays as it was. What does not exist yet is made: separators are padded, and a repetition or
/// segment that fits is added behind the last.
/// </summary>
internal sealed class Hl7PathWriter(Hl7Message message, Hl7Path path)
{
    private readonly Hl7Segment _target = SegmentSearch.Find(message, path);
    private readonly bool _isNew;

    private static readonly byte[] Null = "\"\""u8.ToArray();

    private readonly Hl7Delimiters _delimiters = message.Delimiters;

    /// <param name="message">The message to write into.</param>
    /// <param name="path">Where; which segment it means is decided already.</param>
    /// <param name="target">The segment that is written.</param>
    /// <param name="isNew">It was added for this path, so the conditions of the segment's selector are set in it.</param>
    public Hl7PathWriter(Hl7Message message, Hl7Path path, Hl7Segment target, bool isNew)
        : this(message, path)
    {
        _target = target;
        _isNew = isNew;
    }

    public Hl7Message Write(string? value)
    {
        if (path.Field == 0)
        {
            throw Refuse("a whole segment can't be written, only a field");
        }

        if (path.SegmentKey == SegmentName.Msh && path.Field <= 2)
        {
            throw Refuse("the delimiters of a message can't be changed");
        }

        var written = Hl7Message.Parse(Apply(value), message.Options);
        CheckReadsBack(written, value);
        return written;
    }

    private byte[] Apply(string? value)
    {
        var body = message.Body;
        if (_target.IsPresent)
        {
            var range = _target.Range;
            var content = WriteSegment(body.Slice(range.Offset, range.Length).ToArray(), _isNew, value);
            return [.. body[..range.Offset], .. content, .. body[(range.Offset + range.Length)..]];
        }

        var made = WriteSegment(Encoding.ASCII.GetBytes(path.Segment), isMade: true, value);
        var (at, padding) = PlaceForSegment();
        return [.. body[..at], .. padding, .. SegmentEnd(), .. made, .. body[at..]];
    }

    /// <summary>Where a segment that does not exist yet is made, and what fills up to a wanted number.</summary>
    private (int At, byte[] Padding) PlaceForSegment()
    {
        var scope = new SegmentScope(message);
        var same = path.Opener is null && path.SegmentKey != SegmentSearch.Nte ? message.FindAll(path.Segment) : [.. scope.FindAll(path.OfAnySegment())];
        var last = same.Count > 0 ? same[^1] : Holder(scope);
        var missing = path.SegmentSelector is { Ordinal: > 0 } selector ? selector.Ordinal - same.Count - 1 : 0;
        byte[] bare = [.. SegmentEnd(), .. Encoding.ASCII.GetBytes(path.Segment)];
        return (last.Range.Offset + last.Range.Length, [.. Enumerable.Repeat(bare, missing).SelectMany(bytes => bytes)]);
    }

    /// <summary>What the first of its name stands behind: its opener, so that it is its own; else the last segment of the message.</summary>
    private Hl7Segment Holder(SegmentScope scope)
    {
        var holder = path.Opener is { } opener ? scope.Find(opener)
            : path.SegmentKey == SegmentSearch.Nte ? scope.Subject
            : message.GetSegment(message.SegmentCount - 1);
        return holder.IsPresent ? holder : throw Refuse($"there is no {path.Opener} under which it could stand");
    }

    /// <summary>How the message itself ends its first segment; CR when it has only one.</summary>
    private ReadOnlySpan<byte> SegmentEnd()
    {
        var header = message.GetSegment(0).Range;
        var rest = message.Body[(header.Offset + header.Length)..];
        return rest.StartsWith("\r\n"u8) ? "\r\n"u8 : rest.StartsWith("\n"u8) ? "\n"u8 : "\r"u8;
    }

    private byte[] WriteSegment(byte[] content, bool isMade, string? value)
    {
        if (isMade && path.SegmentSelector is { } selector)
        {
            foreach (var condition in selector.Conditions.Where(condition => IsSetWhenMade(condition.Kind)))
            {
                content = WriteKey(content, condition, condition.Field);
            }
        }
        else if (path.SegmentSelector is { } given)
        {
            foreach (var condition in given.Conditions.Where(condition => condition.Kind == Hl7ConditionKind.Sets))
            {
                content = WriteKey(content, condition, condition.Field);
            }
        }

        var piece = PieceOf(path.Field);
        return Replace(content, _delimiters.Field, piece, WriteField(Piece(content, _delimiters.Field, piece), value));
    }

    private byte[] WriteKey(byte[] content, Hl7Condition condition, int field)
    {
        var piece = PieceOf(field);
        var repetition = Piece(content, _delimiters.Field, piece);
        var component = Piece(repetition, _delimiters.Component, Math.Max(condition.Component, 1));
        component = Replace(component, _delimiters.SubComponent, Math.Max(condition.SubComponent, 1), Encode(condition.Value));
        return Replace(content, _delimiters.Field, piece, Replace(repetition, _delimiters.Component, Math.Max(condition.Component, 1), component));
    }

    private byte[] WriteField(byte[] field, string? value)
    {
        // A field that was null as a whole is written anew.
        field = field.AsSpan().SequenceEqual(Null) ? [] : field;
        var number = NumberOf(field);
        var isMade = number == 0;
        number = !isMade ? number : field.Length == 0 ? 1 : Separators.Pieces(field, _delimiters.Repetition) + 1;
        var repetition = Piece(field, _delimiters.Repetition, number);
        return Replace(field, _delimiters.Repetition, number, WriteRepetition(repetition, isMade, value));
    }

    /// <summary>Which repetition to write into; 0 when none fits.</summary>
    private int NumberOf(byte[] field)
    {
        if (path.FieldSelector is not { } selector)
        {
            return 1;
        }

        if (selector.Ordinal > 0)
        {
            return selector.Ordinal;
        }

        // The selector reads elements, so the field is looked at as a field of this message, or as absent where it is.
        var existing = _target.Field(path.Field);
        if (!existing.IsPresent || field.Length == 0)
        {
            return 0;
        }

        selector.Pick(existing, out var number);
        return number;
    }

    private byte[] WriteRepetition(byte[] repetition, bool isMade, string? value)
    {
        var hasConditions = path.FieldSelector is { Conditions.Count: > 0 };
        if (hasConditions && repetition.AsSpan().SequenceEqual(Null))
        {
            repetition = [];
        }

        repetition = WriteTarget(repetition, hasConditions, value);
        foreach (var condition in path.FieldSelector?.Conditions ?? [])
        {
            repetition = WriteCondition(repetition, condition, isMade, value);
        }

        return repetition;
    }

    private byte[] WriteTarget(byte[] repetition, bool hasConditions, string? value)
    {
        var encoded = value is null ? Null : Encode(value);
        if (path.Component == 0 && !hasConditions)
        {
            return encoded;
        }

        // Beside the conditions' own components a path without one means the first.
        var number = Math.Max(path.Component, 1);
        if (path.SubComponent > 0)
        {
            var component = Piece(repetition, _delimiters.Component, number);
            component = component.AsSpan().SequenceEqual(Null) ? [] : component;
            encoded = Replace(component, _delimiters.SubComponent, path.SubComponent, encoded);
        }

        return Replace(repetition.AsSpan().SequenceEqual(Null) ? [] : repetition, _delimiters.Component, number, encoded);
    }

    private byte[] WriteCondition(byte[] repetition, Hl7Condition condition, bool isMade, string? value)
    {
        var component = Piece(repetition, _delimiters.Component, condition.Component);
        var said = Piece(component, _delimiters.SubComponent, Math.Max(condition.SubComponent, 1));
        var isCompleted = condition.Kind == Hl7ConditionKind.IsOrUnsaid && said.Length == 0 && value is not null;
        if (condition.Kind != Hl7ConditionKind.Sets && !isCompleted && !(isMade && IsSetWhenMade(condition.Kind)))
        {
            return repetition;
        }

        component = Replace(component, _delimiters.SubComponent, Math.Max(condition.SubComponent, 1), Encode(condition.Value));
        return Replace(repetition, _delimiters.Component, condition.Component, component);
    }

    private static bool IsSetWhenMade(Hl7ConditionKind kind) =>
        kind is Hl7ConditionKind.Is or Hl7ConditionKind.IsOrUnsaid or Hl7ConditionKind.Sets;

    /// <summary>Which piece of a segment a field is: its name is the first, and MSH-1 is no piece.</summary>
    private int PieceOf(int field) => path.SegmentKey == SegmentName.Msh ? field : field + 1;

    private byte[] Encode(string value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        try
        {
            if (message.CharacterSet.TryEncode(Hl7Escapes.Encode(value, _delimiters), bytes))
            {
                return bytes.WrittenSpan.ToArray();
            }
        }
        catch (Hl7WriteException refusal)
        {
            throw Refuse(refusal.Reason);
        }

        throw Refuse($"the value has a character that {message.CharacterSet.Name}, the message's character set, lacks");
    }

    private static byte[] Piece(byte[] whole, byte separator, int number) =>
        Separators.TryPiece(whole, separator, number, out var start, out var length) ? whole[start..(start + length)] : [];

    private byte[] Replace(byte[] whole, byte separator, int number, byte[] piece)
    {
        if (Separators.TryPiece(whole, separator, number, out var start, out var length))
        {
            return [.. whole[..start], .. piece, .. whole[(start + length)..]];
        }

        if (separator == 0)
        {
            throw Refuse("MSH-2 names no character to divide it with");
        }

        var padding = new byte[number - Separators.Pieces(whole, separator)];
        Array.Fill(padding, separator);
        return [.. whole, .. padding, .. piece];
    }

    /// <summary>
    /// What was written must be found again in the same place: a selector whose own prefix the value lacks, or bytes that
    /// change how an undeclared character set is read, would lose it without a word.
    /// </summary>
    private void CheckReadsBack(Hl7Message written, string? value)
    {
        var element = _target.IsPresent ? path.GetIn(written.GetSegment(_target.Index)) : path.Get(written);
        element = path.Component == 0 && path.FieldSelector is { Conditions.Count: > 0 } && !element.IsNull ? element.Component(1) : element;
        var isSame = value is null
            ? element.IsNull
            : element.Decode() == value.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        if (!isSame)
        {
            throw Refuse("what would be written could not be read back from the same place");
        }
    }

    private Hl7WriteException Refuse(string reason) => new(reason, path.ToString());
}
