using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Intake;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Cli;

/// <summary>What can be asked before there is a store: whether what the settings name can be reached. Nothing is kept, and no store is made.</summary>
/// <param name="settings">What there is to reach.</param>
/// <param name="place">Where the store will be, for people.</param>
/// <param name="time">The clock.</param>
internal sealed class StorelessEngine(EngineSettings settings, string place, TimeProvider time) : IControl
{
    private readonly Dictionary<string, EhrConnection> _connections = settings.Connections.ToDictionary(
        connection => connection.Id, connection => new EhrConnection(connection, EhrTransport.Open(connection.Http, connection.Tls, time), time, null, NullLogger.Instance));

    /// <exception cref="CommandFailedException">What is asked for needs a store.</exception>
    /// <exception cref="MappingException">The mappings have problems, and a connection is compared with what they read.</exception>
    public async Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (request is not ConnectivityRequest connectivity)
        {
            throw new CommandFailedException($"There is no store in {place} yet: an engine that runs makes one.");
        }

        try
        {
            return await new ConnectivityTrials(OutsidePlaces.Of(settings), _connections, settings.BookedOver, settings.RegisteredOver, ReadTypes(), time).TryAsync(connectivity, cancellationToken);
        }
        catch (RequestException refused)
        {
            return new FailureAnswer(refused.Kind, refused.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync();
        }
    }

    private Func<string, IReadOnlyList<string>> ReadTypes()
    {
        if (_connections.Count == 0)
        {
            return _ => [];
        }

        var mappings = new LiveMapping(MappingFolder.LoadUsable(settings.Mappings, settings.Practices).Set, settings.Practices);
        return practice => ConnectionOperations.TypesReadBy(mappings.For(settings.FindPractice(practice)!));
    }
}
