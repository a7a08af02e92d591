using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>Patterns that people write: a whole text fits or not, in time that grows with the text and with nothing else.</summary>
internal static partial class LinearPattern
{
    /// <summary>The pattern, or null when it can't be used: it is not well formed, or looks ahead, looks back or refers to itself.</summary>
    public static Regex? TryMake(string pattern)
    {
        try
        {
            return new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Longer than patterns are, or with counts that make it large: four digits, or a count within a count.</summary>
    public static bool IsLarge(string pattern) => pattern.Length > MapLimits.PatternLengthMax || LargeCount().IsMatch(pattern) || CountOfCount().IsMatch(pattern);

    [GeneratedRegex(@"\{[0-9]*,?[0-9]{4,}", RegexOptions.CultureInvariant)]
    private static partial Regex LargeCount();

    [GeneratedRegex(@"\{[0-9]+,?[0-9]*\}[^()]*\)+\{[0-9]|\)\{[0-9]+,?[0-9]*\}[^(]*\)\{[0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex CountOfCount();
}
