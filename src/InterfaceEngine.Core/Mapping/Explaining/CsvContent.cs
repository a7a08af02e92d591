using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Explaining;

/// <summary>A row of a file: places are columns.</summary>
internal sealed class CsvContent(CsvRow row) : MessageContent
{
    public override MapFormat Format => MapFormat.Csv;

    public override MessagePlace? PlaceOf(FormatCell? cell, ByteRange range)
    {
        foreach (var place in cell?.Alternatives.OfType<CsvPlace>() ?? [])
        {
            var said = place.Columns.Where(column => row.TryGet(column, out var text) && !string.IsNullOrWhiteSpace(text)).ToList();
            if (said.Count > 0)
            {
                return new MessagePlace($"column {string.Join(" + ", said)}", ByteRange.None, string.Join(" ", said.Select(TextOf)));
            }
        }

        return null;
    }

    public override IEnumerable<MessagePlace> Near(CellPlace place, string? part, ByteRange near)
    {
        foreach (var column in place is CsvPlace csv ? csv.Columns : [])
        {
            if (TextOf(column) is { } text && !string.IsNullOrWhiteSpace(text))
            {
                yield return new MessagePlace($"column {column}", ByteRange.None, text);
            }
        }
    }

    public override bool IsOf(MessagePlace place, FormatCell? cell, ByteRange range) =>
        cell?.Alternatives.OfType<CsvPlace>().Any(csv => csv.Columns.Any(column => IsColumn(place, column))) == true;

    public override bool IsListed(MessagePlace place, NotMapped listed) => listed.Format == Format && IsColumn(place, listed.Source);

    private static bool IsColumn(MessagePlace place, string column) =>
        place.Text.AsSpan("column ".Length).ToString().Split(" + ").Contains(column, StringComparer.OrdinalIgnoreCase);

    private string TextOf(string column) => row.TryGet(column, out var text) ? text : "";
}
