using System.Text;

namespace InterfaceEngine.Files;

/// <summary>A path within a place: names with <c>/</c> between them. It can't be made to lead out of the place.</summary>
internal static class PlacePath
{
    /// <summary>The longest path in bytes of UTF-8.</summary>
    public const int BytesMax = 1024;

    /// <summary>Takes a path apart. The place's own folder is the empty path.</summary>
    /// <exception cref="FileFaultException">It is none: it is absolute, names <c>.</c> or <c>..</c>, or is too long.</exception>
    public static IReadOnlyList<string> Split(string path)
    {
        var names = path.Length == 0 ? [] : path.Split('/');
        return names.All(IsName) && Encoding.UTF8.GetByteCount(path) <= BytesMax
            ? names
            : throw new FileFaultException(FileFault.Setup, $"A path within a place is one or more names with / between them, none of them . or .., and {BytesMax} bytes at most; a path of {path.Length} characters is none. Mend the folder's name in the settings.");
    }

    /// <summary>Whether a file can be called so and be told from a path.</summary>
    public static bool IsName(string name) =>
        name is not ("" or "." or "..") && name.AsSpan().IndexOfAny('/', '\0', '\uFFFD') < 0 && !(OperatingSystem.IsWindows() && name.Contains('\\'));

    /// <summary>The folder that a path's last name is in, and that name.</summary>
    public static (string Folder, string Name) Parent(string path)
    {
        var names = Split(path);
        return names.Count == 0
            ? throw new FileFaultException(FileFault.Setup, "A file's name is expected, and the path is empty.")
            : (string.Join('/', names.Take(names.Count - 1)), names[^1]);
    }

    /// <summary>A name for a file that is still being written: short, hidden, and nobody else's.</summary>
    public static string Temporary() => $".{Guid.NewGuid().ToString("N")[..16]}.part";

    /// <summary>Whether it is such a name. Nobody polls for it: it begins with a dot.</summary>
    public static bool IsTemporary(string name) =>
        name.Length == 22 && name[0] == '.' && name.EndsWith(".part", StringComparison.Ordinal) && name.AsSpan(1, 16).ToString().All(char.IsAsciiHexDigitLower);
}

/// <summary>What is put up with from a place.</summary>
internal sealed record FolderLimits
{
    /// <summary>How many entries a folder may hold. Default: 100,000.</summary>
    public int EntriesMax { get; init; } = 100_000;

    /// <summary>How many bytes the names of one folder's entries may have together. Default: 16 MiB.</summary>
    public int NameBytesMax { get; init; } = 16 * 1024 * 1024;
}
