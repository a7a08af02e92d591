using System.Net.Sockets;
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

    /// <summary>Who takes messages; null when nobody does.</summary>
    public (string Host, int Port)? Receiver { get; init; }

    /// <summary>Sends the receiver a message for trial and tells what came back; null where none can be sent.</summary>
    /// <remarks>Throws <see cref="FileFaultException"/> when no acknowledgement comes, or a refusal.</remarks>
    public Func<TimeProvider, CancellationToken, Task<string>>? SendTest { get; init; }
}

/// <summary>What of the outside can be reached, and which host keys are accepted.</summary>
internal sealed class ConnectivityOperations(EngineParts parts)
{
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(10);

    public async Task<ConnectivityAnswer> TryAsync(ConnectivityRequest request, CancellationToken cancellationToken)
    {
        var connections = parts.Connections.Values.Where(connection => request.Name is null || connection.Options.Id == request.Name).ToList();
        var places = request.Name is null ? parts.Outside : connections.Count > 0 ? [] : [Find(request.Name)];
        return new ConnectivityAnswer(
        [
            .. await Task.WhenAll(places.Select(place => TryAsync(place, request.SendsTest, cancellationToken))),
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
        var steps = await new ConnectionTrial(connection, Needed(options.Practice), parts.Time).RunAsync(cancellationToken);
        var failed = steps.FirstOrDefault(step => step.Works is false);
        return new ReachedView(options.Id, options.Profile, $"{options.Rest ?? options.Fhir}", failed is null, failed?.Evidence, [], null)
        {
            Steps = [.. steps.Select(step => new ReachedStep(step.Name, step.Works switch { true => "ok", false => "failed", _ => "not tried" }, Math.Round(step.Milliseconds, 1), step.Evidence))],
        };
    }

    /// <summary>The types of resources that a table of the practice reads.</summary>
    private List<string> Needed(string practice) =>
        parts.RowFiles?.Invoke(new RowFileRules()).ReaderOf(practice) is { } reader ? [.. ConnectionOperations.ReadTypes.Where(type => reader.ReadsCall($"FHIR {type}"))] : [];

    private async Task<ReachedView> TryAsync(OutsidePlace place, bool sendsTest, CancellationToken cancellationToken)
    {
        var view = new ReachedView(place.Name, place.Kind, place.Address, Works: true, Problem: null, [], ShownKey: null);
        try
        {
            if (place.Server is { } server)
            {
                return await TryServerAsync(view, server, place.Folder ?? "", cancellationToken);
            }

            await (place.Receiver is { } receiver ? ConnectAsync(receiver.Host, receiver.Port, cancellationToken) : ListAsync(new LocalFolder(place.Folder ?? ""), cancellationToken));
            return sendsTest && place.SendTest is { } send
                ? view with { Steps = [new ReachedStep("port", "ok", 0, "takes connections"), new ReachedStep("test message", "ok", 0, await send(parts.Time, cancellationToken))] }
                : view;
        }
        catch (FileFaultException fault)
        {
            return view with { Works = false, Problem = fault.Message };
        }
    }

    private async Task<ReachedView> TryServerAsync(ReachedView view, SftpOptions server, string folder, CancellationToken cancellationToken)
    {
        var accepted = await HostKeys.AcceptedAsync(server, cancellationToken);
        view = view with { AcceptedKeys = [.. accepted.Select(key => key.Fingerprint)] };
        try
        {
            await ListAsync(new SftpPlace(server, folder, parts.Time), cancellationToken);
            return view;
        }
        catch (FileFaultException fault) when (fault.Fault is FileFault.HostKeyUnknown or FileFault.HostKeyChanged)
        {
            var shown = await HostKeys.ShownAsync(server, parts.Time, cancellationToken);
            return view with { Works = false, Problem = fault.Message, ShownKey = shown.Fingerprint };
        }
        catch (FileFaultException fault)
        {
            return view with { Works = false, Problem = fault.Message };
        }
    }

    private static async Task ListAsync(IFileFolder folder, CancellationToken cancellationToken)
    {
        await using (folder)
        {
            await folder.ListAsync("", cancellationToken);
        }
    }

    private async Task ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_connectTimeout, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, either.Token);
        }
        catch (SocketException failure)
        {
            throw failure.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                ? new FileFaultException(FileFault.HostNotFound, $"{host}: no machine of this name is known. Mend Host in the settings, or look at the name server.")
                : new FileFaultException(FileFault.Unreachable, $"{host}:{port}: nothing takes connections there ({failure.SocketErrorCode}). Look whether the receiver runs, and at Port in the settings.");
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            throw new FileFaultException(FileFault.TimedOut, $"{host}:{port}: nothing answered within {_connectTimeout.TotalSeconds} s. Look whether a firewall is in between.");
        }
    }
}
