using System.Globalization;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>Times in the log: ISO 8601 with a <c>Z</c> like everywhere else, whatever the log makes of a time by itself.</summary>
internal static class LogTime
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
