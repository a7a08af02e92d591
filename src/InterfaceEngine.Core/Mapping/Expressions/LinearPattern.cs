using System.Globalization;
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

    /// <summary>Longer than patterns are, or one that repeats a part so often that it becomes large.</summary>
    public static bool IsLarge(string pattern) => pattern.Length > MapLimits.PatternLengthMax || RepeatsOf(pattern) > MapLimits.PatternRepeatsMax;

    /// <summary>How often the part is repeated that is repeated most: a count within a count multiplies.</summary>
    private static int RepeatsOf(string pattern)
    {
        const int Beyond = MapLimits.PatternRepeatsMax + 1;
        var open = new Stack<int>();
        var (most, last) = (1, 1);
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case '\\':
                    (at, last) = (at + 1, 1);
                    break;
                case '[':
                    (at, last) = (EndOfClass(pattern, at), 1);
                    break;
                case '(':
                    open.Push(most);
                    (most, last) = (1, 1);
                    break;
                case ')':
                    last = most;
                    most = open.TryPop(out var outer) ? Math.Max(most, outer) : most;
                    break;
                case '{' when Count().Match(pattern, at) is { Success: true } count:
                    // More digits than the limit has are beyond it, whatever they say.
                    var times = count.Groups["n"].Captures.Max(number => number.Length > 4 ? Beyond : int.Parse(number.ValueSpan, CultureInfo.InvariantCulture));
                    last = Math.Min(last * Math.Clamp(times, 1, Beyond), Beyond);
                    most = Math.Max(most, last);
                    at += count.Length - 1;
                    break;
                default:
                    last = 1;
                    break;
            }
        }

        return open.Append(most).Max();
    }

    /// <summary>Where <c>[…]</c> ends; a bracket that comes first in it is one of its characters.</summary>
    private static int EndOfClass(string pattern, int start)
    {
        var at = start + 1;
        at += pattern.AsSpan(at).StartsWith('^') ? 1 : 0;
        at += pattern.AsSpan(at).StartsWith(']') ? 1 : 0;
        while (at < pattern.Length && pattern[at] != ']')
        {
            at += pattern[at] == '\\' ? 2 : 1;
        }

        return at;
    }

    [GeneratedRegex(@"\G\{(?<n>[0-9]+)(,(?<n>[0-9]+)?)?\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Count();
}
