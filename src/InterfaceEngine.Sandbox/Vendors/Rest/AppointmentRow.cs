using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>An appointment, or an empty slot, as athenaNet shows it.</summary>
internal static class AppointmentRow
{
    public static JsonObject Slot(VendorAppointment slot, VendorPractice practice) => new()
    {
        ["appointmentid"] = slot.Id,
        ["date"] = RestText.Date(slot.Start),
        ["starttime"] = RestText.Clock(slot.Start),
        ["duration"] = slot.Minutes,
        ["departmentid"] = slot.Department,
        ["providerid"] = slot.Provider,
        ["localproviderid"] = slot.Provider,
        ["appointmenttype"] = practice.VisitType(slot.Type)?.Name ?? "",
        ["appointmenttypeid"] = slot.Type,
        ["reasonid"] = new JsonArray([.. Clinic.VisitReasons.OfVisits.Select(reason => (JsonNode)reason.Code)]),
        ["patientappointmenttypename"] = practice.VisitType(slot.Type)?.Name ?? "",
        ["frozen"] = slot.IsFrozen,
    };

    public static JsonObject Booked(VendorAppointment visit, RestRequest request)
    {
        var practice = request.Practice;
        var row = new JsonObject
        {
            ["appointmentid"] = visit.Id,
            ["date"] = RestText.Date(visit.Start),
            ["starttime"] = RestText.Clock(visit.Start),
            ["duration"] = visit.Minutes,
            ["departmentid"] = visit.Department,
            ["providerid"] = visit.Provider,
            ["appointmenttype"] = practice.VisitType(visit.Type)?.Name ?? "",
            ["appointmenttypeid"] = visit.Type,
            ["patientappointmenttypename"] = practice.VisitType(visit.Type)?.Name ?? "",
            ["appointmentstatus"] = visit.Status.ToString(),
            ["lastmodified"] = RestText.Instant(visit.LastModified),
            ["frozenyn"] = visit.IsFrozen ? "Y" : "N",
            ["copay"] = 0,
            ["chargeentrynotrequired"] = false,
            ["coordinatorenterprise"] = false,
        };
        if (visit.Patient.Length > 0)
        {
            row["patientid"] = visit.Patient;
            row["scheduledby"] = visit.ScheduledBy;
            row["scheduleddatetime"] = visit.ScheduledAt is { } at ? RestText.Instant(at) : "";
            row["appointmentnotes"] = new JsonArray([.. visit.Notes.Select(note => Note(note))]);
        }

        if (request.IsGuide)
        {
            AddAppendix(row, visit);
        }

        if (visit.Status is VendorAppointment.CheckedIn or VendorAppointment.CheckedOut or VendorAppointment.Charged)
        {
            row["encounterid"] = visit.Id;
            row["checkindatetime"] = RestText.Instant(visit.CheckedInAt ?? practice.InstantOf(visit.Start, visit.Department));
        }

        if (visit.Status == VendorAppointment.Cancelled)
        {
            AddEnd(row, visit);
        }

        if (request.IsTrue("showpatientdetail") && practice.Patient(visit.Patient) is { } patient)
        {
            row["patient"] = PatientRow.Of(patient);
        }

        return row;
    }

    public static JsonObject Note((string Id, string Text, bool IsOnSchedule) note) =>
        new() { ["noteid"] = note.Id, ["id"] = note.Id, ["text"] = note.Text, ["notetext"] = note.Text, ["displayonschedule"] = note.IsOnSchedule };

    /// <summary>What the guide's appendix has beside athenaNet's own: the reason in words, and the notes in one piece.</summary>
    private static void AddAppendix(JsonObject row, VendorAppointment visit)
    {
        if (Clinic.VisitReasons.Find(visit.Reason).Text is { Length: > 0 } reason)
        {
            row["reason"] = reason;
        }

        if (visit.Notes.Count > 0)
        {
            row["note"] = string.Join('\n', visit.Notes.Select(note => note.Text));
        }
    }

    private static void AddEnd(JsonObject row, VendorAppointment visit)
    {
        var reason = Clinic.VisitReasons.OfCancelling.FirstOrDefault(one => one.Code == visit.CancelReason);
        row["cancelreasonid"] = visit.CancelReason.Length > 0 ? visit.CancelReason : "2";
        row["cancelreasonname"] = reason.Text ?? "PATIENT CANCELLED";
        row["cancelreasonnoshow"] = visit.IsNoShow;
        row["cancelreasonslotavailable"] = true;
        row["cancelledby"] = visit.CancelledBy;
        row["cancelleddatetime"] = visit.CancelledAt is { } at ? RestText.Instant(at) : "";
        row["rescheduledappointmentid"] = visit.RescheduledTo;
    }
}
