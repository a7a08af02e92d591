using System.Net;

namespace InterfaceEngine.Health;

/// <summary>How others learn whether this node works and takes new connections, and what it asks itself for that.</summary>
internal sealed record HealthOptions
{
    /// <summary>Where <c>/health/live</c> and <c>/health/ready</c> are answered over HTTP; null for nowhere, which is the default.</summary>
    public IPEndPoint? Listens { get; init; }

    /// <summary>
    /// How long a node that stops says that it drains, with its listeners closed, before it ends the connections that are
    /// open: a balancer learns of it meanwhile, so that senders who connect again reach another node. Not waited for where
    /// nobody can ask (<see cref="Listens"/>), nor once no connection is open. Default: 5 seconds, which is two checks of the
    /// example for HAProxy and a second more.
    /// </summary>
    public TimeSpan DrainFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause between two questions to the store. Default: 2 seconds.</summary>
    public TimeSpan StoreInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the store may take to answer; then the node is not ready until it does. Default: 5 seconds.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
