namespace InterfaceEngine.Core.Reconciliation;

/// <summary>What a person has looked at and wants applied. Everything else keeps its rules.</summary>
/// <param name="Contradiction">The message was held for contradicting what is stored: it is applied all the same.</param>
/// <param name="Field">The field whose change was put before a person; null for none.</param>
public readonly record struct Acceptance(bool Contradiction, string? Field)
{
    public static Acceptance None => default;

    public static Acceptance OfContradiction => new(true, null);

    public static Acceptance OfChange(string field) => new(false, field);
}
