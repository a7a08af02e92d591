using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// Header <c>run: OBX-3, OBX-4 when HL7:OBX-2 in ('TX', 'FT')</c>: segments of the header <c>each:</c> that follow one another
/// under one opener, for which the condition holds and which say the same in these places, make one record. Its
/// <c>lines</c> fields read all of them, the others the first.
/// </summary>
/// <param name="Places">Fields of the segment.</param>
/// <param name="When">Whether a segment may be one of several.</param>
public sealed record SegmentRun(IReadOnlyList<Hl7Path> Places, Expression When);
