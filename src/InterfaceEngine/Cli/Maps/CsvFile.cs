using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Cli.Maps;

/// <summary>The rows of a CSV file on disk, for commands that map and store nothing.</summary>
internal static class CsvFile
{
    /// <summary>The kind of file as a practice's tables call it.</summary>
    /// <param name="maps">The tables, or two versions of them: the first that read files decide, as a source's settings know the kind already.</param>
    /// <param name="kind">As the command line says it; null takes the first the tables know.</param>
    /// <exception cref="UsageException">The tables read no such file.</exception>
    public static string KindOf(IReadOnlyList<PracticeMaps> maps, string? kind)
    {
        var kinds = maps.SelectMany(one => one.Maps).SelectMany(map => map.Messages).Where(rule => rule.Format == MapFormat.Csv).Select(rule => rule.Message).Distinct().ToList();
        kind ??= kinds.FirstOrDefault() ?? "";
        return kinds.Contains(kind, StringComparer.OrdinalIgnoreCase)
            ? kind
            : throw new UsageException($"The tables of practice {maps[0].Practice.Id} read no file of kind '{kind}': there are {string.Join(", ", kinds)}.");
    }

    /// <summary>Every row by its number. Where the file can't be read on, the last has none and says why.</summary>
    public static IEnumerable<(int Number, CsvRow? Row, string? Unreadable)> Rows(string file)
    {
        using var table = Open(file, out var unreadable);
        if (table is null)
        {
            yield return (1, null, unreadable);
            yield break;
        }

        using var rows = table.Rows().GetEnumerator();
        var number = 0;
        while (TryNext(rows, out unreadable))
        {
            number = rows.Current.Number;
            yield return (number, rows.Current, null);
        }

        if (unreadable is not null)
        {
            yield return (number + 1, null, unreadable);
        }
    }

    private static CsvTable? Open(string file, out string? unreadable)
    {
        try
        {
            unreadable = null;
            return new CsvTable(new StreamReader(file, Encoding.UTF8));
        }
        catch (CsvFormatException wrong)
        {
            unreadable = wrong.Message;
            return null;
        }
    }

    private static bool TryNext(IEnumerator<CsvRow> rows, out string? unreadable)
    {
        try
        {
            unreadable = null;
            return rows.MoveNext();
        }
        catch (CsvFormatException wrong)
        {
            unreadable = wrong.Message;
            return false;
        }
    }
}
