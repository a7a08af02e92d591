namespace InterfaceEngine.Sandbox.Vendors.Events;

/// <summary>What may be subscribed to, and which changes each tells of.</summary>
internal static class EventTopics
{
    private static readonly Dictionary<(string Feed, string Event), string> _topics = new()
    {
        [("patients", "AddPatient")] = "Patient.create",
        [("patients", "UpdatePatient")] = "Patient.update",
        [("patients", "DeletePatient")] = "Patient.delete",
        [("patients", "MergePatient")] = "Patient.merge",
        [("appointments", "ScheduleAppointment")] = "Appointment.schedule",
        [("appointments", "UpdateAppointment")] = "Appointment.update",
        [("appointments", "CancelAppointment")] = "Appointment.cancel",
        [("appointments", "CheckIn")] = "Appointment.check-in",
        [("appointments", "CheckOut")] = "Appointment.check-out",
        [("appointments", "FreezeAppointment")] = "Appointment.freeze",
        [("appointments", "UnfreezeAppointment")] = "Appointment.unfreeze",
        [("labresults", "AddLabResult")] = "LabResult.create",
        [("labresults", "UpdateLabResult")] = "LabResult.update",
        [("labresults", "CloseLabResult")] = "LabResult.close",
    };

    public static IReadOnlyList<string> All { get; } = [.. _topics.Values.Append("Appointment.reschedule").Order(StringComparer.Ordinal)];

    /// <summary>The topic that tells of a change; null where none does.</summary>
    public static string? Of(VendorChange change) => _topics.GetValueOrDefault((change.Feed, change.Event));
}
