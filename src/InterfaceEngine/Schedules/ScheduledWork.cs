using NodaTime;

namespace InterfaceEngine.Schedules;

/// <summary>Something that has a schedule.</summary>
/// <param name="Name">As the settings name it; its <c>PollNote</c> has the same name.</param>
/// <param name="What">A word for people: <c>source</c>, <c>export</c>.</param>
/// <param name="Schedule">When.</param>
/// <param name="Zone">Its practice's zone, in which people are told its times.</param>
internal sealed record ScheduledWork(string Name, string What, ISchedule Schedule, DateTimeZone Zone);
