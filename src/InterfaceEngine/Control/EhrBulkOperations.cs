using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Bulk;

namespace InterfaceEngine.Control;

/// <summary>Bulk exports that people and programs begin, watch and give up.</summary>
internal sealed class EhrBulkOperations(EngineParts parts)
{
    private const int ListMax = 100;

    public async Task<EhrBulkAnswer> StartAsync(StartEhrBulkRequest request, CancellationToken cancellationToken)
    {
        var (connection, export) = Find(request, request.Connection);
        parts.CheckSince(request.Since);
        var said = $"{(request.ResourceTypes is { } types ? $", {types.Count} types" : "")}{(request.IsFull ? ", everything" : "")}";
        await parts.Store.AskAsync(request.Audit("ehr bulk start", connection.Practice, $"{connection.Id}{said}"), _ => 0, cancellationToken);
        try
        {
            var job = await export.StartAsync(
                new BulkRequest { Level = request.ExportType, Types = request.ResourceTypes, Since = request.Since, IsFull = request.IsFull }, parts.Time.GetUtcNow(), cancellationToken);
            return job.Step == BulkStep.Failed ? throw RequestException.Refused($"The vendor did not begin export {job.Id}. {job.Problem}") : View(connection, job);
        }
        catch (BulkRefusedException refused)
        {
            throw RequestException.Of(refused);
        }
        catch (EhrException fault)
        {
            throw RequestException.Of(fault);
        }
    }

    public async Task<EhrBulkAnswer> ShowAsync(EhrBulkRequest request, CancellationToken cancellationToken)
    {
        var (connection, _, job) = await FindAsync(request, request.Connection, request.Job, cancellationToken);
        return View(connection, job);
    }

    public async Task<EhrBulksAnswer> ListAsync(ListEhrBulkRequest request, CancellationToken cancellationToken)
    {
        var (connection, export) = Find(request, request.Connection);
        return new EhrBulksAnswer([.. (await export.Jobs.ListAsync(ListMax, cancellationToken)).Select(kept => View(connection, kept.Job) with { OutputUrls = null })]);
    }

    public async Task<EhrBulkAnswer> CancelAsync(CancelEhrBulkRequest request, CancellationToken cancellationToken)
    {
        var (connection, export, job) = await FindAsync(request, request.Connection, request.Job, cancellationToken);
        await parts.Store.AskAsync(request.Audit("ehr bulk cancel", connection.Practice, $"{connection.Id}, {job.Id}"), _ => 0, cancellationToken);
        return View(connection, await export.CancelAsync(job.Id, cancellationToken) ?? throw NoJob(job.Id));
    }

    /// <summary>The export of a connection; whoever may not speak of its practice is told that there is none.</summary>
    private (ConnectionOptions Connection, BulkExport Export) Find<T>(EhrRequest<T> request, string id)
        where T : ControlAnswer =>
        parts.Connections.TryGetValue(id, out var connection) && IsAllowed(request, connection.Options)
            ? (connection.Options, parts.VendorOf(connection).Bulk())
            : throw RequestException.NotFound($"{id} is no connection of the settings.");

    private async Task<(ConnectionOptions Connection, BulkExport Export, BulkJob Job)> FindAsync<T>(EhrRequest<T> request, string connection, string job, CancellationToken cancellationToken)
        where T : ControlAnswer
    {
        foreach (var one in parts.Connections.Values.Where(one => IsAllowed(request, one.Options) && (connection.Length == 0 || one.Options.Id == connection)))
        {
            var export = parts.VendorOf(one).Bulk();
            if (job.Length <= 100 && await export.Jobs.FindAsync(job, cancellationToken) is { } kept)
            {
                return (one.Options, export, kept.Job);
            }
        }

        throw NoJob(job);
    }

    private static bool IsAllowed<T>(EhrRequest<T> request, ConnectionOptions connection)
        where T : ControlAnswer => request.Practices is not { } practices || practices.Contains(connection.Practice);

    private static RequestException NoJob(string job) => RequestException.NotFound($"There is no export {(job.Length <= 100 ? job : "of this id")}.");

    private static EhrBulkAnswer View(ConnectionOptions connection, BulkJob job) => new(job.Id, connection.Id, Status(job.Step), job.StartedAt)
    {
        StatusUrl = job.StatusUrl,
        OutputUrls = job.Step == BulkStep.Loaded ? [.. job.Files.Where(file => file.Content == BulkContent.Resources).Select(file => file.Url)] : null,
        CompletedAt = job.EndedAt,
        ErrorMessage = job.Problem,
        Progress = job.Progress,
        Step = job.Step.ToString().ToLowerInvariant(),
        ResourceTypes = job.Types,
        Since = job.Since,
        Notes = [.. job.Notes, .. RefusedRows(job)],
        Files = [.. job.Files.Select(file => new EhrBulkFileView(file.Type, file.State.ToString().ToLowerInvariant(), file.Rows, file.Refused, file.Stated, file.Run, file.Problem))],
    };

    private static IEnumerable<string> RefusedRows(BulkJob job)
    {
        if (job.Files.Sum(file => file.Refused) is > 0 and var refused)
        {
            yield return $"{refused} of {job.Files.Sum(file => file.Rows ?? 0)} rows were refused, and wait in the error queue (errors list).";
        }
    }

    /// <summary>As the guides print it.</summary>
    private static string Status(BulkStep step) => step switch
    {
        BulkStep.Loaded => "COMPLETED",
        BulkStep.Failed => "FAILED",
        BulkStep.Cancelled => "CANCELLED",
        _ => "IN_PROGRESS",
    };
}
