using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Intake;

namespace InterfaceEngine;

/// <summary>Reads the mapping folder. What the files mean is Core's business; here they are only text with a path.</summary>
internal static class MappingFolder
{
    /// <summary>Larger than any table a person writes; a stray export would otherwise be read as one.</summary>
    private const long FileBytesMax = 4 * 1024 * 1024;

    /// <summary>Loads the set for these practices; problems are in the set.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static MappingSet Load(string folder, IReadOnlyList<Practice> practices) => MappingSet.Load(Read(folder), practices);

    /// <summary>The folder's set with its files, to be used or deployed.</summary>
    /// <exception cref="MappingException">It has problems.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static MappingFiles LoadUsable(string folder, IReadOnlyList<Practice> practices)
    {
        var files = LoadFiles(folder, practices);
        return files.Set.IsValid ? files : throw new MappingException(folder, files.Set.Problems);
    }

    /// <inheritdoc cref="Load"/>
    public static MappingFiles LoadFiles(string folder, IReadOnlyList<Practice> practices) => MappingFiles.Of(Read(folder), practices);

    /// <summary>Every Markdown file below the folder by its path relative to it, with forward slashes.</summary>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*.md", SearchOption.AllDirectories))
        {
            if (file.Length > FileBytesMax)
            {
                throw new InvalidDataException($"{file.FullName} has {file.Length} bytes; a mapping file has at most {FileBytesMax}");
            }

            files.Add(Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'), File.ReadAllText(file.FullName));
        }

        return files;
    }
}

/// <summary>The mappings have problems, so the engine does not start with them.</summary>
internal sealed class MappingException(string folder, IReadOnlyList<MappingProblem> problems)
    : Exception($"the mappings in {folder} have problems; `map check` explains them")
{
    public string Folder { get; } = folder;

    public IReadOnlyList<MappingProblem> Problems { get; } = problems;
}
