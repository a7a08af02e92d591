using InterfaceEngine.Store;

namespace InterfaceEngine.Control.Explaining;

/// <summary>
/// Where stored values came from. What is kept for each value (event, set, cell, bytes) leads to the message, which is read again by the set
/// that mapped it; nothing more is kept on the way of a message.
/// </summary>
internal sealed class ExplainOperations(EngineParts parts, RecordOperations records)
{
    private const int ChangesMax = 10_000;

    public Task<ExplanationAnswer> ExplainAsync(ExplainRequest request, CancellationToken cancellationToken)
    {
        records.CheckPractice(request.Practice);
        var subject = $"{request.Type} {request.ExternalId}{(request.Field is null ? "" : $" {request.Field}")}{(request.ShowsValues ? ", with values" : "")}";

        // A look that finds nothing is audited too: whether somebody is a patient here is itself a patient's secret.
        return parts.Store.AskOrRefuseAsync(request.Audit("map explain", request.Practice, subject), reader => Explain(reader, request), cancellationToken);
    }

    private ExplanationAnswer Explain(IStoreReader reader, ExplainRequest request)
    {
        records.CheckType(reader.RecordCounts(request.Practice), request.Practice, request.Type);
        var record = records.Find(reader, request.Practice, request.Type, request.ExternalId)
            ?? throw RequestException.NotFound($"Practice {request.Practice} has no {request.Type} {request.ExternalId}.");
        reader.Shown(record);
        var definition = parts.Definitions(request.Practice).FirstOrDefault(definition => definition.Type == request.Type);
        var names = (definition?.Fields.Select(field => field.Name) ?? []).Union(record.Fields.Select(field => field.Name)).ToList();
        if (request.Field is { } asked && !names.Contains(asked))
        {
            throw RequestException.NotFound($"{request.Type} has no field {asked}. Its fields are {string.Join(", ", names)}.");
        }

        var practice = parts.Practices.First(practice => practice.Id == request.Practice);
        var sets = new KeptSets(reader, practice);
        var story = new RecordStory(reader, record, reader.Changes(request.Practice, record, ChangesMax), sets, new MessageShelf(reader, sets), practice, parts.Mapping().Set);
        var shown = new ShownValues(request.ShowsValues);
        return new ExplanationAnswer(
            request.Practice, request.Type, Views.Readable(record.ExternalId), record.Id.ToString(), request.ShowsValues,
            [.. (request.Field is { } one ? [one] : names).Select(name => shown.Of(story.Tell(name))).OrderBy(field => field.State == RecordStory.NeverSaid)]);
    }
}
