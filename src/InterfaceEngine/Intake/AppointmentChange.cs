using System.Globalization;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>What somebody on our side wants of an appointment, in the words of people: ids as senders or we know them, times as the clinic's clock shows them.</summary>
internal sealed record AppointmentChange : OwnChange
{
    /// <summary>The patient of a new visit: the vendor's id or ours. Null when a visit is changed.</summary>
    public string? Patient { get; init; }

    /// <summary>The visit that is changed: our id, the placer's or the filler's number. Null for a new one.</summary>
    public string? Visit { get; init; }

    /// <summary>The caller has no keys: the same patient at the same time, or in the same slot, is the same visit, in whatever words it is said.</summary>
    public bool IsOnce { get; init; }

    /// <summary>Whoever fills something in keeps what it was before.</summary>
    public override string Said
    {
        get => field ?? string.Join(FieldValue.ListSeparator, Start, Minutes?.ToString(CultureInfo.InvariantCulture), Type, Provider, Location, VisitReason, Note, Slot, Destination);
        init;
    }

    /// <summary>Local to the clinic, <c>2026-12-01 09:00</c>, or with an offset.</summary>
    public string? Start { get; init; }

    public int? Minutes { get; init; }

    /// <summary>A code of the table <c>appt-type</c>, or athenahealth's number of it.</summary>
    public string? Type { get; init; }

    /// <summary>Our id of a provider, or any name <c>providers.ref.md</c> knows.</summary>
    public string? Provider { get; init; }

    /// <summary>Our id of a location, or any name <c>locations.ref.md</c> knows.</summary>
    public string? Location { get; init; }

    /// <summary>Why the patient comes; an empty text removes it.</summary>
    public string? VisitReason { get; init; }

    /// <summary>Lines for the clinic; an empty text removes them.</summary>
    public string? Note { get; init; }

    /// <summary>The vendor's number of the slot that is booked; null when any of that time will do.</summary>
    public string? Slot { get; init; }

    /// <summary>The connection whose slot it is; null for none, and where the practice's only one is meant.</summary>
    public string? SlotServer { get; init; }

    /// <summary>The vendor numbers its visits itself. Otherwise a visit has the number of its slot from the beginning, and the slot is this visit's.</summary>
    public bool IsNumberedLater { get; init; }

    /// <summary>The clock of the visit's place as its vendor names it: counts where the practice's table leaves it open. Null where nobody named one.</summary>
    public DateTimeZone? Clock { get; init; }

    /// <summary>A slot was sought at the vendor at this time, and none is open: such a visit can only be one that is booked already.</summary>
    public bool IsNothingOpen { get; init; }
}

/// <summary>What became of it; it is on disk.</summary>
/// <param name="Visit">The appointment as it is now.</param>
/// <param name="Event">The event that tells of it.</param>
/// <param name="Changes">The values that changed.</param>
/// <param name="Deliveries">One for each destination; none when the practice has none.</param>
internal sealed record AppointmentOutcome(StoredRecord Visit, string Event, IReadOnlyList<FieldChange> Changes, IReadOnlyList<DeliveryWrite> Deliveries)
{
    /// <summary>It was booked with this key before: nothing was changed, and nobody is told again.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>It is neither cancelled nor missed.</summary>
    public bool Stands { get; init; } = true;
}
