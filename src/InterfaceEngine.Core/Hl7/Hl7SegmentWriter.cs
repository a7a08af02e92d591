using System.Buffers;
using System.Text;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Writes a value into one segment where a path points, and leaves every other byte of it as it was. What does not exist
/// yet is made: separators are padded, and a repetition that fits is added behind the last. A segment is given as its
/// pieces, which are what its field separators divide: its name, then a field each; of MSH the name, then MSH-2 on.
/// </summary>
/// <param name="message">The message of the segment: its delimiters, character set and limits count.</param>
/// <param name="path">The place; which segment it means is decided already.</param>
internal readonly struct Hl7SegmentWriter(Hl7Message message, Hl7Path path)
{
    private static readonly byte[] Null = "\"\""u8.ToArray();

    private readonly Hl7Delimiters _delimiters = message.Delimiters;

    /// <summary>The index of a field among the pieces of its segment.</summary>
    public static int PieceOf(int segmentKey, int field) => segmentKey == SegmentName.Msh ? field - 1 : field;

    /// <summary>The pieces of a segment.</summary>
    public static List<byte[]> Cut(ReadOnlySpan<byte> segment, byte separator)
    {
        var pieces = new List<byte[]>(Separators.Pieces(segment, separator));
        foreach (var range in segment.Split(separator))
        {
            pieces.Add(segment[range].ToArray());
        }

        return pieces;
    }

    /// <summary>Puts the value into a segment, which stays as it is when it can't hold it.</summary>
    /// <param name="pieces">The segment.</param>
    /// <param name="isMade">It was added for this path, so the conditions of the segment's selector are set in it.</param>
    /// <param name="value">Plain text; null writes <c>""</c>.</param>
    /// <exception cref="Hl7WriteException">The place or the character set can't hold it, or it passes a limit.</exception>
    public void Write(List<byte[]> pieces, bool isMade, string? value)
    {
        if (path.Field == 0)
        {
            throw Refuse("a whole segment can't be written, only a field");
        }

        if (path.SegmentKey == SegmentName.Msh && path.Field <= 2)
        {
            throw Refuse("the delimiters of a message can't be changed");
        }

        if (path.Field > message.Options.FieldsMax)
        {
            throw Refuse($"the message would pass a limit: {path.Field} fields, at most {message.Options.FieldsMax} are taken ({nameof(Hl7ParseOptions.FieldsMax)})");
        }

        if (path.SegmentSelector is { Conditions: { Count: > 0 } conditions })
        {
            WriteWithKeys(pieces, conditions, isMade, value);
            return;
        }

        var place = PieceOf(path.SegmentKey, path.Field);
        Put(pieces, place, Written(pieces, place, value));
    }

    /// <summary>What the segment's selector asks for is said with the value: all of it in a new segment, else only what is set in any case.</summary>
    private void WriteWithKeys(List<byte[]> pieces, IReadOnlyList<Hl7Condition> conditions, bool isMade, string? value)
    {
        List<byte[]> written = [.. pieces];
        foreach (var key in conditions.Where(key => isMade ? IsSetWhenMade(key.Kind) : key.Kind == Hl7ConditionKind.Sets))
        {
            var piece = PieceOf(path.SegmentKey, key.Field);
            Put(written, piece, WriteKey(piece < written.Count ? written[piece] : [], key));
        }

        var place = PieceOf(path.SegmentKey, path.Field);
        Put(written, place, Written(written, place, value));
        pieces.Clear();
        pieces.AddRange(written);
    }

    private byte[] Written(List<byte[]> pieces, int place, string? value)
    {
        var field = WriteField(place < pieces.Count ? pieces[place] : [], value);
        CheckReadsBack(field, value);
        return field;
    }

    private static void Put(List<byte[]> pieces, int place, byte[] piece)
    {
        while (pieces.Count <= place)
        {
            pieces.Add([]);
        }

        pieces[place] = piece;
    }

    private byte[] WriteKey(byte[] repetition, Hl7Condition condition)
    {
        var component = Piece(repetition, _delimiters.Component, Math.Max(condition.Component, 1));
        component = Replace(component, _delimiters.SubComponent, Math.Max(condition.SubComponent, 1), Encode(condition.Value));
        return Replace(repetition, _delimiters.Component, Math.Max(condition.Component, 1), component);
    }

    private byte[] WriteField(byte[] field, string? value)
    {
        // A field that was null as a whole is written anew.
        field = IsNull(field) ? [] : field;
        var number = NumberOf(field);
        var isMade = number == 0;
        number = !isMade ? number : field.Length == 0 ? 1 : Separators.Pieces(field, _delimiters.Repetition) + 1;
        if (number > message.Options.RepetitionsMax)
        {
            throw Refuse($"the message would pass a limit: {number} repetitions, at most {message.Options.RepetitionsMax} are taken ({nameof(Hl7ParseOptions.RepetitionsMax)})");
        }

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

        if (selector.Ordinal > 0 || field.Length == 0)
        {
            return selector.Ordinal;
        }

        selector.Pick(message.AsField(field), out var number);
        return number;
    }

    private byte[] WriteRepetition(byte[] repetition, bool isMade, string? value)
    {
        var hasConditions = path.FieldSelector is { Conditions.Count: > 0 };
        if (hasConditions && IsNull(repetition))
        {
            repetition = [];
        }

        repetition = WriteTarget(repetition, hasConditions, value);
        if (hasConditions)
        {
            foreach (var condition in path.FieldSelector!.Conditions)
            {
                repetition = WriteCondition(repetition, condition, isMade, value);
            }
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
            encoded = Replace(IsNull(component) ? [] : component, _delimiters.SubComponent, path.SubComponent, encoded);
        }

        return Replace(IsNull(repetition) ? [] : repetition, _delimiters.Component, number, encoded);
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

    private static bool IsNull(byte[] piece) => piece.AsSpan().SequenceEqual(Null);

    private byte[] Encode(string value)
    {
        string text;
        try
        {
            text = Hl7Escapes.Encode(value, _delimiters);
        }
        catch (Hl7WriteException refusal)
        {
            throw Refuse(refusal.Reason);
        }

        if (Ascii.IsValid(text))
        {
            return Encoding.ASCII.GetBytes(text);
        }

        var bytes = new ArrayBufferWriter<byte>();
        return message.CharacterSet.TryEncode(text, bytes)
            ? bytes.WrittenSpan.ToArray()
            : throw Refuse($"the value has a character that {message.CharacterSet.Name}, the message's character set, lacks");
    }

    private static byte[] Piece(byte[] whole, byte separator, int number) =>
        whole.Length == 0 ? [] : Separators.TryPiece(whole, separator, number, out var start, out var length) ? whole[start..(start + length)] : [];

    private byte[] Replace(byte[] whole, byte separator, int number, byte[] piece)
    {
        if (Separators.TryPiece(whole, separator, number, out var start, out var length))
        {
            return length == whole.Length ? piece : [.. whole.AsSpan(0, start), .. piece, .. whole.AsSpan(start + length)];
        }

        if (separator == 0)
        {
            throw Refuse("MSH-2 names no character to divide it with");
        }

        var padding = number - Separators.Pieces(whole, separator);
        var replaced = new byte[whole.Length + padding + piece.Length];
        whole.CopyTo(replaced, 0);
        replaced.AsSpan(whole.Length, padding).Fill(separator);
        piece.CopyTo(replaced, whole.Length + padding);
        return replaced;
    }

    /// <summary>
    /// What was written must be found again in the same place: a selector whose own prefix the value lacks would lose it
    /// without a word. Without a selector the place is where it was put, and ASCII is what it was.
    /// </summary>
    private void CheckReadsBack(byte[] field, string? value)
    {
        var isCertain = path.FieldSelector is null && (value is null || Ascii.IsValid(value));
        if (!isCertain && !IsReadBack(path.GetInField(message.AsField(field)), value))
        {
            throw Refuse(NotReadBack);
        }
    }

    /// <summary>Why a value that is not found again is refused.</summary>
    public const string NotReadBack = "what would be written could not be read back from the same place";

    /// <summary>Whether an element that the path found says the value that was written.</summary>
    public bool IsReadBack(Hl7Element element, string? value)
    {
        element = path.Component == 0 && path.FieldSelector is { Conditions.Count: > 0 } && !element.IsNull ? element.Component(1) : element;
        if (value is null)
        {
            return element.IsNull;
        }

        return element.Decode() == (value.Contains('\r') ? value.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : value);
    }

    private Hl7WriteException Refuse(string reason) => new(reason, path.ToString());
}
