namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>What a spreadsheet makes of a long number: <c>1.23457E+11</c>. The digits that it left out can't be had back.</summary>
internal static class SpreadsheetNumber
{
    private const int LengthMax = 24;

    /// <summary>
    /// Types whose values are ids and numbers. A name or a note may say anything, and what a date, a code or an e-mail address must
    /// look like their types say themselves.
    /// </summary>
    public static bool IsSuspect(string type) => type is "text" or "ref" or "int" or "decimal" or "phone" or "postcode" or "minutes";

    /// <summary>One digit, perhaps a point and more, <c>E+</c>, and two or three digits.</summary>
    public static bool Is(ReadOnlySpan<char> text)
    {
        text = text.Trim().TrimStart('-');
        var exponent = text.IndexOf("E+", StringComparison.OrdinalIgnoreCase);
        return exponent > 0 && text.Length <= LengthMax && text.Length - exponent is 4 or 5
            && IsDigits(text[(exponent + 2)..]) && char.IsAsciiDigit(text[0])
            && (exponent == 1 || (exponent > 2 && text[1] is '.' or ',' && IsDigits(text[2..exponent])));
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
