using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>What a file of the mapping folder is, by its path alone.</summary>
internal enum MappingFileKind
{
    /// <summary>Not the mapping's: a read-me, a picture.</summary>
    Other,

    /// <summary>Named like a mapping file, in a folder where none belongs.</summary>
    Misplaced,
    Map,
    Codes,
    References,

    /// <summary>A practice's messages that are not for it.</summary>
    Filters,
    Test,
}

/// <summary>
/// The folders: <c>VENDOR/</c>, <c>VENDOR/profiles/NAME/</c> and <c>practices/ID/</c> hold <c>*.map.md</c>, below
/// them <c>codes/</c> holds <c>*.codes.md</c>; a practice also has <c>*.ref.md</c> and <c>filters.md</c>. Tests (<c>*.test.md</c>) may stand anywhere.
/// </summary>
/// <param name="Name">The record type, table or kind of reference, from the file's name.</param>
/// <param name="Vendor">The vendor pack; null for a practice's files.</param>
/// <param name="Profile">The profile; null for a vendor's own files.</param>
/// <param name="Practice">The practice's id; null for a vendor's files.</param>
internal sealed record MappingPath(MappingFileKind Kind, string Name, string? Vendor, string? Profile, string? Practice)
{
    /// <summary>Part of what names the set.</summary>
    public bool IsHashed => Kind is MappingFileKind.Map or MappingFileKind.Codes or MappingFileKind.References or MappingFileKind.Filters;

    /// <summary>The layer's folder.</summary>
    public string Folder => Practice is not null ? $"practices/{Practice}" : Profile is not null ? $"{Vendor}/profiles/{Profile}" : Vendor ?? "";

    public static MappingPath Parse(string path)
    {
        var parts = path.Split('/');
        var (kind, name) = KindOf(parts[^1]);
        if (kind is MappingFileKind.Other or MappingFileKind.Test)
        {
            return new MappingPath(kind, name, null, null, null);
        }

        var folders = parts[..^1];
        if (kind == MappingFileKind.Codes)
        {
            folders = folders is [.., "codes"] ? folders[..^1] : [];
        }

        return folders switch
        {
            ["practices", var practice] => new MappingPath(kind, name, null, null, practice),
            _ when kind is MappingFileKind.References or MappingFileKind.Filters => new MappingPath(MappingFileKind.Misplaced, name, null, null, null),
            [var vendor] when vendor is not "practices" and not "tests" => new MappingPath(kind, name, vendor, null, null),
            [var vendor, "profiles", var profile] => new MappingPath(kind, name, vendor, profile, null),
            _ => new MappingPath(MappingFileKind.Misplaced, name, null, null, null),
        };
    }

    private static (MappingFileKind Kind, string Name) KindOf(string file)
    {
        foreach (var (ending, kind) in new[] { (".map.md", MappingFileKind.Map), (".codes.md", MappingFileKind.Codes), (".ref.md", MappingFileKind.References), (".test.md", MappingFileKind.Test) })
        {
            if (file.EndsWith(ending, StringComparison.Ordinal) && file.Length > ending.Length)
            {
                return (kind, file[..^ending.Length]);
            }
        }

        return (file == FiltersFile.FileName ? MappingFileKind.Filters : MappingFileKind.Other, file);
    }
}
