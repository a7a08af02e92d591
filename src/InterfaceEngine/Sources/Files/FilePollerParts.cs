using InterfaceEngine.Files;
using InterfaceEngine.Health;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Nodes;
using InterfaceEngine.Schedules;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace InterfaceEngine.Sources.Files;

/// <summary>What a source of files works with.</summary>
internal sealed record FilePollerParts
{
    public required string Name { get; init; }

    public required FileSourceOptions Options { get; init; }

    /// <summary>The practice's.</summary>
    public required DateTimeZone Zone { get; init; }

    /// <summary>Opens its place, which may not be reachable: that is told when it is used.</summary>
    public required Func<IFileFolder> Open { get; init; }

    /// <summary>Reads the files.</summary>
    public required IFileIntake Intake { get; init; }

    /// <summary>Writes back what is to be told of a file that was read.</summary>
    public required WriteBack WriteBack { get; init; }

    public required IEngineStore Store { get; init; }

    /// <summary>Names this process to others that share the store.</summary>
    public required string Owner { get; init; }

    /// <summary>The source that comes first, with its times; null for none.</summary>
    public ScheduledWork? After { get; init; }

    public required Readiness Readiness { get; init; }

    public required ILogger<Duty> DutyLogger { get; init; }
}

/// <param name="Doing">For people: <c>waiting until ...</c>, <c>polling</c>.</param>
/// <param name="Fault">Why the last poll failed; null when it did not.</param>
internal sealed record FilePollerState(string Doing, string? Fault)
{
    /// <summary>The fault, or that a file is overdue.</summary>
    public string? Problem { get; init; }
}

/// <summary>What a poll came to.</summary>
/// <param name="Fault">Why it could not be ended, or what failed with one file; null when all is well.</param>
/// <param name="WaitsForSchedule">Trying again sooner would do harm.</param>
internal sealed record PollReport(PollResult Result, string? Fault, bool WaitsForSchedule = false);
