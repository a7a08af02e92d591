using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>What came as a batch or a file. A batch may hold several practices' messages, so the look at one is audited as of none.</summary>
internal sealed class BatchOperations(EngineParts parts)
{
    private const int LimitMax = 1000;

    public async Task<BatchesAnswer> ListAsync(ListBatchesRequest request, CancellationToken cancellationToken)
    {
        var before = request.Before is null ? EngineId.None : Views.ParseId(request.Before, "batch");
        var limit = Math.Clamp(request.Limit, 1, LimitMax);
        var batches = await parts.Store.AskAsync(request.Audit("batches list", null, null), reader => reader.Batches(before, limit), cancellationToken);
        return new BatchesAnswer([.. batches.Select(View)], batches.Count == limit ? batches[^1].Id.ToString() : null);
    }

    public async Task<BatchAnswer> ShowAsync(ShowBatchRequest request, CancellationToken cancellationToken)
    {
        var id = Views.ParseId(request.Id, "batch");
        var after = request.After is null ? EngineId.None : Views.ParseId(request.After, "message");
        var limit = Math.Clamp(request.Limit, 1, LimitMax);
        var (batch, messages) = await parts.Store.AskAsync(
            request.Audit("batches show", null, $"batch {id}"), reader => (reader.Batch(id), reader.BatchMessages(id, after, limit)), cancellationToken);
        return batch is null
            ? throw await DroppedWords.NoRunAsync(parts.Store, id, "batch", cancellationToken)
            : new BatchAnswer(View(batch), [.. messages.Select(Of)], messages.Count == limit ? messages[^1].Id.ToString() : null);
    }

    public static BatchView View(StoredBatch batch)
    {
        var detail = batch.Detail is { } json ? BatchDetail.FromJson(json) : new BatchDetail();
        return new BatchView(
            batch.Id.ToString(),
            batch.Source,
            batch.IsFile,
            Views.Time(batch.ReceivedAt),
            batch.Verdict.Text(),
            batch.Stated,
            batch.Found,
            batch.Stored,
            batch.States.OrderBy(state => state.Key).ToDictionary(state => state.Key.Text(), state => state.Value),
            detail.ControlId,
            detail.File,
            detail.Problems,
            detail.Charges);
    }

    private static BatchMessageView Of(StoredMessage message) => new(
        message.Id.ToString(), message.Practice, message.Event, message.ControlId, Views.Word(message.State), message.Code, message.Size);
}
