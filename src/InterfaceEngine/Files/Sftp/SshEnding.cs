using System.Text.RegularExpressions;

namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// Why <c>ssh</c> ended, from what it wrote (in English, LC_ALL=C, and with its steps, LogLevel DEBUG1). Its own words are not passed on:
/// a server can make it write anything.
/// </summary>
internal static partial class SshEnding
{
    /// <summary>What stands in its output, what that is, and what to do. The first that is found counts: what comes later is often its consequence.</summary>
    private static readonly (string Words, FileFault Fault, string Meaning)[] _endings =
    [
        ("UNPROTECTED PRIVATE KEY FILE", FileFault.Setup, "others can read the key file, so ssh does not use it. Make it the engine's own: chmod 600."),
        ("Could not resolve hostname", FileFault.HostNotFound, "no machine of this name is known. Mend Host in the settings, or look at the name server."),
        ("Connection refused", FileFault.Unreachable, "nothing takes connections at this port. Look whether the server runs, and at Port in the settings."),
        ("No route to host", FileFault.Unreachable, "there is no way to this machine. Look at the network and the firewall."),
        ("Network is unreachable", FileFault.Unreachable, "there is no way to this machine. Look at the network and the firewall."),
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", FileFault.HostKeyChanged, "the server shows another host key than the one that was accepted. Somebody may be in between: ask whoever runs the server whether its key was changed, and what the new fingerprint is; then see connectivity, which shows both."),
        ("host key is known for", FileFault.HostKeyUnknown, "the server's host key has not been accepted yet. Compare its fingerprint with what whoever runs the server tells, and accept it: connectivity."),
        ("Host key verification failed", FileFault.HostKeyUnknown, "the server's host key could not be checked against the accepted ones. See connectivity."),
        ("no matching host key type found", FileFault.Refused, "the server's host key is of a kind that ssh no longer takes. Whoever runs the server has to make a newer one (ed25519)."),
        ("no matching", FileFault.Refused, "the server and ssh have no method in common to encrypt. Whoever runs the server has to bring it up to date."),
        ("Too many authentication failures", FileFault.Authentication, "the server ended after too many keys were offered. Name one key (KeyFile) instead of the agent's."),
        ("Load key \"", FileFault.Setup, "the key file can't be read as a key. ssh reads OpenSSH's form; a key of PuTTY's is converted with puttygen."),
        ("Permission denied (", FileFault.Authentication, "the server does not accept who we say we are. Look at User, and whether the server has our public key, or the password is right."),
        ("No supported authentication methods available", FileFault.Authentication, "the server takes none of our ways to log in. Look which it takes: key, certificate or password."),
        ("subsystem request failed", FileFault.Refused, "the server lets us in and serves no files: SFTP is not offered to this user. Whoever runs the server can offer it."),
        ("Connection timed out", FileFault.TimedOut, "nothing answered in time. Look whether a firewall is in between, or allow more time (ConnectTimeout)."),
        ("Operation timed out", FileFault.TimedOut, "nothing answered in time. Look whether a firewall is in between, or allow more time (ConnectTimeout)."),
        ("not responding", FileFault.ConnectionLost, "the server does not answer any more. It is tried again."),
        ("kex_exchange_identification", FileFault.Refused, "the server hangs up before it says who it is. Ask whoever runs it whether our address is allowed there, and not shut out after failures."),
        ("Connection closed by", FileFault.Refused, "the server hangs up before we are logged in. Ask whoever runs it whether our address and user are allowed there, and not shut out after failures."),
        ("Connection reset by", FileFault.Refused, "the server hangs up before we are logged in. Ask whoever runs it whether our address and user are allowed there, and not shut out after failures."),
    ];

    /// <param name="options">The server.</param>
    /// <param name="before">What was noticed on the pipes.</param>
    /// <param name="output">What ssh wrote.</param>
    public static FileFaultException Explain(SftpOptions options, FileFaultException before, string output)
    {
        // Once it was logged in, what ended is a connection, whatever a server's own texts say.
        if (before.Fault == FileFault.Protocol || Authenticated().IsMatch(output) && !output.Contains("subsystem request failed", StringComparison.Ordinal))
        {
            return before;
        }

        if (output.Contains("Server accepts key", StringComparison.Ordinal) && !output.Contains(_endings[0].Words, StringComparison.Ordinal) && output.Contains("Permission denied (", StringComparison.Ordinal))
        {
            return new FileFaultException(FileFault.Setup, $"{options.Address}: the key can't be opened: its passphrase is missing or wrong. Look at PassphraseVariable.");
        }

        // From here on the server is who it should be, and its greeting may stand in the output: it says nothing of the way to it.
        var known = output.IndexOf("SSH2_MSG_SERVICE_ACCEPT received", StringComparison.Ordinal);
        var way = known < 0 ? output : output[..known];
        var (words, fault, meaning) = _endings.FirstOrDefault(ending => (IsOnTheWay(ending.Fault) ? way : output).Contains(ending.Words, StringComparison.Ordinal));
        return words is null ? before : new FileFaultException(fault, $"{options.Address}: {meaning}");
    }

    private static bool IsOnTheWay(FileFault fault) => fault is FileFault.HostNotFound or FileFault.Unreachable or FileFault.HostKeyChanged or FileFault.HostKeyUnknown;

    [GeneratedRegex("^Authenticated to ", RegexOptions.Multiline)]
    private static partial Regex Authenticated();
}
