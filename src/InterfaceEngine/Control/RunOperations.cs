using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Coverage;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Runs of files: what they were, what they give back, and files that a command brings.</summary>
internal sealed class RunOperations(EngineParts parts) : IAsyncDisposable
{
    private const int LimitMax = 1000;

    private RowImport? _import;

    private RowImport Begun => _import ?? throw RequestException.Refused("No file of rows is being imported over this connection.");

    public async Task<RunsAnswer> ListAsync(ListRunsRequest request, CancellationToken cancellationToken)
    {
        var state = request.State is null ? (FileRunState?)null
            : Enum.GetValues<FileRunState>().Cast<FileRunState?>().FirstOrDefault(known => known!.Value.Text() == request.State)
                ?? throw RequestException.Usage($"{request.State} is not a state of runs: {string.Join(", ", Enum.GetValues<FileRunState>().Select(known => known.Text()))}.");
        var before = request.Before is null ? EngineId.None : Views.ParseId(request.Before, "run");
        var limit = Math.Clamp(request.Limit, 1, LimitMax);
        var query = new FileRunQuery(request.Practice, request.Source, state);
        var runs = await parts.Store.AskAsync(request.Audit("runs list", request.Practice, null), reader => reader.FileRuns(query, before, limit), cancellationToken);
        return new RunsAnswer([.. runs.Select(View)], runs.Count == limit ? runs[^1].Id.ToString() : null);
    }

    public async Task<RunAnswer> ShowAsync(ShowRunRequest request, CancellationToken cancellationToken)
    {
        var run = await FindAsync(request.Id, cancellationToken);
        if (request.After is null)
        {
            await parts.Store.AskAsync(request.Audit("runs show", run.Practice, $"run {run.Id}{(request.ShowsChanges ? ", with changes" : "")}"), _ => 0, cancellationToken);
        }

        if (!request.ShowsChanges)
        {
            return new RunAnswer(View(run), [], null);
        }

        var page = await new RunReports(parts.Store).PageAsync(run, After(request.After), cancellationToken);
        return new RunAnswer(View(run), [.. page.Messages.SelectMany(FieldLine.Of)], page.Next?.ToString());
    }

    /// <summary>One part of a report. The first is audited, and what goes on with it is not.</summary>
    public async Task<RunReportAnswer> ReportAsync(RunReportRequest request, CancellationToken cancellationToken)
    {
        var run = await FindAsync(request.Id, cancellationToken);
        if (request.Report is not ("rejects" or "report"))
        {
            throw RequestException.Usage($"{request.Report} is no report of a run: rejects, report.");
        }

        if (request.After is null)
        {
            await parts.Store.AskAsync(request.Audit($"runs {request.Report}", run.Practice, $"run {run.Id}"), _ => 0, cancellationToken);
        }

        var reports = new RunReports(parts.Store);
        var page = await reports.PageAsync(run, After(request.After), cancellationToken);
        var (text, lines) = request.Report == "rejects" ? RunReports.Rejects(run, page, isFirst: request.After is null) : RunReports.Reconciliation(page, isFirst: request.After is null);
        return new RunReportAnswer(text, lines, page.Next?.ToString());
    }

    public async Task<RowsBegunAnswer> BeginAsync(BeginRowsRequest request, CancellationToken cancellationToken)
    {
        if (_import is not null)
        {
            throw RequestException.Refused("A file of rows is being imported over this connection already.");
        }

        // A person who brings a file has looked at its size.
        var intake = parts.RowFiles?.Invoke(new RowFileRules { SmallerThanUsual = 0 }) ?? throw RequestException.Refused("No mappings are loaded, so no files can be taken.");
        var reader = intake.ReaderOf(request.Practice)
            ?? throw RequestException.Usage($"--practice {request.Practice}: not a practice of the settings ({string.Join(", ", parts.Practices.Select(one => one.Id))}).");
        var survey = Survey(request.Survey);
        var file = Offered(request, survey, reader);
        var subject = $"{request.File} as {file.Kind} of {file.Source}{(request.IsTrial ? ", tried only" : "")}";
        await parts.Store.AskAsync(request.Audit("files import", request.Practice, subject), _ => 0, cancellationToken);
        var detail = FileAdmission.Describe(file.Name, survey, file.Kind, reader);
        if (request.IsTrial)
        {
            var refusal = new FileAdmission(intake.Rules).Refusal(survey, file.Kind, reader);
            _import = refusal is null ? RowImport.Trial(intake, file, survey) : null;
            return new RowsBegunAnswer(null, file.Source, file.Kind, refusal is null, refusal, detail.Notes);
        }

        var (run, reason) = await intake.BeginAsync(file, survey, cancellationToken);
        _import = run.State == FileRunState.Running ? RowImport.Of(intake, run, survey) : null;
        return new RowsBegunAnswer(View(run), file.Source, file.Kind, _import is not null, reason, detail.Notes);
    }

