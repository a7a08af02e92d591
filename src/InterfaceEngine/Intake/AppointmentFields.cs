using System.Globalization;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Intake;

/// <summary>
/// What people say of an appointment, made into fields by the practice's tables: codes by their table, providers and locations by
/// theirs, times in the clinic's zone.
/// </summary>
/// <param name="maps">The practice's maps.</param>
/// <param name="map">Its table of appointments.</param>
/// <param name="now">When it is said.</param>
internal sealed class AppointmentFields(PracticeMaps maps, RecordMap map, Instant now)
{
    private const int MinutesMax = 1440;

    private static readonly LocalDateTimePattern _local = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm");
    private static readonly OffsetDateTimePattern _withOffset = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mmo<m>");

    private readonly Dictionary<string, FieldValue> _values = new(StringComparer.Ordinal);

    /// <summary>The fields that are said, in the order of the table.</summary>
    public IReadOnlyList<IncomingField> Incoming =>
        [.. map.Definition.Fields.Where(known => _values.ContainsKey(known.Name)).Select(known => new IncomingField(known, _values[known.Name], Origin(known.Name), ByteRange.None))];

    /// <summary>Says what a change wants; of a visit that is known, beside what is stored.</summary>
    /// <exception cref="AppointmentRefusedException">A word is none that the tables know.</exception>
    public void Say(AppointmentChange change, StoredRecord? stored)
    {
        Reference("provider_id", change.Provider);
        Reference("location_id", change.Location);
        Code("appointment_type", change.Type);
        Text("reason", change.VisitReason);
        Text("notes", change.Note);
        Times(change, stored);
    }

    public void Set(string field, string value) => _values[field] = FieldValue.Of(value);

    /// <summary>The whole record as it would be: what is stored, and over it what is said.</summary>
    public Dictionary<string, string> Over(StoredRecord? stored)
    {
        var whole = (stored?.Fields ?? []).Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value!, StringComparer.Ordinal);
        foreach (var (name, value) in _values)
        {
            if (value.Text is { } text)
            {
                whole[name] = text;
            }
            else
            {
                whole.Remove(name);
            }
        }

        return whole;
    }

    private void Reference(string field, string? said)
    {
        if (said is null)
        {
            return;
        }

        var (kind, table) = (Row(field).As.Kind!, Row(field).As.References);
        Set(field, table?.Find(said)?.Id
            ?? throw Refuse($"There is no such {kind} in the practice's {kind}s.ref.md{(table is null ? "" : $": {string.Join(", ", table.Rows.Select(row => row.Id))}")}."));
    }

    private void Code(string field, string? said)
    {
        if (said is null)
        {
            return;
        }

        var table = Row(field).As.Codes!;
        Set(field, table.Find(said)?.Value ?? table.Read(MapFormat.AthenaNet, said) ?? throw Refuse($"There is no such {field} in the code table {table.Name}: {string.Join(", ", table.Codes.Select(code => code.Value))}."));
    }

    private void Text(string field, string? said)
    {
        if (said is null)
        {
            return;
        }

        var scope = new ReadingScope(MapFormat.Csv, now, maps.Practice.Zone);
        var value = ValueTypes.Of(Row(field).As, map.Region).Read(said, scope);
        if (scope.Notes.Count > 0)
        {
            throw Refuse($"{field} is {scope.Notes[0].Reason}");
        }

        _values[field] = value is null ? FieldValue.Cleared : FieldValue.Of(value);
    }

    /// <summary>A start without a length keeps the length, and a length without a start the start.</summary>
    private void Times(AppointmentChange change, StoredRecord? stored)
    {
        if (change.Minutes is < 1 or > MinutesMax)
        {
            throw Refuse($"A visit is 1 to {MinutesMax} minutes long.");
        }

        var (before, until) = (At(stored, "start_time"), At(stored, "end_time"));
        var start = change.Start is null ? before : Start(change.Start, ZoneOf(stored));
        var length = change.Minutes is { } minutes ? Duration.FromMinutes(minutes) : until - before;
        if (change.Start is null && change.Minutes is null)
        {
            return;
        }

        if (start is null || length is null)
        {
            throw Refuse("Say when it starts and how many minutes it takes.");
        }

        Set("start_time", InstantType.Write(start.Value));
        Set("end_time", InstantType.Write(start.Value + length.Value));
    }

    private static Instant Start(string said, DateTimeZone zone)
    {
        var text = said.Trim().Replace('T', ' ');
        if (_withOffset.Parse(text) is { Success: true } whole)
        {
            return whole.Value.ToInstant();
        }

        if (_local.Parse(text) is not { Success: true } local)
        {
            throw Refuse("A start is written 2026-12-01 09:00, in the clinic's local time, or with an offset: 2026-12-01 09:00-06:00.");
        }

        var mapping = zone.MapLocal(local.Value);
        return mapping.Count switch
        {
            1 => mapping.Single().ToInstant(),
            0 => throw Refuse($"This time does not exist in {zone.Id}: the clocks are put forward over it."),
            _ => throw Refuse($"This time happens twice in {zone.Id}: say which with an offset, {Offset(mapping.First())} or {Offset(mapping.Last())}."),
        };
    }

    private DateTimeZone ZoneOf(StoredRecord? stored)
    {
        var location = Over(stored).GetValueOrDefault("location_id");
        return (map.UsesLocationZone ? Row("location_id").As.References?.Rows.FirstOrDefault(row => row.Id == location)?.Zone : null) ?? maps.Practice.Zone;
    }

    private static Instant? At(StoredRecord? stored, string field) => stored?[field] is { } text ? InstantPattern.ExtendedIso.Parse(text).Value : null;

    private FieldRow Row(string field) =>
        map.Rows.FirstOrDefault(row => row.Name == field) ?? throw Refuse($"The practice's table of appointments has no field {field}.");

    private CellReference Origin(string field) => Row(field).Origin;

    private static string Offset(ZonedDateTime time) => time.Offset.ToString("m", CultureInfo.InvariantCulture);

    private static AppointmentRefusedException Refuse(string why) => new(why, AppointmentRefusal.Wrong);
}
