using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// Compares what a written message says, read by the same maps, with what was to be said. It finds what no look at one
/// place can: two rows that wrote one place, a local time that happens twice, a value that its type reads otherwise.
/// </summary>
internal static class ReadBack
{
    public static void Check(MappedMessage read, IReadOnlyList<(RecordWriter Writer, RecordWriting Record)> written, WritingScope scope)
    {
        foreach (var group in written.GroupBy(one => one.Writer.Map.Type))
        {
            var found = read.Records.Where(record => record.Type == group.Key).ToList();
            var index = 0;
            foreach (var (writer, record) in group)
            {
                Check(writer, record, index < found.Count ? found[index] : null, scope);
                index++;
            }
        }
    }

    private static void Check(RecordWriter writer, RecordWriting record, IncomingRecord? found, WritingScope scope)
    {
        foreach (var row in writer.Rows)
        {
            if (!row.IsReadBack || !record.Written.Contains(row.Row))
            {
                continue;
            }

            var name = row.Row.Name;
            var expected = row.Row.As is { Type: "ref", Kind: RecordDefinition.Patient } ? scope.ExternalIdOf(record[name]!) : record[name];
            if (found?[name].Text != expected)
            {
                scope.Begin(name, row.Cell, row.Place);
                scope.Reject(WritingCodes.ReadBack, $"the receiver would read another {name} than what is stored.");
            }
        }
    }
}
