using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace InterfaceEngine.Tls;

/// <summary>Where a certificate of ours and its private key are. Named in settings, read again when the files change.</summary>
internal sealed record CertificateFiles
{
    /// <summary>
    /// A PEM file with the certificate first and, behind it, those that lead to its issuer; or a PFX (PKCS #12) file.
    /// </summary>
    public required string Certificate { get; init; }

    /// <summary>The PEM file of the private key. Null when it is in the certificate's own file, as it always is in a PFX.</summary>
    public string? Key { get; init; }

    /// <summary>The environment variable with the password of the key or the PFX; null for a key without one.</summary>
    public string? PasswordVariable { get; init; }

    public IReadOnlyList<string> Paths => Key is null ? [Certificate] : [Certificate, Key];

    /// <summary>Makes a certificate of what the files hold.</summary>
    /// <param name="contents">The files' bytes, in the order of <see cref="Paths"/>.</param>
    /// <exception cref="CertificateException">It can't be used; the message says why.</exception>
    public SslStreamCertificateContext Load(IReadOnlyList<byte[]> contents)
    {
        var password = PasswordVariable is null
            ? null
            : Environment.GetEnvironmentVariable(PasswordVariable) ?? throw new CertificateException($"{Certificate}: the environment variable {PasswordVariable} with its password is not set");
        try
        {
            var chain = IsPem(contents[0]) ? FromPem(contents, password) : X509CertificateLoader.LoadPkcs12Collection(contents[0], password);
            var own = chain.FirstOrDefault(certificate => certificate.HasPrivateKey)
                ?? throw new CertificateException($"{Certificate}: there is no private key with the certificate");

            // Offline: what leads to the issuer is in the file. To fetch it from the network would let a handshake wait for strangers.
            return SslStreamCertificateContext.Create(Usable(own), [.. chain.Where(certificate => certificate != own)], offline: true);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{Certificate}: no certificate can be made of it{(Key is null ? "" : $" and {Key}")}: {failure.Message.TrimEnd('.')}", failure);
        }
    }

    private static X509Certificate2Collection FromPem(IReadOnlyList<byte[]> contents, string? password)
    {
        var certificates = Encoding.UTF8.GetString(contents[0]);
        var key = Encoding.UTF8.GetString(contents[^1]);
        var own = password is null
            ? X509Certificate2.CreateFromPem(certificates, key)
            : X509Certificate2.CreateFromEncryptedPem(certificates, key, password);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        chain[0] = own;
        return chain;
    }

    /// <summary>The TLS of Windows takes no key that was never in its key store.</summary>
    private static X509Certificate2 Usable(X509Certificate2 certificate) => OperatingSystem.IsWindows()
        ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null)
        : certificate;

    private static bool IsPem(byte[] content) => content.AsSpan().IndexOf("-----BEGIN "u8) >= 0;
}

/// <summary>The certificates of those whom we trust to vouch for a peer: a PEM file with one or more, or one in DER.</summary>
internal static class AuthorityFile
{
    /// <exception cref="CertificateException">There is no certificate in it.</exception>
    public static X509Certificate2Collection Load(string path, byte[] content)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            if (content.AsSpan().IndexOf("-----BEGIN "u8) >= 0)
            {
                authorities.ImportFromPem(Encoding.UTF8.GetString(content));
            }
            else
            {
                authorities.Add(X509CertificateLoader.LoadCertificate(content));
            }
        }
        catch (CryptographicException failure)
        {
            throw new CertificateException($"{path}: no certificate can be made of it: {failure.Message.TrimEnd('.')}", failure);
        }

        return authorities.Count > 0 ? authorities : throw new CertificateException($"{path}: there is no certificate in it");
    }
}

/// <summary>A certificate's file can't be read or used. The message says which and why, and holds no secret.</summary>
internal sealed class CertificateException(string message, Exception? innerException = null) : Exception(message, innerException);
