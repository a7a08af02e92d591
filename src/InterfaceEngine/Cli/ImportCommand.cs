using System.CommandLine;
using System.Text.Json;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary>
/// <c>import FILE…</c>: takes files of messages as if they had come over a connection. The command reads them, so that they need
/// not be the engine's to read. Ends with 1 unless every message was taken and every envelope was right.
/// </summary>
internal static class ImportCommand
{
    public static void AddTo(Command root, CommandRunner run)
    {
        var files = new Argument<string[]>("FILE") { Description = "HL7 files: messages, batches (FHS, BHS), with any line ends, framed or not; or folders of them.", Arity = ArgumentArity.OneOrMore };
        var source = new Option<string?>("--source") { Description = "As what source of the settings they come. Default: the only one there is.", HelpName = "NAME" };
        var replies = new Option<string?>("--replies") { Description = "Write the answers there, a batch for each file. Nothing may be there yet.", HelpName = "FILE" };
        var command = new Command("import", "Takes files of messages.") { files, source, CommonOptions.Practice, replies, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => ImportAsync(context, context.Value(files), context.Value(source), context.Value(replies))));
        root.Add(command);
    }

    private static async Task<int> ImportAsync(CommandContext context, string[] names, string? source, string? replies)
    {
        var files = InputFiles.Find(context, names);
        var practice = context.PracticeOrAll();
        source ??= practice is null ? context.Settings.Sources is [var only] ? only.Name : throw new UsageException(AsWhat(context)) : null;
        await using var answers = replies is null ? null : Create(context.FullPath(replies), replies);
        await using var control = await context.ConnectAsync();
        var imported = new List<ImportedFile>();
        foreach (var file in files)
        {
            var begin = new BeginImportRequest(Path.GetFileName(file), source, practice, answers is not null) { Actor = context.Terminal.Actor, Reason = context.Reason };
            var one = await new FileSending(control, context).SendAsync(file, begin, answers);
            imported.Add(one);
            if (!context.IsJson)
            {
                Show(context.Terminal, one);
            }
        }

        if (context.IsJson)
        {
            context.Terminal.Out.WriteLine(JsonSerializer.Serialize([.. imported], CommandJson.Indented.ImportedFileArray));
        }

        return imported.TrueForAll(file => file.IsTaken) ? ExitCode.Done : ExitCode.Failed;
    }

    private static string AsWhat(CommandContext context) =>
        $"Say as what the files come: --source NAME ({string.Join(", ", context.Settings.Sources.Select(source => source.Name))}) or --practice ID ({string.Join(", ", context.Settings.Practices.Select(practice => practice.Id))}).";

    private static FileStream Create(string path, string name)
    {
        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--replies {name}: {failure.Message}");
        }
    }

    private static void Show(Terminal terminal, ImportedFile file)
    {
        terminal.Line($"{file.File} as {file.Batch.Source}, batch {file.Batch.Id}");
        BatchCommands.Describe(terminal, file.Batch);
        if (file.NotTaken.Count > 0)
        {
            var table = new TextTable("Message", "Byte", "Control id", "State", "Code", "Id");
            foreach (var message in file.NotTaken)
            {
                table.Add($"{message.Number}", $"{message.Offset}", message.ControlId, message.State, message.Code, message.Message);
            }

            terminal.Table(table);
        }

        if (file.NotTakenLeftOut > 0)
        {
            terminal.Line($"  and {file.NotTakenLeftOut} more: engine batches show {file.Batch.Id}");
        }
    }
}

/// <summary>What became of a file. The shape of <c>import --json</c>.</summary>
/// <param name="File">As it was named on the command line.</param>
/// <param name="Batch">What it held.</param>
/// <param name="NotTaken">Messages that were refused or quarantined: the first thousand.</param>
/// <param name="NotTakenLeftOut">How many more of them there are.</param>
internal sealed record ImportedFile(string File, BatchView Batch, IReadOnlyList<NotTakenView> NotTaken, long NotTakenLeftOut)
{
    /// <summary>Every message was taken and its envelope is right.</summary>
    public bool IsTaken => NotTaken.Count == 0 && Batch.Verdict == "complete";
}
