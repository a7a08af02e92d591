using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Trials;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Control;

/// <summary>A place that the engine reaches out to, by its source or destination.</summary>
/// <param name="Name">Of the settings.</param>
/// <param name="Kind">Of the settings.</param>
/// <param name="Address">Where it is, for people.</param>
internal sealed record OutsidePlace(string Name, string Kind, string Address)
{
    /// <summary>A server with files; null when it is none.</summary>
    public SftpOptions? Server { get; init; }

    /// <summary>The folder that is listed: on the server, or of this machine; null when there is none.</summary>
    public string? Folder { get; init; }

    /// <summary>The engine writes there, or puts files away.</summary>
    public bool IsWritten { get; init; }

    /// <summary>Who takes messages; null when nobody does.</summary>
    public (string Host, int Port)? Receiver { get; init; }

    /// <summary>Shakes hands with the receiver and tells what was seen; null where it is spoken to without TLS.</summary>
    /// <remarks>Throws <see cref="FileFaultException"/> when it comes to no connection.</remarks>
    public Func<TimeProvider, CancellationToken, Task<string>>? ShakeHands { get; init; }

    /// <summary>Sends the receiver a message for trial and tells what came back; null where none can be sent.</summary>
    /// <remarks>Throws <see cref="FileFaultException"/> when no acknowledgement comes, or a refusal.</remarks>
    public Func<TimeProvider, CancellationToken, Task<string>>? SendTest { get; init; }
}

/// <summary>What of the outside can be reached, and which host keys are accepted.</summary>
internal sealed class ConnectivityOperations(EngineParts parts)
{
    public async Task<ConnectivityAnswer> TryAsync(ConnectivityRequest request, CancellationToken cancellationToken)
    {
        var connections = parts.Connections.Values.Where(connection => request.Name is null || connection.Options.Id == request.Name).ToList();
        var places = request.Name is null ? parts.Outside : connections.Count > 0 ? [] : [Find(request.Name)];
        return new ConnectivityAnswer(
        [
            .. await Task.WhenAll(places.Select(place => new PlaceTrial(place, parts.Time).RunAsync(request.SendsTest, cancellationToken))),
            .. await Task.WhenAll(connections.Select(connection => TryAsync(connection, cancellationToken))),
        ]);
    }

    /// <summary>The audit says who accepted what before it is done.</summary>
    public async Task<HostKeyAnswer> AcceptAsync(AcceptHostKeyRequest request, CancellationToken cancellationToken)
    {
        if (Find(request.Name).Server is not { } server)
        {
            throw RequestException.Usage($"{request.Name} is not reached by SFTP, so it has no host key.");
        }

        await parts.Store.AskAsync(request.Audit("connectivity accept", null, $"{request.Name}: {request.Fingerprint}"), _ => 0, cancellationToken);
        try
        {
            var key = await HostKeys.AcceptAsync(server, request.Fingerprint, parts.Time, cancellationToken);
            return new HostKeyAnswer(server.Address, key.Kind, key.Fingerprint, server.KnownHosts);
        }
        catch (FileFaultException fault)
        {
            throw RequestException.Refused(fault.Message);
        }
    }

    private OutsidePlace Find(string name) => parts.Outside.FirstOrDefault(place => place.Name == name)
        ?? throw RequestException.NotFound($"{name} is no source, destination or connection that the engine reaches out to ({string.Join(", ", parts.Outside.Select(place => place.Name).Concat(parts.Connections.Keys))}).");

    private async Task<ReachedView> TryAsync(EhrConnection connection, CancellationToken cancellationToken)
    {
        var options = connection.Options;
        var steps = await new ConnectionTrial(connection, Needed(options.Practice), parts.BookedOver.Contains(options.Id), parts.Time).RunAsync(cancellationToken);
        var failed = steps.FirstOrDefault(step => step.Works is false);
        return new ReachedView(options.Id, options.Profile, $"{options.Rest ?? options.Fhir}", failed is null, failed?.Evidence, [], null)
        {
            Steps = [.. steps.Select(step => new ReachedStep(step.Name, step.Works switch { true => "ok", false => "failed", _ => "not tried" }, Math.Round(step.Milliseconds, 1), step.Evidence))],
        };
    }

    /// <summary>The types of resources that a table of the practice reads.</summary>
    private List<string> Needed(string practice) =>
        parts.RowFiles?.Invoke(new RowFileRules()).ReaderOf(practice) is { } reader ? [.. ConnectionOperations.ReadTypes.Where(type => reader.ReadsCall($"FHIR {type}"))] : [];
}
