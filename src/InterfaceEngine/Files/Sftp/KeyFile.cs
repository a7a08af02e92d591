using System.Text;

namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// What is wrong with a key file, before a server is asked: <c>ssh</c> leaves a key that it can't use out, and what is heard then is
/// only that the server does not accept us.
/// </summary>
internal static class KeyFile
{
    private const int BytesMax = 64 * 1024;

    /// <exception cref="FileFaultException">It can't be used (<see cref="FileFault.Setup"/>).</exception>
    public static void Check(SftpOptions options)
    {
        foreach (var file in new[] { options.KeyFile, options.CertificateFile }.OfType<string>().Where(file => !File.Exists(file)))
        {
            throw Fault(options, $"there is no file {file}, or the engine's user may not see it. Mend KeyFile or CertificateFile in the settings.");
        }

        // With an agent it may be the public half, which only says which of the agent's keys is meant.
        if (options is { KeyFile: { } key, Agent: false })
        {
            CheckKey(options, key, Read(options, key));
        }
    }

    private static void CheckKey(SftpOptions options, string file, string text)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)) != 0)
        {
            throw Fault(options, $"others can read or change the key file {file}, so ssh does not use it. Make it the engine's own: chmod 600.");
        }

        if (text.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal))
        {
            throw Fault(options, $"{file} is a key in PuTTY's form, and ssh reads OpenSSH's. Convert it: puttygen {Path.GetFileName(file)} -O private-openssh -o NEW.");
        }

        if (!text.StartsWith("-----BEGIN ", StringComparison.Ordinal) || !text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw Fault(options, $"{file} holds no private key in OpenSSH's form (its first line is \"-----BEGIN OPENSSH PRIVATE KEY-----\"). Name the private key, not the .pub beside it.");
        }

        if (options.PassphraseVariable is null && IsLocked(text))
        {
            throw Fault(options, $"the key {file} is locked, and its passphrase is missing: name the environment variable that holds it (PassphraseVariable).");
        }
    }

    /// <summary>OpenSSH's form begins with its cipher's name (PROTOCOL.key); the older ones say it in words.</summary>
    private static bool IsLocked(string text)
    {
        if (!text.StartsWith("-----BEGIN OPENSSH ", StringComparison.Ordinal))
        {
            return text.Contains("ENCRYPTED", StringComparison.Ordinal);
        }

        // These words, a null byte, the length of the name in four bytes, and the name.
        Span<byte> head = stackalloc byte[24];
        var line = text.Split('\n').Skip(1).FirstOrDefault("").Trim();
        return line.Length >= 32 && Convert.TryFromBase64Chars(line.AsSpan(0, 32), head, out _) && head.StartsWith("openssh-key-v1\0"u8) && !head[19..].StartsWith("none"u8);
    }

    private static string Read(SftpOptions options, string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[BytesMax];
            return Encoding.Latin1.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Fault(options, $"the key file {file} can't be read by the user whom the engine runs as. Make it that user's: chown, and chmod 600.");
        }
    }

    private static FileFaultException Fault(SftpOptions options, string meaning) => new(FileFault.Setup, $"{options.Address}: {meaning}");
}
