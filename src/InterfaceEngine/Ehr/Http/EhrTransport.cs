using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Ehr.Http;

/// <summary>
/// Makes what a connection sends by: TLS 1.2 and 1.3, no redirect followed by itself, no cookies, answers unpacked. One for each connection, for as
/// long as the engine runs.
/// </summary>
internal static class EhrTransport
{
    /// <summary>An address that moved to another machine is noticed after this long at most.</summary>
    private static readonly TimeSpan _connectionLife = TimeSpan.FromMinutes(5);

    /// <exception cref="CertificateException">A file of <paramref name="tls"/> can't be used.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static HttpMessageInvoker Open(EhrHttpLimits limits, SenderTlsOptions? tls, TimeProvider time)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            ConnectTimeout = limits.ConnectTimeout,
            MaxConnectionsPerServer = limits.ConnectionsMax,
            MaxResponseHeadersLength = limits.HeaderBytesMax / 1024,
            PooledConnectionLifetime = _connectionLife,
            ActivityHeadersPropagator = null,
        };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        handler.SslOptions.CertificateRevocationCheckMode = tls?.ChecksRevocation == true ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
        if (tls?.Own is { } own)
        {
            handler.SslOptions.ClientCertificateContext = own.Load([.. own.Paths.Select(File.ReadAllBytes)]);
        }

        if (tls?.Ca is { } ca)
        {
            handler.SslOptions.CertificateChainPolicy = PeerCheck.Policy(AuthorityFile.Load(ca, File.ReadAllBytes(ca)), tls.ChecksRevocation, time.GetUtcNow());
            handler.SslOptions.CertificateChainPolicy.VerificationTimeIgnored = true;
        }

        return new HttpMessageInvoker(handler);
    }
}
