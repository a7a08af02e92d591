using System.Globalization;
using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>
/// Invents what a chart has of a person from before the day. Each person's is made of the person's number alone, so that it can be made anew
/// whenever it is asked for, and need not be held.
/// </summary>
public static class MedicalHistories
{
    private const int VitalsMax = 6;
    private static readonly TimeOnly _morning = new(9, 0);

    /// <param name="person">Whose.</param>
    /// <param name="house">The practice.</param>
    /// <param name="day">All of it is from before this day.</param>
    public static MedicalHistory Of(Person person, Practice house, DateOnly day)
    {
        var past = new Past(person, house, day, new Dice(unchecked((long)Scatter.Of(Scatter.Of("history"), Scatter.Of(person.Id)))));
        var visits = past.Several(1, 4, past.Visit).OrderBy(visit => visit.Start).ToList();
        return new MedicalHistory
        {
            Visits = visits,
            Vitals = past.Several(1, VitalsMax, past.Vitals),
            // Nobody has one problem twice at the same time.
            Problems = [.. past.Several(0, 2, past.Problem).DistinctBy(problem => problem.Code)],
            Medications = past.Several(0, 3, past.Medication),
            Allergies = person.Allergy is var (code, text, severity) ? [past.Allergy(code, text, severity)] : [],
            Vaccinations = past.Several(1, 3, past.Vaccination),
            Treatments = past.Several(0, 2, past.Treatment),
            Reports = past.Several(0, 2, past.Report),
            Documents = past.Several(0, 2, past.Document),
            Plans = past.Several(0, 1, past.Plan),
            Messages = past.Several(0, 2, past.Message),
            Errands = past.Several(0, 2, past.Errand),
        };
    }

    /// <summary>One person's past while it is invented.</summary>
    private sealed class Past(Person person, Practice house, DateOnly day, Dice dice)
    {
        private readonly int _days = Math.Min(900, Math.Max(60, day.DayNumber - person.Born.DayNumber));
        private int _numbers;

        public List<T> Several<T>(int least, int most, Func<T> make) => [.. Enumerable.Range(0, dice.Between(least, most)).Select(_ => make())];

        public Visit Visit()
        {
            var (type, start) = (dice.Pick(house.VisitTypes), AnyTime());
            return new Visit
            {
                Id = Number(),
                Provider = dice.Pick(house.Providers),
                Department = house.Departments[0],
                Type = type,
                Start = start,
                Minutes = type.Minutes,
                Reason = dice.Pick(VisitReasons.OfVisits),
                Status = VisitStatus.CheckedOut,
                Arrived = start,
                Left = start.AddMinutes(type.Minutes + dice.Below(10)),
            };
        }

        public VitalSigns Vitals() => new(
            Number(), AnyTime(), dice.Between(98, 152), dice.Between(58, 96), dice.Between(54, 99), dice.Between(180, 1_180) / 10m, dice.Between(900, 1_960) / 10m, dice.Between(360, 379) / 10m);

        public Problem Problem()
        {
            var (code, text) = dice.Pick(HistoryCatalog.Problems);
            return new Problem(Number(), code, text, AnyDay(), dice.Percent(20));
        }

        public Medication Medication()
        {
            var (code, text, dose) = dice.Pick(HistoryCatalog.Medications);
            return new Medication(Number(), code, text, dose, AnyDay(), dice.Percent(25), dice.Pick(house.Providers));
        }

        public KnownAllergy Allergy(string code, string text, string severity) => new(Number(), code, text, severity, dice.Pick(HistoryCatalog.Reactions), AnyDay());

        public Vaccination Vaccination()
        {
            var (code, text) = dice.Pick(HistoryCatalog.Vaccines);
            return new Vaccination(Number(), code, text, AnyDay(), string.Create(CultureInfo.InvariantCulture, $"L{dice.Between(10_000, 99_999)}"));
        }

        public Treatment Treatment()
        {
            var (code, text) = dice.Pick(HistoryCatalog.Treatments);
            return new Treatment(Number(), code, text, AnyTime(), dice.Pick(house.Providers));
        }

        public FiledReport Report()
        {
            var collected = AnyTime();
            var panel = dice.Pick(LabCatalog.Panels);
            var lines = panel.Observations.Select(line => line.Type == "NM" ? Laboratory.Measure(line, dice) : line).Where(line => line.Type is "NM" or "ST" or "TX").ToList();
            return new FiledReport(panel with { PlacerId = Number(), FillerId = Number(), Observations = lines }, collected, collected.AddHours(dice.Between(3, 30)), dice.Pick(house.Providers));
        }

        public ChartDocument Document() =>
            new(Number(), "", dice.Pick(HistoryCatalog.Documents), dice.Pick(house.Providers), "AU", AnyTime(), ["The patient was seen and feels well."]);

        public Plan Plan()
        {
            var (title, text) = dice.Pick(HistoryCatalog.Plans);
            var from = AnyDay();
            return new Plan(Number(), title, text, from, from.AddDays(180));
        }

        public PortalMessage Message()
        {
            var ((topic, text), sent) = (dice.Pick(HistoryCatalog.Messages), AnyTime());
            return new PortalMessage(Number(), topic, text, sent, sent.AddMinutes(dice.Between(1, 300)));
        }

        public Errand Errand()
        {
            var (id, isVideo, written) = (Number(), dice.Percent(30), AnyTime());
            var from = DateOnly.FromDateTime(written);
            return isVideo
                ? new Errand(id, "Virtual encounter", "", written, from, from.AddDays(1), dice.Percent(50), $"https://video.example.org/join/{id}")
                : new Errand(id, dice.Pick(HistoryCatalog.Errands), "Patient asked for a morning visit", written, from, from.AddDays(7), dice.Percent(50), "");
        }

        /// <summary>Of this person and of nothing else.</summary>
        private string Number() => string.Create(CultureInfo.InvariantCulture, $"{person.Id}{++_numbers:D2}");

        private DateOnly AnyDay() => day.AddDays(-dice.Between(1, _days));

        private DateTime AnyTime() => AnyDay().ToDateTime(_morning).AddMinutes(dice.Below(32) * 15);
    }
}
