using System.Globalization;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>instant</c>: a date with a time, stored in UTC as <c>2023-06-15T14:00:00Z</c>. An offset in the value wins;
/// without one it is local to the scope's zone. A time that a clock change skips moves forward by the gap; of a
/// time that happens twice the reading nearer to the receipt counts; both warn.
/// </summary>
public sealed class InstantType : IValueType
{
    private static readonly OffsetDateTimePattern _withOffset = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFFFFFo<m>");
    private static readonly LocalDateTimePattern _withoutOffset = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFFFFF");

    private InstantType()
    {
    }

    public static InstantType Instance { get; } = new();

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (text.IsEmpty || !TryRead(text, scope, out var instant))
        {
            return null;
        }

        scope.Trace?.Step("in UTC");
        return Write(instant);
    }

    /// <summary>The same, as an instant; false after the reason was reported.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, ReadingScope scope, out Instant instant)
    {
        instant = default;
        var fault = ClockText.TryRead(text, scope.Format, out var clock);
        if (fault is not null)
        {
            var (reason, detail) = fault == ClockFault.Date ? DateType.Explain(clock.DateFault, clock.Date) : (Explain(fault.Value), null);
            scope.Refuse(
                MappingCodes.Instant, $"not a date with a time: {reason}.", text.ToString(), $"{text} is not a date with a time: {detail ?? reason}.");
            return false;
        }

        var local = new LocalDateTime(clock.Date.Year, clock.Date.Month, clock.Date.Day, clock.Hour, clock.Minute, clock.Second).PlusNanoseconds(clock.Nanosecond);
        scope.Trace?.Step(clock.OffsetMinutes is null ? $"no offset: local time in {scope.Zone.Id}" : "with its own offset");
        if (clock.OffsetMinutes is null && scope.IsZoneGuessed)
        {
            scope.TellGuessedZone();
        }

        instant = clock.OffsetMinutes is { } minutes
            ? local.WithOffset(Offset.FromSeconds(minutes * 60)).ToInstant()
            : Resolve(scope.Zone.MapLocal(local), text, scope);
        return true;
    }

    /// <summary>
    /// HL7: the local time of the scope's zone, 14 digits, with an offset where the map asks for one. FHIR:
    /// <c>2023-06-15T09:00:00-05:00</c>; files and athenaNet the same without the offset.
    /// </summary>
    public string? Write(string value, WritingScope scope)
    {
        if (!TryParse(value, out var instant))
        {
            scope.Reject(WritingCodes.Value, "not an instant.", value, $"'{value}' is not an instant.");
            return null;
        }

        var local = instant.InZone(scope.Zone);
        if (scope.Format != MapFormat.Hl7)
        {
            return scope.Format == MapFormat.Fhir || scope.WritesOffset ? _withOffset.Format(local.ToOffsetDateTime()) : _withoutOffset.Format(local.LocalDateTime);
        }

        var text = WriteLocal(local.LocalDateTime);
        if (local.NanosecondOfSecond > 0)
        {
            var digits = local.NanosecondOfSecond.ToString("000000000", CultureInfo.InvariantCulture);
            text += "." + digits[..4].TrimEnd('0').PadRight(1, '0');
            if (local.NanosecondOfSecond % 100_000 > 0)
            {
                scope.Warn(WritingCodes.Rounded, "HL7 has four digits after the second: the rest was left out.");
            }
        }

        return scope.WritesOffset ? text + WriteOffset(local.Offset) : text;
    }

    /// <summary><c>20230615090000</c></summary>
    internal static string WriteLocal(LocalDateTime local) =>
        local.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    /// <summary><c>-0500</c></summary>
    private static string WriteOffset(Offset offset)
    {
        var minutes = Math.Abs(offset.Seconds / 60);
        return string.Create(CultureInfo.InvariantCulture, $"{(offset.Seconds < 0 ? '-' : '+')}{minutes / 60:00}{minutes % 60:00}");
    }

    /// <summary>Reads the stored form back.</summary>
    internal static bool TryParse(string text, out Instant instant)
    {
        var isInstant = ClockText.TryRead(text, MapFormat.Csv, out var clock) is null && clock.OffsetMinutes == 0;
        instant = isInstant
            ? Instant.FromUtc(clock.Date.Year, clock.Date.Month, clock.Date.Day, clock.Hour, clock.Minute, clock.Second).PlusNanoseconds(clock.Nanosecond)
            : default;
        return isInstant;
    }

    /// <summary>The stored form.</summary>
    public static string Write(Instant instant)
    {
        var local = instant.InUtc().LocalDateTime;
        var text = string.Create(20, local, static (text, local) =>
        {
            Digits.Write(text[..4], local.Year);
            text[4] = '-';
            Digits.Write(text[5..7], local.Month);
            text[7] = '-';
            Digits.Write(text[8..10], local.Day);
            text[10] = 'T';
            Digits.Write(text[11..13], local.Hour);
            text[13] = ':';
            Digits.Write(text[14..16], local.Minute);
            text[16] = ':';
            Digits.Write(text[17..19], local.Second);
            text[19] = 'Z';
        });
        return local.NanosecondOfSecond == 0 ? text : WithFraction(text, local.NanosecondOfSecond);
    }

    private static string WithFraction(string text, int nanosecond)
    {
        Span<char> fraction = stackalloc char[9];
        Digits.Write(fraction, nanosecond);
        return string.Concat(text.AsSpan(0, 19), ".", fraction[..7].TrimEnd('0'), "Z");
    }

    private static Instant Resolve(ZoneLocalMapping mapping, ReadOnlySpan<char> text, ReadingScope scope)
    {
        switch (mapping.Count)
        {
            case 1:
                return mapping.First().ToInstant();
            case 0:
                scope.Warn(
                    MappingCodes.SkippedTime,
                    $"this local time does not exist in {mapping.Zone.Id}: moved forward by the gap.",
                    text.ToString(),
                    $"{text} does not exist in {mapping.Zone.Id}: moved forward by the gap.");
                return mapping.LocalDateTime.WithOffset(mapping.EarlyInterval.WallOffset).ToInstant();
            default:
                scope.Warn(
                    MappingCodes.RepeatedTime,
                    $"this local time happens twice in {mapping.Zone.Id}: took the one nearer to the receipt.",
                    text.ToString(),
                    $"{text} happens twice in {mapping.Zone.Id}: took the one nearer to the receipt.");
                var (first, last) = (mapping.First().ToInstant(), mapping.Last().ToInstant());
                return Distance(last, scope.ReceivedAt) < Distance(first, scope.ReceivedAt) ? last : first;
        }
    }

    private static Duration Distance(Instant left, Instant right) => left > right ? left - right : right - left;

    private static string Explain(ClockFault fault) => fault switch
    {
        ClockFault.NoTime => "the time is missing",
        ClockFault.Time => "there is no such time of day",
        ClockFault.Offset => "there is no such offset",
        _ => "it is written in no form that is known",
    };
}
