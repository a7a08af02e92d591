using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tls;

/// <summary>Whether a listener asks who connects.</summary>
internal enum ClientCertificate
{
    /// <summary>No certificate is asked for.</summary>
    None,

    /// <summary>Who shows a certificate must show a good one; who shows none is let in.</summary>
    Optional,

    /// <summary>Mutual TLS: only who shows a good certificate is let in.</summary>
    Required,
}

/// <summary>How a listener proves who it is, and whom it lets in. TLS 1.2 and 1.3 only.</summary>
internal sealed record ListenerTlsOptions
{
    /// <summary>The listener's own certificate.</summary>
    public required CertificateFiles Own { get; init; }

    /// <summary>Whether senders must show a certificate. Default: required where <see cref="ClientCa"/> is set, else none.</summary>
    public ClientCertificate ClientCertificate { get; init; }

    /// <summary>The file of the authorities that vouch for senders; null when no certificate is asked for.</summary>
    public string? ClientCa { get; init; }

    /// <summary>Senders' names (DNS name or common name of their certificate) of whom one is needed; empty lets in everyone who is vouched for.</summary>
    public IReadOnlyList<string> AllowedClients { get; init; } = [];

    /// <summary>
    /// Whether a sender's certificate is looked up for revocation, over the network, at every handshake. What can't be
    /// looked up is refused. Default: false.
    /// </summary>
    public bool ChecksRevocation { get; init; }
}

/// <summary>The listener's side of TLS. One for each listener, shared by its connections.</summary>
internal sealed class ListenerTls : IDisposable
{
    private readonly ListenerTlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ReloadedFiles<SslStreamCertificateContext> _own;
    private readonly ReloadedFiles<X509Certificate2Collection>? _authorities;

    /// <param name="name">The listener's name, for the log.</param>
    /// <exception cref="CertificateException">A file can't be used.</exception>
    public ListenerTls(string name, ListenerTlsOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _authorities = options.ClientCa is { } ca
            ? new ReloadedFiles<X509Certificate2Collection>(name, [ca], contents => AuthorityFile.Load(ca, contents[0]), time, logger)
            : null;
        try
        {
            _own = new ReloadedFiles<SslStreamCertificateContext>(name, options.Own.Paths, options.Own.Load, time, logger);
        }
        catch
        {
            _authorities?.Dispose();
            throw;
        }
    }

    /// <summary>Shakes hands. The caller limits the time by closing <paramref name="inner"/>.</summary>
    /// <returns>The encrypted stream; disposing it disposes the inner one.</returns>
    /// <exception cref="TlsRefusedException">No connection; the inner stream is closed.</exception>
    public async Task<SslStream> AcceptAsync(Stream inner, CancellationToken cancellationToken)
    {
        var check = NewCheck();
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsServerAsync(Handshake(check), cancellationToken);
            return stream;
        }
        catch (Exception failure) when (TlsRefusedException.IsOf(failure))
        {
            await stream.DisposeAsync();
            throw TlsRefusedException.Of(failure, check);
        }
    }

    /// <summary>Judges one peer's certificate, and remembers why it was refused.</summary>
    public PeerCheck NewCheck() => new(_options.ClientCertificate == ClientCertificate.Required, _options.AllowedClients);

    /// <summary>What one handshake goes by, with the files as they are now.</summary>
    /// <param name="check">Who judges the peer of this handshake.</param>
    public SslServerAuthenticationOptions Handshake(PeerCheck check) => new()
    {
        ServerCertificateContext = _own.Current,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateRequired = _options.ClientCertificate != ClientCertificate.None,
        CertificateChainPolicy = PeerCheck.Policy(_authorities?.Current, _options.ChecksRevocation, _time.GetUtcNow()),
        RemoteCertificateValidationCallback = check.IsAccepted,

        // Each connection shows its certificate anew: what was taken back is not let in by an old ticket.
        AllowTlsResume = false,
        AllowRenegotiation = false,
    };

    public TlsStatus Status()
    {
        var now = _time.GetUtcNow();
        var authorities = _authorities?.Current.Select(authority => CertificateStatus.Of("authority", authority, now)) ?? [];
        return new TlsStatus(
            [CertificateStatus.Of("own", _own.Current.TargetCertificate, now), .. authorities],
            [.. new[] { _own.Problem, _authorities?.Problem }.OfType<string>()]);
    }

    public void Dispose()
    {
        _own.Dispose();
        _authorities?.Dispose();
    }
}
