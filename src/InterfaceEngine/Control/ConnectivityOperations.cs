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

/// <summary>Tries what the engine reaches out to. It needs no store, so that a connection can be tried before there is one.</summary>
/// <param name="outside">Sources, destinations and exports.</param>
/// <param name="connections">To vendors, by id.</param>
/// <param name="bookedOver">The connections over which a destination books visits as FHIR resources.</param>
/// <param name="registeredOver">Those over which a destination tells of patients so.</param>
/// <param name="readTypes">The types of FHIR resources that the tables of a practice read.</param>
internal sealed class ConnectivityTrials(
    IReadOnlyList<OutsidePlace> outside,
    IReadOnlyDictionary<string, EhrConnection> connections,
    IReadOnlySet<string> bookedOver,
    IReadOnlySet<string> registeredOver,
    Func<string, IReadOnlyList<string>> readTypes,
    TimeProvider time)
{
    public async Task<ConnectivityAnswer> TryAsync(ConnectivityRequest request, CancellationToken cancellationToken)
    {
        var tried = connections.Values.Where(connection => request.Name is null || connection.Options.Id == request.Name).ToList();
        var places = request.Name is null ? outside : tried.Count > 0 ? [] : [Find(request.Name)];
        return new ConnectivityAnswer(
        [
            .. await Task.WhenAll(places.Select(place => new PlaceTrial(place, time).RunAsync(request.SendsTest, cancellationToken))),
            .. await Task.WhenAll(tried.Select(connection => TryAsync(connection, cancellationToken))),
        ]);
    }

    /// <exception cref="RequestException">There is none.</exception>
    public OutsidePlace Find(string name) => outside.FirstOrDefault(place => place.Name == name)
        ?? throw RequestException.NotFound(
            $"{name} is no source, destination or connection that the engine reaches out to ({string.Join(", ", outside.Select(place => place.Name).Concat(connections.Keys))}).");

    private async Task<ReachedView> TryAsync(EhrConnection connection, CancellationToken cancellationToken)
    {
        var options = connection.Options;
        var trial = new ConnectionTrial(connection, readTypes(options.Practice), time) { IsBookedOver = bookedOver.Contains(options.Id), IsRegisteredOver = registeredOver.Contains(options.Id) };
        var steps = await trial.RunAsync(cancellationToken);
        var failed = steps.FirstOrDefault(step => step.Works is false);
        return new ReachedView(options.Id, options.Profile, $"{options.Rest ?? options.Fhir}", failed is null, failed?.Evidence, [], null)
        {
            Steps = [.. steps.Select(step => new ReachedStep(step.Name, step.Works switch { true => "ok", false => "failed", _ => "not tried" }, Math.Round(step.Milliseconds, 1), step.Evidence))],
        };
    }
}

/// <summary>What of the outside can be reached, and which host keys are accepted.</summary>
internal sealed class ConnectivityOperations(EngineParts parts)
{
    private readonly ConnectivityTrials _trials = new(
        parts.Outside,
        parts.Connections,
        parts.BookedOver,
        parts.RegisteredOver,
        practice => parts.RowFiles?.Invoke(new RowFileRules()).ReaderOf(practice) is { } reader ? ConnectionOperations.TypesReadBy(reader) : [],
        parts.Time);

    public Task<ConnectivityAnswer> TryAsync(ConnectivityRequest request, CancellationToken cancellationToken) => _trials.TryAsync(request, cancellationToken);

    /// <summary>The audit says who accepted what before it is done.</summary>
    public async Task<HostKeyAnswer> AcceptAsync(AcceptHostKeyRequest request, CancellationToken cancellationToken)
    {
        if (_trials.Find(request.Name).Server is not { } server)
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
}
