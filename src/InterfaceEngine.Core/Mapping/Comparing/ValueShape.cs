using System.Text;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>
/// What a value looks like without what it says: <c>(555)555-1234</c> is <c>(###)###-####</c>, <c>Jane</c> is <c>Xxxx…</c>.
/// A person sees whether a telephone number or the word <c>NONE</c> stands there, and never whose.
/// </summary>
public static class ValueShape
{
    /// <summary>The most characters that are shown of a shape.</summary>
    public const int LengthMax = 40;

    /// <summary>Letters of one kind in a row beyond this are not counted: how long a name is says something of it.</summary>
    private const int LettersMax = 3;

    private const string Kept = " +-/.:,()@^&_";

    /// <param name="value">The value; null and empty are shapes of their own.</param>
    public static string Of(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "(empty)";
        }

        var shape = new StringBuilder(Math.Min(value.Length, LengthMax) + 1);
        var (last, run) = (default(char), 0);
        foreach (var character in value)
        {
            if (shape.Length >= LengthMax)
            {
                return shape.Append('…').ToString();
            }

            var sign = SignOf(character);
            run = sign == last ? run + 1 : 1;
            last = sign;
            if (sign is not ('X' or 'x') || run <= LettersMax)
            {
                shape.Append(sign);
            }
            else if (run == LettersMax + 1)
            {
                shape.Append('…');
            }
        }

        return shape.ToString();
    }

    private static char SignOf(char character) => character switch
    {
        FieldValue.ListSeparator => ';',
        _ when char.IsDigit(character) => '#',
        _ when char.IsUpper(character) => 'X',
        _ when char.IsLetter(character) => 'x',
        _ when Kept.Contains(character, StringComparison.Ordinal) => character,
        _ => '•',
    };
}
