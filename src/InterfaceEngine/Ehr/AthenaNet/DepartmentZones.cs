using System.Text.Json;
using NodaTime;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>The time zone of a department: times of athenaNet have no offset and are by its clock.</summary>
internal static class DepartmentZones
{
    private static readonly string[] _zonesWithSummerTime = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage", "America/Adak"];

    /// <summary>
    /// <c>timezonename</c>, else what offset and <c>doesnotobservedst</c> say together. Whether the offset is that of today or of the winter is not
    /// known; where that makes a difference, the zone is not known either.
    /// </summary>
    /// <param name="department">As athenaNet answers.</param>
    /// <param name="now">When it answered.</param>
    public static DateTimeZone? Of(JsonElement department, Instant now)
    {
        if (department.Text("timezonename") is { } name && DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is { } zone)
        {
            return zone;
        }

        if (department.Number("timezoneoffset") is not ({ } hours and >= -14 and <= 14))
        {
            return null;
        }

        var offset = Offset.FromHours(hours);
        if (department.IsTrue("doesnotobservedst"))
        {
            return DateTimeZone.ForOffset(offset);
        }

        var zones = _zonesWithSummerTime.Select(one => DateTimeZoneProviders.Tzdb[one]).ToList();
        var (today, winter) = (zones.Find(one => one.GetUtcOffset(now) == offset), zones.Find(one => one.GetZoneInterval(now).StandardOffset == offset));
        return today is not null && today == winter ? today : null;
    }
}
