using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>When a source's last new file came. What came before already, or could not be read, is none: who expects a file still waits for it.</summary>
internal static class FileArrivals
{
    private static readonly FileRunState[] _counted = [FileRunState.Running, FileRunState.Done, FileRunState.Held, FileRunState.Released, FileRunState.Undone];

    public static DateTimeOffset? Last(IStoreReader reader, string practice, string source) =>
        _counted.SelectMany(state => reader.FileRuns(new FileRunQuery(practice, source, state), EngineId.None, 1)).Select(run => (long?)run.ReceivedAt).Max() is { } last
            ? DateTimeOffset.FromUnixTimeMilliseconds(last)
            : null;
}
