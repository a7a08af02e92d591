using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>Which calls go wrong by themselves, how often and for how long. By default none does.</summary>
public sealed record VendorFaultOptions
{
    private static readonly FaultWords<VendorFault> _words = new(Enum.GetValues<VendorFault>().ToDictionary(Name));

    public static VendorFaultOptions None { get; } = new();

    /// <summary>The name of every fault on the command line: <c>rate-limited</c> of <see cref="VendorFault.RateLimited"/>.</summary>
    public static IEnumerable<string> Names => Enum.GetValues<VendorFault>().Select(Name);

    /// <summary>The chance of each fault at each call, from 0 to 1. A fault that is not named never happens; of several that meet one call the first happens.</summary>
    public IReadOnlyDictionary<VendorFault, double> Chances { get; init; } = new Dictionary<VendorFault, double>();

    /// <summary>Decides which calls are met: of each endpoint the same ones in the order in which they come. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>After so many faults all is well. Default 1,000,000.</summary>
    public int FaultsMax { get; init; } = 1_000_000;

    /// <inheritdoc cref="FaultOptions.ParseChances"/>
    public static IReadOnlyDictionary<VendorFault, double> ParseChances(string text) => _words.ParseChances(text, Enum.GetValues<VendorFault>());

    /// <summary>The name a fault has on the command line.</summary>
    public static string NameOf(VendorFault fault) => _words.NameOf(fault);

    private static string Name(VendorFault fault) =>
        string.Concat(fault.ToString().Select((letter, index) => char.IsAsciiLetterUpper(letter) ? $"{(index == 0 ? "" : "-")}{char.ToLowerInvariant(letter)}" : $"{letter}"));
}
