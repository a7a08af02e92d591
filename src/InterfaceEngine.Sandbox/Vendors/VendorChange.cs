namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>Something that changed at a practice: what changed-data feeds and events tell of.</summary>
/// <param name="Number">From 1, in order.</param>
/// <param name="Feed">Which feed tells of it: <c>appointments</c>, <c>patients</c>, <c>labresults</c>, ….</param>
/// <param name="Event">By the feed's names: <c>ScheduleAppointment</c>, <c>AddPatient</c>, ….</param>
/// <param name="Id">What changed.</param>
/// <param name="Patient">Whose; empty where nobody's.</param>
/// <param name="Department">Where; empty where it is not said.</param>
public sealed record VendorChange(long Number, string Feed, string Event, string Id, string Patient, string Department, DateTimeOffset At);
