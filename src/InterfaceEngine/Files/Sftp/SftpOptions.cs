namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// A server that is reached by SFTP, through OpenSSH's <c>ssh</c>. Nothing of the user's or the machine's own ssh settings is read:
/// what holds stands here.
/// </summary>
internal sealed record SftpOptions
{
    /// <summary>The server's name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Its port. Default: 22.</summary>
    public int Port { get; init; } = 22;

    /// <summary>Who we are there.</summary>
    public required string User { get; init; }

    /// <summary>Our private key, in a file that only the engine's user can read. Null when there is none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The environment variable with the key's passphrase; null for a key without one.</summary>
    public string? PassphraseVariable { get; init; }

    /// <summary>The certificate (<c>-cert.pub</c>) that goes with the key; null when the server knows the key itself.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The environment variable with the user's password on the server; null when the server takes a key.</summary>
    public string? PasswordVariable { get; init; }

    /// <summary>Whether the keys of the agent at <c>SSH_AUTH_SOCK</c> are offered. Default: false.</summary>
    public bool Agent { get; init; }

    /// <summary>The file with the host keys that were accepted. Default: <c>known_hosts</c> in the data folder.</summary>
    public required string KnownHosts { get; init; }

    /// <summary>
    /// A machine to go through: <c>host</c>, <c>user@host</c> or <c>user@host:port</c>. Its host key must have been accepted too; it is
    /// given our key, never our password. Null for none.
    /// </summary>
    public string? JumpHost { get; init; }

    /// <summary>A command that makes the connection, as <c>ssh</c>'s option of this name: <c>%h</c> is the host, <c>%p</c> the port. Null for none.</summary>
    public string? ProxyCommand { get; init; }

    /// <summary>How long it may take until the server is ready to serve files. Default: 30 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the server may be silent while we wait for its answer. Default: 1 min.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What is put up with from its folders.</summary>
    public FolderLimits Limits { get; init; } = new();

    /// <summary>Who can read on the server what is written there. Default: our user alone.</summary>
    public FileReaders Readers { get; init; }

    /// <summary>OpenSSH's client.</summary>
    public string Program { get; init; } = "ssh";

    /// <summary>OpenSSH's program that looks keys up.</summary>
    public string KeyProgram { get; init; } = "ssh-keygen";

    /// <summary>The name under which a known-hosts file has the server's key.</summary>
    public string KnownAs => Port == 22 ? Host : $"[{Host}]:{Port}";

    /// <summary>Where it is, for people; no secret is in it.</summary>
    public string Address => $"sftp://{User}@{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}{(JumpHost is null ? "" : $" (through {JumpHost})")}";
}
