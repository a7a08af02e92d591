using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// Where the standard has a segment among the others (2.3 to 2.5.1, chapters 3, 4, 6, 7, 9 and 10). It decides only where
/// a segment is put that is not there yet; what stands in a message stays where it is.
/// </summary>
internal sealed class PlacesOfSegments
{
    private static readonly Dictionary<string, PlacesOfSegments> _byCode = new(StringComparer.Ordinal)
    {
        ["SIU"] = new("MSH SCH TQ1 PID PD1 PV1 PV2 OBX DG1 RGS AIS AIG AIL AIP"),
        ["ADT"] = new("MSH EVN PID PD1 MRG NK1 PV1 PV2 DB1 OBX AL1 DG1 DRG PR1 GT1 IN1 IN2 IN3 ACC UB1 UB2"),
        ["ORU"] = new("MSH PID PD1 NK1 PV1 PV2 ORC OBR OBX FT1 CTI"),
        ["DFT"] = new("MSH EVN PID PD1 PV1 PV2 DB1 OBX FT1 PR1 DG1 DRG GT1 IN1 IN2 IN3 ACC"),
        ["MDM"] = new("MSH EVN PID PV1 TXA OBX"),
    };

    private static readonly PlacesOfSegments _any = new("MSH EVN PID PD1 NK1 PV1 PV2 AL1 DG1 PR1 GT1 IN1 IN2 IN3");

    private readonly string[] _names;

    private PlacesOfSegments(string names) => _names = names.Split(' ');

    /// <summary>True where EVN follows MSH.</summary>
    public bool HasEvent => _names.Contains("EVN");

    /// <param name="messageCode">MSH-9.1.</param>
    public static PlacesOfSegments Of(string messageCode) => _byCode.GetValueOrDefault(messageCode, _any);

    /// <summary>The place of a segment that is to be added: its index among those of the message.</summary>
    public int PlaceOf(string name, IReadOnlyList<SegmentDraft> segments)
    {
        var rank = Rank(name);
        var place = 1;
        for (var index = 1; index < segments.Count; index++)
        {
            // Notes and segments of one's own (Z…) stay behind what they follow.
            var other = Rank(SegmentName.TextOf(segments[index].Key));
            if (other < 0 ? place == index : other <= rank || rank < 0)
            {
                place = index + 1;
            }
        }

        return place;
    }

    private int Rank(string name) => Array.IndexOf(_names, name);
}
