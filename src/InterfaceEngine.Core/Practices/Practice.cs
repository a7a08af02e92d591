using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Practices;

/// <summary>A practice whose data the engine carries. Its id is part of every key of every row.</summary>
public sealed record Practice
{
    /// <summary>How the engine names the practice: its id at the vendor, e.g. <c>1959</c>, unless <see cref="VendorNumber"/> says another.</summary>
    public required string Id { get; init; }

    /// <summary>The practice's number at the vendor, as ids of its resources have it (<c>a-195900.E-12</c>); its <see cref="Id"/> where nothing else is said.</summary>
    public string VendorNumber { get => field ?? Id; init; }

    /// <summary>The name people know it by.</summary>
    public required string Name { get; init; }

    /// <summary>The zone of its local times (IANA), where the message and the location say nothing.</summary>
    public required DateTimeZone Zone { get; init; }

    /// <summary>How its vendor lays out messages: <c>athena</c>, <c>standard</c> or <c>guide</c>.</summary>
    public required string Profile { get; init; }

    /// <summary>The vendor pack its maps come from: a folder under <c>mappings/</c>.</summary>
    public string Vendor { get; init; } = "athenahealth";

    /// <summary>Values of MSH-4.1 that mean this practice, beside its id.</summary>
    public IReadOnlyList<string> Facilities { get; init; } = [];

    /// <summary>Who wins where two of its sources differ.</summary>
    public ConflictRules Conflicts { get; init; } = ConflictRules.None;

    /// <summary>The character set of its messages that name none in MSH-18 and are not UTF-8.</summary>
    public Hl7CharacterSet FallbackCharacterSet { get; init; } = Hl7CharacterSet.Windows1252;
}
