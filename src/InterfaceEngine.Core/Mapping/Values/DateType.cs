using System.Globalization;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>date</c>, stored <c>YYYY-MM-DD</c>, and <c>partial date</c>, stored as far as it is known: <c>1980</c>,
/// <c>1980-05</c>. A time after the day is dropped, a two-digit year is refused, and a date that does not exist
/// is never rolled over to one that does.
/// </summary>
public sealed class DateType : IValueType
{
    private readonly bool _isPartial;

    private DateType(bool isPartial) => _isPartial = isPartial;

    public static DateType Whole { get; } = new(isPartial: false);

    public static DateType Partial { get; } = new(isPartial: true);

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        var fault = scope.Format == MapFormat.Hl7 ? CalendarText.TryHl7(text, out var date) : CalendarText.TryText(text, out date);
        if (fault != DateFault.None)
        {
            var (reason, detail) = Explain(fault, date);
            scope.Refuse(MappingCodes.Date, $"not a date: {reason}.", text.ToString(), $"{text} is not a date: {detail ?? reason}.");
            return null;
        }

        if (!date.IsWhole && !_isPartial)
        {
            scope.Refuse(MappingCodes.Date, "not a date: the day is missing.", text.ToString(), $"{text} is not a date: the day is missing.");
            return null;
        }

        if (scope.Trace is { } trace && (text.Contains(':') || (scope.Format == MapFormat.Hl7 && text.Length > 8)))
        {
            trace.Step("without its time of day");
        }

        return Write(date);
    }

    /// <summary>HL7 has no dashes; athenaNet writes <c>MM/DD/YYYY</c>.</summary>
    public string? Write(string value, WritingScope scope) => scope.Format switch
    {
        MapFormat.Hl7 => value.Replace("-", "", StringComparison.Ordinal),
        MapFormat.AthenaNet when value.Length == 10 => string.Concat(value.AsSpan(5, 2), "/", value.AsSpan(8, 2), "/" + value[..4]),
        MapFormat.AthenaNet when value.Length == 7 => string.Concat(value.AsSpan(5, 2), "/", value.AsSpan(0, 4)),
        _ => value,
    };

    /// <summary>The reason without the value, and where it helps, with it.</summary>
    internal static (string Reason, string? Detail) Explain(DateFault fault, PartialDate date) => fault switch
    {
        DateFault.TwoDigitYear => ("the year has two digits only", null),
        DateFault.Year => ("there is no year 0", null),
        DateFault.Month => ("there is no such month", $"there is no month {date.Month}"),
        DateFault.Day => ("there is no such day in that month", string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00} has no day {date.Day}")),
        _ => ("it is written in no form that is known", null),
    };

    private static string Write(PartialDate date) => string.Create(date.IsWhole ? 10 : date.Month > 0 ? 7 : 4, date, static (text, date) =>
    {
        Digits.Write(text[..4], date.Year);
        if (text.Length > 4)
        {
            text[4] = '-';
            Digits.Write(text[5..7], date.Month);
        }

        if (text.Length > 7)
        {
            text[7] = '-';
            Digits.Write(text[8..], date.Day);
        }
    });
}
