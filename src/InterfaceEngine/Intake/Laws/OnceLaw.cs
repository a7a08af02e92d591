using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Intake.Laws;

/// <summary>L5: a message that comes again, days later and without being known for a resend, changes nothing.</summary>
internal sealed class OnceLaw(string practice, LawMessages messages)
{
    private static readonly Duration _later = Duration.FromDays(40);

    public LawReport Run(RecordMap map, MapFormat format, int count)
    {
        var events = LawMessages.Events(map, format);
        var cases = 0;
        foreach (var record in messages.Records(map, format, count))
        {
            var rule = events[cases++ % events.Count];
            if (FaultOf(rule, record) is { } fault)
            {
                var small = Shrinker.Shrink(map, record, candidate => fault.IsLike(FaultOf(rule, candidate)));
                return RecordLaws.Report(Law.Once, cases, [new LawFailure(Law.Once, practice, map.Type, rule.Message, FaultOf(rule, small)!.What, LawText.Of(small)) { Cell = LawText.Cell(map, fault.Field, format) }]);
            }
        }

        return RecordLaws.Report(Law.Once, cases, []);
    }

    /// <summary>The law on given messages, of which a failure tells the name and the field only.</summary>
    public static LawReport Run(PracticeReader reader, IEnumerable<(string Name, Hl7Message Message)> given)
    {
        var cases = 0;
        var failures = new List<LawFailure>();
        foreach (var (name, message) in given)
        {
            cases++;
            if (FailureOf(reader, name, message) is { } failure)
            {
                failures.Add(failure);
            }
        }

        return RecordLaws.Report(Law.Once, cases, failures);
    }

    /// <summary>The law for one message, of which a failure tells the name and the field only; null when it holds.</summary>
    public static LawFailure? FailureOf(PracticeReader reader, string name, Hl7Message message) =>
        FaultOf(reader.Practice.Id, received => reader.Read(message, new ReadContext(received, RecordLaws.Time(0))), showsValues: false) is { } fault
            ? new LawFailure(Law.Once, reader.Practice.Id, "", message.EventType, fault.What, name)
            : null;

    private LawFault? FaultOf(MessageRule rule, StoredRecord record) => messages.Write(rule, record) is not { } body ? null
        : FaultOf(practice, received => messages.Read(rule, body, new ReadContext(received, RecordLaws.Time(0))), showsValues: true);

    private static LawFault? FaultOf(string practice, Func<Instant, MappedMessage> read, bool showsValues)
    {
        var shelf = new RecordShelf(practice);
        var time = RecordLaws.Time(0).ToUnixTimeMilliseconds();
        if (!shelf.Apply(read(LawMessages.Received), time))
        {
            return null;
        }

        var once = shelf.Values();
        shelf.Apply(read(LawMessages.Received + _later), time);
        var twice = shelf.Values();
        var differs = once.Keys.Union(twice.Keys).FirstOrDefault(key => once.GetValueOrDefault(key) != twice.GetValueOrDefault(key));
        return differs.Field is null ? null : new LawFault(differs.Field, $"{differs.Field} changes when the message is applied again{(showsValues ? $": {once.GetValueOrDefault(differs) ?? "nothing"} becomes {twice.GetValueOrDefault(differs) ?? "nothing"}" : "")}.");
    }
}
