namespace InterfaceEngine.Core.Mapping;

/// <summary>Codes that differ in letter case or blanks only are one code: <c>NO SHOW</c>, <c>Noshow</c>.</summary>
public sealed class SpellingComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
{
    private SpellingComparer()
    {
    }

    public static SpellingComparer Instance { get; } = new();

    public bool Equals(string? x, string? y) => x is null || y is null ? x == y : Equals(x.AsSpan(), y);

    public int GetHashCode(string obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<char> alternate, string other)
    {
        var left = 0;
        var right = 0;
        while (true)
        {
            left = SkipBlanks(alternate, left);
            right = SkipBlanks(other, right);
            if (left == alternate.Length || right == other.Length)
            {
                return left == alternate.Length && right == other.Length;
            }

            if (char.ToUpperInvariant(alternate[left++]) != char.ToUpperInvariant(other[right++]))
            {
                return false;
            }
        }
    }

    public int GetHashCode(ReadOnlySpan<char> alternate)
    {
        var hash = 17;
        foreach (var character in alternate)
        {
            if (!char.IsWhiteSpace(character))
            {
                hash = unchecked((hash * 31) + char.ToUpperInvariant(character));
            }
        }

        return hash;
    }

    public string Create(ReadOnlySpan<char> alternate) => alternate.ToString();

    private static int SkipBlanks(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && char.IsWhiteSpace(text[index]))
        {
            index++;
        }

        return index;
    }
}
