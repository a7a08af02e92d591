using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Health;
using InterfaceEngine.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Api;

/// <summary>
/// The HTTP interface: Kestrel with the endpoints of <see cref="ApiEndpoints"/>, each behind the <see cref="ApiGate"/>. It takes nothing from the
/// environment and no signals, which belong to the engine: the engine starts it and stops it.
/// </summary>
internal sealed partial class ApiServer : IAsyncDisposable
{
    private const int RequestLineBytesMax = 8 * 1024;
    private const int HeaderBytesMax = 16 * 1024;

    private readonly WebApplication _application;

    /// <summary>Ends what is being answered when it has had its time at a stop.</summary>
    private readonly CancellationTokenSource _patience = new();

    private readonly ListenerTls? _tls;
    private readonly ApiParts _parts;

    private ApiServer(WebApplication application, ApiParts parts, ListenerTls? tls)
    {
        _application = application;
        _parts = parts;
        _tls = tls;
    }

    /// <summary>Where it listens, with the port that was taken where settings say 0.</summary>
    public IPEndPoint Address { get; private set; } = null!;

    /// <summary>For people and programs, e.g. <c>https://127.0.0.1:8443</c>.</summary>
    public string Url => $"{(_tls is null ? "http" : "https")}://{Address}";

    /// <summary>What is really mapped, by method and template.</summary>
    public IReadOnlyList<string> Mapped =>
    [
        .. ((IEndpointRouteBuilder)_application).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => $"{endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]} {endpoint.RoutePattern.RawText}"),
    ];

    /// <summary>Takes the port and answers until it is disposed.</summary>
    /// <exception cref="ApiStartException">The address can't be had.</exception>
    /// <exception cref="CertificateException">A file of its TLS can't be used.</exception>
    public static async Task<ApiServer> StartAsync(IPEndPoint listens, ApiParts parts, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var options = parts.Options;
        var logger = loggers.CreateLogger<ApiServer>();
        var tls = options.Tls is { } files ? new ListenerTls("api", files, parts.Engine.Time, logger) : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore().AddSingleton<ILoggerFactory>(new WarningLoggers(loggers)).AddSingleton<IHostLifetime, EnginesLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Limit(kestrel, listens, options, tls, logger));
        var server = new ApiServer(builder.Build(), parts, tls);
        server.Map(new ApiGate(parts, loggers.CreateLogger<ApiGate>(), server._patience.Token));
        try
        {
            await server._application.StartAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await server.CloseAsync();
            throw new ApiStartException($"the HTTP interface can't listen on {listens}: {ListenFailure.Explain(failure)}", failure);
        }

        var bound = server._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Address = new IPEndPoint(listens.Address, new Uri(bound.Addresses.Single()).Port);
        Log.ApiOpened(logger, server.Url, ApiEndpoints.All.Count);
        return server;
    }

    /// <summary>Takes no new connections, lets what is being answered end within <see cref="ApiOptions.StopTimeout"/>, then breaks it off.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_patience.IsCancellationRequested)
        {
            return;
        }

        _patience.CancelAfter(_parts.Options.StopTimeout);
        await _application.StopAsync(_patience.Token);
        await _patience.CancelAsync();
        await CloseAsync();
    }

    private async Task CloseAsync()
    {
        await _application.DisposeAsync();
        _parts.Metrics.Dispose();
        _parts.Keys.Dispose();
        await _parts.Control.DisposeAsync();
        _tls?.Dispose();
        _patience.Dispose();
    }

    /// <summary>What is mapped is what the table says, and nothing else.</summary>
    private void Map(ApiGate gate)
    {
        _application.UseRouting();
        _application.Use((context, next) => context.GetEndpoint()?.Metadata.GetMetadata<ApiEndpoint>() is null ? gate.AnswerUnknownAsync(context) : next(context));
        foreach (var endpoint in ApiEndpoints.All)
        {
            string[] methods = endpoint.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [endpoint.Method];
            _application.MapMethods(endpoint.Template, methods, context => gate.AnswerAsync(context, endpoint)).WithMetadata(endpoint);
        }
    }

    private static void Limit(KestrelServerOptions kestrel, IPEndPoint listens, ApiOptions options, ListenerTls? tls, ILogger logger)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        kestrel.Limits.RequestHeadersTimeout = options.HeadTimeout;
        kestrel.Limits.KeepAliveTimeout = options.IdleTimeout;
        kestrel.Listen(listens, listener =>
        {
            listener.Protocols = tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (tls is not null)
            {
                listener.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = options.HeadTimeout,
                    OnConnection = connection => ValueTask.FromResult(tls.Handshake(Check(tls, connection, logger))),
                });
            }
        });
    }

    /// <summary>Kestrel says nothing of a certificate that is refused, so the one who refuses it does.</summary>
    private static PeerCheck Check(ListenerTls tls, TlsHandshakeCallbackContext connection, ILogger logger)
    {
        var check = tls.NewCheck();
        check.Refused = reason => Log.CallerRefused(logger, connection.Connection.RemoteEndPoint as IPEndPoint, reason);
        return check;
    }

    /// <summary>The engine itself is told to stop, and stops this.</summary>
    private sealed class EnginesLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, EventName = "ApiOpened", Message = "The HTTP interface listens on {Url} with {Count} endpoints")]
        public static partial void ApiOpened(ILogger logger, string url, int count);

        [LoggerMessage(Level = LogLevel.Warning, EventName = "ApiCallerRefused", Message = "{Address} was refused by TLS: {Reason}")]
        public static partial void CallerRefused(ILogger logger, IPEndPoint? address, string reason);
    }
}
