using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using InterfaceEngine.Files;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine;

/// <summary>A TLS handshake with a receiver of HL7 as a delivery makes it, for a trial: nothing is sent.</summary>
internal static class TestHandshake
{
    /// <summary>Shakes hands over a connection of its own and tells what was seen; null where the receiver is spoken to without TLS.</summary>
    public static Func<TimeProvider, CancellationToken, Task<string>>? For(DestinationSettings destination) => destination.Tls is not { } options ? null : async (time, cancellationToken) =>
    {
        var (host, port, limit) = (destination.Receiver.Client.Host, destination.Receiver.Client.Port, destination.Receiver.Client.ConnectTimeout);
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var tls = new SenderTls(destination.Name, options, time, NullLogger.Instance);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(host, port, either.Token);
            await using var stream = await tls.ConnectAsync(new NetworkStream(socket), host, either.Token);
            using var certificate = new X509Certificate2(stream.RemoteCertificate!);
            var ends = certificate.NotAfter.ToUniversalTime();
            return $"{stream.SslProtocol}, {stream.NegotiatedCipherSuite}, {Name(certificate, forIssuer: false)} < {Name(certificate, forIssuer: true)}, "
                + $"ends {ends.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} ({(ends - time.GetUtcNow().UtcDateTime).Days} days left)";
        }
        catch (Exception failure) when (failure is TlsRefusedException or SocketException)
        {
            throw new FileFaultException(FileFault.Unreachable, $"{host}:{port}: no TLS: {failure.Message.TrimEnd('.')}.");
        }
        catch (CertificateException failure)
        {
            throw new FileFaultException(FileFault.Setup, failure.Message);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            throw new FileFaultException(FileFault.TimedOut, $"{host}:{port}: no handshake within {limit.TotalSeconds:0.#} s.");
        }
    };

    private static string Name(X509Certificate2 certificate, bool forIssuer) => certificate.GetNameInfo(X509NameType.SimpleName, forIssuer);
}
