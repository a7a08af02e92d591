using System.Text;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Attachments;

/// <summary>
/// Fetches the contents of documents behind all other calls, and has each document taken in once more with them. One content that is too large, forbidden or gone leaves a
/// reason in its document and keeps nothing else back. One node at a time does it (a duty).
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="queue">Its documents.</param>
/// <param name="documents">Takes in what was fetched; it must not add to the queue.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what it gave up.</param>
internal sealed partial class AttachmentWork(EhrConnection connection, AttachmentQueue queue, VendorDocuments documents, TimeProvider time, ILogger<AttachmentWork> logger)
{
    private const int Together = 20;

    /// <summary>With the pauses between them, tried over half a day; the last time what does not come is left.</summary>
    private const int AttemptsMax = 16;

    /// <summary>What a server says it does not have, or says in a way that is not understood, is tried as often as an event that is about it: some twenty minutes.</summary>
    private const int DoubtfulAttemptsMax = 8;

    private static readonly TimeSpan _look = TimeSpan.FromSeconds(10);

    private readonly FhirClient _fhir = new(connection);
    private readonly AthenaNetClient _athenaNet = new(connection) { Priority = CallPriority.Attachment };
    private readonly AttachmentFetch _fetch = new(connection);

    private ConnectionOptions Options => connection.Options;

    /// <summary>Goes on until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => WaitingWork.RunAsync(
        async stopping =>
        {
            var (count, stopped) = await WorkAsync(stopping);
            return (count > 0, stopped);
        },
        _look,
        (fault, pause) => Log.Stopped(logger, Options.Id, fault.Message, pause),
        time,
        cancellationToken);

    /// <summary>Fetches what is due now, as far as the hour's bytes go.</summary>
    /// <returns>How many documents were looked at, and why it was stopped; null when it was not.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: what is not done is fetched later.</exception>
    public async Task<(int Count, EhrException? Stopped)> WorkAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var one in await queue.Waiting.DueAsync(Together, cancellationToken))
        {
            if (!await queue.Hour.HasBytesLeftAsync(cancellationToken))
            {
                break;
            }

            count++;
            try
            {
                await FetchAsync(one.State, cancellationToken);
                await queue.Waiting.DoneAsync(one, cancellationToken);
            }
            catch (EhrException fault) when (fault.IsOfConnection && (fault.Fault != EhrFault.Unreachable || one.State.Attempts == 0))
            {
                return (count, fault);
            }
            catch (EhrException fault)
            {
                await FailedAsync(one, fault, cancellationToken);
            }
        }

        return (count, null);
    }

    /// <summary>It is tried again, or left; then its reason is on disk before it waits no more.</summary>
    private async Task FailedAsync(Waiting<WaitingDocument> one, EhrException fault, CancellationToken cancellationToken)
    {
        var attemptsMax = fault.IsTransient ? AttemptsMax : fault.IsDoubtful ? DoubtfulAttemptsMax : 1;
        if (one.State.Attempts + 1 >= attemptsMax)
        {
            await LeaveAsync(one.State, fault.Message, cancellationToken);
        }

        if (!await queue.Waiting.TryAgainAsync(one, fault, attemptsMax, cancellationToken))
        {
            Log.GivenUp(logger, Options.Id, one.State.Attempts + 1, fault.Message);
        }
    }

    /// <summary>Has the document say why its contents are not there.</summary>
    private async Task LeaveAsync(WaitingDocument waiting, string reason, CancellationToken cancellationToken)
    {
        EhrDocument? left = waiting.Told is not { } told ? null
            : waiting.Listed is not null ? ListedDocument.Without(told, reason)
            : AttachedDocument.Of(Encoding.UTF8.GetBytes(told)) is { } attached ? new EhrDocument(AttachedDocument.Kind, attached.Without(reason))
            : null;
        if (left is not { } document || waiting.ToldAt is not { } toldAt)
        {
            return;
        }

        try
        {
            await documents.TakeAsync(Options.Practice, Options.Id, [document], toldAt, cancellationToken);
        }
        catch (EhrException fault)
        {
            // What the intake does not take as it was told is none the better for a reason in it.
            Log.NotSaid(logger, Options.Id, fault.Message);
        }
    }

    /// <summary>The document is read as it is now: what was told of it may be hours old.</summary>
    private async Task FetchAsync(WaitingDocument waiting, CancellationToken cancellationToken)
    {
        if (waiting.Listed is { } listed)
        {
            var (row, at) = await _athenaNet.Documents.ReadAsync(listed.Patient, listed.Class, listed.Id, cancellationToken);
            var pages = await GetAsync(ListedDocument.Wanted(row), waiting, cancellationToken);
            await documents.TakeAsync(Options.Practice, Options.Id, [listed.With(row, pages)], at, cancellationToken);
            return;
        }

        var resource = await _fhir.ReadAsync(AttachedDocument.Resource, waiting.Id, CallPriority.Attachment, cancellationToken);
        if (AttachedDocument.Of(resource.Document.Json) is not { } attached)
        {
            await documents.TakeAsync(Options.Practice, Options.Id, [resource.Document], resource.ServerTime, cancellationToken);
            return;
        }

        var contents = await GetAsync(attached.Wanted, waiting, cancellationToken);
        await documents.TakeAsync(Options.Practice, Options.Id, [resource.Document with { Json = attached.With(contents) }], resource.ServerTime, cancellationToken);
    }

    private async Task<IReadOnlyList<FetchedContent>> GetAsync(IReadOnlyList<WantedContent> all, WaitingDocument waiting, CancellationToken cancellationToken)
    {
        var contents = new List<FetchedContent>();
        long left = AttachedDocument.BytesMax;
        foreach (var wanted in all)
        {
            var content = await GetAsync(wanted, left, isLast: waiting.Attempts + 1 >= AttemptsMax, cancellationToken);
            contents.Add(content);
            left -= content.Bytes.Length;
            if (content.Bytes.Length > 0)
            {
                await queue.Hour.AddAsync(content.Bytes.Length, cancellationToken);
            }
        }

        return contents;
    }

    private async Task<FetchedContent> GetAsync(WantedContent wanted, long left, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            return await _fetch.GetAsync(wanted, left, cancellationToken);
        }
        catch (EhrException fault) when (isLast && fault.IsTransient)
        {
            return FetchedContent.None(fault.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connection}: a document whose contents were to be fetched could not be read, {Attempts} times, and is left until it is told of again: {Reason}", EventName = "AttachmentsGivenUp")]
        public static partial void GivenUp(ILogger logger, string connection, int attempts, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Connection}: why a document's contents could not be fetched is not in its record: {Reason}", EventName = "AttachmentsNotSaid")]
        public static partial void NotSaid(ILogger logger, string connection, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Connection}: contents of documents wait, since nothing can be asked for: {Reason} It is tried again in {Pause}", EventName = "AttachmentsWait")]
        public static partial void Stopped(ILogger logger, string connection, string reason, TimeSpan pause);
    }
}
