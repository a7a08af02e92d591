using System.Text.Unicode;
using CsvHelper;

namespace InterfaceEngine.Core.Csv;

/// <summary>
/// A file of rows under a header (RFC 4180: cells in double quotes, a quote inside them doubled), read row
/// by row, so that its size does not matter. A row that is not sound is given with its fault, and the rows after it
/// are read all the same. Columns are found by name, in any order and letter case.
/// </summary>
public sealed class CsvTable : IDisposable
{
    /// <summary>The most bytes of one row. A quote that is never closed would swallow the rest of the file.</summary>
    public const int RowBytesMax = 1_000_000;

    private readonly CsvReader _reader;
    private CsvHeader? _header;
    private string? _fault;

    /// <param name="text">The file's text, with commas. Disposed of with the table.</param>
    /// <exception cref="CsvFormatException">There is no sound header.</exception>
    public CsvTable(TextReader text)
    {
        _reader = CsvReader.Create(text, Options(CsvDialect.Standard));
        ReadHeader();
    }

    /// <param name="text">UTF-8.</param>
    /// <param name="separator">Stands between two cells.</param>
    /// <exception cref="CsvFormatException">There is no sound header.</exception>
    internal CsvTable(ReadOnlyMemory<byte> text, char separator)
    {
        _reader = CsvReader.Create(text, Options(new CsvDialect(separator)));
        ReadHeader();
    }

    /// <summary>Reads a file whose dialect is known; its header is still to be read.</summary>
    /// <param name="file">Its bytes. Not disposed of.</param>
    /// <param name="dialect">How it is written.</param>
    private CsvTable(Stream file, CsvDialect dialect) => _reader = CsvReader.Create(file, Options(dialect), leaveOpen: true);

    public CsvHeader Header => _header ?? throw new InvalidOperationException("The header was not read yet.");

    /// <summary>The row that was read last, by its number below the header, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The line of the file on which that row begins, from 1.</summary>
    public long Line => _reader.LineNumber;

    /// <summary>Why that row's cells can't be told apart with certainty; null for a sound row. Says nothing of their content.</summary>
    public string? Fault => _fault;

    /// <summary>That row as it stands in the file, in UTF-8 and without its line end. Valid until the next is read.</summary>
    public ReadOnlySpan<byte> Raw => _reader.RawRecord;

    /// <summary>Opens a file whose dialect is known, and reads its header.</summary>
    /// <param name="file">Its bytes. Not disposed of.</param>
    /// <param name="dialect">How it is written.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CsvFormatException">There is no sound header.</exception>
    public static async ValueTask<CsvTable> OpenAsync(Stream file, CsvDialect dialect, CancellationToken cancellationToken)
    {
        var table = new CsvTable(file, dialect);
        try
        {
            await table._reader.ReadHeaderAsync(cancellationToken);
            table.TakeHeader();
            return table;
        }
        catch (CsvHelper.CsvFormatException exception)
        {
            table.Dispose();
            throw TooLong(exception);
        }
        catch (CsvFormatException)
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>Goes on to the next row; false at the end. Blank lines are no rows.</summary>
    /// <exception cref="CsvFormatException">A row is longer than <see cref="RowBytesMax"/>.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _fault = null;
        try
        {
            return await _reader.ReadAsync(cancellationToken) && Took();
        }
        catch (CsvHelper.CsvFormatException exception)
        {
            throw TooLong(exception);
        }
    }

    /// <summary>A cell of the row that was read last, in UTF-8, without quotes; empty beyond its last. Valid until the next row is read.</summary>
    public ReadOnlySpan<byte> Cell(int index) => _reader.GetSpan(index);

    /// <summary>The row that was read last, to be kept.</summary>
    public CsvRow Row() => Row(Number);

    /// <summary>That row under another number.</summary>
    internal CsvRow Row(long number)
    {
        var cells = new string[_reader.FieldCount];
        for (var index = 0; index < cells.Length; index++)
        {
            cells[index] = _reader.GetString(index);
        }

        return new CsvRow(Header, cells, (int)number, (int)_reader.LineNumber, _fault);
    }

    /// <summary>The rows below the header; they can be gone through once. Blank lines are no rows.</summary>
    /// <exception cref="CsvFormatException">A row is longer than <see cref="RowBytesMax"/>.</exception>
    public IEnumerable<CsvRow> Rows()
    {
        while (TryRead())
        {
            yield return Row();
        }
    }

    public void Dispose() => _reader.Dispose();

    private CsvReaderOptions Options(CsvDialect dialect) => new()
    {
        Separator = dialect.Separator,
        Encoding = dialect.Other,

        // In UTF-8 a letter of the other encoding may be three bytes.
        MaxRecordSize = dialect.Encoding == CsvEncoding.Utf8 ? RowBytesMax : 3 * RowBytesMax,
        TrackLineNumbers = true,
        IncludeValuesInExceptions = false,
        OnMalformedRecord = record => _fault = Explain(record.Reason),
    };

    private void ReadHeader()
    {
        Guard(() =>
        {
            _reader.ReadHeader();
            return true;
        });
        TakeHeader();
    }

    private void TakeHeader()
    {
        if (_fault is not null)
        {
            throw new CsvFormatException(1, _fault);
        }

        _header = new CsvHeader([.. _reader.Headers]);
    }

    internal bool TryRead()
    {
        _fault = null;
        return Guard(_reader.Read) && Took();
    }

    private bool Took()
    {
        Number++;
        var cells = _reader.FieldCount;
        _fault ??= Utf8.IsValid(_reader.RawRecord) ? null : "its letters are no UTF-8, as those of the other rows are: a text was cut within a letter, or a byte is damaged.";
        _fault ??= cells == Header.Columns.Count ? null : $"it has {cells} cells and the header has {Header.Columns.Count}.";
        return true;
    }

    private static string Explain(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => NeverClosed,
        CsvMalformedReason.TextAfterClosingQuote => "text follows a closing quote.",
        _ => "a quote stands inside a cell that is not quoted.",
    };

    /// <summary>The fault of a row that is the file's last because its quote swallowed all that follows.</summary>
    internal const string NeverClosed = "a quote is never closed.";

    private static bool Guard(Func<bool> read)
    {
        try
        {
            return read();
        }
        catch (CsvHelper.CsvFormatException exception)
        {
            throw TooLong(exception);
        }
    }

    private static CsvFormatException TooLong(CsvHelper.CsvFormatException exception) => new((int)exception.LineNumber, $"a row is longer than {RowBytesMax} bytes.");
}
