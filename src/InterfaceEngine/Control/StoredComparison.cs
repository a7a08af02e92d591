using System.Threading.Channels;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Control;

/// <summary>
/// Reads stored messages by two mapping sets: one thread reads and opens pages ahead, others map them. Holds a few pages at a time, so
/// its memory does not grow with the messages; each page is a read transaction of its own.
/// </summary>
internal sealed class StoredComparison(IEngineStore store, IReadOnlyList<Practice> practices, TimeProvider time)
{
    private const int PageSize = 1000;

    /// <summary>Pages that are read ahead of the mapping.</summary>
    private const int PagesAhead = 2;

    /// <summary>The threads that map: with the one that reads, about half of the machine. An engine that runs goes on taking messages beside it.</summary>
    private static readonly int _mappers = Math.Max(1, Environment.ProcessorCount / 2);

    private static readonly TimeSpan _clocksApart = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Practice> _practices = practices.ToDictionary(practice => practice.Id, StringComparer.Ordinal);

    public async Task<ComparedMappingsAnswer> RunAsync(SetComparison sets, CompareMappingsRequest request, CancellationToken cancellationToken)
    {
        var from = new EngineId(IdSource.FirstAt(request.From).Value - 1);

        // The clock of another node may be ahead of this one's.
        var until = IdSource.FirstAt(request.Until ?? time.GetUtcNow() + _clocksApart);
        var start = await store.LookAsync(reader => reader.BeforeLast(request.Practice, from, until, Math.Max(1, request.Limit)), cancellationToken);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = Channel.CreateBounded<IReadOnlyList<MessageBody>>(new BoundedChannelOptions(PagesAhead) { SingleWriter = true });
        var tallies = Enumerable.Range(0, _mappers).Select(_ => new DifferenceTally(request.ShowsValues)).ToList();
        var work = tallies
            .Select(tally => Task.Run(() => MapAsync(sets, pages.Reader, tally, stopping.Token), stopping.Token))
            .Append(ReadAsync(request.Practice, start, until, pages.Writer, stopping.Token)).ToList();
        try
        {
            // The first to fail stops the others: nobody waits for pages that nobody takes.
            while (work.Count > 0)
            {
                var done = await Task.WhenAny(work);
                work.Remove(done);
                await done;
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var sum = tallies[0];
        tallies.Skip(1).ToList().ForEach(sum.Add);
        return new ComparedMappingsAnswer(sets.Report(sum, request.Practice), IsLimited: start != from);
    }

    private async Task ReadAsync(string? practice, EngineId after, EngineId until, ChannelWriter<IReadOnlyList<MessageBody>> pages, CancellationToken cancellationToken)
    {
        while (true)
        {
            var from = after;
            var page = await store.LookAsync(reader => reader.MessageBodies(practice, from, until, PageSize), cancellationToken);
            if (page.Count == 0)
            {
                pages.Complete();
                return;
            }

            after = page[^1].Id;
            await pages.WriteAsync(page, cancellationToken);
        }
    }

    private async Task MapAsync(SetComparison sets, ChannelReader<IReadOnlyList<MessageBody>> pages, DifferenceTally tally, CancellationToken cancellationToken)
    {
        await foreach (var page in pages.ReadAllAsync(cancellationToken))
        {
            foreach (var message in page)
            {
                Compare(sets, message, tally);
            }
        }
    }

    private void Compare(SetComparison sets, MessageBody stored, DifferenceTally tally)
    {
        if (stored.IsDamaged)
        {
            tally.AddNotCompared("altered outside the engine, or their key is not kept");
        }
        else if (stored.Practice is null || !_practices.TryGetValue(stored.Practice, out var practice))
        {
            tally.AddNotCompared("of no practice of the settings");
        }
        else if (sets.For(practice.Id) is not { } comparer)
        {
            tally.AddNotCompared($"of practice {practice.Id}, for which one of the sets has no tables");
        }
        else if (FileRow.IsKind(stored.Event))
        {
            if (FileRow.TryParse(stored.Body, stored.Event, 1, out var row, out _))
            {
                tally.Add(stored.Id.ToString(), comparer.Compare(row, new ReadContext(Instant.FromUnixTimeMilliseconds(stored.ReceivedAt))));
            }
            else
            {
                tally.AddNotCompared("unreadable as a row of a file");
            }
        }
        else if (!Hl7Message.TryParse(stored.Body, new Hl7ParseOptions { FallbackCharacterSet = practice.FallbackCharacterSet }, out var message, out _))
        {
            tally.AddNotCompared("unreadable as HL7");
        }
        else if (MessageRules.IsAcknowledgement(message))
        {
            tally.AddNotCompared(ComparisonReport.Acknowledgements);
        }
        else
        {
            tally.Add(stored.Id.ToString(), comparer.Compare(message, new ReadContext(Instant.FromUnixTimeMilliseconds(stored.ReceivedAt))));
        }
    }
}
