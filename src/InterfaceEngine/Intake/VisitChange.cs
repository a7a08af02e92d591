using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>What happened to a visit on our side, before it is written for anybody.</summary>
/// <param name="Event"><see cref="VisitOrder.Booked"/>, <see cref="VisitOrder.Modified"/> or <see cref="VisitOrder.Cancelled"/>.</param>
/// <param name="Visit">The visit as it is now.</param>
/// <param name="Patient">Whose it is; where the visit names another, that one was merged into this patient.</param>
/// <param name="Changed">The fields that changed.</param>
internal sealed record VisitChange(string Event, StoredRecord Visit, StoredRecord Patient, IReadOnlyList<string> Changed)
{
    /// <summary>From when it counts.</summary>
    public Instant At { get; init; }

    /// <summary>What it removed.</summary>
    public IReadOnlySet<ClearedField> Cleared { get; init; } = new HashSet<ClearedField>();

    /// <summary>The vendor's slot that was chosen; null for none.</summary>
    public string? Slot { get; init; }

    /// <summary>The event of HL7 v2 that tells of it where an address has no other.</summary>
    public string Message => Event switch
    {
        VisitOrder.Booked => "SIU^S12",
        VisitOrder.Cancelled => "SIU^S15",
        _ => "SIU^S14",
    };

    /// <summary>The event of HL7 v2 that tells an address of it.</summary>
    public string MessageFor(OutboundAddress address) => Event == VisitOrder.Modified && Changed.Contains("start_time") ? address.MoveEvent : Message;
}
