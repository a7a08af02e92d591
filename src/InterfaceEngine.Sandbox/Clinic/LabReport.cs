namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>A laboratory's report: one order for each panel.</summary>
public sealed record LabReport
{
    public required IReadOnlyList<LabPanel> Panels { get; init; }

    public required DateTime Collected { get; init; }

    /// <summary><c>P</c> preliminary, <c>F</c> final, <c>C</c> corrected.</summary>
    public required char Status { get; init; }
}

/// <param name="PlacerId">OBR-2.</param>
/// <param name="FillerId">OBR-3.</param>
/// <param name="Code">OBR-4.1.</param>
/// <param name="Text">OBR-4.2.</param>
/// <param name="Notes">What is said of the whole panel.</param>
public sealed record LabPanel(string PlacerId, string FillerId, string Code, string Text, IReadOnlyList<string> Notes, IReadOnlyList<Observation> Observations);

/// <summary>One line of a report.</summary>
/// <param name="Type">OBX-2.</param>
/// <param name="Code">OBX-3.1.</param>
/// <param name="Text">OBX-3.2.</param>
/// <param name="SubId">OBX-4; empty for none.</param>
/// <param name="Value">OBX-5, its components apart; not escaped.</param>
/// <param name="Units">OBX-6; empty for none.</param>
/// <param name="Range">OBX-7; empty for none.</param>
/// <param name="Flag">OBX-8; empty for none.</param>
/// <param name="Status">OBX-11.</param>
/// <param name="Note">What is said of this line; empty for nothing.</param>
public sealed record Observation(string Type, string Code, string Text, string SubId, IReadOnlyList<string> Value, string Units, string Range, string Flag, char Status, string Note);
