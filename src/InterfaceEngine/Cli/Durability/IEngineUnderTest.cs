namespace InterfaceEngine.Cli.Durability;

/// <summary>The engine that is checked. It can be started again after it was killed, on the same port and folder.</summary>
internal interface IEngineUnderTest : IAsyncDisposable
{
    /// <summary>Starts it and returns when it takes connections.</summary>
    /// <exception cref="EngineFailedException">It ended, or does not listen in time.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Before a kill: whatever takes a while.</summary>
    Task PrepareKillAsync() => Task.CompletedTask;

    /// <summary>Ends it without warning, and returns when it is gone.</summary>
    Task KillAsync();

    /// <summary>Started, and not ended since, by whomever.</summary>
    bool IsRunning { get; }

    /// <summary>Stops it from running without ending it, as a machine does that is suspended: its connections stay open, and nothing is told.</summary>
    Task FreezeAsync();

    /// <summary>Lets it go on where it was.</summary>
    Task ThawAsync();
}

/// <summary>The engine under test does not do what every engine must; the message says what it said last.</summary>
internal sealed class EngineFailedException(string message) : Exception(message);
