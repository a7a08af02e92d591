using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Hl7;

/// <summary>Something in a message's bytes that could not be read as it was meant.</summary>
/// <param name="Segment">The segment's name; null for bytes outside of any.</param>
/// <param name="Occurrence">Which segment of that name, from 1.</param>
/// <param name="Field">The field's number, from 1; 0 when it is about the segment.</param>
/// <param name="Range">The bytes.</param>
/// <param name="Reason">What is wrong; never content.</param>
public sealed record Hl7Problem(string? Segment, int Occurrence, int Field, ByteRange Range, string Reason)
{
    /// <summary>The place as people write it: <c>PID-5</c>, <c>NTE[2]-3</c>; empty for bytes outside of any segment.</summary>
    public string Path => Segment is null ? "" : string.Create(
        CultureInfo.InvariantCulture, $"{Segment}{(Occurrence > 1 ? $"[{Occurrence}]" : "")}{(Field > 0 ? $"-{Field}" : "")}");

    /// <summary>Where and what: <c>PID-5 at byte 212: the byte has no meaning in 8859/3</c>.</summary>
    public override string ToString()
    {
        var occurrence = Occurrence > 1 ? string.Create(CultureInfo.InvariantCulture, $"[#{Occurrence}]") : string.Empty;
        var field = Field > 0 ? string.Create(CultureInfo.InvariantCulture, $"-{Field}") : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{Segment ?? "message"}{occurrence}{field} at byte {Range.Offset}: {Reason}");
    }
}
