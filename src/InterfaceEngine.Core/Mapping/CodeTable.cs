using System.IO.Enumeration;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// Our codes of one subject and how each format spells them (<c>codes/*.codes.md</c>), as one practice uses them.
/// Built once, read by many threads.
/// </summary>
public sealed class CodeTable
{
    private readonly Dictionary<string, string>[] _read;
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>>[] _readSpan;
    private readonly (string Pattern, string Code)[][] _patterns;
    private readonly Dictionary<string, Code> _byCode;

    /// <param name="name">Header <c>codes:</c>.</param>
    /// <param name="ignoresCase">Header <c>match: ignore case</c>.</param>
    /// <param name="system">Header <c>system:</c>.</param>
    /// <param name="unknown">Header <c>unknown:</c>.</param>
    /// <param name="codes">The rows, those of the practice first: of two that read one spelling the first wins.</param>
    public CodeTable(string name, bool ignoresCase, string? system, UnknownPolicy unknown, IReadOnlyList<Code> codes)
    {
        Name = name;
        IgnoresCase = ignoresCase;
        System = system;
        Unknown = unknown;
        Codes = codes;
        var comparer = ignoresCase ? SpellingComparer.Instance : (IEqualityComparer<string>)StringComparer.Ordinal;
        _byCode = new Dictionary<string, Code>(comparer);
        _read = new Dictionary<string, string>[MapFormats.All.Count];
        foreach (var format in MapFormats.All)
        {
            _read[(int)format] = new Dictionary<string, string>(comparer);
        }

        foreach (var code in codes)
        {
            _byCode.TryAdd(code.Value, code);
            foreach (var (format, spellings) in code.Spellings)
            {
                foreach (var spelling in spellings)
                {
                    _read[(int)format].TryAdd(spelling, code.Value);
                }
            }
        }

        _readSpan = [.. _read.Select(table => table.GetAlternateLookup<ReadOnlySpan<char>>())];
        _patterns = [.. _read.Select(table => table.Where(pair => IsPattern(pair.Key)).Select(pair => (pair.Key, pair.Value)).ToArray())];
    }

    /// <summary>
    /// Whether a spelling stands for many: <c>?</c> is one character, <c>*</c> any number of them. A spelling of nothing else is that
    /// character itself.
    /// </summary>
    internal static bool IsPattern(string spelling) => spelling.AsSpan().ContainsAny('*', '?') && spelling.AsSpan().ContainsAnyExcept('*', '?');

    public string Name { get; }

    /// <summary>Letter case and blanks do not count: <c>NO SHOW</c> is <c>Noshow</c>.</summary>
    public bool IgnoresCase { get; }

    /// <summary>The code system's URI; null when none is said.</summary>
    public string? System { get; }

    /// <summary>What happens to a code that is not in the table.</summary>
    public UnknownPolicy Unknown { get; }

    public IReadOnlyList<Code> Codes { get; }

    /// <summary>
    /// Our code for what a format says, or null when the table does not know it. A code that is listed wins over a pattern. Does not
    /// allocate.
    /// </summary>
    public string? Read(MapFormat format, ReadOnlySpan<char> foreign)
    {
        if (_readSpan[(int)format].TryGetValue(foreign, out var code))
        {
            return code;
        }

        foreach (var (pattern, meant) in _patterns[(int)format])
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, foreign.Trim(), IgnoresCase))
            {
                return meant;
            }
        }

        return null;
    }

    /// <summary>The row by which a format's code is read as ours; null when the table does not know it. For reports.</summary>
    public Code? RowOf(MapFormat format, string foreign)
    {
        var code = Read(format, foreign);
        var comparer = IgnoresCase ? SpellingComparer.Instance : (IEqualityComparer<string>)StringComparer.Ordinal;
        return code is null ? null
            : Codes.FirstOrDefault(row => row.Value == code && row.Spellings.TryGetValue(format, out var spellings) && spellings.Contains(foreign, comparer)) ?? Find(code);
    }

    /// <summary>How a format spells our code, or null when it can't.</summary>
    public string? Write(MapFormat format, string code) =>
        Find(code) is { } found && found.Spellings.TryGetValue(format, out var spellings) && spellings.Count > 0 ? spellings[0] : null;

    /// <summary>One of our own codes, or null.</summary>
    public Code? Find(string code) => _byCode.GetValueOrDefault(code);
}

/// <summary>One row of a code table.</summary>
/// <param name="Value">Our code: what is stored.</param>
/// <param name="Spellings">By format, every code that is read as ours; the first is the one that is written. A format that has none (<c>-</c>) is there and empty.</param>
/// <param name="Display">The words for people, empty when there are none.</param>
/// <param name="Reference">The cell of our code.</param>
public sealed record Code(string Value, IReadOnlyDictionary<MapFormat, IReadOnlyList<string>> Spellings, string Display, CellReference Reference);

/// <summary>Header <c>unknown:</c>.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Code">For <c>= code</c> and <c>default code</c> the code of ours that is stored; else null.</param>
/// <param name="IsDefault">The code is only a default: taken when the record has none, never over a known one.</param>
/// <param name="Reference">The header's value; where the table begins when it says nothing.</param>
public sealed record UnknownPolicy(UnknownCode Kind, string? Code, bool IsDefault, CellReference Reference);

/// <summary>What happens to a code that is not in its table.</summary>
public enum UnknownCode
{
    /// <summary>The stored value is kept and the code is put before a person.</summary>
    Review,

    /// <summary>The message fails.</summary>
    Reject,

    /// <summary>It is stored as it came.</summary>
    Keep,

    /// <summary>The policy's own code is stored.</summary>
    Replace,
}
