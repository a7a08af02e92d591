using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>One row of the table, made ready to write its field into the columns of a file.</summary>
internal sealed class CsvRowWriter : ICellWriter
{
    private readonly FormatCell _cell;
    private readonly CsvPlace _place;
    private readonly IValueType _type;
    private readonly Expression? _value;
    private readonly Expression? _when;

    private CsvRowWriter(FieldRow row, FormatCell cell, CsvPlace place, Expression? value, string region)
    {
        Row = row;
        _cell = cell;
        _place = place;
        _type = ValueTypes.Of(row.As, region);
        _value = value;
        _when = row.WhenIn(MapFormat.Csv);
    }

    public FieldRow Row { get; }

    public CellReference Cell => _cell.Reference;

    public string Place => "column " + string.Join(" + ", _place.Columns);

    public IReadOnlyList<string> Columns => _place.Columns;

    public bool IsAssigned => _value is not null;

    public bool IsOnlyForNew => false;

    public bool DependsOnMessage => false;

    public bool IsReadBack => _cell.IsRead && !IsAssigned && !Row.IsTransient;

    /// <summary>The writer of a row, or null when files have no column for its field that is written.</summary>
    public static CsvRowWriter? Of(FieldRow row, string region) => row.Cells.GetValueOrDefault(MapFormat.Csv) is not { Target: { } target } cell || row.As.Type == AttachmentType.Name ? null : target switch
    {
        CsvPlace place => new CsvRowWriter(row, cell, place, null, region),
        AssignedPlace { Place: CsvPlace place } assigned => new CsvRowWriter(row, cell, place, assigned.Value, region),
        _ => null,
    };

    public bool Applies(RecordWriting record) => _when is null || _when.Holds(record);

    /// <summary>A field that holds nothing, or was removed, is an empty cell.</summary>
    public void Write(RecordWriting record)
    {
        var value = _value is null ? record[Row.Name] : _value.Evaluate(record).Text;
        if (value is null or "")
        {
            return;
        }

        record.Scope.Begin(Row.Name, Cell, Place);
        if ((IsAssigned ? value : Text(record, value)) is not { } text)
        {
            return;
        }

        var parts = _place.Columns.Count == 1 ? [text] : Row.As.Type == "instant" ? WritingParts.OfInstant(text, record.Scope) : text.Split(' ', _place.Columns.Count);
        for (var index = 0; index < parts.Length; index++)
        {
            // Two records of one row may share a column (the patient's number), and must then agree.
            var column = _place.Columns[index];
            if (!record.Cells!.TryAdd(column, parts[index]) && record.Cells[column] != parts[index])
            {
                record.Scope.Reject(WritingCodes.Place, $"another value is in the column {column} of this row already.");
                return;
            }
        }

        record.Written.Add(Row);
    }

    private string? Text(RecordWriting record, string value)
    {
        if (Row.Definition.IsList && value.Contains(FieldValue.ListSeparator, StringComparison.Ordinal))
        {
            record.Scope.Refuse(WritingCodes.Value, "several values, and a column has room for one.");
            return null;
        }

        return _type.Write(value, record.Scope);
    }
}
