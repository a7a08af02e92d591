using System.CommandLine;
using System.Net;
using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary>Options that several commands take, and what their words mean.</summary>
internal static class CommonOptions
{
    public static Option<string?> Faults(IReadOnlyList<FaultKind> possible) => Faults(possible.Select(FaultOptions.NameOf), "message", "split,drop:0.1");

    /// <param name="names">Those that are possible.</param>
    /// <param name="met">What a fault meets.</param>
    /// <param name="example">How it is written.</param>
    public static Option<string?> Faults(IEnumerable<string> names, string met, string example) => new("--faults")
    {
        Description = $"Misbehave: {string.Join(", ", names)}, or all; each with a chance per {met} behind a colon, else {FaultOptions.ChanceByDefault:0.##}. Default: none.",
        HelpName = example,
    };

    public static Option<int> FaultSeed() =>
        new("--fault-seed") { Description = "Decides which messages are met; the same seed meets the same ones. Default: 1.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static Option<int> FaultsMax() =>
        new("--faults-max") { Description = "After so many faults all is well. Default: 1000000.", HelpName = "N", DefaultValueFactory = _ => FaultOptions.None.FaultsMax };

    public static Option<int?> Seconds() =>
        new("--for") { Description = "End after so many seconds. Default: when all is done, or at Ctrl-C.", HelpName = "SECONDS" };

    /// <exception cref="UsageException">A word is no fault of this side.</exception>
    public static FaultOptions ReadFaults(string? text, IReadOnlyList<FaultKind> possible, int seed, int most) =>
        new() { Chances = ReadFaults(() => FaultOptions.ParseChances(text ?? "", possible)), Seed = seed, FaultsMax = most };

    /// <exception cref="UsageException">A word is no fault of this side.</exception>
    public static T ReadFaults<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"--faults {wrong.Message}.");
        }
    }

    /// <exception cref="UsageException">It is no host with a port.</exception>
    public static EndPoint ReadEndPoint(string option, string text)
    {
        var colon = text.LastIndexOf(':');
        return colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), out var port) || port is < 0 or > 65535
            ? throw new UsageException($"{option} {text}: a host and a port are expected, e.g. 127.0.0.1:2575.")
            : IPAddress.TryParse(text[..colon].Trim('[', ']'), out var address) ? new IPEndPoint(address, port)
            : new DnsEndPoint(text[..colon], port);
    }

    /// <exception cref="UsageException">It is outside of its bounds.</exception>
    public static int InBounds(string option, int number, int least, int most) =>
        number >= least && number <= most ? number : throw new UsageException($"{option} {number}: a number from {least} to {most} is expected.");
}
