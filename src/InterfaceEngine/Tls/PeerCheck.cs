using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace InterfaceEngine.Tls;

/// <summary>
/// Decides over the other side's certificate in one handshake, and remembers why it was refused: the handshake's own
/// exception does not say.
/// </summary>
/// <param name="isRequired">Whether the other side must show a certificate.</param>
/// <param name="allowedNames">Names of which its certificate must bear one; empty for any.</param>
internal sealed class PeerCheck(bool isRequired, IReadOnlyList<string> allowedNames)
{
    private const string CommonName = "2.5.4.3";
    private const int NameLengthMax = 64;

    /// <summary>Why it was refused; null when it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Is told why, where nobody asks afterwards.</summary>
    public Action<string>? Refused { get; set; }

    /// <summary>The rules of one chain: who vouches, at what time, whether revocation is asked for. One for each handshake, which alters it.</summary>
    /// <param name="authorities">Those who are trusted; null for those of the operating system.</param>
    public static X509ChainPolicy Policy(X509Certificate2Collection? authorities, bool checksRevocation, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = checksRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
            VerificationTime = now.UtcDateTime,
            VerificationTimeIgnored = false,
            DisableCertificateDownloads = !checksRevocation,
        };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }

    /// <summary>What <see cref="RemoteCertificateValidationCallback"/> asks.</summary>
    public bool IsAccepted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = certificate switch
        {
            null => isRequired ? "it shows no certificate" : null,
            X509Certificate2 shown => RefusalOf(shown, chain, errors),
            _ => RefusalOf(new X509Certificate2(certificate), chain, errors),
        };
        if (Refusal is { } reason)
        {
            Refused?.Invoke(reason);
        }

        return Refusal is null;
    }

    /// <summary>The names a certificate bears: DNS names, and the common name of its subject.</summary>
    public static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        foreach (var names in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            foreach (var name in names.EnumerateDnsNames())
            {
                yield return name;
            }
        }

        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == CommonName && part.GetSingleElementValue() is { } name)
            {
                yield return name;
            }
        }
    }

    private string? RefusalOf(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return $"its certificate {Named(certificate)} {InWords(chain)}";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"its certificate {Named(certificate)} is not for the expected name";
        }

        return allowedNames.Count == 0 || NamesOf(certificate).Any(name => allowedNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            ? null
            : $"its certificate {Named(certificate)} bears none of the names that are allowed";
    }

    private static string InWords(X509Chain? chain)
    {
        var found = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (found.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return "has expired, is not valid yet, or is vouched for by one that is not valid now";
        }

        return found switch
        {
            _ when (found & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0 => "is not vouched for by an authority that is trusted here",
            _ when found.HasFlag(X509ChainStatusFlags.Revoked) => "was revoked",
            _ when (found & (X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation)) != 0 => "can't be looked up for revocation",
            _ when found.HasFlag(X509ChainStatusFlags.NotValidForUsage) => "is not made for this use",
            _ => $"is refused: {found}",
        };
    }

    /// <summary>As far as it can stand in a log: a stranger's bytes must not write lines of their own.</summary>
    private static string Named(X509Certificate2 certificate)
    {
        var name = NamesOf(certificate).FirstOrDefault() ?? certificate.Thumbprint;
        return name.Length <= NameLengthMax && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') ? $"'{name}'" : certificate.Thumbprint;
    }
}
