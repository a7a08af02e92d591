using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Values;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>MSH, and EVN where the event has one: what every message begins with, whatever it tells.</summary>
internal static class MessageHead
{
    /// <summary>What is wrong with a header; null when it can be sent.</summary>
    public static string? FaultOf(OutgoingHeader header) =>
        header.ControlId.Length is 0 or > OutgoingHeader.ControlIdLengthMax || header.ControlId.Any(character => character is <= ' ' or > '~')
            ? $"MSH-10 has {header.ControlId.Length} characters; it is 1 to {OutgoingHeader.ControlIdLengthMax} printable ones."
        : header.SendingApplication.Length == 0 || header.ReceivingApplication.Length == 0 ? "MSH-3 and MSH-5 must name the applications."
        : header.ProcessingId is not ("P" or "T" or "D") ? $"MSH-11 can't be '{header.ProcessingId}'; it is P, T or D."
        : !Hl7Version.TryParse(header.Version, out _) ? $"MSH-12 can't be '{header.Version}'."
        : null;

    /// <summary>A message that has nothing but its head.</summary>
    /// <param name="event">E.g. <c>SIU^S12</c>.</param>
    /// <param name="header">What it says; sound.</param>
    /// <param name="zone">The practice's, for MSH-7.</param>
    /// <param name="isAscii">Every value is ASCII; otherwise MSH-18 declares UTF-8.</param>
    public static Hl7Message Make(string @event, OutgoingHeader header, DateTimeZone zone, bool isAscii)
    {
        var (code, trigger) = (@event.Split('^')[0], @event.Split('^')[^1]);
        var time = InstantType.WriteLocal(header.Instant.InZone(zone).LocalDateTime);
        var structure = Hl7Version.TryParse(header.Version, out var version) && version >= Hl7Version.V25 && Hl7Dictionary.StructureOf(code, trigger) is { } name ? "^" + name : "";
        string[] fields =
        [
            Escaped(header.SendingApplication), Escaped(header.SendingFacility), Escaped(header.ReceivingApplication), Escaped(header.ReceivingFacility),
            time, "", $"{code}^{trigger}{structure}", Escaped(header.ControlId), header.ProcessingId, Escaped(header.Version),
        ];
        var text = new StringBuilder(@"MSH|^~\&|").AppendJoin('|', fields);
        if (!isAscii)
        {
            text.Append("||||||UNICODE UTF-8");
        }

        text.Append('\r');
        if (PlacesOfSegments.Of(code).HasEvent)
        {
            text.Append("EVN|").Append(trigger).Append('|').Append(time).Append('\r');
        }

        return Hl7Message.Parse(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string Escaped(string text) => Hl7Escapes.Encode(text, Hl7Delimiters.Standard);
}
