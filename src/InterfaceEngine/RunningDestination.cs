using InterfaceEngine.Control;
using InterfaceEngine.Delivery;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>A destination while the engine runs: its sender, and the certificates that its connections share.</summary>
internal sealed class RunningDestination : IDisposable
{
    private readonly DestinationSettings _settings;
    private readonly SenderTls? _tls;
    private readonly DestinationSender _sender;

    /// <param name="settings">What the settings say.</param>
    /// <param name="owner">Names this process to others that share the store.</param>
    /// <param name="core">Where deliveries wait, and what a destination may ask.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For its parts.</param>
    /// <exception cref="CertificateException">A certificate can't be used; the message names the destination.</exception>
    public RunningDestination(DestinationSettings settings, string owner, EngineCore core, TimeProvider time, ILoggerFactory loggers)
    {
        _settings = settings;
        var logger = loggers.CreateLogger<DestinationSender>();
        try
        {
            _tls = settings.Tls is { } options ? new SenderTls(settings.Name, options, time, logger) : null;
        }
        catch (CertificateException failure)
        {
            throw new CertificateException($"destination '{settings.Name}' can't speak TLS: {failure.Message}", failure);
        }

        _sender = new DestinationSender(settings.Name, owner, settings.Delivery, () => Catalog.Open(settings, core, _tls, time, loggers), core.Store, time, logger);
    }

    public DestinationStatus Status
    {
        get
        {
            var (sender, tls) = (_sender.Status, _tls?.Status());
            return new DestinationStatus(_settings.Name, _settings.Kind, _settings.Address, _settings.Outbound.Practices, sender.State)
            {
                LastReplyAt = sender.LastReplyAt,
                Reason = sender.Reason,
                Certificates = [.. (tls?.Certificates ?? []).Select(one => new CertificateView(one.Use, one.Name, one.ExpiresAt, one.DaysLeft))],
                CertificateProblems = tls?.Problems ?? [],
            };
        }
    }

    /// <summary>Sends until it is cancelled, and a stop time-out more at the most.</summary>
    public Task RunAsync(CancellationToken stopping) => _sender.RunAsync(stopping);

    public void Dispose() => _tls?.Dispose();
}
