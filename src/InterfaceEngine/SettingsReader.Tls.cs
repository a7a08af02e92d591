using System.Net;
using InterfaceEngine.Sources;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Tls;

namespace InterfaceEngine;

/// <summary>Who may connect, and certificates. The files themselves are read when they are used: they change while the settings stay.</summary>
internal sealed partial class SettingsReader
{
    private MllpAccess ReadAccess(SettingsSection section) => new()
    {
        AllowFrom = ReadRanges(section, nameof(MllpAccess.AllowFrom), "let everyone") ?? AddressRanges.Everyone,
        ProxyProtocol = section.Flag(nameof(MllpAccess.ProxyProtocol), false),
        ProxyFrom = ReadRanges(section, nameof(MllpAccess.ProxyFrom), "let this machine") ?? AddressRanges.ThisMachine,
        Tls = section.OptionalSection("Tls") is { } tls ? ReadListenerTls(tls) : null,
    };

    /// <summary>Null when nothing is set.</summary>
    /// <param name="otherwise">What leaving it out does.</param>
    private static AddressRanges? ReadRanges(SettingsSection section, string name, string otherwise)
    {
        if (section.List(name) is not { } texts)
        {
            return null;
        }

        if (texts.Count == 0)
        {
            section.Problem(name, $"is an empty list, and so nobody could connect; leave it out to {otherwise}");
        }

        var ranges = new List<IPNetwork>();
        for (var index = 0; index < texts.Count; index++)
        {
            if (AddressRanges.TryParse(texts[index], out var range, out var reason))
            {
                ranges.Add(range);
            }
            else
            {
                section.Problem($"{name}:{index}", reason);
            }
        }

        return new AddressRanges(ranges);
    }

    private ListenerTlsOptions ReadListenerTls(SettingsSection section)
    {
        var ca = FilePath(section, "ClientCa");
        var options = new ListenerTlsOptions
        {
            Own = ReadCertificate(section, isRequired: true)!,
            ClientCa = ca,
            ClientCertificate = section.Choice("ClientCertificate", Enum.GetNames<ClientCertificate>()) is { } choice
                ? Enum.Parse<ClientCertificate>(choice)
                : ca is null ? ClientCertificate.None : ClientCertificate.Required,
            AllowedClients = section.List("AllowedClients") ?? [],
            ChecksRevocation = section.Flag("ChecksRevocation", false),
        };
        if (options.ClientCertificate != ClientCertificate.None && ca is null)
        {
            section.Problem("ClientCa", "is missing: the file of the authorities that vouch for senders' certificates");
        }

        if (options.ClientCertificate == ClientCertificate.None && ca is not null)
        {
            section.Problem("ClientCertificate", "is None, so ClientCa would never be asked");
        }

        if (options.ClientCertificate != ClientCertificate.Required && section.Has("AllowedClients"))
        {
            section.Problem("AllowedClients", "would not keep out a sender without a certificate: say \"ClientCertificate\": \"Required\"");
        }

        section.Close();
        return options;
    }

    /// <summary>How a destination knows its receiver and proves who it is; null for plain MLLP.</summary>
    private SenderTlsOptions? ReadSenderTls(SettingsSection destination)
    {
        if (destination.OptionalSection("Tls") is not { } section)
        {
            return null;
        }

        var options = new SenderTlsOptions
        {
            Ca = FilePath(section, "Ca"),
            Name = section.Text("Name"),
            Own = ReadCertificate(section, isRequired: false),
            ChecksRevocation = section.Flag("ChecksRevocation", false),
        };
        section.Close();
        return options;
    }

    /// <summary>A certificate of ours; null when none is named and none is required.</summary>
    private CertificateFiles? ReadCertificate(SettingsSection section, bool isRequired)
    {
        var key = FilePath(section, "Key");
        var password = section.Text("PasswordVariable");
        var certificate = FilePath(section, "Certificate");
        if (certificate is null && (isRequired || key is not null || password is not null))
        {
            section.Problem("Certificate", "is missing: the file of our own certificate, PEM or PFX");
            certificate = "";
        }

        return certificate is null ? null : new CertificateFiles { Certificate = certificate, Key = key, PasswordVariable = password };
    }

    private string? FilePath(SettingsSection section, string name) =>
        section.Text(name) is { } file ? Path.GetFullPath(file, Path.GetDirectoryName(_file)!) : null;
}
