using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Testing;
using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// All mapping files, read, merged and checked: what every practice uses, and everything that is wrong. Immutable,
/// named by the hash of its files and swapped by one reference, so that a message uses one set to its end.
/// </summary>
public sealed class MappingSet
{
    private readonly IReadOnlyDictionary<string, PracticeMaps> _practices;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<RecordMap>> _packs;

    internal MappingSet(
        string fullHash,
        IReadOnlyList<MappingProblem> problems,
        IReadOnlyDictionary<string, PracticeMaps> practices,
        IReadOnlyDictionary<string, IReadOnlyList<RecordMap>> packs,
        IReadOnlyList<MappingTest> tests)
    {
        FullHash = fullHash;
        Problems = problems;
        _practices = practices;
        _packs = packs;
        Tests = tests;
    }

    /// <summary>How many characters of the hash people see, and messages remember.</summary>
    public const int HashLength = 12;

    /// <summary>What names the set: the first 12 characters of <see cref="FullHash"/>.</summary>
    public string Hash => FullHash[..HashLength];

    /// <summary>SHA-256 over the paths and contents of the maps, code tables and reference tables, in hexadecimal. Tests do not count.</summary>
    public string FullHash { get; }

    /// <summary>Everything found, by file, line and column.</summary>
    public IReadOnlyList<MappingProblem> Problems { get; }

    /// <summary>False when any file has an error. Practices that are not touched by it have their maps all the same.</summary>
    public bool IsValid => !Problems.Any(problem => problem.Severity == MappingSeverity.Error);

    /// <summary>The practices that have maps.</summary>
    public IEnumerable<PracticeMaps> Practices => _practices.Values;

    /// <summary>The test files.</summary>
    public IReadOnlyList<MappingTest> Tests { get; }

    /// <summary>Reads and checks a mapping folder. Never throws for what the files say: it becomes a problem.</summary>
    /// <param name="files">Path relative to the folder, with forward slashes, and text. Other files than the mapping's own are ignored.</param>
    /// <param name="practices">The practices of the settings.</param>
    public static MappingSet Load(IReadOnlyDictionary<string, string> files, IReadOnlyList<Practice> practices) =>
        new MappingLoader(files, practices, FullHashOf(files)).Load();

    /// <summary>
    /// As <see cref="Load"/>, for files that may have been in use with an earlier version, in a store or in the folder of an engine that
    /// starts: what only later versions refuse is a warning, so that an upgrade never keeps an engine from starting.
    /// </summary>
    public static MappingSet LoadInUse(IReadOnlyDictionary<string, string> files, IReadOnlyList<Practice> practices) =>
        new MappingLoader(files, practices, FullHashOf(files)) { IsInUse = true }.Load();

    /// <summary>What names the set that is made of these files, without reading them.</summary>
    public static string HashOf(IReadOnlyDictionary<string, string> files) => FullHashOf(files)[..HashLength];

    /// <summary>What a practice uses, or null when its files have errors or it is unknown.</summary>
    public PracticeMaps? For(string practiceId) => _practices.GetValueOrDefault(practiceId);

    /// <summary>The merged table with the origin of every cell.</summary>
    /// <param name="type">The record type.</param>
    /// <param name="practice">The practice; null for a vendor pack by itself.</param>
    /// <param name="vendor">The vendor pack, when there is no practice.</param>
    /// <returns>Null when there is no such map, or the practice's files have errors.</returns>
    public MapView? Show(string type, string? practice, string vendor = MappingLoader.BaseVendor)
    {
        var map = practice is null
            ? _packs.GetValueOrDefault(vendor)?.FirstOrDefault(map => map.Type == type)
            : For(practice)?.Find(type);
        return map is null ? null : MapView.Of(map, practice);
    }

    private static string FullHashOf(IReadOnlyDictionary<string, string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, text) in files.Where(file => MappingPath.Parse(file.Key).IsHashed).OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            // The length before each part keeps two files apart from one that holds both.
            foreach (var part in (byte[][])[Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(text)])
            {
                hash.AppendData(BitConverter.GetBytes(part.Length));
                hash.AppendData(part);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