    public async Task<RowsProgressAnswer> TakeAsync(RowsPieceRequest request, CancellationToken cancellationToken)
    {
        await ToldAsync(async import =>
        {
            await import.TakeAsync(request.Bytes, cancellationToken);
            return 0;
        });
        return new RowsProgressAnswer(Begun.Rows);
    }

    public async Task<RowsTakenAnswer> EndAsync()
    {
        var taken = await ToldAsync(import => import.EndAsync());
        await DisposeAsync();
        return new RowsTakenAnswer(taken.Run is { } run ? View(run) : null, RunCounts.Of(taken.Run?.Counts ?? taken.Tried));
    }

    /// <summary>Breaks off what has not ended; the same file goes on where it stood.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_import is { } import)
        {
            _import = null;
            await import.DisposeAsync();
        }
    }

    public static RunView View(FileRun run)
    {
        var detail = RunDetail.FromJson(run.Detail);
        return new RunView(
            run.Id.ToString(), run.Practice, run.Source, run.Kind, run.State.Text(), detail.File, Views.Time(run.EventAt), Views.Time(run.ReceivedAt),
            run.EndedAt is { } ended ? Views.Time(ended) : null, run.Size, run.Rows, run.Position, RunCounts.Of(run.Counts), detail.Notes, detail.Reason);
    }

    private async Task<T> ToldAsync<T>(Func<RowImport, Task<T>> work)
    {
        try
        {
            return await work(Begun);
        }
        catch (FileFaultException fault)
        {
            throw RequestException.Refused(fault.Message);
        }
        catch (RunLostException lost)
        {
            throw RequestException.Refused(lost.Message);
        }
    }

    private async Task<FileRun> FindAsync(string text, CancellationToken cancellationToken)
    {
        var id = Views.ParseId(text, "run");
        return await parts.Store.LookAsync(reader => reader.FileRun(id), cancellationToken) ?? throw await DroppedWords.NoRunAsync(parts.Store, id, "run", cancellationToken);
    }

    private static EngineId After(string? text) => text is null ? EngineId.None : Views.ParseId(text, "message");

    private static OfferedFile Offered(BeginRowsRequest request, RowSurvey survey, PracticeReader reader) => new()
    {
        Practice = request.Practice,
        Source = request.Source ?? $"import:{request.Practice}",
        Kind = request.Kind ?? KindOf(survey, reader),
        Name = request.File,
        ModifiedAt = request.ModifiedAt,
        Size = survey.Size,
        IsAgain = request.IsAgain,
        OpenAsync = _ => throw new InvalidOperationException("its bytes come in pieces"),
    };

    /// <summary>The only kind of file whose columns are all there.</summary>
    private static string KindOf(RowSurvey survey, PracticeReader reader)
    {
        var kinds = reader.Maps.Maps.SelectMany(map => map.Messages).Where(rule => rule.Format == MapFormat.Csv).Select(rule => rule.Message).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var fitting = survey.Columns.Count == 0 ? [] : kinds.Where(kind => new FileColumns(reader.Maps, kind).Missing(survey.Columns).Count == 0).ToList();
        return fitting is [var only] ? only
            : throw RequestException.Usage(
                $"Say what kind of file it is with --as KIND: {(fitting.Count == 0 ? "its columns fit none of" : "its columns fit")} {string.Join(", ", fitting.Count == 0 ? kinds : fitting)}.");
    }

    private static RowSurvey Survey(RowSurveyView survey) => new()
    {
        Content = survey.Content,
        Size = survey.Size,
        Rows = survey.Rows,
        Dialect = new CsvDialect(survey.Separator is [var separator] && CsvDialect.Separators.Contains(separator) ? separator : ',', survey.IsWindows1252 ? CsvEncoding.Windows1252 : CsvEncoding.Utf8),
        Columns = survey.Columns,
        Fault = survey.Fault,
    };
}
