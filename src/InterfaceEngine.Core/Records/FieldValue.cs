namespace InterfaceEngine.Core.Records;

/// <summary>
/// What a sender said about one field. "Absent" and "Cleared" are different statements:
/// absent leaves the stored value alone, cleared (HL7's <c>""</c>, JSON's <c>null</c>) removes it.
/// A value is always text in the canonical form of its type: <c>2023-06-15</c>, <c>2023-06-15T14:00:00Z</c>,
/// <c>+15555551234</c>. The items of a list value are joined by <see cref="ListSeparator"/>.
/// </summary>
public readonly record struct FieldValue
{
    /// <summary>Between the items of a list value. No text type lets a control character in, so none can hold it.</summary>
    public const char ListSeparator = '\u001F';

    private enum State : byte { Absent, Cleared, Valued }

    private readonly State _state;

    private FieldValue(State state, string? text)
    {
        _state = state;
        Text = text;
    }

    /// <summary>Nothing was said.</summary>
    public static FieldValue Absent => default;

    /// <summary>The sender asks for the value to be removed.</summary>
    public static FieldValue Cleared { get; } = new(State.Cleared, null);

    /// <summary>The value in canonical form, or null.</summary>
    public string? Text { get; }

    public bool IsAbsent => _state == State.Absent;

    public bool IsCleared => _state == State.Cleared;

    public bool HasValue => _state == State.Valued;

    public static FieldValue Of(string text) => new(State.Valued, text);

    /// <summary>For people: the value, <c>(cleared)</c> or <c>(kept)</c>; list items joined by a comma.</summary>
    public override string ToString() => _state switch
    {
        State.Absent => "(kept)",
        State.Cleared => "(cleared)",
        _ => Text!.Contains(ListSeparator, StringComparison.Ordinal) ? Text.Replace(ListSeparator.ToString(), ", ", StringComparison.Ordinal) : Text,
    };
}
