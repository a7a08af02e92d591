using System.Text;

namespace InterfaceEngine.Core.Csv;

/// <summary>How a file of rows is written.</summary>
/// <param name="Separator">Stands between two cells.</param>
/// <param name="Encoding">How its letters are written.</param>
public readonly record struct CsvDialect(char Separator, CsvEncoding Encoding = CsvEncoding.Utf8)
{
    /// <summary>What may stand between two cells, in the order in which one is taken where as many of several stand there.</summary>
    public static ReadOnlySpan<char> Separators => [',', ';', '\t', '|'];

    /// <summary>RFC 4180.</summary>
    public static CsvDialect Standard { get; } = new(',');

    /// <summary>
    /// The separator of a file by its header: the one that stands there most often outside quotes; a comma for a single column. What
    /// <see cref="CsvHeader.Line"/> writes always gives the separator it was written with.
    /// </summary>
    public static char SeparatorOf(ReadOnlySpan<byte> header)
    {
        Span<int> counts = stackalloc int[Separators.Length];
        var isQuoted = false;
        foreach (var character in header)
        {
            if (character == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && Separators.IndexOf((char)character) is >= 0 and var index)
            {
                counts[index]++;
            }
        }

        var best = 0;
        for (var index = 1; index < counts.Length; index++)
        {
            best = counts[index] > counts[best] ? index : best;
        }

        return Separators[best];
    }

    /// <summary>The encoding by .NET's name; null for UTF-8, which needs no change.</summary>
    internal Encoding? Other => Encoding == CsvEncoding.Windows1252 ? CodePagesEncodingProvider.Instance.GetEncoding(1252) : null;
}

/// <summary>How the letters of a file are written.</summary>
public enum CsvEncoding
{
    /// <summary>UTF-8, which plain ASCII is too.</summary>
    Utf8,

    /// <summary>What Excel for Windows writes as plain CSV. Every byte means something in it, so it is taken for what is no UTF-8 at all.</summary>
    Windows1252,
}
