using System.CommandLine;
using InterfaceEngine.Control;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Cli;

/// <summary><c>backup</c> and <c>restore</c>. The master key is no part of either.</summary>
internal static class BackupCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        root.Add(Backup(run));
        root.Add(Restore(run));
    }

    private static Command Backup(CommandRunner run)
    {
        var folder = new Argument<string>("DIR") { Description = "An empty or new folder." };
        var command = new Command("backup", "Copies the store consistently, while the engine runs or not.") { folder, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new BackupRequest(context.FullPath(context.Value(folder))) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => context.Terminal.Line($"Copied to {answer.Folder}. Keep the master key too, and apart from it."))));
        return command;
    }

    private static Command Restore(CommandRunner run)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder that backup wrote." };
        var command = new Command("restore", "Checks a backup and puts it in the place of the store. The engine must not run.") { folder, CommonOptions.Reason };
        command.SetAction(run(async context =>
        {
            var (settings, backup) = (context.Settings, context.FullPath(context.Value(folder)));
            if (!Directory.Exists(backup))
            {
                throw new UsageException($"{backup} is not a folder.");
            }

            if (Catalog.KindOf(settings.Store) is { IsShared: true } kind)
            {
                throw new CommandFailedException($"The store is the {kind.Name} database {kind.Place(settings.Store)}. It is restored with the database's own tools: docs/scaling.md says how. Nothing was changed.");
            }

            await using var running = await ControlClient.TryConnectAsync(settings.Data, context.CancellationToken);
            if (running is not null)
            {
                throw new CommandFailedException($"An engine runs on {settings.Data}. Stop it first.");
            }

            // A key that is not there can't be the one the backup was made with, so none is made.
            var key = MasterKeyFile.Open(settings.Keys, settings.Data, mayCreate: false);
            var aside = await StoreRestore.RestoreAsync(backup, settings.Data, key, context.Terminal.Actor, context.Reason, context.Terminal.Time);
            context.Terminal.Line(aside is null
                ? $"{backup} is now the store of {settings.Data}."
                : $"{backup} is now the store of {settings.Data}. What was there before is in {aside}; delete it when it is no longer needed.");
            return ExitCode.Done;
        }));
        return command;
    }
}
