using InterfaceEngine.Core.Csv;

namespace InterfaceEngine.Intake.Files;

/// <summary>The rows of a file, one after the other.</summary>
internal interface IRowReader : IDisposable
{
    /// <summary>The number of the row that was read last, from 1.</summary>
    long Number { get; }

    /// <summary>That row as it stands in the file, in UTF-8. Valid until the next is read.</summary>
    ReadOnlySpan<byte> Raw { get; }

    /// <summary>Goes on to the next row; false at the end.</summary>
    /// <exception cref="CsvFormatException">The file can't be read on.</exception>
    ValueTask<bool> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>The rows of a CSV file.</summary>
internal sealed class CsvRows(CsvTable table) : IRowReader
{
    public long Number => table.Number;

    public ReadOnlySpan<byte> Raw => table.Raw;

    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) => table.ReadAsync(cancellationToken);

    public void Dispose() => table.Dispose();
}
