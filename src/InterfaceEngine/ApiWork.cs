using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Health;
using InterfaceEngine.Sources.Ehr.Events;
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
        core.Settings.Api.Listens is { } listens ? await ApiServer.StartAsync(listens, Parts(core, engine, readiness, loggers), loggers, cancellationToken) : null;

    private static ApiParts Parts(EngineCore core, EngineParts engine, Readiness readiness, ILoggerFactory loggers) => new()
    {
        Control = new EngineOperations(engine),
        Engine = engine,
        Keys = new KeyRing(core.Store.ApiKeys, engine.Time),
        Calls = core.Store.Calls,
        Readiness = readiness,
        Options = core.Settings.Api,
        Connections = [.. core.Connections.Values.Select(connection => connection.Options)],
        CompleteAuthorization = (reply, stop) => CompleteAsync(core, reply, stop),
        PublicKeys = () => PublishedKeys(core.Connections.Values),
        Events = new WebhookIntake(new EventInbox(core.Store.Connections, engine.Time), engine.Time, loggers.CreateLogger<WebhookIntake>()),
    };

    /// <summary>The state says whose authorization it is; the connection knows whether it began one of that name.</summary>
    private static async Task<AuthorizationOutcome> CompleteAsync(EngineCore core, AuthorizationReply reply, CancellationToken cancellationToken)
    {
        if (UserConsent.ConnectionOf(reply.State) is not { } id || !core.Connections.TryGetValue(id, out var connection))
        {
            return new AuthorizationOutcome(null, "The state names no authorization that was begun here.");
        }

        if (reply.Code is not { } code)
        {
            return new AuthorizationOutcome(null, "The vendor's server gave no code: the authorization was refused there, or broken off.");
        }

        try
        {
            await connection.Consent.CompleteAsync(reply.State, code, cancellationToken);
            return new AuthorizationOutcome(id, null);
        }
        catch (EhrException refused)
        {
            return new AuthorizationOutcome(null, refused.Message);
        }
    }

    /// <summary>One set of all connections' keys: each is found by its name in it.</summary>
    private static byte[] PublishedKeys(IEnumerable<EhrConnection> connections)
    {
        var keys = new JsonArray();
        foreach (var connection in connections)
        {
            foreach (var key in JsonNode.Parse(connection.PublishedKeys())!["keys"]!.AsArray())
            {
                keys.Add(key!.DeepClone());
            }
        }

        return Encoding.UTF8.GetBytes(new JsonObject { ["keys"] = keys }.ToJsonString());
    }
}
