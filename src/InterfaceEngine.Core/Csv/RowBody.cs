using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace InterfaceEngine.Core.Csv;

/// <summary>
/// One row of a file as a message of its own: the header's line and the row as it stood there, in UTF-8. Nothing of the row is written
/// anew, so a row that is not sound stays as unsound as it came; the header says the separator.
/// </summary>
public static class RowBody
{
    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <param name="header">As <see cref="CsvHeader.Line"/> writes it.</param>
    /// <param name="row">As <see cref="CsvTable.Raw"/> gives it.</param>
    public static byte[] Write(string header, ReadOnlySpan<byte> row) => [.. Encoding.UTF8.GetBytes(header), .. LineEnd, .. row, .. LineEnd];

    /// <summary>Takes such a message apart.</summary>
    /// <param name="body">The message.</param>
    /// <param name="number">The row's number in its file, from 1.</param>
    /// <param name="row">The row.</param>
    /// <param name="fault">Why it is none, without its content.</param>
    public static bool TryRead(ReadOnlyMemory<byte> body, long number, [NotNullWhen(true)] out CsvRow? row, [NotNullWhen(false)] out string? fault) =>
        TryRead(body, number, out row, out _, out fault);

    /// <inheritdoc cref="TryRead(ReadOnlyMemory{byte}, long, out CsvRow?, out string?)"/>
    /// <param name="raw">The row as it stands in the message, without its line end.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> body, long number, [NotNullWhen(true)] out CsvRow? row, out byte[] raw, [NotNullWhen(false)] out string? fault)
    {
        (row, raw, fault) = (null, [], null);
        try
        {
            using var table = new CsvTable(body, CsvDialect.SeparatorOf(FirstLine(body.Span)));
            if (!table.TryRead())
            {
                fault = "there is no row below its header.";
                return false;
            }

            (row, raw) = (table.Row(number), table.Raw.ToArray());
            if (table.TryRead())
            {
                (row, fault) = (null, "there is more than one row below its header.");
            }
        }
        catch (CsvFormatException wrong)
        {
            fault = wrong.Message;
        }

        return row is not null;
    }

    /// <summary>Up to the first line end outside quotes: what stands in the row says nothing of its separator.</summary>
    public static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> body)
    {
        var isQuoted = false;
        for (var index = 0; index < body.Length; index++)
        {
            isQuoted ^= body[index] == '"';
            if (!isQuoted && body[index] is (byte)'\r' or (byte)'\n')
            {
                return body[..index];
            }
        }

        return body;
    }
}
