using System.Net;
using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>Where the stand-in listens and what it does with what it gets.</summary>
public sealed record AthenaServerOptions
{
    /// <summary>Default: a free port of loopback.</summary>
    public IPEndPoint Listens { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>A folder that gets a file for each message that was kept: <c>000001-SIU-S12.hl7</c>. Null, the default, for none.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Where bookings are told of again, as athenahealth tells of them: an SIU that was kept comes back with a number of
    /// athenahealth's in SCH-2. Null, the default, for nowhere.
    /// </summary>
    public EndPoint? Echo { get; init; }

    /// <summary>
    /// What is told again has athenahealth's number in SCH-1 as well, as its real feed has it, and ours nowhere. Default: SCH-1 stays as
    /// it was sent.
    /// </summary>
    public bool EchoHasOwnNumberInBoth { get; init; }

    /// <summary>How many arrivals are remembered. Further ones are answered and counted only. Default 1,000,000.</summary>
    public int RememberedMax { get; init; } = 1_000_000;

    /// <summary>The largest message that is taken, in bytes. Default 32 MiB.</summary>
    public int FrameBytesMax { get; init; } = 32 << 20;

    public FaultOptions Faults { get; init; } = FaultOptions.None;
}
