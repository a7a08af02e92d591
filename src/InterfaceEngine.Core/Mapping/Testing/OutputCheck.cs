using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Testing;

/// <summary>
/// Compares the second block of a case with what its records would be sent as if they were new to the receiver. Of an HL7 message
/// MSH is not compared: it belongs to the destination, and the block's own says the event, the version and the time. Of a file the columns
/// that the block names are compared; of a document its values, in whatever order they stand.
/// </summary>
/// <param name="reader">The practice's maps.</param>
/// <param name="type">The record type the test is about. Of an HL7 message the records that its event tells of beside it go along.</param>
/// <param name="instant">The time that formulas take for today, where the block does not say it.</param>
internal sealed class OutputCheck(PracticeReader reader, string type, Instant instant)
{
    private readonly PracticeWriter _writer = new(reader);

    /// <summary>What is written otherwise than the block says, each with its line.</summary>
    /// <exception cref="Hl7ParseException">The block is no message.</exception>
    /// <exception cref="JsonBodyException">The block is no document.</exception>
    /// <exception cref="CsvFormatException">The block is no file.</exception>
    public IReadOnlyList<(int Line, string Text)> Differences(MappingTestOutput output, IReadOnlyList<IncomingRecord> records)
    {
        if (records.All(record => record.Type != type))
        {
            return [(output.Line, $"there is no {type} that could be written as {output.Format.Title()}.")];
        }

        return output.Format switch
        {
            MapFormat.Hl7 => Message(output, records),
            MapFormat.Csv => File(output, records),
            _ => Document(output, records),
        };
    }

    private List<(int Line, string Text)> Message(MappingTestOutput output, IReadOnlyList<IncomingRecord> records)
    {
        var expected = Hl7Message.Parse(Encoding.UTF8.GetBytes(output.Text));
        var maps = reader.Maps.Maps.Where(map => !map.IsReadOnly && map.Messages.Any(rule => rule.Format == MapFormat.Hl7 && rule.Message.Equals(expected.EventType, StringComparison.OrdinalIgnoreCase)))
            .Select(map => map.Type).Append(type).ToHashSet(StringComparer.Ordinal);
        var fresh = new FreshRecords(records.Where(record => maps.Contains(record.Type)).OrderBy(record => record.Type != type));
        var written = _writer.Write(new OutgoingMessage
        {
            Event = expected.EventType,
            Records = fresh.Records,
            ExternalIdOf = fresh.ExternalIdOf,
            Header = Header(expected),
        });
        if (Refusals(output, written) is { Count: > 0 } refusals)
        {
            return refusals;
        }

        var found = Hl7Message.Parse(written.Body);
        var (these, those) = (Names(expected), Names(found));
        if (these != those)
        {
            return [(output.Line, $"written as HL7 v2: expected the segments {these}, got {those}")];
        }

        var differences = new List<(int, string)>();
        for (var index = 1; index < expected.SegmentCount; index++)
        {
            var (one, other) = (expected.GetSegment(index), found.GetSegment(index));
            for (var number = 1; number <= Math.Max(one.FieldCount, other.FieldCount); number++)
            {
                var said = one.Field(number).Raw;
                var got = other.Field(number).Raw;
                if (!said.SequenceEqual(got))
                {
                    differences.Add((output.Line + index, $"written as HL7 v2: {one.Name}-{number}: expected {Shown(said)}, got {Shown(got)}"));
                }
            }
        }

        return differences;
    }

    private List<(int Line, string Text)> File(MappingTestOutput output, IReadOnlyList<IncomingRecord> records)
    {
        var fresh = new FreshRecords(records.Where(record => record.Type == type));
        var kind = Message(MapFormat.Csv);
        var written = _writer.Write(new OutgoingFile { Kind = kind, Rows = [.. fresh.Records.Select(record => new[] { record })], ExternalIdOf = fresh.ExternalIdOf, Instant = instant });
        if (Refusals(output, written) is { Count: > 0 } refusals)
        {
            return refusals;
        }

        using var expected = new CsvTable(new StringReader(output.Text));
        using var found = new CsvTable(new StringReader(Encoding.UTF8.GetString(written.Body.Span)));
        var (these, those) = (expected.Rows().ToList(), found.Rows().ToList());
        var differences = new List<(int, string)>();
        if (these.Count != those.Count)
        {
            differences.Add((output.Line, $"written as CSV: expected {these.Count} rows, got {those.Count}"));
        }

        foreach (var (one, other) in these.Zip(those))
        {
            foreach (var column in expected.Header.Columns)
            {
                one.TryGet(column, out var said);
                if (!other.TryGet(column, out var got))
                {
                    differences.Add((output.Line, $"written as CSV: no row of the tables writes a column {column}"));
                }
                else if (said != got)
                {
                    differences.Add((output.Line + one.Line - 1, $"written as CSV: column {column}: expected {Shown(said)}, got {Shown(got)}"));
                }
            }
        }

        return differences;
    }

    private List<(int Line, string Text)> Document(MappingTestOutput output, IReadOnlyList<IncomingRecord> records)
    {
        var expected = JsonBody.Parse(Encoding.UTF8.GetBytes(output.Text));
        var fresh = new FreshRecords([records.First(record => record.Type == type)]);
        var written = _writer.Write(new OutgoingDocument
        {
            Message = output.Format == MapFormat.Fhir ? JsonMessage.FhirMessageOf(expected.Root) : Message(MapFormat.AthenaNet),
            Record = fresh.Records[0],
            ExternalIdOf = fresh.ExternalIdOf,
            Instant = instant,
        });
        return Refusals(output, written) is { Count: > 0 } refusals ? refusals
            : [.. JsonDifference.Between(expected.Root, JsonBody.Parse(written.Body).Root)
                .Select(one => (output.Line, $"written as {output.Format.Title()}: {one.Path}: expected {Shown(one.One.Raw.Span)}, got {Shown(one.Other.Raw.Span)}"))];
    }

    /// <summary>The file or call of the tested type; of calls the first that gives something to the receiver.</summary>
    private string Message(MapFormat format) =>
        reader.Maps.Find(type)?.Messages.FirstOrDefault(rule => rule.Format == format && !rule.Message.StartsWith("GET ", StringComparison.Ordinal))?.Message ?? "";

    private OutgoingHeader Header(Hl7Message expected)
    {
        var sent = Hl7Timestamp.TryParse(expected.Find("MSH").Field(7).Decode(), out var timestamp, out _) ? timestamp : (Hl7Timestamp?)null;
        return new OutgoingHeader
        {
            SendingApplication = "PRACTICESTUDIO",
            ReceivingApplication = "TEST",
            ControlId = "TEST",
            Version = expected.Version,
            Instant = sent?.ToInstant() ?? sent?.ToLocalDateTime()?.InZoneLeniently(reader.Practice.Zone).ToInstant() ?? instant,
        };
    }

    private static List<(int Line, string Text)> Refusals(MappingTestOutput output, WrittenMessage written) =>
        [.. written.Notes.Where(note => note.Severity == NoteSeverity.Reject).Select(note => (output.Line, $"it can't be written as {output.Format.Title()}: {(note.Path.Length == 0 ? "" : $"{note.Path}: ")}{note.Code} {note.Sentence ?? note.Reason}"))];

    private static string Names(Hl7Message message) => string.Join(", ", Enumerable.Range(0, message.SegmentCount).Select(index => message.GetSegment(index).Name));

    private static string Shown(ReadOnlySpan<byte> value) => Shown(Encoding.UTF8.GetString(value));

    private static string Shown(string value) => value.Length == 0 ? "nothing" : value;
}
