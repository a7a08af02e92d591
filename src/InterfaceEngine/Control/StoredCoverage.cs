using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Coverage;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Control;

/// <summary>
/// Reports what stored messages hold beside what the tables read. Its answer holds no value of a patient's and is not audited, unless
/// codes are asked for: then that is audited before any is read.
/// </summary>
/// <param name="From">Messages received before are left out.</param>
/// <param name="Limit">The most messages: where there are more, the last ones count.</param>
internal sealed record CoverageRequest(DateTimeOffset From, int Limit) : ControlRequest<CoverageAnswer>(TimeSpan.FromHours(6)), ILongQuestion
{
    /// <summary>Null for all practices.</summary>
    public string? Practice { get; init; }

    /// <summary>Messages received then or later are left out; null for none.</summary>
    public DateTimeOffset? Until { get; init; }

    public bool ShowsValues { get; init; }
}

/// <param name="Practices">Those of which there were messages.</param>
/// <param name="NotRead">Messages that are of no practice here, by reason.</param>
/// <param name="IsLimited">There were more messages than were asked for: only the last ones were looked at.</param>
internal sealed record CoverageAnswer(IReadOnlyList<CoverageReport> Practices, IReadOnlyList<CountedReason> NotRead, bool IsLimited) : ControlAnswer;

/// <summary>Goes through stored messages page by page, each page a read transaction of its own: memory does not grow with their number.</summary>
internal sealed class StoredCoverage(IEngineStore store, IReadOnlyList<Practice> practices, TimeProvider time)
{
    private const int PageSize = 1000;

    private readonly Dictionary<string, Practice> _practices = practices.ToDictionary(practice => practice.Id, StringComparer.Ordinal);

    public async Task<CoverageAnswer> RunAsync(MappingSet set, CoverageRequest request, CancellationToken cancellationToken)
    {
        var coverage = new PracticeCoverages(set, request.ShowsValues);
        var from = new EngineId(IdSource.FirstAt(request.From).Value - 1);
        var until = IdSource.FirstAt(request.Until ?? time.GetUtcNow().AddMinutes(1));
        var start = await store.LookAsync(reader => reader.BeforeLast(request.Practice, from, until, Math.Max(1, request.Limit)), cancellationToken);
        IReadOnlyList<MessageBody> page;
        for (var after = start; ; after = page[^1].Id)
        {
            var last = after;
            page = await store.LookAsync(reader => reader.MessageBodies(request.Practice, last, until, PageSize), cancellationToken);
            if (page.Count == 0)
            {
                return new CoverageAnswer(coverage.Reports(), coverage.NotRead(), IsLimited: start != from);
            }

            foreach (var message in page)
            {
                Look(coverage, message);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Look(PracticeCoverages coverage, MessageBody stored)
    {
        if (stored.Practice is null || !_practices.TryGetValue(stored.Practice, out var practice))
        {
            coverage.AddNotRead("of no practice of the settings");
        }
        else if (coverage.For(practice.Id) is not { } tally)
        {
            coverage.AddNotRead($"of practice {practice.Id}, which has no tables");
        }
        else if (stored.IsDamaged)
        {
            tally.AddNotRead("altered outside the engine, or their key is not kept");
        }
        else if (FileRow.IsKind(stored.Event))
        {
            if (FileRow.TryParse(stored.Body, stored.Event, 1, out var row, out _))
            {
                tally.Add(row, new ReadContext(Instant.FromUnixTimeMilliseconds(stored.ReceivedAt)));
            }
            else
            {
                tally.AddNotRead("unreadable as a row of a file");
            }
        }
        else if (!Hl7Message.TryParse(stored.Body, new Hl7ParseOptions { FallbackCharacterSet = practice.FallbackCharacterSet }, out var message, out _))
        {
            tally.AddNotRead("unreadable as HL7");
        }
        else if (MessageRules.IsAcknowledgement(message))
        {
            tally.AddNotRead("acknowledgements");
        }
        else
        {
            tally.Add(message, new ReadContext(Instant.FromUnixTimeMilliseconds(stored.ReceivedAt)));
        }
    }
}
