namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>Work on texts. Positions count from 1; what lies outside the text is left out; nothing throws.</summary>
internal static class TextFunctions
{
    public static string Keep(string text, Func<char, bool> isKept)
    {
        foreach (var c in text)
        {
            if (!isKept(c))
            {
                return string.Concat(text.Where(isKept));
            }
        }

        return text;
    }

    /// <summary>The part of the text in the range, however far the range reaches beyond it. A surrogate pair is never cut.</summary>
    public static string Slice(string text, decimal start, decimal count)
    {
        // Floor, so that 2.5 characters are 2; the sum of two numbers of at most 29 digits each may still overflow.
        var from = Math.Clamp(decimal.Floor(start), -TextLimit, TextLimit);
        var to = from + Math.Clamp(decimal.Floor(count), 0, TextLimit);
        var first = (int)Math.Clamp(from, 0, text.Length);
        var last = (int)Math.Clamp(to, first, text.Length);
        if (first < last && char.IsLowSurrogate(text[first]))
        {
            first++;
        }

        if (first < last && char.IsHighSurrogate(text[last - 1]))
        {
            last--;
        }

        return text[first..last];
    }

    public static ExpressionValue Replace(string text, string old, string by)
    {
        if (old.Length == 0)
        {
            return ExpressionValue.OfText(text);
        }

        var count = text.AsSpan().Count(old);
        return text.Length + ((long)count * (by.Length - old.Length)) > Operators.TextLengthMax
            ? ExpressionValue.Missing
            : ExpressionValue.OfText(text.Replace(old, by, StringComparison.Ordinal));
    }

    /// <summary>The n-th part between separators; missing when there are fewer.</summary>
    public static ExpressionValue Part(string text, string separator, decimal n)
    {
        var start = 0;
        for (var i = 1; i <= n; i++)
        {
            var end = separator.Length == 0 ? -1 : text.IndexOf(separator, start, StringComparison.Ordinal);
            if (i == n)
            {
                return ExpressionValue.OfText(end < 0 ? text[start..] : text[start..end]);
            }

            if (end < 0)
            {
                break;
            }

            start = end + separator.Length;
        }

        return ExpressionValue.Missing;
    }

    /// <summary>Filled up on the left to n characters with the first character of the fill.</summary>
    public static ExpressionValue Pad(string text, decimal n, string fill) =>
        fill.Length == 0 || n > Operators.TextLengthMax ? ExpressionValue.Missing
        : n <= text.Length ? ExpressionValue.OfText(text)
        : ExpressionValue.OfText(text.PadLeft((int)n, fill[0]));

    private const decimal TextLimit = 1_000_000;
}
