using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Hl7;

/// <summary>Bytes of a message as people speak of them.</summary>
public static class Hl7PlaceName
{
    /// <summary><c>PID-7</c>, <c>IN1[2]-36</c>: the field in which the bytes stand; empty when they are in none.</summary>
    public static string Of(Hl7Message message, ByteRange place)
    {
        if (place.IsNone || SegmentAt(message, place) is not { IsPresent: true } segment)
        {
            return "";
        }

        var number = 1;
        while (number < segment.FieldCount && segment.Field(number + 1).Range.Offset <= place.Offset)
        {
            number++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Of(segment)}-{number}");
    }

    /// <summary><c>PID</c>; <c>IN1[2]</c> where there are several.</summary>
    public static string Of(Hl7Segment segment) =>
        segment.Occurrence > 1 || segment.Message.Find(segment.Name, 2).IsPresent ? string.Create(CultureInfo.InvariantCulture, $"{segment.Name}[{segment.Occurrence}]") : segment.Name;

    /// <summary>The segment in which the bytes begin; not present when they are in none.</summary>
    public static Hl7Segment SegmentAt(Hl7Message message, ByteRange place)
    {
        for (var index = 0; index < message.SegmentCount; index++)
        {
            var segment = message.GetSegment(index);
            if (place.Offset >= segment.Range.Offset && place.Offset < segment.RangeWithEnd.Offset + segment.RangeWithEnd.Length)
            {
                return segment;
            }
        }

        return default;
    }
}
