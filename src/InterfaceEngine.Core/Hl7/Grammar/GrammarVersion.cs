namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>
/// The versions whose grammar is known. A message of another version is checked against the nearest:
/// 2.1 and 2.2 against 2.3, 2.3.2 against 2.3.1, 2.4 and everything from 2.5 on against 2.5.1, which holds what they
/// have in common; one that names no version against 2.3.
/// </summary>
public static class GrammarVersion
{
    private static readonly Hl7Version V251 = new(2, 5, 1);

    private static readonly Dictionary<Hl7Version, Lazy<Hl7Grammar>> Grammars = new[] { Hl7Version.V23, Hl7Version.V231, V251 }
        .ToDictionary(version => version, version => new Lazy<Hl7Grammar>(() => new Hl7Grammar(version)));

    /// <summary>The versions with a grammar of their own.</summary>
    public static IReadOnlyCollection<Hl7Version> Known => Grammars.Keys;

    /// <summary>The grammar for what MSH-12.1 says; read from its resources the first time it is asked.</summary>
    public static Hl7Grammar For(string version) =>
        Hl7Version.TryParse(version, out var said) ? For(said) : For(Hl7Version.V23);

    /// <summary>The grammar of a version or of the nearest one.</summary>
    public static Hl7Grammar For(Hl7Version version) => Grammars[
        version < Hl7Version.V231 ? Hl7Version.V23 : version < Hl7Version.V24 ? Hl7Version.V231 : V251].Value;
}
