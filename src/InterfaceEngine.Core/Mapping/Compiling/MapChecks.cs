using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>What can be said of a map only when all its rows are known.</summary>
internal sealed class MapChecks(MergedMap merged, RecordMap map, MapContext context)
{
    private ProblemList Problems => context.Problems;

    public void Run()
    {
        CheckKey();
        CheckOwner();
        CheckApart();
        CheckOrder();
        CheckSamePlace();
        CheckEquations();
        CheckNotMapped();
    }

    /// <summary>The file that defines the record type.</summary>
    private SourceText Start => merged.Rows.Count > 0 ? new SourceText(merged.Rows[0].First.Name.File, 1, 1, "") : new SourceText(map.Type, 1, 1, "");

    private void CheckKey()
    {
        var keys = map.Rows.Where(row => row.IsKey).Select(row => row.Name).Distinct().ToList();
        if (keys.Count == 0 && map.Key.Count == 0)
        {
            Problems.Warning(Start, MappingFileCodes.Key, $"nothing identifies a {map.Type}.", "Give one row the rule key; for a list the header key: names the fields that tell its items apart.");
        }
        else if (keys.Count > 1 || (keys.Count == 1 && map.Key.Count > 0 && map.Each is null))
        {
            var second = map.Rows.Last(row => row.IsKey);
            Problems.Error(At(second, MapColumn.Rule), MappingFileCodes.Key, $"two things identify a {map.Type}: {Suggestion.Or([.. keys, .. map.Key])}.", "Only one field has the rule key; a header key: beside it is for items of a list (each:) that have no id of their own.");
        }
    }

    /// <summary>What tells items apart stands beside the key by which they are found, and is stored.</summary>
    private void CheckApart()
    {
        foreach (var row in map.Rows.Where(row => row.Definition.TellsApart is not null && (row.IsTransient || map.Key.Count == 0 || map.NumbersRepeats)))
        {
            Problems.Error(At(row, MapColumn.Rule), MappingFileCodes.Key, $"{row.Name} can't tell items apart: {(row.IsTransient ? "it is not stored" : map.NumbersRepeats ? "the header key: tells them apart by their order (repeat)" : "no header key: says what they are known by")}.",
                "The rule tells apart is for a stored id beside a header key:.");
        }

        foreach (var row in map.Rows.Where(row => row.Definition.IsOfOneKey && map.Definition.List == ListKind.None))
        {
            Problems.Error(At(row, MapColumn.Rule), MappingFileCodes.Key, $"{row.Name} can't go over to another item: a {map.Type} never ends.",
                "Of one key is for the items of a list (header list:): who gives up the id ends.");
        }
    }

    /// <summary>A list's items belong to a patient, so one field must say to whom.</summary>
    private void CheckOwner()
    {
        if (map.Definition.List != ListKind.None && !map.Rows.Any(row => row.As is { Type: "ref", Kind: "patient" }))
        {
            Problems.Error(merged.Find("each") ?? merged.Find("list") ?? Start, MappingFileCodes.Owner, $"{map.Type} is a list, and no field says whose.", "Add a row with As ref patient.");
        }
    }

    /// <summary>Of several rows of a field the first that holds applies, so one without a condition comes last.</summary>
    private void CheckOrder()
    {
        foreach (var rows in map.Rows.GroupBy(row => row.Name).Where(rows => rows.Count() > 1))
        {
            var always = rows.TakeWhile(row => row.When is not null).Count();
            if (always < rows.Count() - 1)
            {
                Problems.Warning(At(rows.ElementAt(always + 1), MapColumn.When), MappingFileCodes.FieldTwice, $"this row of {rows.Key} never applies: the one in line {rows.ElementAt(always).Origin.Line} always does.",
                    "Put the row without When last.");
            }
        }
    }

    private void CheckSamePlace()
    {
        foreach (var format in MapFormats.All)
        {
            var rows = map.Rows.Where(row => row.When is null && row.Cells.TryGetValue(format, out var cell) && cell.IsWritten).ToList();
            for (var second = 1; second < rows.Count; second++)
            {
                for (var first = 0; first < second; first++)
                {
                    if (PlaceOverlap.IsSame(rows[first], rows[second], format))
                    {
                        ReportSamePlace(rows[first], rows[second], format);
                    }
                }
            }
        }
    }

    private void ReportSamePlace(FieldRow first, FieldRow second, MapFormat format)
    {
        var (one, other) = (At(first, MapColumns.Of(format)), At(second, MapColumns.Of(format)));
        var names = Math.Max(first.Name.Length, second.Name.Length) + 2;
        var places = Math.Max(one.Raw.Length, other.Raw.Length) + 3;
        string Line(FieldRow row, SourceText cell) =>
            $"{row.Name.PadRight(names)}{cell.Raw.PadRight(places)}({(cell.File == other.File ? $"line {cell.Line}" : $"{MappingProblem.Folder}{cell.File}:{cell.Line}")})";
        var advice = format == MapFormat.Csv
            ? $"Give {second.Name} a column of its own, or write read: before it."
            : $"Give {second.Name} a selector that cannot fit the other, for example {PlaceOverlap.Apart(first, second, format)}.";

        // Only HL7 is written so far; in the other formats it is still in time to know.
        Problems.Detail(format == MapFormat.Hl7 ? MappingSeverity.Error : MappingSeverity.Warning, other, MappingFileCodes.SamePlace, $"{first.Name} and {second.Name} would write the same place in {format.Title()}.",
            $"{Line(first, one)}\n{Line(second, other)}\n{advice}");
    }

    private void CheckEquations()
    {
        foreach (var equation in map.Equations)
        {
            foreach (var format in MapFormats.All)
            {
                var missing = new[] { equation.Sum, equation.Left, equation.Right }.Where(row => !row.Cells.ContainsKey(format)).ToList();
                if (missing is [var row] && Empty(row, format) is { } at)
                {
                    Problems.Note(at, MappingFileCodes.FoundByEquation,
                        $"{format.Title()} has no place for {row.Name} and none is needed: {equation.Sum.Name} = {equation.Left.Name} + {equation.Right.Name}.");
                }
            }
        }
    }

    /// <summary>The empty cell where a place would stand; null when its table has no such column.</summary>
    private SourceText? Empty(FieldRow row, MapFormat format) =>
        merged.Rows.First(known => known.Field == row.Name).First.Cells.GetValueOrDefault(MapColumns.Of(format));

    /// <summary>What is listed as not mapped and read by a row of the same file. An override may read what its pack does not.</summary>
    private void CheckNotMapped()
    {
        foreach (var listed in map.NotMapped)
        {
            var reader = map.Rows.FirstOrDefault(row => row.Cells.TryGetValue(listed.Format, out var cell) && cell.Reference.File == listed.Reference.File && PlaceOverlap.Reads(cell, listed));
            if (reader is not null)
            {
                Problems.Warning(new SourceText(listed.Reference.File, listed.Reference.Line, listed.Reference.Column, listed.Source), MappingFileCodes.NotMapped,
                    $"{listed.Source} is listed as not mapped, and {reader.Name} reads it (line {reader.Origin.Line}).");
            }
        }
    }

    private static SourceText At(FieldRow row, MapColumn column) =>
        row.Written.TryGetValue(column, out var chain) ? chain[^1] : new SourceText(row.Origin.File, row.Origin.Line, row.Origin.Column, row.Name);
}
