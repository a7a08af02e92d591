using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace InterfaceEngine.Intake.Files;

/// <summary>Finds the time in a file's name: the first place that reads as the pattern says, such as <c>yyyyMMdd-HHmm</c> in <c>patients_20260201-0200.csv</c>.</summary>
internal sealed class NameTime
{
    private readonly LocalDateTimePattern _pattern;
    private readonly int _length;

    /// <param name="pattern">A pattern of NodaTime for a date, or a date and a time; what is no letter stands for itself.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public NameTime(string pattern)
    {
        _pattern = LocalDateTimePattern.CreateWithInvariantCulture(pattern);
        _length = _pattern.Format(new LocalDateTime(2000, 1, 1, 0, 0)).Length;
    }

    /// <param name="name">The file's name.</param>
    /// <param name="zone">Whose time it is.</param>
    /// <returns>Midnight for a date without a time; null when no time stands there.</returns>
    public DateTimeOffset? Find(string name, DateTimeZone zone)
    {
        for (var start = 0; start + _length <= name.Length; start++)
        {
            if (_pattern.Parse(name.Substring(start, _length)).TryGetValue(default, out var local))
            {
                return local.InZone(zone, Resolvers.LenientResolver).ToDateTimeOffset();
            }
        }

        return null;
    }
}
