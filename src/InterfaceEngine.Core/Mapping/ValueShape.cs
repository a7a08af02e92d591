namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// What a value looks like, without the value: each capital letter is <c>A</c>, each other letter <c>a</c>, each digit <c>9</c>; signs and
/// blanks stay, for they tell a form (<c>(999)999-9999</c>, <c>Aaaa</c>). Fit for reports: no patient is known by it.
/// </summary>
public static class ValueShape
{
    /// <summary>A longer value is cut: its length could tell more than its form.</summary>
    public const int LengthMax = 40;

    public static string Of(string value)
    {
        var length = Math.Min(value.Length, LengthMax);
        return string.Create(length, value, static (shape, value) =>
        {
            for (var index = 0; index < shape.Length; index++)
            {
                shape[index] = Of(value[index]);
            }
        }) + (value.Length > LengthMax ? "…" : "");
    }

    private static char Of(char character) =>
        char.IsDigit(character) ? '9'
        : char.IsUpper(character) ? 'A'
        : char.IsLetter(character) || char.IsSurrogate(character) ? 'a'
        : char.IsControl(character) ? ' '
        : character;
}
