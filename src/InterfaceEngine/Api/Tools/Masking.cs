namespace InterfaceEngine.Api.Tools;

/// <summary>How much of a value somebody at the telephone is told who did not say it.</summary>
internal static class Masking
{
    private const string Mask = "***";
    private const int PhoneDigitsShown = 4;

    /// <summary>The first letter: enough to tell two people of one family apart.</summary>
    public static string? Name(string? name) => string.IsNullOrEmpty(name) ? null : $"{name[0]}{Mask}";

    /// <summary>The last digits; a number that is hardly longer shows none.</summary>
    public static string? Phone(string? phone)
    {
        if (string.IsNullOrEmpty(phone))
        {
            return null;
        }

        var digits = string.Concat(phone.Where(char.IsAsciiDigit));
        return digits.Length > PhoneDigitsShown + 2 ? Mask + digits[^PhoneDigitsShown..] : Mask;
    }

    /// <summary>What was not said stays unsaid.</summary>
    public static string? Whole(string? value) => string.IsNullOrEmpty(value) ? null : Mask;
}
