using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>Finds the slot for a visit: the one that was chosen, an open one at the wanted time, or one that is made.</summary>
internal sealed class SlotFinder(CalledDestinationOptions options, AthenaNetClient client)
{
    /// <summary>More than a department has on one day.</summary>
    private const int SlotsMax = 10_000;

    /// <param name="wanted">The visit.</param>
    /// <param name="chosen">The number of the slot that somebody chose; null when any will do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HeldException">There is none that may be taken.</exception>
    public async Task<AthenaVisit> FindAsync(WantedVisit wanted, string? chosen, CancellationToken cancellationToken)
    {
        if (chosen is not null)
        {
            return Checked(wanted, (await client.Appointments.ReadAsync(chosen, cancellationToken)).Visit);
        }

        var day = wanted.Start.Date;
        var (slots, _) = await client.Appointments.OpenAsync(wanted.Department, wanted.Provider, wanted.Type, day, day, isForNow: true, SlotsMax, cancellationToken);
        var open = slots.Where(wanted.IsAt).OrderBy(slot => slot.Id, StringComparer.Ordinal).ToList();
        if (open.FindIndex(slot => HasLength(wanted, slot)) is >= 0 and var fitting)
        {
            return open[fitting];
        }

        if (open.Count > 0)
        {
            // One that is made has the length of its type as well: it would be made for nothing, again with each attempt.
            throw new HeldException(
                "length",
                "What is open at athenahealth at this time, of this type, has another length than the visit. Choose another time or type, or book it there for the length that it has.");
        }

        if (!options.MakesSlots)
        {
            throw new HeldException(
                HeldException.NoSlot,
                "Nothing is open at athenahealth at this time with this provider, of this type and length. Choose another time, or open one there and try again; or let the destination make slots (MakeSlots).");
        }

        var type = wanted.Type ?? throw new HeldException("no type", "A slot can't be made for a visit without an appointment type.");
        var made = await client.Appointments.MakeAsync(wanted.Department, wanted.Provider, type, wanted.Start, cancellationToken);
        var (slot, _) = await client.Appointments.ReadAsync(made, cancellationToken);
        return HasLength(wanted, slot) ? slot
            : throw new HeldException(
                "length",
                "Slots of this type have another length than the visit at athenahealth. One was made at this time and is open there: book it for the length it has, or close it.");
    }

    private static bool HasLength(WantedVisit wanted, AthenaVisit slot) => wanted.Minutes is not { } minutes || slot.Minutes == minutes;

    private static AthenaVisit Checked(WantedVisit wanted, AthenaVisit slot) =>
        slot.Status != AthenaVisit.Open ? throw new HeldException("taken", "The chosen slot is not open any more. Book the visit at another time, and dismiss this.")
        : slot.IsFrozen ? throw new HeldException("frozen", "The chosen slot is kept back (frozen) at athenahealth.")
        : slot.Start != wanted.Start ? throw new HeldException("another time", "The chosen slot is at another time than the visit by now.")
        : slot;
}
