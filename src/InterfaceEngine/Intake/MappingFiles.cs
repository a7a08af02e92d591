using System.Text.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Intake;

/// <summary>A mapping set and its files as the store keeps them, so that a message can always be explained by the set that read it.</summary>
internal sealed record MappingFiles(MappingSet Set, ReadOnlyMemory<byte> Content)
{
    /// <summary>What is wrong first; null for a set that can be used.</summary>
    public MappingProblem? FirstError => Set.Problems.FirstOrDefault(problem => problem.Severity == MappingSeverity.Error);

    public static MappingFiles Of(IReadOnlyDictionary<string, string> files, IReadOnlyList<Practice> practices) =>
        new(MappingSet.Load(files, practices), JsonSerializer.SerializeToUtf8Bytes(files));

    /// <summary>Files that may have been in use before this version; see <see cref="MappingSet.LoadInUse"/>.</summary>
    public static MappingFiles InUse(IReadOnlyDictionary<string, string> files, IReadOnlyList<Practice> practices) =>
        new(MappingSet.LoadInUse(files, practices), JsonSerializer.SerializeToUtf8Bytes(files));

    /// <summary>A set as it was kept, read for these practices.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static MappingFiles OfKept(ReadOnlyMemory<byte> content, IReadOnlyList<Practice> practices) =>
        new(MappingSet.LoadInUse(JsonSerializer.Deserialize<Dictionary<string, string>>(content.Span) ?? [], practices), content);
}
