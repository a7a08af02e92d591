namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>One financial transaction of a visit.</summary>
/// <param name="Id">FT1-2. A reversal has the number of what it reverses.</param>
/// <param name="Batch">FT1-3.</param>
/// <param name="Type">FT1-6: <c>CG</c> charge, <c>CD</c> credit, <c>PY</c> payment, <c>AJ</c> adjustment.</param>
/// <param name="Code">The procedure; of a payment how it was paid.</param>
/// <param name="Modifiers">FT1-26.</param>
/// <param name="Units">Negative in a reversal.</param>
/// <param name="UnitAmount">In dollars.</param>
/// <param name="Diagnoses">ICD-10 codes and texts, the first is the primary.</param>
public sealed record Charge(
    string Id,
    string Batch,
    string Type,
    DateTime At,
    string Code,
    string Text,
    IReadOnlyList<string> Modifiers,
    int Units,
    decimal UnitAmount,
    IReadOnlyList<(string Code, string Text)> Diagnoses)
{
    public decimal Amount => Units * UnitAmount;
}

/// <summary>A document of the chart, one version of it.</summary>
/// <param name="Id">TXA-12.</param>
/// <param name="Replaces">TXA-13; empty for none.</param>
/// <param name="Type">TXA-2: code and text.</param>
/// <param name="Completion">TXA-17: <c>IP</c> in progress, <c>DO</c> documented, <c>AU</c> authenticated.</param>
/// <param name="Lines">Its text.</param>
public sealed record ChartDocument(string Id, string Replaces, (string Code, string Text) Type, Provider Author, string Completion, DateTime Written, IReadOnlyList<string> Lines);
