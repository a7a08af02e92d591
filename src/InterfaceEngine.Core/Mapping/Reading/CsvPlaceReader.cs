using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>One column of a file, or several that are joined before they are read (<c>date + starttime</c>).</summary>
/// <param name="place">The columns.</param>
/// <param name="type">The row's type.</param>
/// <param name="clearsEmpty">The practice's files are full pictures: an empty cell clears.</param>
/// <param name="isNumber">It may hold an id or a number, which a spreadsheet may have shortened.</param>
internal sealed class CsvPlaceReader(CsvPlace place, IValueType type, bool clearsEmpty, bool isNumber) : PlaceReader("column " + string.Join(" + ", place.Columns))
{
    public override bool TryRead(RecordReading reading, ref Slot slot)
    {
        var isThere = false;
        var text = "";
        foreach (var column in place.Columns)
        {
            if (reading.Row!.TryGet(column, out var part))
            {
                isThere = true;
                text = text.Length == 0 ? part : part.Length == 0 ? text : text + " " + part;
            }
        }

        if (!isThere)
        {
            return false;
        }

        slot.Place = reading.Scope.Place = ByteRange.None;
        reading.Scope.Trace?.Found(Text, text);
        if (string.IsNullOrWhiteSpace(text))
        {
            slot.Value = clearsEmpty ? FieldValue.Cleared : FieldValue.Absent;
            return clearsEmpty;
        }

        if (isNumber && SpreadsheetNumber.Is(text))
        {
            const string reason = "a number as a spreadsheet shortens it (1.23457E+11): its digits are lost. Format the column as text and export it again.";
            reading.Scope.Reject(MappingCodes.SpreadsheetNumber, reason, text, $"'{text.Trim()}' is {reason}");
            return true;
        }

        if (type.Read(text, reading.Scope) is { } value)
        {
            slot.Value = FieldValue.Of(value);
        }

        return true;
    }

    /// <summary>Whether the file has any of the columns: one that is absent never clears.</summary>
    public bool IsIn(RecordReading reading)
    {
        foreach (var column in place.Columns)
        {
            if (reading.Row!.TryGet(column, out _))
            {
                return true;
            }
        }

        return false;
    }
}
