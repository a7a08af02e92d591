using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Health;
using InterfaceEngine.Sources.Ehr.Events;
using InterfaceEngine.Store;

namespace InterfaceEngine.Api;

/// <summary>What calls are answered from.</summary>
internal sealed record ApiParts
{
    /// <summary>Answers everything that is asked of the engine; shared by all calls, none of which sends a file in pieces.</summary>
    public required IControl Control { get; init; }

    /// <summary>What records are read from.</summary>
    public required EngineParts Engine { get; init; }

    /// <summary>Reads records, audited.</summary>
    public RecordReading Records => field ??= new RecordReading(Engine);

    public required KeyRing Keys { get; init; }

    /// <summary>Where calls are noted.</summary>
    public required ICallLog Calls { get; init; }

    public required Readiness Readiness { get; init; }

    public required ApiOptions Options { get; init; }

    /// <summary>What was counted; one for each server.</summary>
    public MetricsCollector Metrics { get; } = new();

    /// <summary>The connections to vendors.</summary>
    public IReadOnlyList<ConnectionOptions> Connections { get; init; } = [];

    /// <summary>Ends an authorization that a person gave in a browser; null where no connection asks for one.</summary>
    public Func<AuthorizationReply, CancellationToken, Task<AuthorizationOutcome>>? CompleteAuthorization { get; init; }

    /// <summary>The public keys that vendors check our signatures with, as a JSON Web Key Set.</summary>
    public Func<byte[]> PublicKeys { get; init; } = () => """{"keys":[]}"""u8.ToArray();

    /// <summary>Takes what a vendor's server posts of itself, for one connection; null takes none.</summary>
    public WebhookIntake? Events { get; init; }
}

/// <summary>What a browser brings back from a vendor's server of tokens. The state names the authorization that was begun.</summary>
internal sealed record AuthorizationReply(string State, string? Code, string? Error);

/// <param name="Connection">The connection that may be used now; null when nothing came of it.</param>
/// <param name="Problem">Why not, without anything secret; null when all is well.</param>
internal sealed record AuthorizationOutcome(string? Connection, string? Problem);
