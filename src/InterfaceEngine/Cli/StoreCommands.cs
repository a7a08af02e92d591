using System.CommandLine;
using System.Text.Json;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Copy;
using InterfaceEngine.Store.Postgres;
using Npgsql;

namespace InterfaceEngine.Cli;

/// <summary>
/// <c>store copy</c>: moves the settings' store to another database. Ends with 1 when the two differ at the end, and the rows that do are
/// named by table and key.
/// </summary>
internal static class StoreCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        var to = new Option<string?>("--to")
        {
            Description = "A settings file that names the new store, a data folder, or where a PostgreSQL database is (\"Host=db1;Database=engine;Username=engine\").",
            HelpName = "TARGET",
        };
        var isSwitch = new Option<bool>("--switch") { Description = "The last step, with the engine stopped: from here on the copy is the store." };
        var isVerify = new Option<bool>("--verify") { Description = "Only compare both, row by row." };
        var isUndo = new Option<bool>("--undo-mark") { Description = "Let engines start again on this store, which was moved away. What was taken since, where it went, is not in it." };
        var copy = new Command("copy", "Moves the store to another database, while the engine runs; run again, it goes on where it was.") { to, isSwitch, isVerify, isUndo, CommonOptions.Reason, CommonOptions.Json };
        copy.SetAction(run(context => CopyAsync(context, context.Value(to), context.Value(isSwitch), context.Value(isVerify), context.Value(isUndo))));
        root.Add(new Command("store", "The store as a whole.") { copy });
    }

    private static async Task<int> CopyAsync(CommandContext context, string? to, bool isSwitch, bool isVerify, bool isUndo)
    {
        if ((to is null) != isUndo || (isSwitch && isVerify) || (isUndo && (isSwitch || isVerify)))
        {
            throw new UsageException("Say where with --to TARGET, and at most one of --switch and --verify; or --undo-mark alone.");
        }

        var settings = context.Settings;
        var key = MasterKeyFile.Open(settings.Keys, settings.Data, mayCreate: false, Catalog.KindOf(settings.Store).Place(settings.Store));
        var terminal = context.Terminal;
        if (isUndo)
        {
            var place = await StoreMove.TakeBackAsync(settings.Store, Audit(context, "take back"), key, terminal.Time);
            terminal.Line($"Engines may start again on {Catalog.KindOf(settings.Store).Place(settings.Store)}. It had been moved to {place}: what was taken there since is not here, and no engine may go on there.");
            return ExitCode.Done;
        }

        var target = Target(context, to!);
        var view = new CopyProgressView(terminal, isShown: !context.IsJson);
        var move = new StoreMove(settings.Store, target, key, terminal.Time, view.Show);
        CopyReport report;
        try
        {
            report = await (isVerify ? move.VerifyAsync(context.CancellationToken)
                : isSwitch ? move.SwitchAsync(Audit(context, Catalog.KindOf(target).Place(target)), context.CancellationToken)
                : move.CopyAsync(context.CancellationToken));
        }
        finally
        {
            view.End();
        }

        if (context.IsJson)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, CommandJson.Indented.CopyReport));
        }
        else
        {
            Show(terminal, report, isVerify);
            foreach (var problem in report.NoParts)
            {
                terminal.Problem($"A month has no part of its own in {report.Target}, and is dropped row by row when it is old: {problem}.");
            }

            terminal.Line((isVerify, isSwitch, report.IsEqual) switch
            {
                (true, _, true) => $"{report.Source} and {report.Target} are equal: {report.Rows:N0} rows.",
                (true, _, false) => $"{report.Source} and {report.Target} differ. An engine that writes makes differences too.",
                (_, true, true) => $"The store is in {report.Target} now: {report.Rows:N0} rows, each compared. Start with settings that name it. No engine starts on {report.Source} any more; keep it until you need it no longer.",
                (_, true, false) => $"The copy in {report.Target} is not equal, so nothing was switched: {report.Source} is the store as before.",
                _ => $"{report.Copied:N0} rows were copied to {report.Target}, and {report.Mended:N0} again that had changed. The engine may go on; stop it and run this with --switch to move.",
            });
        }

        return report.IsEqual ? ExitCode.Done : ExitCode.Failed;
    }

    private static AuditEntry Audit(CommandContext context, string subject) => new(context.Terminal.Actor, "store copy", null, subject, context.Reason);

    private static StoreOptions Target(CommandContext context, string to)
    {
        if (to.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            // Variables of the environment are for the store that is copied.
            return SettingsReader.Read(context.FullPath(to), []).Store;
        }

        if (!to.Contains('='))
        {
            return new StoreOptions { Folder = context.FullPath(to) };
        }

        var problems = new List<string>();
        var connection = PostgresConnection.Read(to, allowsPlain: false, problems);
        if (problems.Count == 0 && new NpgsqlConnectionStringBuilder(connection).Password is not null)
        {
            problems.Add("holds a password, which everybody on this machine can see: name a settings file with ConnectionFile instead");
        }

        return problems.Count == 0
            ? new StoreOptions { Kind = "postgres", Connection = connection }
            : throw new UsageException(string.Join('\n', problems.Select(problem => $"--to {problem}.")));
    }

    private static void Show(Terminal terminal, CopyReport report, bool isVerify)
    {
        var table = new TextTable("Table", "Rows", isVerify ? "There" : "Again", "SHA-256");
        foreach (var one in report.Tables.Where(one => one.SourceRows > 0 || one.TargetRows > 0))
        {
            table.Add(one.Name, $"{one.SourceRows:N0}", $"{(isVerify ? one.TargetRows : one.Mended):N0}", one.Sha256[..16]);
        }

        terminal.Table(table);
        foreach (var difference in report.Tables.SelectMany(one => one.Differences))
        {
            terminal.Problem($"Differs: {difference}.");
        }
    }
}
