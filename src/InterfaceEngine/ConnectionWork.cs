using InterfaceEngine.Ehr;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>What runs for each connection to a vendor, on one node at a time.</summary>
internal static class ConnectionWork
{
    /// <summary>Each with the name of its duty.</summary>
    public static IEnumerable<(string Duty, Func<CancellationToken, Task> Work)> Of(EngineCore core, TimeProvider time, ILoggerFactory loggers) =>
        core.Connections.Values.SelectMany(connection => Of(connection, core, time, loggers).Prepend(($"ehr discovery {connection.Options.Id}", connection.Discovery.RunAsync)));

    private static IEnumerable<(string Duty, Func<CancellationToken, Task> Work)> Of(EhrConnection connection, EngineCore core, TimeProvider time, ILoggerFactory loggers)
    {
        yield break;
    }
}
