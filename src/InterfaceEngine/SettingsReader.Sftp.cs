using InterfaceEngine.Files.Sftp;

namespace InterfaceEngine;

/// <content>Servers that are reached by SFTP.</content>
internal sealed partial class SettingsReader
{
    /// <summary>The section <c>Server</c> of a source or an export.</summary>
    private SftpOptions ReadSftp(SettingsSection section)
    {
        var defaults = new SftpOptions { Host = "", User = "", KnownHosts = Path.Combine(_data, "known_hosts") };
        var options = defaults with
        {
            Host = section.Required(nameof(defaults.Host), "the name or address of the server"),
            Port = section.Number(nameof(defaults.Port), defaults.Port, 1, 65535, "a port"),
            User = section.Required(nameof(defaults.User), "who the engine is on the server"),
            KeyFile = FilePath(section, nameof(defaults.KeyFile)),
            PassphraseVariable = section.Text(nameof(defaults.PassphraseVariable)),
            CertificateFile = FilePath(section, nameof(defaults.CertificateFile)),
            PasswordVariable = section.Text(nameof(defaults.PasswordVariable)),
            Agent = section.Flag(nameof(defaults.Agent), defaults.Agent),
            KnownHosts = FilePath(section, nameof(defaults.KnownHosts)) ?? defaults.KnownHosts,
            JumpHost = section.Text(nameof(defaults.JumpHost)),
            ProxyCommand = section.Text(nameof(defaults.ProxyCommand)),
            ConnectTimeout = section.Duration(nameof(defaults.ConnectTimeout), defaults.ConnectTimeout, _second, TimeSpan.FromMinutes(10)),
            SilenceTimeout = section.Duration(nameof(defaults.SilenceTimeout), defaults.SilenceTimeout, _second, _hour),
        };
        CheckSftp(section, options);
        section.Close();
        return options;
    }

    private static void CheckSftp(SettingsSection section, SftpOptions options)
    {
        if (options.Host.Length > 0 && !SshArguments.IsHost(options.Host))
        {
            section.Problem(nameof(options.Host), $"{options.Host} is not a name or an address of a machine");
        }

        if (options.User.Length > 0 && !SshArguments.IsUser(options.User))
        {
            section.Problem(nameof(options.User), $"{options.User} is not a name of a user");
        }

        if (options.KeyFile is null && options.PasswordVariable is null && !options.Agent)
        {
            section.Problem(nameof(options.KeyFile), $"is missing: how the engine proves who it is, by {nameof(options.KeyFile)}, {nameof(options.PasswordVariable)} or {nameof(options.Agent)}");
        }

        if (options.KeyFile is null && options.PassphraseVariable is not null)
        {
            section.Problem(nameof(options.PassphraseVariable), $"is of no use without {nameof(options.KeyFile)}");
        }

        if (options.KeyFile is null && options.CertificateFile is not null)
        {
            section.Problem(nameof(options.CertificateFile), $"is of no use without {nameof(options.KeyFile)}");
        }

        if (options.JumpHost is { } jump && !SshArguments.Jump.TryParse(jump, out _))
        {
            section.Problem(nameof(options.JumpHost), $"{jump} is not a machine to go through, such as user@gate.example.org or gate.example.org:2222");
        }

        if (options.JumpHost is not null && options.ProxyCommand is not null)
        {
            section.Problem(nameof(options.ProxyCommand), $"does not go with {nameof(options.JumpHost)}: both say how the connection is made");
        }
    }
}
