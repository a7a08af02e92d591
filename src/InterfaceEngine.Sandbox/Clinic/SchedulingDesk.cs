using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>Bookings, moves, changes, cancellations and no-shows: SIU.</summary>
internal sealed class SchedulingDesk(ClinicState state) : IDesk
{
    private const int QuarterMinutes = 15;
    private const int DaysAheadMax = 30;
    private static readonly TimeSpan _firstVisit = TimeSpan.FromHours(8);
    private static readonly int[] _weights = [44, 14, 14, 5, 12, 6, 5];

    private static readonly string[] _notes = ["Asked for a morning visit", "Needs an interpreter", "Bring earlier records\nand the list of medicines", "Wheelchair | front door"];

    private Dice Dice => state.Dice;

    public static (string Code, string Text) AnyReason(Dice dice) => dice.Pick(VisitReasons.OfVisits);

    public IReadOnlyList<ClinicEvent> Act() => (Dice.Weighted(_weights) switch
    {
        0 => Book(),
        1 => Move("SIU^S13"),
        2 => Modify(),
        3 => MoveInTwo(),
        4 => Cancel(),
        5 => MissIt(),
        _ => Repeat(),
    }) is { Count: > 0 } told ? told : Book();

    private IReadOnlyList<ClinicEvent> Book()
    {
        if (state.Pick(_ => true) is not { } chart)
        {
            return [];
        }

        var practice = state.Options.Practice;
        var type = Dice.Pick(practice.VisitTypes);
        return [state.Tell("SIU^S12", chart, new Visit
        {
            Id = state.NextNumber(),
            Provider = Dice.Pick(practice.Providers),
            Department = practice.Departments[0],
            Type = type,
            Start = AnyStart(),
            Minutes = type.Minutes,
            Reason = AnyReason(Dice),
            Note = Dice.Percent(25) ? Dice.Pick(_notes) : "",
        })];
    }

    private IReadOnlyList<ClinicEvent> Move(string trigger) =>
        PickOpen() is var (chart, visit) ? [state.Tell(trigger, chart, visit with { Start = AnyStart() })] : [];

    /// <summary>athenahealth's other way to move a visit: it is cancelled and booked again under its number.</summary>
    private IReadOnlyList<ClinicEvent> MoveInTwo()
    {
        if (PickOpen() is not var (chart, visit))
        {
            return [];
        }

        var cancelled = state.Tell("SIU^S15", chart, visit with { Status = VisitStatus.Cancelled });
        return [cancelled, ClinicState.TellAt("SIU^S12", chart, state.Now.AddMinutes(1), visit with { Start = AnyStart() })];
    }

    private IReadOnlyList<ClinicEvent> Modify()
    {
        if (PickOpen() is not var (chart, visit))
        {
            return [];
        }

        var changed = Dice.Below(3) switch
        {
            0 => visit with { Minutes = visit.Minutes + QuarterMinutes },
            1 => visit with { Provider = Dice.Pick(state.Options.Practice.Providers) },
            _ => visit with { Note = Dice.Pick(_notes) },
        };
        return [state.Tell("SIU^S14", chart, changed)];
    }

    private IReadOnlyList<ClinicEvent> Cancel() =>
        PickOpen() is var (chart, visit) ? [state.Tell("SIU^S15", chart, visit with { Status = VisitStatus.Cancelled })] : [];

    /// <summary>Half of the times as S26, half as the cancellation with <c>NOSHOW</c> that athenahealth sends.</summary>
    private IReadOnlyList<ClinicEvent> MissIt() =>
        PickOpen(visit => visit.Start < state.Now.AddMinutes(-QuarterMinutes)) is var (chart, visit)
            ? [state.Tell(Dice.Percent(50) ? "SIU^S26" : "SIU^S15", chart, visit with { Status = VisitStatus.NoShow })]
            : [];

    /// <summary>The same booking told again under a new control id.</summary>
    private IReadOnlyList<ClinicEvent> Repeat() => PickOpen() is var (chart, visit) ? [state.Tell("SIU^S12", chart, visit)] : [];

    private (Chart Chart, Visit Visit)? PickOpen(Func<Visit, bool>? fits = null)
    {
        Visit? Open(Chart chart) => chart.VisitsById.Values.FirstOrDefault(visit => visit.Status == VisitStatus.Scheduled && (fits is null || fits(visit)));
        return state.Pick(one => Open(one) is not null) is { } chart ? (chart, Open(chart)!) : null;
    }

    /// <summary>A quarter of an hour: half of the visits are still today, while there is time.</summary>
    private DateTime AnyStart()
    {
        var closes = state.Options.Opens + state.Options.Length;
        var quarters = (int)((closes - state.Now).TotalMinutes / QuarterMinutes);
        if (quarters > 1 && Dice.Percent(50))
        {
            var next = state.Now.AddMinutes(QuarterMinutes - (state.Now.Minute % QuarterMinutes));
            return new DateTime(next.Year, next.Month, next.Day, next.Hour, next.Minute, 0, DateTimeKind.Unspecified).AddMinutes(QuarterMinutes * Dice.Below(quarters));
        }

        return state.Now.Date.AddDays(Dice.Between(1, DaysAheadMax)) + _firstVisit + TimeSpan.FromMinutes(QuarterMinutes * Dice.Below(32));
    }
}
