using System.Globalization;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>The guides' way to book: patient and time in one call. An empty slot of that time is taken, or one is made.</summary>
internal static class GuideBooking
{
    public static VendorAnswer Post(RestRequest request)
    {
        var names = request["starttime"].Length > 0
            ? new[] { "patientid", "appointmenttypeid", "departmentid", "starttime" }
            : ["patientid", "appointmenttypeid", "departmentid", "appointmentdate", "appointmenttime"];
        if (request.Missing(names) is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (AppointmentCalls.Unknown(request) is { } unknown)
        {
            return unknown;
        }

        if (StartOf(request) is not { } start)
        {
            return RestErrors.Wrong("date", request["starttime"] + request["appointmentdate"]);
        }

        var practice = request.Practice;
        var type = practice.VisitType(request["appointmenttypeid"])!;
        var minutes = request.Call.Number("duration") ?? type.Minutes;
        var provider = request["providerid"];
        var slot = request.Schedule.Appointments.FirstOrDefault(one =>
            one.Status == VendorAppointment.Open && !one.IsFrozen && one.Start == start && one.Department == request["departmentid"] && one.Minutes == minutes && (provider.Length == 0 || one.Provider == provider));
        var who = slot?.Provider ?? (provider.Length > 0 ? provider : practice.House.Providers[0].Id);
        if (request.Schedule.IsTaken(who, start, minutes))
        {
            return AppointmentCalls.Taken();
        }

        slot ??= request.Schedule.Make(request["departmentid"], who, type.Number, start, minutes, practice.Now);
        AppointmentCalls.Give(request, slot, request["patientid"], type.Number);
        request.Schedule.Close(slot);
        AppointmentCalls.AddNote(slot, request["appointmentnote"]);
        practice.Tell("ScheduleAppointment", slot);
        return request.Json(AppointmentRow.Booked(slot, request));
    }

    private static DateTime? StartOf(RestRequest request) =>
        request["starttime"] is { Length: > 0 } text
            ? DateTime.TryParseExact(text, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var whole) ? whole : null
            : request.Date("appointmentdate") is { } day && TimeOnly.TryParseExact(request["appointmenttime"], "HH:mm", out var time) ? day.ToDateTime(time) : null;
}
