using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace InterfaceEngine.Tests.Tls;

/// <summary>An authority that a test makes, and the certificates it gives out, as PEM files in the test's folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string _folder;
    private readonly DateTimeOffset _now;
    private readonly X509Certificate2 _root;

    public TestAuthority(string folder, DateTimeOffset now, string name = "Test Authority")
    {
        _folder = folder;
        _now = now;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _root = request.CreateSelfSigned(now.AddYears(-10), now.AddYears(10));
        File = Write($"{name.Replace(' ', '-')}.pem", _root.ExportCertificatePem());
    }

    /// <summary>The authority's own certificate.</summary>
    public string File { get; }

    /// <summary>Writes a certificate with its key into one file.</summary>
    /// <param name="name">The common name, and the DNS name unless it holds a space.</param>
    /// <param name="from">Days from now on which it begins to be valid.</param>
    /// <param name="until">Days from now on which it ends.</param>
    public string Issue(string name, int from = -1, int until = 90, string? file = null)
    {
        using var certificate = Make(name, from, until, out var key);
        using (key)
        {
            return Write(file ?? $"{name.Replace(' ', '-')}.{from}.{until}.pem", certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        }
    }

    /// <summary>Writes a certificate and its key into two files, the key under a password.</summary>
    public (string Certificate, string Key) IssueApart(string name, string password)
    {
        using var certificate = Make(name, -1, 90, out var key);
        using (key)
        {
            var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
            return (Write($"{name}.crt", certificate.ExportCertificatePem()), Write($"{name}.key", encrypted));
        }
    }

    public string IssuePfx(string name, string password)
    {
        using var certificate = Make(name, -1, 90, out var key);
        using (key)
        {
            using var whole = certificate.CopyWithPrivateKey(key);
            var path = Path.Combine(_folder, $"{name}.pfx");
            System.IO.File.WriteAllBytes(path, whole.Export(X509ContentType.Pfx, password));
            return path;
        }
    }

    public void Dispose() => _root.Dispose();

    private X509Certificate2 Make(string name, int from, int until, out ECDsa key)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        if (!name.Contains(' ', StringComparison.Ordinal))
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            if (name == "localhost")
            {
                names.AddIpAddress(IPAddress.Loopback);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        return request.Create(_root, _now.AddDays(from), _now.AddDays(until), RandomNumberGenerator.GetBytes(16));
    }

    private string Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
