using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// A practice's providers or locations and the names by which senders know them (<c>providers.ref.md</c>,
/// <c>locations.ref.md</c>). Built once, read by many threads.
/// </summary>
public sealed class ReferenceTable
{
    private readonly Dictionary<string, Reference> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Reference>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <param name="kind">What the rows are: <c>provider</c>, <c>location</c>.</param>
    /// <param name="rows">The rows; of two that share a name the first wins.</param>
    public ReferenceTable(string kind, IReadOnlyList<Reference> rows)
    {
        Kind = kind;
        Rows = rows;

        // A weaker name never hides a stronger one: all vendor's ids are entered before any user name, and so on.
        foreach (var name in (Func<Reference, string?>[])[row => row.VendorId, row => row.UserName, row => row.Npi, row => row.Id])
        {
            foreach (var row in rows)
            {
                if (name(row) is { Length: > 0 } text)
                {
                    _byName.TryAdd(text, row);
                }
            }
        }

        _bySpan = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What the rows are: <c>provider</c>, <c>location</c>.</summary>
    public string Kind { get; }

    public IReadOnlyList<Reference> Rows { get; }

    /// <summary>Finds a row by the vendor's id, else user name, NPI or our own id, in any letter case; null when nobody is known by it.</summary>
    public Reference? Find(ReadOnlySpan<char> text) => _bySpan.TryGetValue(text, out var row) ? row : null;

    /// <summary>Whether locations have other clocks than the practice. Where they have, that of a location in no table is not known: by the practice's it would be a guess.</summary>
    /// <param name="practice">The practice's zone.</param>
    public bool HasZonesBeside(DateTimeZone practice) => Rows.Any(row => row.Zone is { } own && !own.Equals(practice));
}

/// <summary>One provider or location.</summary>
/// <param name="Id">Our id: what is stored.</param>
/// <param name="VendorId">The vendor's id.</param>
/// <param name="UserName">The name the vendor's users log in with, e.g. <c>jjohnson</c>.</param>
/// <param name="Npi">National Provider Identifier, 10 digits.</param>
/// <param name="Name">For people.</param>
/// <param name="Zone">A location's time zone; null when the practice's holds.</param>
public sealed record Reference(string Id, string? VendorId, string? UserName, string? Npi, string Name, DateTimeZone? Zone)
{
    /// <summary>Where the row stands; null for one that no file says.</summary>
    public CellReference? Cell { get; init; }
}
