namespace InterfaceEngine.Files.Sftp;

/// <summary>What we may be asked for, taken from the engine's environment at the moment of use.</summary>
/// <param name="Passphrase">The key's; null for none.</param>
/// <param name="Password">The user's on the server; null for none.</param>
internal sealed record SshSecrets(string? Passphrase, string? Password)
{
    public bool AreNone => Passphrase is null && Password is null;

    /// <exception cref="FileFaultException">A variable that the settings name is not set.</exception>
    public static SshSecrets Of(SftpOptions options) => new(Read(options, options.PassphraseVariable, "the key's passphrase"), Read(options, options.PasswordVariable, "the password"));

    /// <summary>
    /// The answer to a question of ssh's. Only a key file's passphrase is asked for in these words; whatever else is asked comes from the
    /// server, which gets the password once it has proven who it is, and nothing else.
    /// </summary>
    public string? For(string question) => question.StartsWith("Enter passphrase for", StringComparison.Ordinal) ? Passphrase
        : question.Contains("passw", StringComparison.OrdinalIgnoreCase) ? Password
        : null;

    private static string? Read(SftpOptions options, string? variable, string what) => variable is null
        ? null
        : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } secret
            ? secret
            : throw new FileFaultException(FileFault.Setup, $"{options.Address}: the environment variable {variable} with {what} is not set. Set it where the engine is started.");

    /// <summary>No secret is printed, whoever prints this.</summary>
    public override string ToString() => nameof(SshSecrets);
}
