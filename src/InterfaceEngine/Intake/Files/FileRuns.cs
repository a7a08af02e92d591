using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>What whoever reads files asks of their runs, whatever the files hold.</summary>
internal static class FileRuns
{
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    public static async Task<FileRun> FindFileRunAsync(this IEngineStore store, EngineId id, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => reader.FileRun(id), cancellationToken) ?? throw new KeyNotFoundException($"there is no run {id}");

    /// <summary>Why a run that was begun is not read, for people; null when it is.</summary>
    public static string? WhyNotRead(FileRun run) => run.State switch
    {
        FileRunState.Running => null,
        FileRunState.Known => "The same content was read before: nothing was read.",
        FileRunState.Discarded when run.Position > 0 => $"Somebody gave this content up when it was read up to row {run.Position}: nothing more of it is read.",
        FileRunState.Discarded => "Somebody decided that this content is not to be read.",
        _ => RunDetail.FromJson(run.Detail).Reason ?? "It is held until somebody says that it may be read.",
    };
}
