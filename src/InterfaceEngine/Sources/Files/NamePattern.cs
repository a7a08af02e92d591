namespace InterfaceEngine.Sources.Files;

/// <summary>
/// Which names a source takes: <c>*</c> stands for any letters or none, <c>?</c> for one letter; letter case does not matter. Nothing
/// else has a meaning, so a name with brackets, quotes or line ends is a name like any other.
/// </summary>
internal sealed record NamePattern(string Text)
{
    private readonly string _pattern = Text.ToUpperInvariant();

    public bool Matches(string name) => Meet(_pattern, name.ToUpperInvariant(), isOtherPattern: false);

    /// <summary>Whether some name fits both.</summary>
    public bool Overlaps(NamePattern other) => Meet(_pattern, other._pattern, isOtherPattern: true);

    public override string ToString() => Text;

    /// <summary>One row of a table for each letter of the pattern: up to which letter of the other the two can have met.</summary>
    private static bool Meet(string pattern, string other, bool isOtherPattern)
    {
        var meets = new bool[other.Length + 1];
        meets[0] = true;
        for (var column = 1; column <= other.Length; column++)
        {
            meets[column] = meets[column - 1] && isOtherPattern && other[column - 1] == '*';
        }

        foreach (var letter in pattern)
        {
            var before = meets;
            meets = new bool[other.Length + 1];
            meets[0] = before[0] && letter == '*';
            for (var column = 1; column <= other.Length; column++)
            {
                var of = other[column - 1];
                var isOtherStar = isOtherPattern && of == '*';
                meets[column] = letter == '*' || isOtherStar
                    ? before[column] || meets[column - 1]
                    : before[column - 1] && (letter == '?' || letter == of || (isOtherPattern && of == '?'));
            }
        }

        return meets[^1];
    }
}
