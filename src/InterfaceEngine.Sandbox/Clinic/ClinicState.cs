using System.Globalization;
using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>What the desks of a clinic share: its charts, its dice, its numbers and its clock.</summary>
internal sealed class ClinicState
{
    private const int PickAttempts = 24;
    private const long NumbersPerSeed = 10_000_000;

    private readonly List<Chart> _charts = [];
    private readonly IReadOnlyList<Person> _people;
    private int _peopleTaken;
    private int _numbers;

    public ClinicState(ClinicOptions options)
    {
        Options = options;
        Dice = new Dice(Scatter.Of("day") ^ options.Seed);
        _people = Population.Invent(options.Seed, options.Practice, options.People, DateOnly.FromDateTime(options.Opens));
    }

    public ClinicOptions Options { get; }

    public Dice Dice { get; }

    /// <summary>Now, to the second.</summary>
    public DateTime Now { get; set; }

    public IReadOnlyList<Chart> Charts => _charts;

    public bool HasStrangers => _peopleTaken < _people.Count;

    /// <summary>A number for a visit, order, charge or document: digits, rising.</summary>
    public string NextNumber() => ((Options.Seed * NumbersPerSeed) + ++_numbers).ToString(CultureInfo.InvariantCulture);

    /// <summary>Somebody the clinic does not know yet.</summary>
    public Chart Open() => Open(_people[_peopleTaken++]);

    /// <summary>A chart of its own for a person, known or not.</summary>
    public Chart Open(Person person)
    {
        var chart = new Chart(person);
        _charts.Add(chart);
        return chart;
    }

    /// <summary>The person's number for a record that is opened a second time by mistake: no other person ever gets it.</summary>
    public string IdOfDouble(Person person) => Population.IdOf(Options.Seed, ClinicOptions.PeopleMax + person.Number % (1_000_000 - ClinicOptions.PeopleMax));

    /// <summary>Any chart that fits and of which nothing was told this minute; null when none was found quickly.</summary>
    public Chart? Pick(Func<Chart, bool> fits)
    {
        for (var attempt = 0; attempt < PickAttempts && _charts.Count > 0; attempt++)
        {
            var chart = Dice.Pick(_charts);
            if (chart is { MergedInto: null, IsDeleted: false } && Minute(chart.LastTold) < Minute(Now) && fits(chart))
            {
                return chart;
            }
        }

        return null;
    }

    /// <summary>Tells of a person now.</summary>
    public ClinicEvent Tell(string trigger, Chart chart, Visit? visit = null) => TellAt(trigger, chart, Now, visit);

    /// <summary>Tells of a person at a later minute: the second half of what takes two messages.</summary>
    public static ClinicEvent TellAt(string trigger, Chart chart, DateTime at, Visit? visit = null)
    {
        chart.LastTold = at;
        if (visit is not null)
        {
            chart.VisitsById[visit.Id] = visit;
        }

        return new ClinicEvent(trigger, at, chart.Person) { Visit = visit };
    }

    private static DateTime Minute(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified);
}

/// <summary>Where something of one kind happens.</summary>
internal interface IDesk
{
    /// <summary>What happens here next; empty when nothing can.</summary>
    IReadOnlyList<ClinicEvent> Act();
}
