namespace InterfaceEngine.Control;

/// <summary>
/// Where the socket of a data folder is: <c>control.sock</c> in the folder. A path that is too long for a socket gets
/// one in a fresh temporary folder of our own, and <c>control.path</c> in the data folder says where.
/// </summary>
internal static class ControlPath
{
    /// <summary>What fits everywhere: 104 bytes with the closing zero on macOS, 108 on Linux.</summary>
    private const int PathBytesMax = 103;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>For a client: the socket's path, or null when no engine ever said where it is.</summary>
    public static string? Find(string data)
    {
        var socket = Path.Combine(data, "control.sock");
        var elsewhere = Path.Combine(data, "control.path");
        return File.Exists(elsewhere) ? File.ReadAllText(elsewhere).Trim() : File.Exists(socket) ? socket : null;
    }

    /// <summary>For the engine, which holds the folder's lock: a path that is free to bind.</summary>
    public static string Prepare(string data)
    {
        Clear(data);
        var socket = Path.Combine(data, "control.sock");
        if (System.Text.Encoding.UTF8.GetByteCount(socket) <= PathBytesMax)
        {
            return socket;
        }

        // The folder is made with mode 0700 and a name nobody can guess, so nobody can have put a socket there before us.
        socket = Path.Combine(Directory.CreateTempSubdirectory("interface-engine-").FullName, "control.sock");
        File.WriteAllText(Path.Combine(data, "control.path"), socket);
        return socket;
    }

    /// <summary>Takes away what an engine left that was killed, or this one leaves.</summary>
    public static void Clear(string data)
    {
        var elsewhere = Path.Combine(data, "control.path");
        if (File.Exists(elsewhere))
        {
            var folder = Path.GetDirectoryName(File.ReadAllText(elsewhere).Trim());
            if (Directory.Exists(folder) && Path.GetFileName(folder).StartsWith("interface-engine-", StringComparison.Ordinal))
            {
                Directory.Delete(folder, recursive: true);
            }

            File.Delete(elsewhere);
        }

        File.Delete(Path.Combine(data, "control.sock"));
    }

    /// <summary>Only the owner may connect. Between binding and listening nobody can, so there is no gap.</summary>
    public static void RestrictToOwner(string socket)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(socket, OwnerOnly);
        }
    }
}
