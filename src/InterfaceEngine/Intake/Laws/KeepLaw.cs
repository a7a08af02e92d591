using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake.Laws;

/// <summary>
/// L6, field by field: a record is told whole, then told again without the field, which keeps it, unless the rest of its unit came, which
/// clears it; and told again with the field removed (HL7's <c>""</c>, JSON's <c>null</c>), which clears it, unless it is required.
/// </summary>
internal sealed class KeepLaw(string practice, LawMessages messages)
{
    public LawReport Run(RecordMap map, MapFormat format, int count)
    {
        var events = LawMessages.Events(map, format);
        var rule = events.FirstOrDefault(one => one.Verb is Verb.Update or Verb.CreateOrUpdate) ?? events[0];
        var cases = 0;
        foreach (var record in messages.Records(map, format, count))
        {
            if (messages.Write(rule, record) is not { } body)
            {
                continue;
            }

            var whole = Read(rule, body, 0);
            foreach (var row in map.Rows.DistinctBy(row => row.Name).Where(row => IsTried(map, rule, row) && record[row.Name] is not null))
            {
                foreach (var isCleared in format == MapFormat.Csv ? new[] { false } : [false, true])
                {
                    cases++;
                    if (FaultOf(map, rule, whole, record, row, isCleared) is { } fault)
                    {
                        var small = Shrinker.Shrink(map, record, candidate => candidate[row.Name] is not null && fault.IsLike(FaultOf(map, rule, candidate, row, isCleared)));
                        return RecordLaws.Report(Law.KeepOrClear, cases,
                        [
                            new LawFailure(Law.KeepOrClear, practice, map.Type, rule.Message, FaultOf(map, rule, small, row, isCleared)!.What, LawText.Of(small)) { Cell = LawText.Cell(map, row.Name, format) },
                        ]);
                    }
                }
            }
        }

        return RecordLaws.Report(Law.KeepOrClear, cases, []);
    }

    /// <summary>Without its identity the record would be another; what the event itself says is said in any case, and what is only read can't be left out.</summary>
    private static bool IsTried(RecordMap map, MessageRule rule, FieldRow row) =>
        !row.IsTransient && !row.IsKey && !map.Key.Contains(row.Name) && !map.OtherKey.Contains(row.Name) && row.AliasSystem is null && row.FinderSystem is null && row.Definition.TellsApart is null
        && row.As is not { Type: "ref", Kind: RecordDefinition.Patient } && map.Rows.Where(other => other.Name == row.Name).All(other => !other.Cells.TryGetValue(rule.Format, out var cell) || (cell.IsRead && cell.IsWritten)) && map.Rows.Any(other => other.Name == row.Name && other.Cells.ContainsKey(rule.Format)) && !rule.Sets.Any(set => set.Field.Name == row.Name);

    private LawFault? FaultOf(RecordMap map, MessageRule rule, StoredRecord record, FieldRow row, bool isCleared) =>
        messages.Write(rule, record) is { } whole ? FaultOf(map, rule, Read(rule, whole, 0), record, row, isCleared) : null;

    /// <param name="map">The record's map.</param>
    /// <param name="rule">The event.</param>
    /// <param name="whole">The message that tells the record whole.</param>
    /// <param name="record">The record.</param>
    /// <param name="row">The field that is left out, or removed.</param>
    /// <param name="isCleared">It is removed.</param>
    private LawFault? FaultOf(RecordMap map, MessageRule rule, MappedMessage whole, StoredRecord record, FieldRow row, bool isCleared)
    {
        var without = LawMessages.With(map, record, record.Fields.Where(field => field.Name != row.Name && field.Value is not null).ToDictionary(field => field.Name, field => field.Value!, StringComparer.Ordinal));
        if (messages.Write(rule, without, isCleared ? row.Name : null) is not { } body)
        {
            return null;
        }

        var told = Read(rule, body, 1);
        var said = told.Records.FirstOrDefault(one => one.Type == map.Type);
        if (isCleared && said?[row.Name].IsCleared != true && messages.Write(rule, without) is { } kept && kept.Span.SequenceEqual(body.Span))
        {
            // The format has no way to remove the field.
            return null;
        }

        var shelf = new RecordShelf(practice);
        if (!shelf.Apply(whole, Time(0)) || Stored(shelf, map, row) is not { } before || !shelf.Apply(told, Time(1)))
        {
            return null;
        }

        var after = Stored(shelf, map, row);
        var isUnitTold = said?.Fields.Any(field => field.Definition.Name != row.Name && field.Definition.Unit == row.Definition.Unit && field.Value.HasValue && !field.IsDefault) == true;
        var expected = !row.Definition.IsRequired && (isCleared || isUnitTold || (rule.Format == MapFormat.Csv && map.ClearsEmptyCsv)) ? null : before;
        return after == expected ? null
            : new LawFault(row.Name, $"{row.Name} {(isCleared ? "was removed" : "was not told")} and is {Value(after)}, where {Value(expected)} was expected.");
    }

    private MappedMessage Read(MessageRule rule, ReadOnlyMemory<byte> body, int number) => messages.Read(rule, body, new ReadContext(LawMessages.Received, RecordLaws.Time(number)));

    private static long Time(int number) => RecordLaws.Time(number).ToUnixTimeMilliseconds();

    private static string? Stored(RecordShelf shelf, RecordMap map, FieldRow row) =>
        shelf.Values().Where(pair => pair.Key.Field == row.Name && pair.Key.Record.StartsWith(map.Type + " ", StringComparison.Ordinal)).Select(pair => pair.Value).FirstOrDefault();

    private static string Value(string? text) => text ?? "nothing";
}
