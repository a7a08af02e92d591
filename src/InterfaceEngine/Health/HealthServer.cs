using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace InterfaceEngine.Health;

/// <summary>
/// Answers balancers and supervisors over HTTP: whether the process works, and whether this node takes new connections. It is
/// Kestrel alone, without a host, for a host would take the signals that stop the engine to itself.
/// </summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private const int ConnectionsMax = 64;
    private const int RequestLineBytesMax = 1024;
    private const int HeaderBytesMax = 8 * 1024;

    private static readonly TimeSpan _headersTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _keepAliveTimeout = TimeSpan.FromSeconds(60);

    private readonly KestrelServer _server;

    private HealthServer(KestrelServer server, IPEndPoint address)
    {
        _server = server;
        Address = address;
    }

    /// <summary>Where it answers, with the port that was taken where settings say 0.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Takes the port and answers until it is disposed.</summary>
    /// <exception cref="HealthStartException">The address can't be had.</exception>
    public static async Task<HealthServer> StartAsync(IPEndPoint listens, Readiness readiness, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = ConnectionsMax;
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.MaxRequestLineSize = RequestLineBytesMax;
        options.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        options.Limits.RequestHeadersTimeout = _headersTimeout;
        options.Limits.KeepAliveTimeout = _keepAliveTimeout;
        options.Listen(listens, one => one.Protocols = HttpProtocols.Http1);
        var server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
        try
        {
            await server.StartAsync(new HealthApplication(readiness, time.GetUtcNow()), cancellationToken);
            var address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.Single());
            return new HealthServer(server, new IPEndPoint(listens.Address, address.Port));
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            server.Dispose();
            throw new HealthStartException($"health can't be answered on {listens}: {ListenFailure.Explain(failure)}", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What is asked is answered at once, so there is nothing to wait for.
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }
}

/// <summary>Health can't be answered. The message says where and why, for the operator.</summary>
internal sealed class HealthStartException(string message, Exception innerException) : Exception(message, innerException);
