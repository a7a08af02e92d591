using System.CommandLine;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Cli;

/// <summary>The options of a command that sends over TLS. Any of them means TLS.</summary>
internal sealed class TlsArguments
{
    private readonly Option<bool> _isUsed = new("--tls") { Description = "Speak TLS, and trust the authorities of the operating system." };
    private readonly Option<string> _ca = new("--tls-ca") { Description = "Speak TLS, and trust the authorities of this PEM file.", HelpName = "FILE" };
    private readonly Option<string> _name = new("--tls-name") { Description = "The name that the receiver's certificate must bear. Default: the host.", HelpName = "NAME" };
    private readonly Option<string> _certificate = new("--tls-certificate") { Description = "Our own certificate, PEM or PFX, for a receiver that asks for one.", HelpName = "FILE" };
    private readonly Option<string> _key = new("--tls-key") { Description = "Its private key, where it is in a file of its own.", HelpName = "FILE" };
    private readonly Option<string> _password = new("--tls-password-variable") { Description = "The environment variable with the key's password.", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _isUsed, _ca, _name, _certificate, _key, _password })
        {
            command.Add(option);
        }
    }

    /// <returns>Null for plain MLLP.</returns>
    /// <exception cref="UsageException">A file can't be used.</exception>
    public SenderTls? Open(CommandContext context)
    {
        var (ca, name, certificate, key, password) = (context.Value(_ca), context.Value(_name), context.Value(_certificate), context.Value(_key), context.Value(_password));
        if (!context.Value(_isUsed) && (ca ?? name ?? certificate ?? key ?? password) is null)
        {
            return null;
        }

        if (certificate is null && (key ?? password) is not null)
        {
            throw new UsageException("--tls-key and --tls-password-variable belong to a --tls-certificate.");
        }

        var options = new SenderTlsOptions
        {
            Ca = ca is null ? null : context.FullPath(ca),
            Name = name,
            Own = certificate is null
                ? null
                : new CertificateFiles { Certificate = context.FullPath(certificate), Key = key is null ? null : context.FullPath(key), PasswordVariable = password },
        };
        try
        {
            return new SenderTls("send", options, context.Terminal.Time, NullLogger.Instance);
        }
        catch (CertificateException failure)
        {
            throw new UsageException(failure.Message);
        }
    }
}
