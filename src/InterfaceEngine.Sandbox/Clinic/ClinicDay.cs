namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>
/// A day at a clinic: what happens, in an order in which it can happen. Nobody is seen before being registered, moved
/// before being booked, billed before being seen. At its end <see cref="Charts"/> says what its messages must come to.
/// Pure: the same options give the same day everywhere. Run it once.
/// </summary>
public sealed class ClinicDay
{
    private readonly ClinicState _state;
    private readonly FrontDesk _frontDesk;
    private readonly IDesk[] _desks;
    private readonly int[] _weights;

    public ClinicDay(ClinicOptions options)
    {
        _state = new ClinicState(options);
        _frontDesk = new FrontDesk(_state);
        _desks = [_frontDesk, new SchedulingDesk(_state), new Laboratory(_state), new BillingDesk(_state), new RecordsDesk(_state)];
        _weights = [options.Mix.Adt, options.Mix.Siu, options.Mix.Oru, options.Mix.Dft, options.Mix.Mdm];
    }

    /// <summary>What the clinic has of everybody, as far as the day was told.</summary>
    public IReadOnlyList<Chart> Charts => _state.Charts;

    /// <summary>The events in the order they are told.</summary>
    public IEnumerable<ClinicEvent> Run()
    {
        var options = _state.Options;
        var delay = TimeSpan.Zero;
        for (var number = 0L; number < options.Events;)
        {
            _state.Now = options.Opens + (options.Length * ((double)number / options.Events)) + delay;
            var told = _desks[_state.Dice.Weighted(_weights)].Act();
            if (told.Count == 0)
            {
                // Not possible yet: somebody has to come first.
                told = _frontDesk.Act();
            }

            if (told.Count == 0)
            {
                // Everybody was just spoken of: wait for the next minute.
                delay += TimeSpan.FromMinutes(1);
            }

            foreach (var one in told)
            {
                yield return one with { Number = ++number };
            }
        }
    }
}
