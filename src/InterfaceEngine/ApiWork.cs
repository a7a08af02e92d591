using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Health;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>What the HTTP interface is answered from.</summary>
internal static class ApiWork
{
    /// <summary>Opens it where the settings say so; null where they name no port.</summary>
    /// <param name="core">The engine.</param>
    /// <param name="engine">What people's requests are answered from.</param>
    /// <param name="readiness">How this node is.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ApiStartException">The address can't be had.</exception>
    public static async Task<ApiServer?> StartAsync(EngineCore core, EngineParts engine, Readiness readiness, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        core.Settings.Api.Listens is { } listens ? await ApiServer.StartAsync(listens, Parts(core, engine, readiness), loggers, cancellationToken) : null;

    private static ApiParts Parts(EngineCore core, EngineParts engine, Readiness readiness) => new()
    {
        Control = new EngineOperations(engine),
        Engine = engine,
        Keys = new KeyRing(core.Store.ApiKeys, engine.Time),
        Calls = core.Store.Calls,
        Readiness = readiness,
        Options = core.Settings.Api,
        Connections = [.. core.Connections.Values.Select(connection => connection.Options)],
    };
}
