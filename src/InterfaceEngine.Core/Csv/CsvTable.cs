using CsvHelper;

namespace InterfaceEngine.Core.Csv;

/// <summary>
/// A file of rows under a header (RFC 4180: commas, cells in double quotes, a quote inside them doubled), read row
/// by row, so that its size does not matter. A row that is not sound is given with its fault, and the rows after it
/// are read all the same.
/// </summary>
public sealed class CsvTable : IDisposable
{
    /// <summary>The most bytes of one row. A quote that is never closed would swallow the rest of the file.</summary>
    public const int RowBytesMax = 1_000_000;

    private readonly CsvReader _reader;
    private string? _fault;

    /// <param name="text">The file's text. Disposed of with the table.</param>
    /// <exception cref="CsvFormatException">There is no sound header.</exception>
    public CsvTable(TextReader text)
    {
        _reader = CsvReader.Create(text, new CsvReaderOptions
        {
            Separator = ',',
            MaxRecordSize = RowBytesMax,
            TrackLineNumbers = true,
            IncludeValuesInExceptions = false,
            OnMalformedRecord = record => _fault = Explain(record.Reason),
        });
        Guard(() =>
        {
            _reader.ReadHeader();
            return true;
        });
        if (_fault is not null)
        {
            throw new CsvFormatException(1, _fault);
        }

        Header = new CsvHeader([.. _reader.Headers]);
    }

    public CsvHeader Header { get; }

    /// <summary>The rows below the header; they can be gone through once. Blank lines are no rows.</summary>
    /// <exception cref="CsvFormatException">A row is longer than <see cref="RowBytesMax"/>.</exception>
    public IEnumerable<CsvRow> Rows()
    {
        var number = 0;
        while (TryRead())
        {
            var cells = new string[_reader.FieldCount];
            for (var index = 0; index < cells.Length; index++)
            {
                cells[index] = _reader.GetString(index);
            }

            _fault ??= cells.Length == Header.Columns.Count ? null : $"it has {cells.Length} cells and the header has {Header.Columns.Count}.";
            yield return new CsvRow(Header, cells, ++number, (int)_reader.LineNumber, _fault);
        }
    }

    public void Dispose() => _reader.Dispose();

    private bool TryRead()
    {
        _fault = null;
        return Guard(_reader.Read);
    }

    private static string Explain(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => "a quote is never closed.",
        CsvMalformedReason.TextAfterClosingQuote => "text follows a closing quote.",
        _ => "a quote stands inside a cell that is not quoted.",
    };

    private static bool Guard(Func<bool> read)
    {
        try
        {
            return read();
        }
        catch (CsvHelper.CsvFormatException exception)
        {
            throw new CsvFormatException((int)exception.LineNumber, $"a row is longer than {RowBytesMax} bytes.");
        }
    }
}
