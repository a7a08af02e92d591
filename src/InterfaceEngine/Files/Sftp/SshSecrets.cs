using System.Text;

namespace InterfaceEngine.Files.Sftp;

/// <summary>What we may be asked for on one connection, taken from the engine's environment at the moment of use.</summary>
/// <param name="options">The server.</param>
/// <param name="passphrase">The key's; null for none.</param>
/// <param name="password">The user's on the server; null for none.</param>
internal sealed class SshSecrets(SftpOptions options, string? passphrase, string? password)
{
    /// <summary>How much of a key file's name ssh puts into its question, in bytes.</summary>
    private const int NameBytesMax = 100;

    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    public bool AreNone => passphrase is null && password is null;

    /// <exception cref="FileFaultException">A variable that the settings name is not set.</exception>
    public static SshSecrets Of(SftpOptions options) => new(options, Read(options, options.PassphraseVariable, "the key's passphrase"), Read(options, options.PasswordVariable, "the password"));

    /// <summary>
    /// The answer to a question of ssh's, and to that alone: the passphrase for our own key file, the password for our own user on our
    /// own server, and that once. A command that makes the connection may run another ssh, which asks for other machines' secrets.
    /// </summary>
    public string? For(string question)
    {
        if (question.StartsWith($"Enter passphrase for key '{NameInQuestion()}'", StringComparison.Ordinal))
        {
            return passphrase;
        }

        // In these words ssh itself asks; a server's own question stands behind whom it is for in brackets.
        return (Is(question, $"{options.User}@{options.Host}'s password:") || (Is(question, $"({options.User}@{options.Host}) ") && question.Contains("passw", StringComparison.OrdinalIgnoreCase))) && _given.Add(question)
            ? password
            : null;
    }

    /// <summary>No secret is printed, whoever prints this.</summary>
    public override string ToString() => nameof(SshSecrets);

    /// <summary>ssh writes a host's name in small letters.</summary>
    private static bool Is(string question, string start) => question.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    private string NameInQuestion()
    {
        var name = Encoding.UTF8.GetBytes(options.KeyFile ?? "");
        return Encoding.UTF8.GetString(name.AsSpan(0, Math.Min(name.Length, NameBytesMax)));
    }

    private static string? Read(SftpOptions options, string? variable, string what) => variable is null
        ? null
        : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } secret
            ? secret
            : throw new FileFaultException(FileFault.Setup, $"{options.Address}: the environment variable {variable} with {what} is not set. Set it where the engine is started.");
}
