using System.Collections.Frozen;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Which segments open a group, and what stands in it, for each family of messages. A segment belongs to the nearest opener
/// before it that may hold it; what is not listed (NTE, Z segments) to the nearest opener of any kind. The family is taken
/// from the event (MSH-9.1): MSH-9.3 is often missing or wrong.
/// Source: the message structures of HL7 2.3 to 2.5.1, chapters 3, 4, 6, 7, 9 and 10; openers may be missing (RGS, ORC, PID).
/// </summary>
internal sealed class SegmentNesting
{
    private static readonly (string Family, string Subject, string Openers)[] Families =
    [
        ("ADT", "PID", """
            MSH: EVN PID
            PID: PD1 MRG ROL NK1 PV1 PV2 DB1 OBR OBX AL1 IAM DG1 DRG PR1 GT1 IN1 ACC UB1 UB2 PDA NPU
            NK1: -
            AL1: -
            DG1: -
            GT1: -
            PR1: ROL
            IN1: IN2 IN3
            OBR: OBX
            OBX: -
            """),
        ("SIU", "SCH", """
            MSH: SCH PID RGS AIS AIG AIL AIP
            SCH: TQ1
            PID: PD1 PV1 PV2 OBX DG1
            OBX: -
            DG1: -
            RGS: AIS AIG AIL AIP
            AIS: -
            AIG: -
            AIL: -
            AIP: -
            """),
        ("ORU", "PID", """
            MSH: PID ORC OBR OBX
            PID: PD1 NK1 PV1 PV2 ORC OBR OBX
            ORC: OBR
            OBR: TQ1 TQ2 CTD OBX FT1 CTI SPM
            OBX: -
            SPM: -
            """),
        ("DFT", "PID", """
            MSH: EVN PID FT1
            PID: PD1 ROL PV1 PV2 DB1 ORC OBR OBX FT1 DG1 DRG GT1 IN1 ACC
            FT1: PR1
            PR1: ROL
            DG1: -
            GT1: -
            IN1: IN2 IN3
            ORC: OBR
            OBR: OBX
            OBX: -
            """),
        ("MDM", "TXA", """
            MSH: EVN PID TXA
            PID: PD1 PV1 PV2 ORC OBR TXA
            ORC: OBR
            OBR: -
            TXA: CON OBX
            OBX: -
            """),
        ("", "PID", """
            MSH: EVN PID SCH RGS ORC OBR TXA FT1
            SCH: -
            PID: PD1 MRG ROL NK1 PV1 PV2 DB1 AL1 DG1 DRG PR1 GT1 IN1 ACC UB1 UB2 ORC OBR OBX FT1 TXA
            NK1: -
            AL1: -
            DG1: -
            GT1: -
            IN1: IN2 IN3
            FT1: PR1
            PR1: ROL
            ORC: OBR RXO RXE RXD RXG RXA OBX
            OBR: OBX DG1 CTI SPM
            RXA: RXR OBX
            OBX: -
            TXA: OBX
            RGS: AIS AIG AIL AIP
            AIS: -
            AIG: -
            AIL: -
            AIP: -
            """),
    ];

    private static readonly FrozenDictionary<string, SegmentNesting> ByFamily =
        Families.Select(family => new SegmentNesting(family.Family, family.Subject, family.Openers)).ToFrozenDictionary(nesting => nesting.Family, StringComparer.Ordinal);

    private static readonly SegmentNesting Any = ByFamily[""];

    private readonly FrozenDictionary<int, Place> _places;

    private SegmentNesting(string family, string subject, string openers)
    {
        Family = family;
        Subject = SegmentName.KeyOf(subject);
        var contents = openers.Split('\n').Select(line => line.Split(':')).ToDictionary(
            parts => parts[0], parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(name => name != "-").ToArray());
        var bits = contents.Keys.Select((name, bit) => (name, bit)).ToDictionary(pair => pair.name, pair => 1UL << pair.bit);
        _places = contents.Values.SelectMany(names => names).Append("MSH").Distinct().ToFrozenDictionary(
            name => SegmentName.KeyOf(name), name => new Place(bits.GetValueOrDefault(name), Holders(name)));

        ulong Holders(string name) =>
            contents.Where(opener => opener.Value.Contains(name)).Aggregate(0UL, (holders, opener) => holders | bits[opener.Key] | Holders(opener.Key));
    }

    /// <summary>The message code, e.g. <c>ORU</c>; empty for the nesting of every other message.</summary>
    public string Family { get; }

    /// <summary>The segment a message of the family is about, whose notes are the message's: SCH of a SIU.</summary>
    public int Subject { get; }

    /// <param name="messageCode">MSH-9.1.</param>
    public static SegmentNesting Of(string messageCode) => ByFamily.GetValueOrDefault(messageCode, Any);

    /// <summary>False for a segment that is not listed: it belongs to whatever is open.</summary>
    public bool TryFind(int key, out Place place) => _places.TryGetValue(key, out place);

    /// <param name="Bit">The segment's own number among the openers; 0 when it opens nothing.</param>
    /// <param name="Holders">The openers that may hold it, at any depth.</param>
    public readonly record struct Place(ulong Bit, ulong Holders)
    {
        public bool IsOpener => Bit != 0;

        public bool MayStandIn(Place opener) => (Holders & opener.Bit) != 0;
    }
}
