using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sources.Ehr.Attachments;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>
/// Fetches the files of an export and reads them. A file is fetched whole before its first row is taken, so that what was cut off on the way is fetched again and
/// never half read; memory does not depend on its length.
/// </summary>
/// <param name="calls">To the vendor.</param>
/// <param name="intake">Takes rows.</param>
/// <param name="documents">Takes documents one by one.</param>
/// <param name="connection">Whose.</param>
/// <param name="folder">Where files lie meanwhile, sealed.</param>
/// <param name="limits">See <see cref="BulkLimits"/>.</param>
internal sealed class BulkFiles(BulkCalls calls, RowFileIntake intake, VendorDocuments documents, ConnectionOptions connection, string folder, BulkLimits limits)
{
    private const int DeletedAtOnce = 500;
    private const int AttachedAtOnce = 100;

    /// <summary>See <see cref="BulkExport.Taken"/>.</summary>
    public Func<string, IReadOnlyList<EhrDocument>, CancellationToken, Task>? Taken { get; set; }

    /// <summary>Whether a table of the practice reads resources of a type.</summary>
    public bool IsRead(string type) => documents.IsRead(connection.Practice, FhirResource.KindOf(type));

    /// <summary>The types that the practice's tables read.</summary>
    public IReadOnlyList<string> Types => intake.ReaderOf(connection.Practice) is { } reader
        ? [.. reader.Maps.Maps.SelectMany(map => map.Messages).Select(rule => rule.Message).Where(message => message.StartsWith(FhirResource.KindOf(""), StringComparison.Ordinal))
            .Select(message => message[FhirResource.KindOf("").Length..]).Distinct().Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Fetches a file; again when it came broken, or with another number of resources than was said.</summary>
    /// <exception cref="EhrException">It can't be fetched now, and later it may.</exception>
    public async Task<FetchedFile> FetchAsync(BulkFile file, CancellationToken cancellationToken)
    {
        if (file.Content == BulkContent.Resources && !IsRead(file.Type))
        {
            return new FetchedFile(file with { State = BulkFileState.Skipped, Problem = $"no table of practice {connection.Practice} reads {FhirResource.KindOf(file.Type)}" }, null, null);
        }

        for (var attempt = 1; ; attempt++)
        {
            var spool = SealedSpool.Create(folder, limits.FreeBytesMin);
            var isKept = false;
            try
            {
                var survey = await FetchAsync(file, spool, cancellationToken);
                isKept = survey is { IsCutOff: false } || attempt >= limits.FetchesMax;
                if (isKept)
                {
                    return new FetchedFile(file, spool, survey);
                }
            }
            catch (EhrException fault) when (!BulkCalls.MayPass(fault))
            {
                var problem = fault.Fault == EhrFault.NotFound ? $"{fault.Message} The vendor has dropped it: begin another export." : fault.Message;
                return new FetchedFile(file with { State = BulkFileState.Failed, Problem = problem }, null, null);
            }
            finally
            {
                if (!isKept)
                {
                    await spool.DisposeAsync();
                }
            }
        }
    }

    /// <summary>Reads a file that was fetched, to its end.</summary>
    /// <param name="at">The moment that the export shows.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="StoreUnavailableException">The store failed; the file goes on at its first row that is not on disk.</exception>
    public Task<BulkFile> LoadAsync(FetchedFile fetched, DateTimeOffset at, CancellationToken cancellationToken) => fetched switch
    {
        { Spool: null } => Task.FromResult(fetched.File),
        { Survey.Survey: { Fault: { } fault, Rows: var rows } } when rows > 0 || !fetched.Survey.IsEmpty =>
            Task.FromResult(fetched.File with { State = BulkFileState.Failed, Rows = rows, Problem = $"it can't be read: {fault}" }),
        { Survey.IsEmpty: true } => Task.FromResult(Settled(fetched, 0, null)),
        { File.Content: BulkContent.Resources } => LoadRowsAsync(fetched, at, cancellationToken),
        { File.Content: BulkContent.Deleted } => LoadDeletedAsync(fetched, at, cancellationToken),
        _ => LoadOutcomesAsync(fetched, cancellationToken),
    };

    private async Task<FetchedSurvey> FetchAsync(BulkFile file, SealedSpool spool, CancellationToken cancellationToken)
    {
        await using var stream = await calls.OpenAsync(file, cancellationToken);
        var survey = await RowSurvey.ReadAsync(spool.Filling(stream.Content), null, isCsv: false, null, cancellationToken, endsAtFault: true);
        var isEmpty = survey is { Rows: 0, Fault: JsonRows.Empty };
        return new FetchedSurvey(survey, isEmpty, (survey.Fault is not null && !isEmpty) || (file.Stated is { } stated && stated != survey.Rows));
    }

    private async Task<BulkFile> LoadRowsAsync(FetchedFile fetched, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (spool, survey, kind) = (fetched.Spool!, fetched.Survey!.Survey, FhirResource.KindOf(fetched.File.Type));
        var offered = new OfferedFile
        {
            Practice = connection.Practice,
            Source = connection.Id,
            Kind = kind,
            Name = kind,
            ModifiedAt = at,
            Size = survey.Size,
            OpenAsync = _ => Task.FromResult(spool.OpenRead()),
        };
        var (run, reason) = await intake.BeginAsync(offered, survey, cancellationToken);
        if (run.State == FileRunState.Running)
        {
            await using var rows = spool.OpenRead();
            run = await intake.ReadAsync(run, survey, rows, null, _ => { }, cancellationToken);
            reason = RunDetail.FromJson(run.Detail).Reason;
        }

        if (run.State is FileRunState.Done or FileRunState.Known && kind == AttachedDocument.Kind)
        {
            await TellTakenAsync(spool, cancellationToken);
        }

        return run.State switch
        {
            FileRunState.Done or FileRunState.Known => Settled(fetched, survey.Rows, run.Id.ToString()) with { Refused = run.Counts.Refused },
            FileRunState.Discarded => fetched.File with { State = BulkFileState.Skipped, Rows = survey.Rows, Run = run.Id.ToString(), Problem = reason },
            _ => fetched.File with { State = BulkFileState.Failed, Rows = survey.Rows, Run = run.Id.ToString(), Problem = reason },
        };
    }

    /// <summary>What they hold is fetched later: an export's files vanish.</summary>
    private async Task TellTakenAsync(SealedSpool spool, CancellationToken cancellationToken)
    {
        if (Taken is null)
        {
            return;
        }

        var batch = new List<EhrDocument>();
        await using var content = spool.OpenRead();
        using var rows = new JsonRows(content);
        while (await rows.ReadAsync(cancellationToken))
        {
            batch.Add(new EhrDocument(AttachedDocument.Kind, rows.Raw.ToArray()));
            if (batch.Count >= AttachedAtOnce)
            {
                await Taken(connection.Id, batch, cancellationToken);
                batch.Clear();
            }
        }

        await Taken(connection.Id, batch, cancellationToken);
    }

    /// <summary>Each deletion becomes a document of its own, so that it is accounted for and taken up like every other.</summary>
    private async Task<BulkFile> LoadDeletedAsync(FetchedFile fetched, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (batch, unread) = (new List<EhrDocument>(), 0L);
        await using var content = fetched.Spool!.OpenRead();
        using var rows = new JsonRows(content);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (!JsonBody.TryParse(rows.Raw.ToArray(), out var body, out _))
            {
                unread++;
                continue;
            }

            batch.AddRange(DeletedResource.In(body, out var unnamed).Select(one => new EhrDocument(one.Message, one.ToDocument(Instant.FromDateTimeOffset(at)))));
            unread += unnamed;
            if (batch.Count >= DeletedAtOnce)
            {
                await documents.TakeAsync(connection.Practice, connection.Id, batch, at, cancellationToken);
                batch.Clear();
            }
        }

        await documents.TakeAsync(connection.Practice, connection.Id, batch, at, cancellationToken);
        var settled = Settled(fetched, rows.Number, null);
        return unread == 0 ? settled : settled with { State = BulkFileState.Failed, Problem = $"{unread} of its deletions name no resource by type and id" };
    }

