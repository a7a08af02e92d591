namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>The limits of a check.</summary>
public sealed record GrammarOptions
{
    public static GrammarOptions Default { get; } = new();

    /// <summary>
    /// How many faults, and how many warnings, are told. Default 100: a message that is wrong in more places is wrong as a
    /// whole, and its sender gets an ERR for each. What comes after is not looked at.
    /// </summary>
    public int FaultsMax { get; init; } = 100;
}
