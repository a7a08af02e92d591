using System.Text;
using InterfaceEngine.Core.Json;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// By which clock a record's times without an offset are: header <c>zone: location, athenaNet timezonename, practice</c>. The table's zone of the location
/// comes first, then the one that the document names, then the practice's. Where the practice's locations have several zones, a location that no table
/// has may be in any of them: that its times are a guess is told to whoever reads one.
/// </summary>
internal sealed class LocationClock
{
    private readonly int _location;
    private readonly byte[]? _member;
    private readonly ReferenceTable? _references;

    /// <summary>The zone of each location of the table; null for one whose row leaves it to the practice.</summary>
    private readonly Dictionary<string, DateTimeZone?> _zones = new(StringComparer.Ordinal);

    /// <param name="map">The map.</param>
    /// <param name="location">The place of its location among its fields; -1 when it has none.</param>
    /// <param name="format">In which its messages are.</param>
    /// <param name="references">The practice's locations; null where it lists none.</param>
    public LocationClock(RecordMap map, int location, MapFormat format, ReferenceTable? references)
    {
        (_location, _references) = (location, references);
        _member = format == MapFormat.AthenaNet && map.ZoneMember is { } member ? Encoding.UTF8.GetBytes(member) : null;
        foreach (var row in references?.Rows ?? [])
        {
            _zones[row.Id] = row.Zone;
        }
    }

    /// <summary>Sets the clock, when the location was read.</summary>
    public void Set(RecordReading reading)
    {
        DateTimeZone? listed = null;
        var location = reading[_location].Value.Text;
        var isListed = location is not null && _zones.TryGetValue(location, out listed);
        if ((listed ?? (_member is null ? null : Named(reading.Root, _member))) is { } zone)
        {
            reading.Scope.Zone = zone;
        }
        else if (location is not null && !isListed)
        {
            reading.Scope.IsZoneGuessed = _references?.HasZonesBeside(reading.PracticeZone) == true;
        }
    }

    /// <summary>The zone that a document names in a member of its own; null when it names none, or one that nobody knows.</summary>
    public static DateTimeZone? Named(JsonItem document, ReadOnlySpan<byte> member) =>
        document[member] is { IsScalar: true } said && said.TryDecode(out var name) ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) : null;
}
