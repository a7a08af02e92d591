using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Coverage;

/// <summary>The columns of one kind of file, as a practice's tables read them: what must be there, and what nobody reads.</summary>
public sealed class FileColumns
{
    private readonly CsvCoverage _coverage;
    private readonly List<RequiredColumn> _required;

    /// <param name="maps">The practice's tables.</param>
    /// <param name="kind">The kind of file as they name it.</param>
    public FileColumns(PracticeMaps maps, string kind)
    {
        _coverage = new CsvCoverage(maps, kind);
        _required = [.. _coverage.Taking.SelectMany(map => Required(map, kind)).DistinctBy(column => column.Columns[0])];
    }

    /// <summary>Any table takes files of this kind.</summary>
    public bool IsTaken => _coverage.Taking.Count > 0;

    /// <summary>Any of the columns is read by a table. Else they may be no columns at all: the first row of a file without a header.</summary>
    public bool IsAnyRead(IReadOnlyList<string> columns) => _coverage.IsHeader(columns);

    /// <summary>Without these no row can make or name its record; none when all are there.</summary>
    public IReadOnlyList<MissingColumn> Missing(IReadOnlyList<string> columns)
    {
        var there = columns.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var others = columns.Where(column => !_coverage.Columns.Contains(column)).ToList();
        return [.. _required.Where(required => !required.Columns.Any(there.Contains))
            .Select(required => new MissingColumn(required.Columns[0], required.Field, Suggestion.Nearest(required.Columns[0], others)))];
    }

    /// <summary>What no table reads, and no line under <c>Not mapped</c> speaks of.</summary>
    public IReadOnlyList<string> Extra(IReadOnlyList<string> columns) => [.. columns.Where(_coverage.IsUnheardOf)];

    private static IEnumerable<RequiredColumn> Required(RecordMap map, string kind)
    {
        // A record that a row may do without (header when:) needs no column: a file without coverage holds patients all the same.
        var verbs = map.Messages.Where(rule => rule.Format == MapFormat.Csv && rule.Message.Equals(kind, StringComparison.OrdinalIgnoreCase)).Select(rule => rule.Verb).ToList();
        if (map.When is not null || verbs.TrueForAll(verb => verb == Verb.Fill))
        {
            yield break;
        }

        var makes = verbs.Exists(verb => verb is Verb.Create or Verb.Reschedule or Verb.CreateOrUpdate);
        foreach (var field in map.Rows.GroupBy(row => row.Name))
        {
            var isNeeded = field.Any(row => row.IsKey || map.Key.Contains(row.Name) || (makes && row.Definition is { IsRequired: true, Default: null }));
            if (isNeeded && ColumnsOf(field) is { Count: > 0 } columns)
            {
                yield return new RequiredColumn(columns, $"{map.Type}.{field.Key}");
            }
        }
    }

    /// <summary>The columns of which one is enough; none where a formula or a fixed text may give the value as well.</summary>
    private static List<string> ColumnsOf(IEnumerable<FieldRow> rows)
    {
        var places = rows.Select(row => row.Cells.GetValueOrDefault(MapFormat.Csv)).Where(cell => cell is { IsRead: true }).SelectMany(cell => cell!.Alternatives).ToList();
        return places.TrueForAll(place => place is CsvPlace) ? [.. places.Cast<CsvPlace>().SelectMany(place => place.Columns)] : [];
    }

    private sealed record RequiredColumn(IReadOnlyList<string> Columns, string Field);
}

/// <summary>A column that must be there and is not.</summary>
/// <param name="Column">Its name as the tables write it.</param>
/// <param name="Field">What is read from it: <c>patient.external_id</c>.</param>
/// <param name="Near">A column of the file that may be meant; null when none is like it.</param>
public sealed record MissingColumn(string Column, string Field, string? Near);
