using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Laws;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Runs L2, L5 and L8 on stored messages, a page of them at a time. What is no HL7 message (a row of a file), or is of no practice of the set, is left out.</summary>
internal sealed class StoredLaws(IEngineStore store, IReadOnlyList<Practice> practices, TimeProvider time)
{
    private const int PageSize = 1000;
    private const int FailuresMax = 20;

    private readonly Dictionary<string, (MessageLaws Laws, PracticeReader Reader, Practice Practice)?> _practices = new(StringComparer.Ordinal);
    private readonly List<LawFailure> _failures = [];
    private int _messages;

    public async Task<CheckedMessagesAnswer> RunAsync(MappingSet set, CheckMessagesRequest request, CancellationToken cancellationToken)
    {
        var from = new EngineId(IdSource.FirstAt(request.From).Value - 1);
        var until = IdSource.FirstAt(request.Until ?? time.GetUtcNow().AddMinutes(1));
        var after = await store.LookAsync(reader => reader.BeforeLast(request.Practice, from, until, Math.Max(1, request.Limit)), cancellationToken);
        while (true)
        {
            var start = after;
            var page = await store.LookAsync(reader => reader.MessageBodies(request.Practice, start, until, PageSize), cancellationToken);
            if (page.Count == 0)
            {
                return new CheckedMessagesAnswer(Report(), _messages);
            }

            foreach (var message in page)
            {
                Check(set, message);
            }

            after = page[^1].Id;
        }
    }

    private void Check(MappingSet set, MessageBody stored)
    {
        if (stored.IsDamaged || stored.Practice is null || Of(set, stored.Practice) is not { } own
            || !Hl7Message.TryParse(stored.Body, new Hl7ParseOptions { FallbackCharacterSet = own.Practice.FallbackCharacterSet }, out var message, out _) || MessageRules.IsAcknowledgement(message))
        {
            return;
        }

        _messages++;
        own.Laws.Add($"message {stored.Id}", message, isInvented: false);
        if (_failures.Count < FailuresMax && OnceLaw.FailureOf(own.Reader, $"message {stored.Id}", message) is { } failure)
        {
            _failures.Add(failure);
        }
    }

    private (MessageLaws Laws, PracticeReader Reader, Practice Practice)? Of(MappingSet set, string id)
    {
        if (!_practices.TryGetValue(id, out var own))
        {
            _practices[id] = own = set.For(id) is { } maps && practices.FirstOrDefault(practice => practice.Id == id) is { } practice
                ? (new MessageLaws(maps), new PracticeReader(maps), practice)
                : null;
        }

        return own;
    }

    private LawReport Report()
    {
        var ofMessages = _practices.Values.OfType<(MessageLaws Laws, PracticeReader, Practice)>().Select(own => own.Laws.Report);
        return LawReport.Of([.. ofMessages, RecordLaws.Report(Law.Once, _messages, _failures)]);
    }
}
