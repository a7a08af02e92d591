using System.Globalization;
using InterfaceEngine.Sandbox.Chance;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>
/// The slots of a practice's providers from a month ago to three months ahead, of which a third are taken already. Which ones, and by whom, the
/// seed decides; further ones are made as they are asked for.
/// </summary>
public sealed class VendorSchedule
{
    private const int DaysBack = 30;
    private const int DaysAhead = 90;
    private const int SlotsADay = 28;
    private const int SlotMinutes = 15;

    /// <summary>Where the numbers of a day's further slots begin.</summary>
    private const int FirstFurther = 50;
    private const int FirstMade = 9_000_000;
    private static readonly DateOnly _firstDay = new(2020, 1, 1);
    private static readonly TimeSpan _opens = TimeSpan.FromHours(9);

    private readonly Practice _house;
    private readonly SortedDictionary<string, VendorAppointment> _appointments = new(StringComparer.Ordinal);
    private int _made;

    internal VendorSchedule(Practice house, int seed, IReadOnlyList<Person> people, DateTimeOffset now)
    {
        _house = house;
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        for (var day = today.AddDays(-DaysBack); day <= today.AddDays(DaysAhead); day = day.AddDays(1))
        {
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                AddDay(day, seed, people, now);
            }
        }
    }

    /// <summary>All of them, by number.</summary>
    public IEnumerable<VendorAppointment> Appointments => _appointments.Values;

    public VendorAppointment? Find(string id) => _appointments.GetValueOrDefault(id);

    /// <summary>A new empty slot.</summary>
    public VendorAppointment Make(string department, string provider, string type, DateTime start, int minutes, DateTimeOffset now)
    {
        var slot = new VendorAppointment
        {
            Id = (FirstMade + ++_made).ToString(CultureInfo.InvariantCulture),
            Department = department,
            Provider = provider,
            Type = type,
            Start = start,
            Minutes = minutes,
            LastModified = now,
        };
        _appointments.Add(slot.Id, slot);
        return slot;
    }

    /// <summary>Takes one over that was made elsewhere.</summary>
    internal void Put(VendorAppointment appointment) => _appointments[appointment.Id] = appointment;

    /// <summary>Whether a provider has somebody at a time.</summary>
    /// <param name="except">A visit that does not count, since it is the one that is moved; null for none.</param>
    public bool IsTaken(string provider, DateTime start, int minutes, VendorAppointment? except = null) => _appointments.Values.Any(one =>
        one != except && one.Provider == provider && one.Status is not (VendorAppointment.Open or VendorAppointment.Cancelled) && one.Start < start.AddMinutes(minutes) && start < one.Start.AddMinutes(one.Minutes));

    /// <summary>Takes away the empty slots of a provider's time that somebody has by now.</summary>
    internal void Close(VendorAppointment taken)
    {
        foreach (var slot in _appointments.Values.Where(one =>
            one != taken && one.Status == VendorAppointment.Open && one.Provider == taken.Provider && one.Start < taken.Start.AddMinutes(taken.Minutes) && taken.Start < one.Start.AddMinutes(one.Minutes)).ToList())
        {
            _appointments.Remove(slot.Id);
        }
    }

    private void AddDay(DateOnly day, int seed, IReadOnlyList<Person> people, DateTimeOffset now)
    {
        for (var provider = 0; provider < _house.Providers.Count; provider++)
        {
            // Each has a department of its own, and all are in the last one on Fridays.
            var department = _house.Departments[day.DayOfWeek == DayOfWeek.Friday ? _house.Departments.Count - 1 : provider % _house.Departments.Count];
            for (var place = 0; place < SlotsADay; place++)
            {
                Add(day, provider, department, place, new Dice(unchecked((long)Scatter.Of(Scatter.Of("slot"), seed, day.DayNumber, provider, place))), people, now);
            }

            AddFurther(day, provider, department, now);
        }
    }

    /// <summary>One slot for each other type of visit, of that type's length, behind the day's common ones: they are open on every day.</summary>
    private void AddFurther(DateOnly day, int provider, Department department, DateTimeOffset now)
    {
        var start = day.ToDateTime(TimeOnly.FromTimeSpan(_opens)).AddMinutes(SlotsADay * SlotMinutes);
        foreach (var (index, type) in _house.Bookable.Skip(1).Index())
        {
            var id = NumberOf(day, provider, FirstFurther + index);
            _appointments.Add(id, new VendorAppointment
            {
                Id = id,
                Department = department.Id,
                Provider = _house.Providers[provider].Id,
                Type = type.Number,
                Start = start,
                Minutes = type.Minutes,
                LastModified = now.AddDays(-DaysBack - 1),
            });
            start = start.AddMinutes(type.Minutes);
        }
    }

    private static string NumberOf(DateOnly day, int provider, int place) => (((day.DayNumber - _firstDay.DayNumber) * 1_000) + (provider * 100) + place).ToString(CultureInfo.InvariantCulture);

    private void Add(DateOnly day, int provider, Department department, int place, Dice dice, IReadOnlyList<Person> people, DateTimeOffset now)
    {
        var start = day.ToDateTime(TimeOnly.FromTimeSpan(_opens)).AddMinutes(place * SlotMinutes);
        var slot = new VendorAppointment
        {
            Id = NumberOf(day, provider, place),
            Department = department.Id,
            Provider = _house.Providers[provider].Id,
            Type = _house.VisitTypes[0].Number,
            Start = start,
            Minutes = SlotMinutes,
            LastModified = now.AddDays(-DaysBack - 1),
        };
        if (dice.Percent(33) && people.Count > 0)
        {
            var isPast = start < now.UtcDateTime;
            slot.Patient = dice.Pick(people).Id;
            slot.Status = !isPast ? VendorAppointment.Future : dice.Percent(10) ? VendorAppointment.Cancelled : dice.Percent(50) ? VendorAppointment.Charged : VendorAppointment.CheckedOut;
            slot.IsNoShow = slot.Status == VendorAppointment.Cancelled && dice.Percent(50);
            slot.Type = dice.Pick(_house.VisitTypes).Number;
            slot.Reason = dice.Pick(VisitReasons.OfVisits).Code;
            slot.ScheduledAt = now.AddDays(-DaysBack - 1);
            slot.ScheduledBy = _house.Providers[provider].UserName;
        }

        _appointments.Add(slot.Id, slot);
    }
}
