namespace InterfaceEngine.Core.Hl7;

/// <summary>A place in an HL7 v2 message as mapping cells write it, e.g. <c>PID-13[3=CP].1</c>.</summary>
public sealed record Hl7Path(string Text, string Segment, int Field);
