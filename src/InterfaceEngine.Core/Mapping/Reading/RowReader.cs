using System.Globalization;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>One row of the table for one format: its places in the order they are tried, and its rules.</summary>
internal sealed class RowReader
{
    private readonly Expression? _when;
    private readonly ReadingSubject _subject;
    private readonly CellReference _cell;
    private readonly PlaceReader[] _places;
    private readonly FieldRow? _rules;
    private readonly string _name;
    private readonly string _as;

    /// <param name="slot">The place of the row's field among the fields of its map.</param>
    /// <param name="row">The row.</param>
    /// <param name="cell">Its cell for the format; null when the format has none.</param>
    /// <param name="places">The cell's places; none when the cell is only written.</param>
    /// <param name="format">The format.</param>
    public RowReader(int slot, FieldRow row, FormatCell? cell, IReadOnlyList<PlaceReader> places, MapFormat format)
    {
        // What each message needs of a row lies together: there are many rows, and most of the time goes into looking at them.
        Slot = slot;
        _when = row.WhenIn(format);
        _name = row.Name;
        _as = row.As.TextForPeople;
        _rules = row.LengthMax is null && row.Pattern is null && row.Choices is null ? null : row;
        _cell = cell?.Reference ?? row.Origin;
        _places = [.. places];
        _subject = new ReadingSubject(row.Name, _cell, row.Definition.Unit != row.Definition.Name) { IsRequired = row.Definition.IsRequired };
    }

    public int Slot { get; }

    /// <summary>True when it reads other fields, so that these must be read before.</summary>
    public bool DependsOnFields => _when is { Fields.Count: > 0 } || Array.Exists(_places, place => place is ExpressionReader { DependsOnFields: true });

    /// <summary>Its column, when it is read from a file.</summary>
    public CsvPlaceReader? Column => Array.Find(_places, place => place is CsvPlaceReader) as CsvPlaceReader;

    public bool Applies(RecordReading reading) => _when is null || _when.Holds(reading);

    public void Read(RecordReading reading)
    {
        ref var slot = ref reading[Slot];
        var scope = reading.Scope;
        scope.Begin(_subject);
        scope.Trace?.Field(_name);
        foreach (var place in _places)
        {
            scope.Path = place.Text;
            if (place.TryRead(reading, ref slot))
            {
                slot.Cell = _cell;
                slot.IsDefault = scope.IsDefault;
                scope.IsDefault = false;
                if (_rules is not null && slot.Value.HasValue && Fault(_rules, slot.Value.Text!) is var (code, reason))
                {
                    scope.Refuse(code, reason, slot.Value.Text!);
                    slot.Value = FieldValue.Absent;
                }

                slot.IsUnread = slot.Value.IsAbsent;
                scope.Trace?.Result(slot.Value, _as);
                return;
            }

            scope.Trace?.Step($"nothing at {place.Text}");
        }
    }

    /// <summary>The rule of the row that the value breaks.</summary>
    internal static (string Code, string Reason)? Fault(FieldRow row, string text)
    {
        if (row.LengthMax is { } max && text.Length > max)
        {
            return (MappingCodes.Length, string.Create(CultureInfo.InvariantCulture, $"longer than {max} characters."));
        }

        if (row.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            return (MappingCodes.Pattern, "not of the form that the row asks for.");
        }

        return row.Choices is { } choices && !choices.Contains(text)
            ? (MappingCodes.Choice, $"not one of {string.Join(", ", choices)}.")
            : null;
    }

    /// <summary>The cell's first place as people write it.</summary>
    public static string TextOf(FormatCell cell) => cell.Alternatives.Count == 0 ? "" : cell.Alternatives[0] switch
    {
        Hl7Place hl7 => string.Join(" + ", hl7.Paths),
        CsvPlace csv => "column " + string.Join(" + ", csv.Columns),
        JsonPlace json => string.Join(" + ", json.Paths),
        _ => "",
    };

    /// <summary>Makes the readers of a cell's places.</summary>
    public static IReadOnlyList<PlaceReader> Places(FieldRow row, FormatCell? cell, string region, bool clearsEmptyCsv)
    {
        if (cell is not { IsRead: true })
        {
            return [];
        }

        var type = ValueTypes.Of(row.As, region);
        var isLines = row.As.Type == "lines";
        if ((row.Definition.IsList || isLines) && row.As.Type != "attachment" && ComponentsOfOneField(cell) is { } components)
        {
            return [new Hl7ListReader(components, type, isLines)];
        }

        var places = new List<PlaceReader>(cell.Alternatives.Count);
        foreach (var place in cell.Alternatives)
        {
            places.Add(place switch
            {
                Hl7Place hl7 when row.As.Type == "attachment" => new Hl7AttachmentReader(hl7.Paths, row.Definition.IsList),
                Hl7Place { Paths.Count: > 1 } joined when isLines => new Hl7LinesReader(joined.Paths, type),
                Hl7Place { Paths.Count: > 1 } joined => new Hl7JoinReader(joined.Paths, type),
                Hl7Place hl7 when row.Definition.IsList || isLines => new Hl7ListReader(hl7.Paths, type, isLines),
                Hl7Place hl7 => new Hl7PlaceReader(hl7.Path, type),
                CsvPlace csv => new CsvPlaceReader(csv, type, clearsEmptyCsv, SpreadsheetNumber.IsSuspect(row.As.Type)),
                JsonPlace { Paths.Count: 1 } json when row.As.Type == "attachment" => new JsonAttachmentReader(json.Paths[0], row.Definition.IsList),
                JsonPlace { Paths.Count: > 1 } joined => new JsonJoinReader(joined.Paths, type),
                JsonPlace json when row.Definition.IsList || isLines => new JsonListReader(json.Paths[0], FramedType.Of(type, json.Frame, isAlone: place == cell.Alternatives[^1]), isLines),
                JsonPlace json => new JsonPlaceReader(json.Paths[0], FramedType.Of(type, json.Frame, isAlone: place == cell.Alternatives[^1])),
                LiteralPlace literal => new LiteralReader(literal, type),
                ExpressionPlace expression => new ExpressionReader(expression, type),
                _ => throw new ArgumentException($"{place.GetType().Name} can't be read yet", nameof(cell)),
            });
        }

        return places;
    }

    /// <summary>The alternatives of a cell, when they are places of one field; otherwise null.</summary>
    private static List<Hl7Path>? ComponentsOfOneField(FormatCell cell)
    {
        var paths = cell.Alternatives.OfType<Hl7Place>().Where(place => place.Paths.Count == 1).Select(place => place.Path).ToList();
        return paths.Count > 1 && paths.Count == cell.Alternatives.Count && paths.Select(path => path.OfWholeField()).Distinct().Count() == 1 ? paths : null;
    }
}
