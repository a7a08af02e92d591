using System.Globalization;

namespace InterfaceEngine.Store;

/// <summary>Some rows of a file, as ranges in rising order: <c>3-7,12</c>. Immutable.</summary>
internal sealed record RowRanges
{
    private RowRanges(IReadOnlyList<NumberRange> ranges) => Ranges = ranges;

    public static RowRanges None { get; } = new([]);

    public IReadOnlyList<NumberRange> Ranges { get; }

    public bool IsEmpty => Ranges.Count == 0;

    public long Count => Ranges.Sum(range => range.Count);

    /// <param name="rows">In any order; each may stand more than once.</param>
    public static RowRanges Of(IEnumerable<long> rows)
    {
        var ranges = new List<NumberRange>();
        foreach (var row in rows.Order())
        {
            if (ranges is [.., var last] && row <= last.Last + 1)
            {
                ranges[^1] = new NumberRange(last.First, Math.Max(last.Last, row));
            }
            else
            {
                ranges.Add(new NumberRange(row, row));
            }
        }

        return ranges.Count == 0 ? None : new RowRanges(ranges);
    }

    /// <exception cref="FormatException">It is not what <see cref="ToString"/> writes.</exception>
    public static RowRanges Parse(string text)
    {
        if (text.Length == 0)
        {
            return None;
        }

        var ranges = new List<NumberRange>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            var first = long.Parse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture);
            ranges.Add(new NumberRange(first, ends.Length == 1 ? first : long.Parse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture)));
        }

        return new RowRanges(ranges);
    }

    public IEnumerable<long> Rows()
    {
        foreach (var range in Ranges)
        {
            for (var row = range.First; row <= range.Last; row++)
            {
                yield return row;
            }
        }
    }

    public bool Contains(long row) => Ranges.Any(range => range.Contains(row));

    public RowRanges With(IEnumerable<long> rows) => Of(Rows().Concat(rows));

    public RowRanges Without(IReadOnlySet<long> rows) => Of(Rows().Where(row => !rows.Contains(row)));

    public override string ToString() => string.Join(',', Ranges.Select(range =>
        range.Count == 1 ? range.First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")));
}
