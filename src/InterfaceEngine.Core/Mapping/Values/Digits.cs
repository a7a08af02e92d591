namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>Numbers as digits, without the culture machinery: this runs for every date of every message.</summary>
internal static class Digits
{
    /// <summary>Fills <paramref name="text"/> with the number, zeros before it.</summary>
    public static void Write(Span<char> text, int number)
    {
        for (var index = text.Length - 1; index >= 0; index--)
        {
            text[index] = (char)('0' + (number % 10));
            number /= 10;
        }
    }

    /// <summary>The number that the digits write; they must fit an <see langword="int"/>.</summary>
    public static int Read(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            number = (number * 10) + (digit - '0');
        }

        return number;
    }

    /// <summary>True when there are only digits, of a length in the bounds.</summary>
    public static bool Are(ReadOnlySpan<char> text, int lengthMin, int lengthMax)
    {
        if (text.Length < lengthMin || text.Length > lengthMax)
        {
            return false;
        }

        // They are two or four: the vectors of a search would cost more, and allocate until they are compiled for good.
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit(character))
            {
                return false;
            }
        }

        return true;
    }
}
