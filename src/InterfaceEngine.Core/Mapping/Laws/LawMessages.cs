using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>Generated records of one practice and the messages that tell them, for the laws about what messages do to records.</summary>
public sealed class LawMessages
{
    private readonly PracticeMaps _maps;
    private readonly int _seed;
    private readonly WriteReadLaw _law;

    public LawMessages(PracticeMaps maps, int seed)
    {
        _maps = maps;
        _seed = seed;
        _law = new WriteReadLaw(maps);
    }

    /// <summary>When everything is received, unless a law says otherwise; later than all that is generated.</summary>
    public static Instant Received => WriteReadLaw.Header.Instant;

    /// <summary>The events by which a map's records are told in a format.</summary>
    public static IReadOnlyList<MessageRule> Events(RecordMap map, MapFormat format) => [.. WriteReadLaw.Events(map, format)];

    /// <summary>Records that a format can tell, the same for the same seed.</summary>
    public IEnumerable<StoredRecord> Records(RecordMap map, MapFormat format, int count) => Records(_maps, map, format, count, _seed);

    /// <summary>The message that tells a record; null when it can't be told so.</summary>
    /// <param name="rule">The event.</param>
    /// <param name="record">The record.</param>
    /// <param name="cleared">A field that the message removes; null for none.</param>
    public ReadOnlyMemory<byte>? Write(MessageRule rule, StoredRecord record, string? cleared = null) => _law.Write(rule, record, cleared).Body;

    /// <summary>Reads such a message.</summary>
    public MappedMessage Read(MessageRule rule, ReadOnlyMemory<byte> body, ReadContext context) => _law.Read(rule, body, context);

    /// <summary>The same record with other values.</summary>
    public static StoredRecord With(RecordMap map, StoredRecord record, IReadOnlyDictionary<string, string> values) => RecordGenerator.Record(map, record.Id, values);

    internal static IEnumerable<StoredRecord> Records(PracticeMaps maps, RecordMap map, MapFormat format, int count, int seed)
    {
        var zones = (maps.References.GetValueOrDefault("location")?.Rows ?? []).Select(row => row.Zone).OfType<DateTimeZone>().Append(maps.Practice.Zone).Distinct();
        var generator = new RecordGenerator(map, format, [.. zones], new Random(seed));
        return Enumerable.Range(1, count).Select(number => generator.Make(new EngineId(number))).TakeWhile(record => record is not null)!;
    }
}
