using InterfaceEngine.Core.Mapping.Coverage;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>Whether a file may be read, by its survey, the practice's tables and what is usual of its source.</summary>
/// <param name="rules">What its source asks.</param>
internal sealed class FileAdmission(RowFileRules rules)
{
    /// <summary>How many earlier files say what is usual.</summary>
    private const int UsualOf = 7;

    /// <summary>The most columns that are named, and the longest name that is shown whole: what stands in a first line may be anything.</summary>
    private const int NamedMax = 20;
    private const int NameLengthMax = 60;

    /// <summary>Why no row of it can be taken; null when nothing stands against it.</summary>
    public string? Refusal(RowSurvey survey, string kind, PracticeReader reader)
    {
        if (survey.Fault is { } fault)
        {
            return $"It can't be read: {fault}";
        }

        if (survey.Rows > rules.RowsMax)
        {
            return $"It has {survey.Rows} rows, and at most {rules.RowsMax} are taken (RowsMax).";
        }

        if (!FileRow.IsCsv(kind))
        {
            return reader.ReadsCall(kind) ? null : $"No table of practice {reader.Practice.Id} reads the call '{kind}'.";
        }

        var columns = new FileColumns(reader.Maps, kind);
        return !columns.IsTaken ? $"No table of practice {reader.Practice.Id} reads files of kind '{kind}'."
            : columns.Missing(survey.Columns) is not { Count: > 0 } missing ? null
            : !columns.IsAnyRead(survey.Columns) ? $"Its first line names none of the columns that are read ({string.Join(", ", missing.Select(one => one.Column))} must be there): is it a header? No row was taken."
            : $"{string.Join(" ", missing.Select(Told))} No row was taken.";
    }

    /// <summary>What is told of it as a whole.</summary>
    public static RunDetail Describe(string name, RowSurvey survey, string kind, PracticeReader reader)
    {
        var extra = FileRow.IsCsv(kind) ? new FileColumns(reader.Maps, kind).Extra(survey.Columns).Where(column => !RejectColumns.IsOne(column)).ToList() : [];
        var notes = new List<string>();
        if (extra.Count > 0)
        {
            notes.Add($"{Counted(extra.Count, "column")} that no table reads: {string.Join(", ", extra.Take(NamedMax).Select(Short))}{(extra.Count > NamedMax ? ", and more" : "")}.");
        }

        if (survey is { Rows: 0, Fault: null })
        {
            notes.Add("It holds a header and no row.");
        }

        if (survey.Dialect.Encoding == Core.Csv.CsvEncoding.Windows1252)
        {
            notes.Add("It is not UTF-8: it was read as Windows-1252.");
        }

        return new RunDetail
        {
            File = name,
            Columns = survey.Columns,
            Separator = survey.Dialect.Separator.ToString(),
            ExtraColumns = [.. extra.Take(NamedMax).Select(Short)],
            Notes = notes,
        };
    }

    /// <summary>
    /// Why a person must say first whether it may be read; null when nobody must. Rejected rows that are dropped again are as few as they are.
    /// </summary>
    /// <param name="survey">The file.</param>
    /// <param name="last">The source's last files of the kind that were read to their end, newest first.</param>
    public string? HoldReason(RowSurvey survey, IEnumerable<FileRun> last)
    {
        var usual = last.Where(run => !RunDetail.FromJson(run.Detail).Columns.Any(RejectColumns.IsOne)).Take(UsualOf).Select(run => run.Rows).Order().ToList();
        if (rules.SmallerThanUsual <= 0 || usual.Count == 0 || survey.Columns.Any(RejectColumns.IsOne))
        {
            return null;
        }

        var median = usual[usual.Count / 2];
        return survey.Rows < median * (1 - rules.SmallerThanUsual)
            ? $"It has {Counted(survey.Rows, "row")}, and the last files had about {median}: it is held until somebody says that it may be read (SmallerThanUsual)."
            : null;
    }

    private static string Told(MissingColumn missing) =>
        $"The column {missing.Column} is missing, from which {missing.Field} is read.{(missing.Near is null ? "" : $" Did you mean {Short(missing.Near)} by it?")}";

    private static string Short(string name) => name.Length <= NameLengthMax ? name : $"{name.AsSpan(0, NameLengthMax)}…";

    private static string Counted(long count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
