using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Cli;

/// <summary>
/// <c>files import FILE…</c>: takes files of rows. The command reads them, so that they need not be the engine's to read: once to survey them,
/// once to give their bytes. Ends with 1 when a row or a file was refused.
/// </summary>
internal static class FilesImportCommand
{
    public static Command Of(CommandRunner run)
    {
        var files = new Argument<string[]>("FILE") { Description = "CSV files, or JSON files with an array of objects or an object a line; or folders of them.", Arity = ArgumentArity.OneOrMore };
        var kind = new Option<string?>("--as") { Description = "The kind of file as the tables name it (\"Patients file\"); for JSON athenaNet's call. Default: the one whose columns are all there.", HelpName = "KIND" };
        var format = new Option<string?>("--format") { Description = "csv or json. Default: by the end of the name (.json, .jsonl, .ndjson), else csv.", HelpName = "FORMAT" };
        var source = new Option<string?>("--source") { Description = "As what source they come: what it said before is confirmed and compared. Default: a practice's own imports.", HelpName = "NAME" };
        var trial = new Option<bool>("--dry-run") { Description = "Only say what would become of the rows, and keep nothing." };
        var again = new Option<bool>("--even-if-known") { Description = "Read content that was read before once more." };
        var command = new Command("import", "Takes files of rows.") { files, CommonOptions.Practice, kind, format, source, trial, again, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => ImportAsync(
            context, context.Value(files), new Wanted(context.Value(kind), context.Value(format), context.Value(source), context.Value(trial), context.Value(again)))));
        return command;
    }

    private static async Task<int> ImportAsync(CommandContext context, string[] names, Wanted wanted)
    {
        var practice = context.Practice();
        var files = InputFiles.Find(context, names);
        await using var control = await context.ConnectAsync();
        var imported = new List<ImportedRows>();
        foreach (var file in files)
        {
            var one = await SendAsync(context, control, file, practice, wanted);
            imported.Add(one);
            if (!context.IsJson)
            {
                Show(context.Terminal, one, wanted.IsTrial);
            }
        }

        if (context.IsJson)
        {
            context.Terminal.Out.WriteLine(JsonSerializer.Serialize([.. imported], CommandJson.Indented.ImportedRowsArray));
        }

        return imported.TrueForAll(file => file.IsTaken) ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<ImportedRows> SendAsync(CommandContext context, Control.IControl control, string name, string practice, Wanted wanted)
    {
        var path = context.FullPath(name);
        var isCsv = IsCsv(name, wanted);
        RowSurvey survey;
        await using (var first = MessageFile.Open(path, name))
        {
            survey = await ReadAsync(name, () => RowSurvey.ReadAsync(first, null, isCsv, trailer: null, context.CancellationToken).AsTask());
        }

        var begun = await context.AskAsync(control, new BeginRowsRequest(Path.GetFileName(name), practice, wanted.Source, wanted.Kind, File.GetLastWriteTimeUtc(path), View(survey))
        {
            IsTrial = wanted.IsTrial,
            IsAgain = wanted.IsAgain,
            Actor = context.Terminal.Actor,
            Reason = context.Reason,
        });
        if (!begun.IsRead)
        {
            return new ImportedRows(name, begun.Kind, begun.Source, begun.Run, begun.Run?.Counts ?? new RunCounts(0, 0, 0, 0, 0, 0, 0, 0), survey.Rows, 0, begun.Reason, begun.Notes);
        }

        var progress = new RowProgress(Path.GetFileName(name), survey.Rows, context.Terminal.Time);
        RowsTakenAnswer? taken = null;
        await context.Terminal.ProgressAsync(progress.ToString, survey.Rows, async moved =>
        {
            await using var file = MessageFile.Open(path, name);
            var piece = new byte[ImportPieceRequest.BytesMax];
            for (var read = await NextAsync(); read > 0; read = await NextAsync())
            {
                var answer = await context.AskAsync(control, new RowsPieceRequest(piece.AsMemory(0, read)) { Actor = context.Terminal.Actor });
                Moved(context, progress, answer.Rows, moved);
            }

            taken = await context.AskAsync(control, new EndRowsRequest { Actor = context.Terminal.Actor });
            Moved(context, progress, survey.Rows, moved);

            Task<int> NextAsync() => ReadAsync(name, () => file.ReadAsync(piece, context.CancellationToken).AsTask());
        });
        return new ImportedRows(name, begun.Kind, begun.Source, taken!.Run, taken.Counts, survey.Rows, progress.Elapsed.TotalSeconds, null, begun.Notes);
    }

    private static void Moved(CommandContext context, RowProgress progress, long rows, Action<long> moved)
    {
        if (progress.Move(rows) && !context.Terminal.IsInteractive)
        {
            context.Terminal.Problem(progress.ToString());
        }

        moved(rows);
    }

    private static bool IsCsv(string name, Wanted wanted)
    {
        var isJson = wanted.Format switch
        {
            "csv" => false,
            "json" => true,
            null => Path.GetExtension(name).ToLowerInvariant() is ".json" or ".jsonl" or ".ndjson",
            var other => throw new UsageException($"--format {other}: csv or json."),
        };
        if (isJson && wanted.Kind is null)
        {
            throw new UsageException($"{name}: say which call of athenaNet its objects answer, as the tables name it: --as \"GET /patients\".");
        }

        return wanted.Kind is { } kind && FileRow.IsCsv(kind) == isJson
            ? throw new UsageException($"--as {kind}: that is {(isJson ? "a CSV file, and " : "a call, whose answers are JSON, and ")}{name} is read as {(isJson ? "JSON" : "CSV")}. Say --format.")
            : !isJson;
    }

    private static RowSurveyView View(RowSurvey survey) => new(
        survey.Content, survey.Size, survey.Rows, survey.Dialect.Separator.ToString(), survey.Dialect.Encoding == Core.Csv.CsvEncoding.Windows1252, survey.Columns, survey.Fault);

    private static async Task<T> ReadAsync<T>(string name, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (IOException failure)
        {
            throw new CommandFailedException($"{name} can't be read: {failure.Message} Import it again: it goes on where it stopped.");
        }
    }

    private static void Show(Terminal terminal, ImportedRows file, bool isTrial)
    {
        terminal.Line($"{file.File} as {file.Kind} of {file.Source}{(file.Run is { } run ? $", run {run.Id}" : "")}");
        if (file.Reason is { } reason)
        {
            terminal.Line($"  {file.Run?.State ?? "refused"}: {reason}");
        }
        else
        {
            var perSecond = file.Seconds > 0 ? file.Rows / file.Seconds : 0;
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  {(isTrial ? "tried" : "done")}: {file.Rows:N0} rows in {file.Seconds:N1} s, {perSecond:N0} rows/s"));
            terminal.Line($"  {RunCommands.InWords(file.Counts)}");
        }

        foreach (var note in file.Notes)
        {
            terminal.Line($"  {note}");
        }

        if (file is { Counts: { Refused: > 0 } or { Held: > 0 }, Run: { } done })
        {
            terminal.Line($"  to correct them: engine runs show {done.Id} --rejects FILE");
        }
    }

    /// <summary>What the command line asks for.</summary>
    private sealed record Wanted(string? Kind, string? Format, string? Source, bool IsTrial, bool IsAgain);
}

/// <summary>What became of a file of rows. The shape of <c>files import --json</c>.</summary>
/// <param name="File">As it was named on the command line.</param>
/// <param name="Run">The run; null for a trial.</param>
/// <param name="Counts">What became of its rows, or would.</param>
/// <param name="Rows">How many it holds.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Reason">Why no row was taken; null when it was read.</param>
/// <param name="Notes">What was noticed of the file as a whole.</param>
internal sealed record ImportedRows(
    string File, string Kind, string Source, RunView? Run, RunCounts Counts, long Rows, double Seconds, string? Reason, IReadOnlyList<string> Notes)
{
    /// <summary>It was read, or known, and no row was refused.</summary>
    public bool IsTaken => (Reason is null || Run?.State is "known") && Counts.Refused == 0;
}
