using System.Security.Cryptography.X509Certificates;

namespace InterfaceEngine.Tls;

/// <summary>One certificate in use, for the status.</summary>
/// <param name="Use">What for: <c>own</c>, or <c>authority</c> for one that vouches for the other side.</param>
/// <param name="Name">A name it bears.</param>
/// <param name="ExpiresAt">The last moment at which it is valid.</param>
/// <param name="DaysLeft">Whole days until then; negative once it is over.</param>
internal sealed record CertificateStatus(string Use, string Name, DateTimeOffset ExpiresAt, int DaysLeft)
{
    public static CertificateStatus Of(string use, X509Certificate2 certificate, DateTimeOffset now)
    {
        var expiresAt = new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
        return new CertificateStatus(use, PeerCheck.NamesOf(certificate).FirstOrDefault() ?? certificate.Subject, expiresAt, (int)Math.Floor((expiresAt - now).TotalDays));
    }
}

/// <summary>The certificates of a listener or a destination.</summary>
/// <param name="Certificates">Those in use.</param>
/// <param name="Problems">Files that were changed and can't be used; the certificates made of the former ones stay in use.</param>
internal sealed record TlsStatus(IReadOnlyList<CertificateStatus> Certificates, IReadOnlyList<string> Problems);
