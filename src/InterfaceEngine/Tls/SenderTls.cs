using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tls;

/// <summary>How a sender knows its receiver, and proves who it is. TLS 1.2 and 1.3 only.</summary>
internal sealed record SenderTlsOptions
{
    /// <summary>The file of the authorities that vouch for the receiver; null takes those of the operating system.</summary>
    public string? Ca { get; init; }

    /// <summary>The name that the receiver's certificate must bear; null takes the host that is connected to.</summary>
    public string? Name { get; init; }

    /// <summary>Our own certificate, for a receiver that asks for one; null for none.</summary>
    public CertificateFiles? Own { get; init; }

    /// <summary>
    /// Whether the receiver's certificate is looked up for revocation, over the network, at every handshake. What can't
    /// be looked up is refused. Default: false.
    /// </summary>
    public bool ChecksRevocation { get; init; }
}

/// <summary>The sender's side of TLS. One for each destination, shared by its connections.</summary>
internal sealed class SenderTls : IDisposable
{
    private readonly SenderTlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ReloadedFiles<SslStreamCertificateContext>? _own;
    private readonly ReloadedFiles<X509Certificate2Collection>? _authorities;

    /// <param name="name">The destination's name, for the log.</param>
    /// <exception cref="CertificateException">A file can't be used.</exception>
    public SenderTls(string name, SenderTlsOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _authorities = options.Ca is { } ca
            ? new ReloadedFiles<X509Certificate2Collection>(name, [ca], contents => AuthorityFile.Load(ca, contents[0]), time, logger)
            : null;
        try
        {
            _own = options.Own is { } own ? new ReloadedFiles<SslStreamCertificateContext>(name, own.Paths, own.Load, time, logger) : null;
        }
        catch
        {
            _authorities?.Dispose();
            throw;
        }
    }

    /// <summary>Shakes hands. The caller limits the time by its token.</summary>
    /// <param name="host">The host that was connected to.</param>
    /// <returns>The encrypted stream; disposing it disposes the inner one.</returns>
    /// <exception cref="TlsRefusedException">No connection; the inner stream is closed.</exception>
    public async Task<SslStream> ConnectAsync(Stream inner, string host, CancellationToken cancellationToken)
    {
        var check = new PeerCheck(isRequired: true, allowedNames: []);
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = _options.Name ?? host,
                    ClientCertificateContext = _own?.Current,
                    AllowRenegotiation = false,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = PeerCheck.Policy(_authorities?.Current, _options.ChecksRevocation, _time.GetUtcNow()),
                    RemoteCertificateValidationCallback = check.IsAccepted,
                },
                cancellationToken);
            return stream;
        }
        catch (Exception failure) when (TlsRefusedException.IsOf(failure))
        {
            await stream.DisposeAsync();
            throw TlsRefusedException.Of(failure, check);
        }
    }

    public TlsStatus Status()
    {
        var now = _time.GetUtcNow();
        var own = _own is null ? [] : new[] { CertificateStatus.Of("own", _own.Current.TargetCertificate, now) };
        var authorities = _authorities?.Current.Select(authority => CertificateStatus.Of("authority", authority, now)) ?? [];
        return new TlsStatus([.. own, .. authorities], [.. new[] { _own?.Problem, _authorities?.Problem }.OfType<string>()]);
    }

    public void Dispose()
    {
        _own?.Dispose();
        _authorities?.Dispose();
    }
}
