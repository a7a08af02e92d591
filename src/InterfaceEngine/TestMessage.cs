using System.Globalization;
using System.Text;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Files;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine;

/// <summary>
/// A message for trial to a receiver of HL7: an update of an invented person with processing id T, so that no receiver takes it for earnest, and its
/// acknowledgement.
/// </summary>
internal static class TestMessage
{
    private static readonly string[] _accepting = ["AA", "CA"];

    /// <summary>Sends one over a connection of its own and tells what came back.</summary>
    public static Func<TimeProvider, CancellationToken, Task<string>> For(DestinationSettings destination) => async (time, cancellationToken) =>
    {
        using var tls = destination.Tls is { } options ? new SenderTls(destination.Name, options, time, NullLogger.Instance) : null;
        using var client = new MllpClient(destination.Receiver.Client, time, tls);
        var id = $"TEST{time.GetUtcNow().ToUnixTimeMilliseconds()}";
        try
        {
            var reply = await client.SendAsync(Encoding.ASCII.GetBytes(Text(destination.Outbound, id, time.GetUtcNow())), cancellationToken);
            return Read(Encoding.Latin1.GetString(reply.Body.Span), id, reply.Elapsed);
        }
        catch (MllpClientException failure)
        {
            throw new FileFaultException(FileFault.Unreachable, $"The test message got no acknowledgement: {failure.Message}");
        }
    };

    private static string Text(Intake.OutboundAddress address, string id, DateTimeOffset now)
    {
        var at = now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        return $"MSH|^~\\&|{address.SendingApplication}|{address.SendingFacility}|{address.ReceivingApplication}|{address.ReceivingFacility}|{at}||ADT^A08|{id}|T|{address.Version}\r"
            + $"EVN|A08|{at}\rPID|1||{id}^^^TEST^MR||ZZTEST^PATIENT||19000101|U\rPV1|1|O\r";
    }

    private static string Read(string reply, string id, TimeSpan elapsed)
    {
        var acknowledgement = reply.Split('\r', '\n').FirstOrDefault(segment => segment.StartsWith("MSA|", StringComparison.Ordinal))?.Split('|') ?? [];
        var (code, of) = (acknowledgement.ElementAtOrDefault(1) ?? "", acknowledgement.ElementAtOrDefault(2) ?? "");
        if (!_accepting.Contains(code) || of != id)
        {
            throw new FileFaultException(FileFault.Unreachable, $"The test message {id} was answered by '{(code.Length is > 0 and <= 2 ? code : "no code")}'{(of == id ? "" : " for another message")}, and AA was expected.");
        }

        return $"{id} (ADT^A08, processing id T) was acknowledged by {code} in {elapsed.TotalMilliseconds:0} ms";
    }
}
