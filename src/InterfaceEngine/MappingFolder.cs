using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Intake;

namespace InterfaceEngine;

/// <summary>Reads the mapping folder. What the files mean is Core's business; here they are only text with a path.</summary>
internal static class MappingFolder
{
    /// <summary>Larger than any table a person writes; a stray export would otherwise be read as one.</summary>
    public const long FileBytesMax = 4 * 1024 * 1024;

    /// <summary>A hundred practices have some thousand files.</summary>
    public const int FilesMax = 20_000;

    /// <summary>All files together.</summary>
    public const long BytesMax = 64 * 1024 * 1024;

    /// <summary>Twice as deep as a profile's code table. A link that leads back up would otherwise have no end.</summary>
    public const int FoldersDeepMax = 8;

    /// <summary>Loads the set for these practices; problems are in the set.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static MappingSet Load(string folder, IReadOnlyList<Practice> practices) => MappingSet.Load(Read(folder), practices);

    /// <summary>
    /// The set that an engine starts with, and its files. It may well have run with them before, so what only this version refuses
    /// does not keep it from starting: <see cref="MappingWatch"/> says it, and <c>map check</c> and <c>map deploy</c> refuse it.
    /// </summary>
    /// <exception cref="MappingException">It has problems.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static MappingFiles LoadUsable(string folder, IReadOnlyList<Practice> practices)
    {
        var files = MappingFiles.InUse(Read(folder), practices);
        return files.Set.IsValid ? files : throw new MappingException(folder, files.Set.Problems);
    }

    /// <inheritdoc cref="Load"/>
    public static MappingFiles LoadFiles(string folder, IReadOnlyList<Practice> practices) => MappingFiles.Of(Read(folder), practices);

    /// <summary>Every Markdown file below the folder by its path relative to it, with forward slashes.</summary>
    /// <exception cref="InvalidDataException">It holds more, deeper or larger files than a mapping folder has.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var bytes = 0L;
        foreach (var file in Files(folder))
        {
            var content = ReadBytes(Path.Combine(folder, file));
            bytes += content.Length;
            if (bytes > BytesMax)
            {
                throw new InvalidDataException($"{folder} has more than {BytesMax} bytes of Markdown files; is it a mapping folder?");
            }

            using var text = new StreamReader(new MemoryStream(content));
            files.Add(file, text.ReadToEnd());
        }

        return files;
    }

    /// <summary>The Markdown files below a folder, relative to it, with forward slashes, in order.</summary>
    /// <exception cref="InvalidDataException">There are too many, or folders lie too deep.</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        var files = new List<string>();
        var folders = new Stack<(DirectoryInfo Folder, string Path, int Depth)>([(new DirectoryInfo(folder), "", 0)]);
        while (folders.TryPop(out var next))
        {
            if (next.Depth > FoldersDeepMax)
            {
                throw new InvalidDataException($"{next.Folder.FullName} lies more than {FoldersDeepMax} folders below {folder}; does a link there lead back up?");
            }

            foreach (var entry in next.Folder.EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo below)
                {
                    folders.Push((below, $"{next.Path}{below.Name}/", next.Depth + 1));
                }
                else if (entry.Name.EndsWith(".md", StringComparison.Ordinal))
                {
                    files.Add(next.Path + entry.Name);
                }
            }

            if (files.Count > FilesMax)
            {
                throw new InvalidDataException($"{folder} has more than {FilesMax} Markdown files; is it a mapping folder?");
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>Tells whether a file was changed, added or removed since: names, sizes and times, or why the folder can't be read.</summary>
    public static string Stamp(string folder)
    {
        try
        {
            return string.Join('\n', Files(folder).Select(file => new FileInfo(Path.Combine(folder, file))).Select(file => $"{file.FullName} {(file.Exists ? file.Length : -1)} {file.LastWriteTimeUtc:O}"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return failure.Message;
        }
    }

    /// <summary>A mapping file's bytes.</summary>
    /// <exception cref="InvalidDataException">It is larger than one.</exception>
    public static byte[] ReadBytes(string file)
    {
        using var stream = File.OpenRead(file);
        if (stream.Length > FileBytesMax)
        {
            throw new InvalidDataException($"{file} has {stream.Length} bytes; a mapping file has at most {FileBytesMax}");
        }

        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}

/// <summary>The mappings have problems, so the engine does not start with them.</summary>
internal sealed class MappingException(string folder, IReadOnlyList<MappingProblem> problems)
    : Exception($"the mappings in {folder} have problems; `map check` explains them")
{
    public string Folder { get; } = folder;

    public IReadOnlyList<MappingProblem> Problems { get; } = problems;
}
