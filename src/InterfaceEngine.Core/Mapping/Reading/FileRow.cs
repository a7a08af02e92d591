using System.Diagnostics.CodeAnalysis;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>What one row of a file says, by itself: a row of a CSV file with its header, or an object of a JSON file.</summary>
/// <param name="Kind">The kind of file as the maps name it: <c>Patients file</c>, or athenaNet's call (<c>GET /patients</c>).</param>
/// <param name="Row">The row of a CSV file; null for an object.</param>
/// <param name="Json">The object; null for a row of a CSV file.</param>
public sealed record FileRow(string Kind, CsvRow? Row, JsonBody? Json)
{
    private const string KindOfCsv = " file";

    /// <summary>Whether a message of this event is a row of a file: an HL7 event has no blank (<c>ADT^A04</c>), a kind of file always has.</summary>
    public static bool IsKind(string @event) => @event.Contains(' ', StringComparison.Ordinal);

    /// <summary>Whether files of a kind are CSV; else they are JSON.</summary>
    public static bool IsCsv(string kind) => kind.EndsWith(KindOfCsv, StringComparison.Ordinal);

    /// <summary>Takes a kept message apart that was a row.</summary>
    /// <param name="body">The message.</param>
    /// <param name="kind">Its event.</param>
    /// <param name="number">Its number in its file.</param>
    /// <param name="row">What it says.</param>
    /// <param name="fault">Why it can't be read, without its content.</param>
    public static bool TryParse(ReadOnlyMemory<byte> body, string kind, long number, [NotNullWhen(true)] out FileRow? row, [NotNullWhen(false)] out string? fault)
    {
        (row, fault) = (null, null);
        if (IsCsv(kind))
        {
            row = RowBody.TryRead(body, number, out var csv, out fault) ? new FileRow(kind, csv, null) : null;
        }
        else
        {
            row = JsonBody.TryParse(body, out var json, out var wrong) ? new FileRow(kind, null, json) : null;
            fault = wrong?.Message;
        }

        return row is not null;
    }

    /// <summary>Every record it tells of.</summary>
    public MappedMessage Read(PracticeReader reader, ReadContext context) =>
        Row is not null ? reader.Read(Row, Kind, context) : reader.Read(Json!, Kind, context);
}
