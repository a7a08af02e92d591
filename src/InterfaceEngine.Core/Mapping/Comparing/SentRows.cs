using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>
/// Where two versions of a practice's tables write each field, in every format. A record that is stored as before may still be sent
/// otherwise: the cell that writes it, or the spelling of its code, is another.
/// </summary>
internal sealed class SentRows
{
    private readonly Dictionary<(string Type, string Field), IReadOnlyList<SentCell>> _cells = [];
    private readonly HashSet<string> _otherwise;

    public SentRows(PracticeMaps before, PracticeMaps after)
    {
        foreach (var type in before.Maps.Concat(after.Maps).Select(map => map.Type).Distinct())
        {
            var (old, young) = (before.Find(type), after.Find(type));
            foreach (var field in Written(old).Concat(Written(young)).Select(row => row.Name).Distinct())
            {
                var (oldRow, newRow) = (Written(old).FirstOrDefault(row => row.Name == field), Written(young).FirstOrDefault(row => row.Name == field));
                _cells[(type, field)] = [.. MapFormats.All.Select(format => new SentCell(format, Cell(oldRow, format), Cell(newRow, format), oldRow?.As.Codes, newRow?.As.Codes)).Where(cell => cell.Before is not null || cell.After is not null)];
            }
        }

        _otherwise = [.. _cells.Where(row => row.Value.Any(cell => cell.IsChanged)).Select(row => row.Key.Type)];
    }

    /// <summary>Whether records of this type may be sent otherwise though they are stored the same.</summary>
    public bool WritesOtherwise(string type) => _otherwise.Contains(type);

    /// <summary>Adds what would be sent otherwise of a field.</summary>
    /// <param name="before">Its value by the old set; null where it has none.</param>
    /// <param name="after">Its value by the new set.</param>
    public void AddTo(List<SentDifference> sent, string type, string field, string? before, string? after)
    {
        foreach (var cell in _cells.GetValueOrDefault((type, field), []))
        {
            if (cell.Change(before, after) is { } change)
            {
                sent.Add(new SentDifference(type, field, cell.Format, cell.After ?? cell.Before!, change));
            }
        }
    }

    private static IEnumerable<FieldRow> Written(RecordMap? map) => map is null ? [] : map.Rows.Where(row => !row.IsTransient);

    /// <summary>Where the row is written in a format; null when it is not. What a cell only reads beside that plays no part.</summary>
    private static string? Cell(FieldRow? row, MapFormat format) =>
        row is not null && row.Cells.TryGetValue(format, out var cell) && cell.Target is { } target && row.Written.TryGetValue(MapColumns.Of(format), out var chain)
            ? PlaceOf(target) ?? chain[^1].Text
            : null;

    /// <summary>A place as people write it; null for one that only the whole cell tells.</summary>
    private static string? PlaceOf(CellPlace target) => target switch
    {
        Hl7Place hl7 => string.Join(" + ", hl7.Paths),
        CsvPlace csv => string.Join(" + ", csv.Columns),
        JsonPlace { Frame: null } json => string.Join(" + ", json.Paths),
        _ => null,
    };

    /// <param name="Before">Where it is written by the old set; null when nowhere.</param>
    /// <param name="After">Where it is written by the new set.</param>
    private sealed record SentCell(MapFormat Format, string? Before, string? After, CodeTable? CodesBefore, CodeTable? CodesAfter)
    {
        public bool IsChanged => Before != After || (CodesBefore is not null && CodesAfter is not null && !ReferenceEquals(CodesBefore, CodesAfter)
            && CodesBefore.Codes.Concat(CodesAfter.Codes).Any(code => CodesBefore.Write(Format, code.Value) != CodesAfter.Write(Format, code.Value)));

        public string? Change(string? before, string? after) => (before is not null && Before is not null, after is not null && After is not null) switch
        {
            (false, true) => "would be sent",
            (true, false) => "would not be sent any more",
            (true, true) when Before != After || Spelled(CodesBefore, before!) != Spelled(CodesAfter, after!) => "would be sent otherwise",
            _ => null,
        };

        private string Spelled(CodeTable? codes, string value) => codes?.Write(Format, value) ?? value;
    }
}
