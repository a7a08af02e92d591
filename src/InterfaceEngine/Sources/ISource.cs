namespace InterfaceEngine.Sources;

/// <summary>
/// Receives what others have for us: it listens, or looks where files are dropped. Owns its loop. Made once per entry of <c>Sources</c> in
/// settings and run once.
/// </summary>
internal interface ISource
{
    /// <summary>The name in settings, e.g. <c>front-desk</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Runs until it is cancelled. Then nothing new is taken; what is in flight finishes and is acknowledged, within
    /// the source's own stop time-out, or goes on where it was the next time. Ends without an exception when it was told to stop.
    /// </summary>
    /// <exception cref="SourceStartException">It can't start, e.g. the port is in use.</exception>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>A source can't start. The message says which, where and why, for the operator.</summary>
internal sealed class SourceStartException(string message, Exception innerException) : Exception(message, innerException);
