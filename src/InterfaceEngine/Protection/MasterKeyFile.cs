using System.Security.Cryptography;

namespace InterfaceEngine.Protection;

/// <summary>Finds the master key, and makes it on first start.</summary>
internal static class MasterKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersMask =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The key file's full path, whether it is there or not.</summary>
    public static string PathOf(KeyOptions options)
    {
        if (options.MasterKeyFile is { Length: > 0 } file)
        {
            return Path.GetFullPath(file);
        }

        var folder = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length > 0
            ? Path.Combine(folder, "interface-engine", "master.key")
            : throw new MasterKeyException("This account has no folder for application data: name the master key's file in the settings (MasterKeyFile).");
    }

    /// <summary>Reads the key from the environment or its file.</summary>
    /// <param name="options">Where to look.</param>
    /// <param name="dataFolder">The key may not be kept here.</param>
    /// <param name="mayCreate">True when there is no store yet: a missing file is made. A store whose key is missing is never given another.</param>
    /// <param name="store">Where the store is, for people; null when it is in the data folder.</param>
    public static MasterKey Open(KeyOptions options, string dataFolder, bool mayCreate, string? store = null)
    {
        if (Environment.GetEnvironmentVariable(options.MasterKeyVariable) is { Length: > 0 } text)
        {
            var variable = $"environment variable {options.MasterKeyVariable}";
            return new MasterKey(Decode(text, variable), variable, isNew: false);
        }

        var path = PathOf(options);
        RefuseInside(path, dataFolder);
        if (File.Exists(path))
        {
            return Read(path);
        }

        if (!mayCreate)
        {
            var folder = Path.GetFullPath(dataFolder);
            var advice = store is null || store == folder ? "Put the key back" : "Copy the key of the node that set it up there";
            throw new MasterKeyException($"{path} is not there, and the store in {store ?? folder} can't be read without the master key it was made with. {advice}, or set {options.MasterKeyVariable}.");
        }

        Create(path);
        return Read(path, isNew: true);
    }

    private static MasterKey Read(string path, bool isNew = false)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMask) != 0)
        {
            throw new MasterKeyException($"{path} can be read by others: give it to its owner only (chmod 600), and consider whether the key has been seen.");
        }

        try
        {
            return new MasterKey(Decode(File.ReadAllText(path), path), path, isNew);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyException($"{path} can't be read.", failure);
        }
    }

    /// <summary>Written beside its place and moved there whole, so that no second start ever reads half a key.</summary>
    private static void Create(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            if (!Directory.Exists(folder))
            {
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(folder);
                }
                else
                {
                    Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
                }
            }

            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            var draft = $"{path}.{Guid.NewGuid():N}";
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKey.Length)) + "\n"));
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyException($"{path} can't be made. Name another file in the settings (MasterKeyFile).", failure);
        }
    }

    private static byte[] Decode(string text, string location)
    {
        var trimmed = text.Trim();
        try
        {
            return trimmed.Length == 2 * MasterKey.Length ? Convert.FromHexString(trimmed) : Convert.FromBase64String(trimmed);
        }
        catch (FormatException)
        {
            // The found text is not shown, nor is the framework's own message: it is a key, or nearly one.
            throw new MasterKeyException($"{location}: a master key is {MasterKey.Length} bytes as base64 or hexadecimal text.");
        }
    }

    private static void RefuseInside(string path, string dataFolder)
    {
        var folder = Path.GetFullPath(dataFolder);
        var real = Directory.Exists(folder) ? new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder : folder;
        foreach (var candidate in (string[])[folder, real])
        {
            if (path.StartsWith(Path.TrimEndingDirectorySeparator(candidate) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new MasterKeyException($"{path} lies inside the data folder {candidate}: whoever copies the data would have its key. Name a file outside it in the settings (MasterKeyFile).");
            }
        }
    }
}
