using InterfaceEngine.Core.Mapping.Compiling;

namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>Which Markdown files are the mapping's own.</summary>
public static class MapFileNames
{
    /// <summary>True for maps, code tables, references, filters and tests, by the file's name alone; false for a read-me.</summary>
    public static bool IsMapFile(string path) => MappingPath.Parse(path.Replace('\\', '/')).Kind != MappingFileKind.Other;
}
