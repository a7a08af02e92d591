using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>The error queue: messages that stand still, by cause, and what people do about them.</summary>
internal sealed class ErrorOperations(EngineParts parts)
{
    private const int LimitMax = 1000;

    public async Task<ErrorsAnswer> ListAsync(ListErrorsRequest request, CancellationToken cancellationToken)
    {
        var before = request.Before is null ? EngineId.None : Views.ParseId(request.Before, "cause");
        var limit = Math.Clamp(request.Limit, 1, LimitMax);
        var causes = await parts.Store.AskAsync(request.Audit("errors list", request.Practice, null), reader => reader.Causes(request.Practice, before, limit), cancellationToken);
        return new ErrorsAnswer([.. causes.Select(Of)], causes.Count == limit ? causes[^1].Id.ToString() : null);
    }

    public async Task<ErrorAnswer> ShowAsync(ShowErrorRequest request, CancellationToken cancellationToken)
    {
        var id = Views.ParseId(request.Id, "cause");
        var after = request.After is null ? EngineId.None : Views.ParseId(request.After, "message");
        var limit = Math.Clamp(request.Limit, 1, LimitMax);
        var practice = (await parts.Store.LookAsync(reader => reader.Cause(id), cancellationToken) ?? throw RequestException.NotFound($"There is no cause {id}: errors list shows them.")).Practice;
        var (cause, messages, example) = await parts.Store.AskAsync(
            request.Audit("errors show", practice, $"cause {id}"),
            reader =>
            {
                var page = reader.CauseMessages(id, after, limit);
                return (reader.Cause(id)!, page, page.Count == 0 ? null : reader.Message(page[0]));
            },
            cancellationToken);
        return new ErrorAnswer(Of(cause), [.. messages.Select(message => message.ToString())], example is null ? null : Views.Of(example), messages.Count == limit ? messages[^1].ToString() : null);
    }

    public async Task<RetryAnswer> RetryAsync(RetryErrorsRequest request, CancellationToken cancellationToken)
    {
        var (page, next) = await PageAsync(request.Ids, request.After, request.Limit, cancellationToken);
        var results = new List<RetryView>();
        foreach (var message in page)
        {
            // One after the other: an A08 must meet what its A04 made.
            results.Add(await RetryAsync(request, message, cancellationToken));
        }

        return new RetryAnswer(results, next);
    }

    public async Task<RetryAnswer> DismissAsync(DismissErrorsRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            throw RequestException.Usage("Say why with --reason TEXT: what is dismissed is not applied, and the next person wants to know.");
        }

        var (page, next) = await PageAsync(request.Ids, request.After, request.Limit, cancellationToken);
        return new RetryAnswer(await Task.WhenAll(page.Select(message => DismissAsync(request, message, cancellationToken))), next);
    }

    public async Task<ParkedAnswer> ListParkedAsync(ListParkedRequest request, CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow();
        var references = await parts.Store.AskAsync(
            request.Audit("errors parked", request.Practice, null),
            reader => reader.Awaited(request.Practice, Math.Clamp(request.Limit, 1, LimitMax)).Select(awaited => (awaited, reader.Message(awaited.Oldest))).ToList(),
            cancellationToken);
        return new ParkedAnswer([.. references.Select(one => new ParkedView(
            one.awaited.Practice,
            MessageDetail.FromJson(one.Item2?.Detail).Notes.FirstOrDefault(note => note.Code is Details.PatientAwaited or Details.PatientOverdue)?.Found,
            one.awaited.Messages,
            Views.Time(one.awaited.Since),
            (int)(now - Views.Time(one.awaited.Since)).TotalDays,
            one.awaited.Oldest.ToString()))]);
    }

    private async Task<RetryView> RetryAsync(RetryErrorsRequest request, EngineId id, CancellationToken cancellationToken)
    {
        var message = await parts.Store.LookAsync(reader => reader.Message(id), cancellationToken);
        if (message is null || !NeedsSomebody(message.State))
        {
            return new RetryView(id.ToString(), message is null ? "unknown" : Views.Word(message.State), message is not null, message is null ? "there is no such message" : null);
        }

        try
        {
            var receipt = request.IsTrial
                ? await parts.Replay.TryAsync(id, cancellationToken)
                : await parts.Replay.ReplayAsync(id, Acceptance.None, request.Audit("errors retry", message.Practice, $"message {id}"), cancellationToken);
            return new RetryView(id.ToString(), Views.Word(receipt.State), !NeedsSomebody(receipt.State), null);
        }
        catch (Exception failure) when (failure is StoreUnavailableException or MessageMovedException or KeyNotFoundException)
        {
            return new RetryView(id.ToString(), Views.Word(message.State), false, failure.Message);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Its text may quote a patient's value; the engine's own fault concerns this message only.
            return new RetryView(id.ToString(), Views.Word(message.State), false, $"it failed inside the engine ({failure.GetType().Name})");
        }
    }

    private async Task<RetryView> DismissAsync(DismissErrorsRequest request, EngineId id, CancellationToken cancellationToken)
    {
        var message = await parts.Store.LookAsync(reader => reader.Message(id), cancellationToken);
        if (message is null || !NeedsSomebody(message.State))
        {
            return new RetryView(id.ToString(), message is null ? "unknown" : Views.Word(message.State), false, message is null ? "there is no such message" : "it needs nobody");
        }

        try
        {
            await parts.Replay.DismissAsync(message, request.Audit("errors dismiss", message.Practice, $"message {id}"), cancellationToken);
            return new RetryView(id.ToString(), Views.Word(MessageState.Dismissed), true, null);
        }
        catch (MessageMovedException moved)
        {
            return new RetryView(id.ToString(), Views.Word(message.State), false, moved.Message);
        }
    }

    /// <summary>The next messages of the causes and messages named, in the order in which they came.</summary>
    private async Task<(IReadOnlyList<EngineId> Page, string? Next)> PageAsync(IReadOnlyList<string> texts, string? afterText, int asked, CancellationToken cancellationToken)
    {
        var ids = texts.Select(text => Views.ParseId(text, "cause or message")).ToList();
        var after = afterText is null ? EngineId.None : Views.ParseId(afterText, "message");
        var limit = Math.Clamp(asked, 1, LimitMax);
        var page = await parts.Store.LookAsync(
            reader =>
            {
                var found = new List<EngineId>();
                foreach (var id in ids)
                {
                    var (isCause, isMessage) = (reader.Cause(id) is not null, reader.Message(id) is not null);
                    if (isCause == isMessage)
                    {
                        throw isCause
                            ? RequestException.Refused($"{id} is both a cause and a message, and it can't be told which is meant. Nothing was done.")
                            : RequestException.NotFound($"{id} is neither a cause nor a message: errors list shows them.");
                    }

                    found.AddRange(isCause ? reader.CauseMessages(id, after, limit) : id > after ? [id] : []);
                }

                return found.Distinct().Order().Take(limit).ToList();
            },
            cancellationToken);
        return (page, page.Count == limit ? page[^1].ToString() : null);
    }

    private static bool NeedsSomebody(MessageState state) =>
        state is MessageState.Refused or MessageState.Quarantined or MessageState.Held or MessageState.Parked;

    private static CauseView Of(StoredCause cause) => new(
        cause.Id.ToString(), cause.Practice, Views.Word(cause.State), cause.Code, cause.Place, cause.Cell, cause.Text,
        Views.Time(cause.FirstSeen), Views.Time(cause.LastSeen), cause.Messages, cause.Sightings);
}
