using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>
/// Makes a failing case small: leaves out records, then fields, shortens texts and takes the plainest value of a type. Greedy, again and
/// again, until nothing gives way.
/// </summary>
public static class Shrinker
{
    private const int TriesMax = 2_000;

    /// <summary>The smallest record found that still fails.</summary>
    public static StoredRecord Shrink(RecordMap map, StoredRecord record, Func<StoredRecord, bool> fails) => Shrink(map, [record], few => fails(few[0]))[0];

    /// <summary>The smallest records found that still fail together; at least one of them stays.</summary>
    /// <param name="map">The records' map.</param>
    /// <param name="records">What fails.</param>
    /// <param name="fails">Whether fewer or smaller ones fail in the same way.</param>
    public static IReadOnlyList<StoredRecord> Shrink(RecordMap map, IReadOnlyList<StoredRecord> records, Func<IReadOnlyList<StoredRecord>, bool> fails)
    {
        var current = records;
        var tries = 0;
        var isSmaller = true;
        while (isSmaller)
        {
            isSmaller = false;
            foreach (var candidate in Smaller(map, current))
            {
                if (tries++ == TriesMax)
                {
                    return current;
                }

                if (fails(candidate))
                {
                    (current, isSmaller) = (candidate, true);
                    break;
                }
            }
        }

        return current;
    }

    /// <summary>Every case that is one step smaller, the boldest steps first.</summary>
    private static IEnumerable<IReadOnlyList<StoredRecord>> Smaller(RecordMap map, IReadOnlyList<StoredRecord> records)
    {
        for (var left = 0; records.Count > 1 && left < records.Count; left++)
        {
            yield return [.. records.Where((_, index) => index != left)];
        }

        for (var index = 0; index < records.Count; index++)
        {
            var values = records[index].Fields.Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value!, StringComparer.Ordinal);
            foreach (var smaller in Smaller(map, values))
            {
                yield return [.. records.Select((record, at) => at == index ? RecordGenerator.Record(map, record.Id, smaller) : record)];
            }
        }
    }

    private static IEnumerable<Dictionary<string, string>> Smaller(RecordMap map, Dictionary<string, string> values)
    {
        // What identifies the record stays, or another law would seem to break.
        var rows = map.Rows.Where(row => values.ContainsKey(row.Name)).DistinctBy(row => row.Name).ToList();
        foreach (var row in rows.Where(row => !row.IsKey && !map.Key.Contains(row.Name)))
        {
            yield return values.Where(pair => pair.Key != row.Name).ToDictionary(StringComparer.Ordinal);
        }

        foreach (var row in rows)
        {
            foreach (var value in ValueGenerator.Smaller(row, values[row.Name]))
            {
                yield return new Dictionary<string, string>(values, StringComparer.Ordinal) { [row.Name] = value };
            }
        }
    }
}
