using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Intake;

/// <summary>How a practice's tables name what a visit refers to, ours and the vendor's.</summary>
/// <param name="Practice">Whose.</param>
/// <param name="Providers">Null where the practice lists none.</param>
/// <param name="Locations">Null where the practice lists none.</param>
/// <param name="Types">Types of appointments; null where the tables have no codes for them.</param>
internal sealed record VisitNames(Practice Practice, ReferenceTable? Providers, ReferenceTable? Locations, CodeTable? Types)
{
    /// <summary>The vendor's number of a row that somebody names by ours or the vendor's; what no table knows is taken for the vendor's.</summary>
    public static string NumberIn(ReferenceTable? table, string said) => table?.Find(said)?.VendorId ?? said;

    /// <summary>Our name for the vendor's number; the number where the table has none.</summary>
    public static string NameIn(ReferenceTable? table, string number) => table?.Find(number)?.Id ?? number;

    /// <summary>What people call whom the vendor has under a number; null where the table does not say.</summary>
    public static string? SpokenIn(ReferenceTable? table, string? number) => number is not null && table?.Find(number)?.Name is { Length: > 0 } name ? name : null;

    /// <summary>The vendor's number of a type that somebody names by our code or by the number.</summary>
    public string NumberOfType(string said, MapFormat format = MapFormat.AthenaNet) => Types?.Write(format, said) ?? said;

    /// <summary>Whether somebody means a type by it: our code, the vendor's word for one, or a number that only the vendor may know.</summary>
    public bool KnowsType(string said, MapFormat format) => Types is null || Types.Find(said) is not null || Types.Read(format, said) is not null || said.All(char.IsAsciiDigit);

    /// <summary>Whether it is a code of ours for which the vendor's is not known, so that the vendor can't be asked for it.</summary>
    public bool IsWithoutNumber(string said, MapFormat format) => Types?.Find(said) is not null && Types.Write(format, said) is null && Types.Read(format, said) is null;

    /// <summary>Our code of a type; null where the table has none for it.</summary>
    public string? TypeOf(string? number, MapFormat format = MapFormat.AthenaNet) => number is null ? null : Types?.Read(format, number);
}