    /// <summary>What the vendor has to say is told by its codes: its words may name a patient.</summary>
    private static async Task<BulkFile> LoadOutcomesAsync(FetchedFile fetched, CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<(string Severity, string Code), long>();
        await using var content = fetched.Spool!.OpenRead();
        using var rows = new JsonRows(content);
        while (await rows.ReadAsync(cancellationToken))
        {
            foreach (var issue in FhirOutcome.Read(rows.Raw.ToArray()))
            {
                counts[(issue.Severity, issue.Code)] = counts.GetValueOrDefault((issue.Severity, issue.Code)) + 1;
            }
        }

        return Settled(fetched, rows.Number, null) with
        {
            Problem = counts.Count == 0 ? null : $"the vendor reports {string.Join(", ", counts.Select(one => $"{one.Value} × {one.Key.Severity} {one.Key.Code}"))}",
            TellsOfErrors = counts.Keys.Any(one => one.Severity is "error" or "fatal"),
        };
    }

    /// <summary>It was read to its end; one that holds another number of resources than was said is not whole for that.</summary>
    private static BulkFile Settled(FetchedFile fetched, long rows, string? run)
    {
        var file = fetched.File with { State = BulkFileState.Loaded, Rows = rows, Run = run };
        return file.Stated is { } stated && stated != rows
            ? file with { State = BulkFileState.Failed, Problem = $"the vendor says that it holds {stated} resources, and it holds {rows}. They were taken." }
            : file;
    }
}

/// <summary>A file as it was fetched.</summary>
/// <param name="File">It; settled already where there is nothing to read.</param>
/// <param name="Spool">Its content; null where there is nothing to read.</param>
/// <param name="Survey">What was found in it.</param>
internal sealed record FetchedFile(BulkFile File, SealedSpool? Spool, FetchedSurvey? Survey) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Spool?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <param name="Survey">What was found.</param>
/// <param name="IsEmpty">It holds no resource and nothing else.</param>
/// <param name="IsCutOff">It is not what the vendor said, as far as that can be seen: to fetch it again may help.</param>
internal sealed record FetchedSurvey(RowSurvey Survey, bool IsEmpty, bool IsCutOff);
