using System.Globalization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>The time of an event in the form in which instants are stored, for the fields the engine writes itself.</summary>
internal static class EventTimeText
{
    public static string Of(Cause cause) =>
        DateTimeOffset.FromUnixTimeMilliseconds(cause.EventTime).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
