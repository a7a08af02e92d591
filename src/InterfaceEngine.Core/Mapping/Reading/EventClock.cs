using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Values;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// When the event happened that a message tells of: EVN-2, else MSH-7, local to the department without an offset;
/// else the time of receipt, which also counts when the message claims to be from the future.
/// </summary>
internal static class EventClock
{
    private static readonly Duration _aheadMax = Duration.FromMinutes(5);
    private static readonly Hl7Path _recorded = Hl7Path.Parse("EVN-2.1");
    private static readonly Hl7Path _sent = Hl7Path.Parse("MSH-7.1");

    public static Instant Read(Hl7Message message, ReadingScope scope)
    {
        if (!TryRead(_recorded, "EVN-2", message, scope, out var time) && !TryRead(_sent, "MSH-7", message, scope, out time))
        {
            scope.Begin(null, null);
            scope.Path = "MSH-7";
            scope.Warn(MappingCodes.EventTimeMissing, "no readable event time: the time of receipt was taken.");
            return scope.ReceivedAt;
        }

        if (time > scope.ReceivedAt + _aheadMax)
        {
            scope.Warn(MappingCodes.EventAhead, "the event time is more than five minutes ahead: the time of receipt was taken.");
            return scope.ReceivedAt;
        }

        return time;
    }

    private static bool TryRead(Hl7Path path, string name, Hl7Message message, ReadingScope scope, out Instant time)
    {
        var element = path.Get(message);
        time = default;
        if (!element.HasValue)
        {
            return false;
        }

        scope.Begin(null, null);
        scope.Path = name;
        scope.Place = element.Range;
        Span<char> buffer = stackalloc char[Hl7Text.BufferLength];
        return Hl7Text.TryGet(element, buffer, scope, out var text) && InstantType.TryRead(text.Trim(), scope, out time);
    }
}
