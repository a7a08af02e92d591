using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>Registrations, updates, arrivals, departures, merges, and what was a mistake: ADT.</summary>
internal sealed class FrontDesk(ClinicState state) : IDesk
{
    private const int Register = 0;
    private const int Arrive = 1;
    private const int Update = 2;
    private const int Leave = 3;
    private const int Merge = 4;
    private const int TakeBack = 5;
    private const int Delete = 6;
    private static readonly int[] _weights = [36, 20, 24, 12, 4, 3, 1];

    private Dice Dice => state.Dice;

    public IReadOnlyList<ClinicEvent> Act()
    {
        var done = Dice.Weighted(_weights) switch
        {
            Register => TryRegister(),
            Arrive => TryArrive(),
            Update => TryUpdate(),
            Leave => TryLeave(),
            Merge => TryMerge(),
            TakeBack => TryTakeBack(),
            Delete => TryDelete(),
            _ => null,
        };
        return (done ?? TryUpdate() ?? TryRegister()) is { } told ? [told] : [];
    }

    private ClinicEvent? TryRegister()
    {
        if (!state.HasStrangers)
        {
            return null;
        }

        var chart = state.Open();
        return Dice.Percent(60) ? state.Tell("ADT^A28", chart) : state.Tell("ADT^A04", chart, WalkIn());
    }

    /// <summary>Who comes without an appointment is seen at once.</summary>
    private Visit WalkIn()
    {
        var practice = state.Options.Practice;
        var type = Dice.Pick(practice.VisitTypes);
        return new Visit
        {
            Id = state.NextNumber(),
            Provider = Dice.Pick(practice.Providers),
            Department = practice.Departments[0],
            Type = type,
            Start = state.Now,
            Minutes = type.Minutes,
            Reason = SchedulingDesk.AnyReason(Dice),
            Status = VisitStatus.CheckedIn,
            IsWalkIn = true,
            Arrived = state.Now,
        };
    }

    private ClinicEvent? TryArrive() =>
        state.Pick(one => Due(one) is not null) is { } chart
            ? state.Tell("ADT^A04", chart, Due(chart)! with { Status = VisitStatus.CheckedIn, Arrived = state.Now })
            : null;

    private ClinicEvent? TryLeave() =>
        state.Pick(one => Inside(one) is not null) is { } chart
            ? state.Tell("ADT^A03", chart, Inside(chart)! with { Status = VisitStatus.CheckedOut, Left = state.Now })
            : null;

    private ClinicEvent? TryUpdate()
    {
        if (state.Pick(_ => true) is not { } chart)
        {
            return null;
        }

        chart.Person = Changed(chart.Person);
        return Inside(chart) is { } visit ? state.Tell("ADT^A08", chart, visit) : state.Tell(Dice.Percent(50) ? "ADT^A08" : "ADT^A31", chart);
    }

    /// <summary>A record that was opened a second time by mistake, and later the merge of both.</summary>
    private ClinicEvent? TryMerge()
    {
        if (state.Pick(one => one.Double is not null) is { } chart)
        {
            var doubled = chart.Double!;
            (chart.Double, doubled.MergedInto, doubled.LastTold) = (null, chart.Person.Id, state.Now);
            return state.Tell("ADT^A40", chart) with { Retired = doubled.Person };
        }

        if (state.Pick(one => one.Double is null && IsFirst(one)) is not { } known)
        {
            return null;
        }

        var id = state.IdOfDouble(known.Person);
        if (state.Charts.Any(one => one.Person.Id == id))
        {
            return null;
        }

        known.Double = state.Open(known.Person with { Id = id, MiddleName = "", Email = "" });
        return state.Tell("ADT^A28", known.Double);
    }

    /// <summary>A check-in by mistake, of which nothing was billed yet: it is taken back, or there never was such a visit.</summary>
    private ClinicEvent? TryTakeBack()
    {
        if (state.Pick(one => one.ChargeList.Count == 0 && Inside(one) is not null) is not { } chart)
        {
            return null;
        }

        var (trigger, status) = Dice.Percent(60) ? ("ADT^A11", VisitStatus.TakenBack) : ("ADT^A23", VisitStatus.Deleted);
        return state.Tell(trigger, chart, Inside(chart)! with { Status = status });
    }

    /// <summary>A person who was registered by mistake, before anything else was told of them.</summary>
    private ClinicEvent? TryDelete()
    {
        if (state.Pick(one => one is { IsEmpty: true, Double: null } && IsFirst(one)) is not { } chart)
        {
            return null;
        }

        chart.IsDeleted = true;
        return state.Tell("ADT^A29", chart);
    }

    /// <summary>Whether it is the person's first record, and not one that was opened a second time.</summary>
    private bool IsFirst(Chart chart) => chart.Person.Id == Population.IdOf(state.Options.Seed, chart.Person.Number);

    private Person Changed(Person person) => Dice.Below(7) switch
    {
        0 => person with { Address = Household.NewAddress(Dice), HomePhone = Household.NewPhone(Dice) },
        1 => person with { MobilePhone = Household.NewPhone(Dice) },
        2 when person.Marital == 'S' && state.Options.Opens.Year - person.Born.Year > 20 => person with { LastName = Dice.Pick(Names.Family), Marital = 'M' },
        3 => person with { PreferredName = person.FirstName[..Math.Min(3, person.FirstName.Length)] },
        4 when person.Coverages is [{ IsOwn: true } own] => person with { Coverages = [own with { Plan = Dice.Pick(InsurancePlan.All), GroupNumber = $"GRP{Dice.Between(100_000, 999_999)}" }] },
        5 => person with { PrimaryProvider = Dice.Pick(state.Options.Practice.Providers) },

        // Told again, and nothing is new: that happens as often.
        _ => person,
    };

    private Visit? Due(Chart chart) => chart.VisitsById.Values.FirstOrDefault(
        visit => visit.Status == VisitStatus.Scheduled && visit.Start.Date == state.Now.Date && visit.Start < state.Now.AddMinutes(45) && Comes(visit));

    /// <summary>One in eight forgets.</summary>
    private static bool Comes(Visit visit) => Scatter.Of(Scatter.Of(visit.Id)) % 8 != 0;

    private static Visit? Inside(Chart chart) => chart.VisitsById.Values.FirstOrDefault(visit => visit.Status == VisitStatus.CheckedIn);
}
