using System.Globalization;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Intake;

/// <summary>What people say of an appointment, made into fields by the practice's tables; times in the clinic's zone.</summary>
/// <param name="tables">What it goes by.</param>
/// <param name="now">When it is said.</param>
internal sealed class AppointmentFields(DeskTables tables, Instant now)
{
    /// <summary>No schedule is open further ahead: a day beyond was mistyped.</summary>
    public const int YearsAheadMax = 5;

    private const int MinutesMax = 1440;

    private static readonly LocalDateTimePattern _local = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm");
    private static readonly OffsetDateTimePattern _withOffset = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mmo<m>");

    /// <summary>What those who book call the fields that a practice's table may require.</summary>
    private static readonly (string Field, string Word)[] _words =
        [("start_time", "start"), ("end_time", "minutes"), ("provider_id", "provider"), ("location_id", "location"), ("appointment_type", "type"), ("reason", "visitReason")];

    private readonly SaidFields _fields = new(tables.Maps, tables.Map, now);

    /// <summary>What a change says; of a visit that is known, beside what is stored.</summary>
    /// <exception cref="ChangeRefusedException">A word is none that the tables know.</exception>
    public SaidFields Of(AppointmentChange change, StoredRecord? stored)
    {
        _fields.Reference("provider_id", change.Provider);
        _fields.Reference("location_id", change.Location);
        _fields.Code("appointment_type", change.Type, MapFormat.AthenaNet);
        _fields.Text("reason", change.VisitReason);
        _fields.Text("notes", change.Note);
        Times(change, stored);
        return _fields;
    }

    /// <summary>Holds a new visit to what the practice's table requires. What one that is known lacks, nobody who changes it has left out.</summary>
    /// <exception cref="ChangeRefusedException">Something is missing, in the words of those who book.</exception>
    public static void RequireAll(DeskTables tables, SaidFields fields)
    {
        var missing = _words.Where(one => !fields.IsSaid(one.Field) && tables.Map.Rows.Any(row => row.Name == one.Field && row.Definition.IsRequired)).Select(one => one.Word).ToList();
        if (missing.Count > 0)
        {
            throw SaidFields.Refuse($"Missing: {string.Join(", ", missing)}. The practice's table of appointments requires {(missing.Count == 1 ? "it" : "them")}.");
        }
    }

    /// <summary>Reads a start as people write it.</summary>
    /// <param name="said">What was said.</param>
    /// <param name="local">Its clock.</param>
    /// <param name="offset">Null where the clock is the clinic's.</param>
    public static bool TryReadStart(string said, out LocalDateTime local, out Offset? offset)
    {
        var text = said.Trim().Replace('T', ' ');
        if (_withOffset.Parse(text) is { Success: true } whole)
        {
            (local, offset) = (whole.Value.LocalDateTime, whole.Value.Offset);
            return true;
        }

        offset = null;
        return _local.Parse(text).TryGetValue(default, out local);
    }

    /// <summary>A start without a length keeps the length, and a length without a start the start.</summary>
    private void Times(AppointmentChange change, StoredRecord? stored)
    {
        if (change.Minutes is < 1 or > MinutesMax)
        {
            throw SaidFields.Refuse($"A visit is 1 to {MinutesMax} minutes long.");
        }

        var (before, until) = (At(stored, "start_time"), At(stored, "end_time"));
        var (zone, whyGuessed) = ClockOf(change, stored);
        var start = change.Start is null ? before : Start(change.Start, zone, whyGuessed);
        if (start is { } said && said != before && said < zone.AtStartOfDay(now.InZone(zone).Date).ToInstant())
        {
            // Earlier today is well: a patient who walked in is booked while she is seen, or afterwards.
            throw new ChangeRefusedException("The visit would begin on a day that is over. Nothing was changed: choose another time.");
        }

        // What is only looked for is known by its beginning.
        var length = change.Minutes is { } minutes ? Duration.FromMinutes(minutes) : change.IsNothingOpen ? Duration.Zero : until - before;
        if (change.Start is null && change.Minutes is null)
        {
            return;
        }

        if (start is null || length is null)
        {
            throw SaidFields.Refuse("Say when it starts and how many minutes it takes.");
        }

        _fields.Set("start_time", InstantType.Write(start.Value));
        _fields.Set("end_time", InstantType.Write(start.Value + length.Value));
    }

    private Instant Start(string said, DateTimeZone zone, string? whyGuessed)
    {
        if (!TryReadStart(said, out var local, out var offset))
        {
            throw SaidFields.Refuse("A start is written 2026-12-01 09:00, in the clinic's local time, or with an offset: 2026-12-01 09:00-06:00.");
        }

        if (local.Date > now.InZone(zone).Date.PlusYears(YearsAheadMax))
        {
            throw SaidFields.Refuse($"A visit begins within {YearsAheadMax} years: is the year right?");
        }

        if (offset is { } known)
        {
            return local.WithOffset(known).ToInstant();
        }

        if (whyGuessed is not null)
        {
            throw new ChangeRefusedException(whyGuessed);
        }

        var mapping = zone.MapLocal(local);
        return mapping.Count switch
        {
            1 => mapping.Single().ToInstant(),
            0 => throw SaidFields.Refuse($"This time does not exist in {zone.Id}: the clocks are put forward over it."),
            _ => throw SaidFields.Refuse($"This time happens twice in {zone.Id}: say which with an offset, {OffsetOf(mapping.First())} or {OffsetOf(mapping.Last())}."),
        };
    }

    /// <summary>By which clock a local time is: as a visit's that a sender tells. The table's of the location, then the one that the vendor names, then the practice's.</summary>
    /// <returns>The clock, and why a local time by it would be a guess; null where it is none.</returns>
    private (DateTimeZone Zone, string? WhyGuessed) ClockOf(AppointmentChange change, StoredRecord? stored)
    {
        var practice = tables.Maps.Practice.Zone;
        if (!tables.Map.UsesLocationZone || _fields.Over(stored).GetValueOrDefault("location_id") is not { } location)
        {
            return (practice, null);
        }

        var listed = _fields.Row("location_id").As.References;
        var row = listed?.Rows.FirstOrDefault(one => one.Id == location);
        return (row?.Zone ?? (tables.Map.ZoneMember is null ? null : change.Clock)) is { } zone ? (zone, null)
            : (practice, row is null && listed?.HasZonesBeside(practice) == true ? UnknownClock("location", location) : null);
    }

    /// <summary>Why a local time at a place can't be told.</summary>
    public static string UnknownClock(string kind, string place) =>
        $"By which clock times at {kind} {place} are is not known: the practice has locations in several zones, and this one's is not in locations.ref.md. Nothing was changed: list it there with its zone{(kind == "location" ? ", or say the time with an offset" : "")}.";

    private static Instant? At(StoredRecord? stored, string field) => stored?[field] is { } text ? InstantPattern.ExtendedIso.Parse(text).Value : null;

    private static string OffsetOf(ZonedDateTime time) => time.Offset.ToString("m", CultureInfo.InvariantCulture);
}
