using System.Globalization;

namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// What <c>ssh</c> is told, as a list: no shell reads it, except for the command of a jump host, which <c>ssh</c> itself gives to one.
/// </summary>
internal static class SshArguments
{
    private const string Onwards = "'[%h]:%p'";

    /// <summary>For serving files.</summary>
    public static IReadOnlyList<string> ForFiles(SftpOptions options) =>
    [
        .. Common(options, options.KnownHosts, "yes"), .. Identity(options), .. Way(options),
        "-s", "-l", options.User, "-p", Number(options.Port), "--", options.Host, "sftp",
    ];

    /// <summary>For learning which key the server shows: it is written to a file of its own, and nobody logs in.</summary>
    public static IReadOnlyList<string> ForHostKey(SftpOptions options, string shown) =>
    [
        .. Common(options, shown, "accept-new"), .. Option("PreferredAuthentications=none"), .. Option("PubkeyAuthentication=no"), .. Option("BatchMode=yes"),
        .. Way(options), "-l", options.User, "-p", Number(options.Port), "--", options.Host, "exit",
    ];

    /// <summary>What can't be passed on without being taken for something else.</summary>
    /// <exception cref="FileFaultException">A name or a path is such.</exception>
    public static void Check(SftpOptions options)
    {
        Check("Host", options.Host, IsHost(options.Host));
        Check("User", options.User, IsUser(options.User));
        if (options.JumpHost is { } jump)
        {
            Check("JumpHost", jump, Jump.TryParse(jump, out _));
        }

        foreach (var (name, path) in ((string, string?)[])[("KnownHosts", options.KnownHosts), ("KeyFile", options.KeyFile), ("CertificateFile", options.CertificateFile)])
        {
            Check(name, path ?? "", path is null || path.AsSpan().IndexOfAny('"', '\n', '\0') < 0);
        }
    }

    public static bool IsHost(string host) => host.Length is > 0 and <= 253 && host[0] != '-' && host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or ':');

    /// <summary>A Windows server's user may have a domain: <c>DOMAIN\user</c>.</summary>
    public static bool IsUser(string user) => user.Length is > 0 and <= 128 && user[0] != '-' && user[^1] != '\\' && user.All(letter => letter > ' ' && letter is not ('\'' or '"' or '`' or '$' or ';' or '&' or '<' or '>' or '|' or '(' or ')' or '{' or '}' or '\u007f'));

    private static void Check(string name, string value, bool isGood)
    {
        if (!isGood)
        {
            throw new FileFaultException(FileFault.Setup, $"{name} of the server: '{value}' can't be given to ssh. Names begin with no '-' and have no blanks or quotes.");
        }
    }

    private static IEnumerable<string> Common(SftpOptions options, string knownHosts, string checking, string level = "DEBUG1") =>
    [
        "-F", "/dev/null", "-T", "-a", "-x",
        .. Option($"StrictHostKeyChecking={checking}"), .. Option($"UserKnownHostsFile={Quoted(knownHosts)}"), .. Option("GlobalKnownHostsFile=/dev/null"), .. Option("UpdateHostKeys=no"),
        .. Option("ControlMaster=no"), .. Option("ControlPath=none"), .. Option("PermitLocalCommand=no"), .. Option("ClearAllForwardings=yes"), .. Option("GSSAPIAuthentication=no"),
        .. Option($"ConnectTimeout={Seconds(options.ConnectTimeout)}"), .. Option($"ServerAliveInterval={Seconds(options.SilenceTimeout / 3)}"), .. Option("ServerAliveCountMax=3"),
        .. Option("NumberOfPasswordPrompts=1"), .. Option($"LogLevel={level}"),
    ];

    private static IEnumerable<string> Identity(SftpOptions options) =>
    [
        .. Keys(options),
        .. Option($"PreferredAuthentications={(HasKey(options) ? "publickey," : "")}{(options.PasswordVariable is null ? "" : "keyboard-interactive,password,")}".TrimEnd(',')),

        // Batch mode never asks for a secret, and so it can't be had together with one.
        .. Option($"BatchMode={(options.PasswordVariable is null && options.PassphraseVariable is null ? "yes" : "no")}"),
    ];

    private static IEnumerable<string> Keys(SftpOptions options) =>
    [
        .. Option($"IdentitiesOnly={(options.Agent && options.KeyFile is null ? "no" : "yes")}"),
        .. Option($"IdentityAgent={(options.Agent ? "SSH_AUTH_SOCK" : "none")}"),
        .. Option($"IdentityFile={(options.KeyFile is { } key ? Quoted(key) : "none")}"),
        .. options.CertificateFile is { } certificate ? Option($"CertificateFile={Quoted(certificate)}") : [],
    ];

    private static bool HasKey(SftpOptions options) => options.KeyFile is not null || options.Agent || options.PasswordVariable is null;

    /// <summary>
    /// How the connection is made. The jump that <c>ssh</c> has an option for would read the user's own settings and known hosts; so it is
    /// another <c>ssh</c> with the same options as ours.
    /// </summary>
    private static string[] Way(SftpOptions options)
    {
        if (options.ProxyCommand is { } command)
        {
            return Option($"ProxyCommand={command}");
        }

        if (options.JumpHost is null || !Jump.TryParse(options.JumpHost, out var jump))
        {
            return [];
        }

        string[] words =
        [
            options.Program, .. Common(options, options.KnownHosts, "yes", "INFO"), .. Keys(options), .. Option("PreferredAuthentications=publickey"),
            "-W", Onwards, "-l", jump.User ?? options.User, "-p", Number(jump.Port), "--", jump.Host,
        ];

        // Where to go on is for the outer ssh to fill in, and no other % is.
        return Option("ProxyCommand=" + string.Join(' ', words.Select(word => word == Onwards ? word : Shell(word.Replace("%", "%%", StringComparison.Ordinal)))));
    }

    private static string[] Option(string text) => ["-o", text];

    /// <summary>A path as a setting of ssh: in quotes for its blanks, and without signs that stand for something.</summary>
    private static string Quoted(string path) => $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";

    private static string Shell(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Seconds(TimeSpan time) => Number(Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A machine to go through.</summary>
    internal readonly record struct Jump(string? User, string Host, int Port)
    {
        public static bool TryParse(string text, out Jump jump)
        {
            var at = text.LastIndexOf('@');
            var (user, rest) = at < 0 ? (null, text) : (text[..at], text[(at + 1)..]);
            var colon = rest.LastIndexOf(':');
            var port = 22;
            if (colon >= 0 && (!int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535))
            {
                jump = default;
                return false;
            }

            jump = new Jump(user, colon < 0 ? rest : rest[..colon], port);
            return IsHost(jump.Host) && (user is null || IsUser(user));
        }
    }
}
