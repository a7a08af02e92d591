using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake.Laws;

/// <summary>
/// L7: three messages about one record, each with a time of its own, leave the same in whatever order they come. What a person decides
/// (a held message, <c>on change review</c>) is left out: his decision is not in the messages. Where statuses rank, all three speak of the same fields:
/// a status that ranks higher and comes without a value makes final what came before it, and what that was nobody knows any more once a later
/// value has taken its place.
/// </summary>
internal sealed class OrderLaw(string practice, LawMessages messages)
{
    private const int Messages = 3;

    private static readonly int[][] _orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    /// <summary>What tells one person from another: a message that says otherwise is held.</summary>
    private static readonly HashSet<string> _person = ["first_name", "last_name", "date_of_birth"];

    public LawReport Run(RecordMap map, MapFormat format, int count) => Run(map, LawMessages.Events(map, format), format, count);

    /// <param name="events">Of one format, or of several that tell the same records.</param>
    /// <param name="format">The records are such as this one can tell.</param>
    public LawReport Run(RecordMap map, IReadOnlyList<MessageRule> events, MapFormat format, int count)
    {
        var made = messages.Records(map, format, count * Messages).ToList();
        var cases = 0;
        for (var first = 0; first + Messages <= made.Count; first += Messages)
        {
            var records = made.GetRange(first, Messages).Select(record => AboutTheSame(map, made[first], record)).ToList();
            if (FaultOf(map, events, records) is { } fault)
            {
                var small = Shrinker.Shrink(map, records, candidate => fault.IsLike(FaultOf(map, events, candidate)));
                var example = string.Join(" then ", small.Select(record => $"{Rule(events, record).Message} [{LawText.Of(record)}]"));
                return RecordLaws.Report(Law.Order, cases, [new LawFailure(Law.Order, practice, map.Type, Rule(events, small[^1]).Message, FaultOf(map, events, small)!.What, example) { Cell = LawText.Cell(map, fault.Field, format) }]);
            }

            cases++;
        }

        return RecordLaws.Report(Law.Order, cases, []);
    }

    /// <summary>Another record's values under the identity of the first.</summary>
    private static StoredRecord AboutTheSame(RecordMap map, StoredRecord first, StoredRecord other)
    {
        var values = other.Fields.ToDictionary(field => field.Name, field => field.Value!, StringComparer.Ordinal);
        foreach (var row in map.Rows)
        {
            if (IsIdentity(map, row) || (map.Definition.Ranked is not null && (first[row.Name] is null || !values.ContainsKey(row.Name))))
            {
                values.Remove(row.Name);
                if (first[row.Name] is { } value)
                {
                    values[row.Name] = value;
                }
            }
        }

        return LawMessages.With(map, other, values);
    }

    private static bool IsIdentity(RecordMap map, FieldRow row) =>
        row.IsKey || map.Key.Contains(row.Name) || map.OtherKey.Contains(row.Name) || row.AliasSystem is not null || row.FinderSystem is not null || row.Definition.TellsApart is not null || row.Definition.IsSealed
        || row.As is { Type: "ref", Kind: RecordDefinition.Patient } || (map.Type == RecordDefinition.Patient && _person.Contains(row.Name));

    /// <summary>Which event tells a record, and when: its number decides, so that it stays when others are left out.</summary>
    private static MessageRule Rule(IReadOnlyList<MessageRule> events, StoredRecord record) => events[(int)(record.Id.Value % events.Count)];

    private LawFault? FaultOf(RecordMap map, IReadOnlyList<MessageRule> events, IReadOnlyList<StoredRecord> records)
    {
        var told = new List<(MappedMessage Message, long Time)>();
        foreach (var record in records)
        {
            var (rule, time) = (Rule(events, record), RecordLaws.Time((int)record.Id.Value));
            if (messages.Write(rule, record) is not { } body)
            {
                return null;
            }

            told.Add((messages.Read(rule, body, new ReadContext(LawMessages.Received, time)), time.ToUnixTimeMilliseconds()));
        }

        if (map.Definition.Ranked is not null && told.Select(one => Units(one.Message)).Distinct().Count() > 1)
        {
            return null;
        }

        SortedDictionary<(string Record, string Field), string>? expected = null;
        foreach (var order in _orders)
        {
            var shelf = new RecordShelf(practice);
            if (!order.Where(index => index < told.Count).All(index => shelf.Apply(told[index].Message, told[index].Time)))
            {
                return null;
            }

            var values = shelf.Values();
            expected ??= values;
            var differs = expected.Keys.Union(values.Keys).FirstOrDefault(key => expected.GetValueOrDefault(key) != values.GetValueOrDefault(key) && !IsDecided(map, key.Field));
            if (differs.Field is not null)
            {
                return new LawFault(differs.Field, $"{differs.Field} depends on the order of {told.Count} messages: it is {expected.GetValueOrDefault(differs) ?? "nothing"} in the order in which they happened and {values.GetValueOrDefault(differs) ?? "nothing"} in another.");
            }
        }

        return null;
    }

    /// <summary>What a message says anything of, whatever it is.</summary>
    private static string Units(MappedMessage message) => string.Join(' ', message.Records.SelectMany(record => record.Fields.Select(field => $"{record.Type}.{field.Definition.Unit}")).Distinct());

    private static bool IsDecided(RecordMap map, string field) =>
        map.Rows.Any(row => row.Name == field && row.Definition.IsReviewedOnChange);
}
