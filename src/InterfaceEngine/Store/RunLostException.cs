using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// A run is not its reader's any more: another has taken it up, or it has come to its end, by a person's decision too. Nothing of what was
/// brought is stored, and nothing is lost: whoever has the run goes on with it. Who reads stops and leaves the file where it is.
/// </summary>
internal sealed class RunLostException(string message) : Exception(message)
{
    public static RunLostException TakenUp(EngineId run) => new($"Run {run} was taken up by another reader, which goes on with it.");

    /// <param name="run">The run.</param>
    /// <param name="state">The state it is in; null when the practice has no such run.</param>
    public static RunLostException Ended(EngineId run, FileRunState? state) =>
        new($"Run {run} is not running: {(state is { } ended ? $"it is {ended.Text()} by now" : "there is none")}.");
}
