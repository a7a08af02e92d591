using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>Slots and appointments of athenaNet: an appointment is a slot that somebody has, under the slot's number.</summary>
internal static class AppointmentCalls
{
    private const int LimitByDefault = 1_000;
    private const int LimitMax = 10_000;
    private const int DaysByDefault = 7;

    public static IEnumerable<RestCall> All(VendorProfile profile) =>
    [
        new("GET", "/appointments/open", Open),
        new("POST", "/appointments/open", request => request.IsGuide && request["patientid"].Length > 0 ? GuideBooking.Post(request) : MakeSlots(request)),
        .. profile.IsGuide ? [new RestCall("POST", "/appointments", GuideBooking.Post)] : Array.Empty<RestCall>(),
        new("GET", "/appointments/booked", Booked),
        new("GET", "/appointments/booked/multipledepartment", Booked),
        new("PUT", "/appointments/booked/{appointmentid}", Amend),
        new("GET", "/appointments/{appointmentid}", request => Of(request, visit => request.One(AppointmentRow.Booked(visit, request)))),
        new("PUT", "/appointments/{appointmentid}", Book),
        new("PUT", "/appointments/{appointmentid}/cancel", Cancel),
        new("PUT", "/appointments/{appointmentid}/reschedule", Reschedule),
        new("PUT", "/appointments/{appointmentid}/freeze", Freeze),
        new("GET", "/patients/{patientid}/appointments", OfPatient),
    ];

    /// <summary>What a call about one appointment does with it; 404 where there is none.</summary>
    public static VendorAnswer Of(RestRequest request, Func<VendorAppointment, VendorAnswer> handle) =>
        request.Schedule.Find(request.Part("appointmentid")) is { } visit ? handle(visit) : RestErrors.NotFound("appointment");

    public static VendorAnswer Taken() =>
        RestErrors.Failed(409, "That appointment time was already booked or is not available for booking.", "The appointment is not open.");

    private static VendorAnswer Open(RestRequest request)
    {
        if (request.Missing("departmentid") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (request.Missing("appointmenttypeid", "reasonid").Count == 2)
        {
            return RestErrors.Missing("appointmenttypeid", "reasonid");
        }

        if (request["reasonid"] is { Length: > 0 } reason and not "-1" && request["providerid"].Length == 0)
        {
            return RestErrors.Missing("providerid");
        }

        if (Range(request, required: false, out var from, out var to) is { } wrong)
        {
            return wrong;
        }

        var departments = request.Several("departmentid");
        var providers = request.Several("providerid");
        var type = request["appointmenttypeid"];
        var rows = request.Schedule.Appointments
            .Where(slot => slot.Status == VendorAppointment.Open && (!slot.IsFrozen || request.IsTrue("showfrozenslots")))
            .Where(slot => departments.Contains(slot.Department) && (providers.Count == 0 || providers.Contains(slot.Provider)) && IsWithin(slot, from, to))
            .Where(slot => request.IsTrue("bypassscheduletimechecks") || slot.Start >= request.Practice.LocalNow(slot.Department).AddHours(1))
            .Where(slot => type is "" or "-1" || slot.Type == type)
            .OrderBy(slot => slot.Start).ThenBy(slot => slot.Id, StringComparer.Ordinal)
            .Select(slot => AppointmentRow.Slot(slot, request.Practice)).ToList();
        return request.Page("appointments", rows, LimitByDefault, LimitMax);
    }

    /// <summary>Empty slots; nobody is booked.</summary>
    private static VendorAnswer MakeSlots(RestRequest request)
    {
        if (request.Missing("appointmentdate", "appointmenttime", "departmentid", "providerid") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (request.Missing("appointmenttypeid", "reasonid").Count == 2)
        {
            return RestErrors.Missing("appointmenttypeid", "reasonid");
        }

        if (request.Date("appointmentdate") is not { } day)
        {
            return RestErrors.Wrong("date", request["appointmentdate"]);
        }

        if (Unknown(request) is { } unknown)
        {
            return unknown;
        }

        var type = request.Practice.VisitType(request["appointmenttypeid"]) ?? request.Practice.House.VisitTypes[0];
        var made = new JsonObject();
        foreach (var text in request.Several("appointmenttime"))
        {
            if (!TimeOnly.TryParseExact(text, "HH:mm", out var time))
            {
                return RestErrors.Wrong("time", text);
            }

            made[request.Schedule.Make(request["departmentid"], request["providerid"], type.Number, day.ToDateTime(time), type.Minutes, request.Practice.Now).Id] = text;
        }

        foreach (var (id, _) in made)
        {
            request.Practice.Tell("AddAppointmentSlot", request.Schedule.Find(id)!);
        }

        return request.Json(new JsonObject { ["appointmentids"] = made });
    }

    private static VendorAnswer Book(RestRequest request) => Of(request, slot =>
    {
        if (request.Missing("patientid") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (request.Missing("appointmenttypeid", "reasonid").Count == 2)
        {
            return RestErrors.Missing("appointmenttypeid", "reasonid");
        }

        if (Unknown(request) is { } unknown)
        {
            return unknown;
        }

        if (slot.Status != VendorAppointment.Open || slot.IsFrozen)
        {
            return Taken();
        }

        Give(request, slot, request["patientid"], request["appointmenttypeid"]);
        AddNote(slot, request["bookingnote"]);
        request.Practice.Tell("ScheduleAppointment", slot);
        return request.One(AppointmentRow.Booked(slot, request));
    });

    private static VendorAnswer Cancel(RestRequest request) => Of(request, visit =>
    {
        if (request.Missing("patientid") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (visit.Patient != request["patientid"])
        {
            return RestErrors.Failed(400, "The data provided is invalid.", "The appointment is not of this patient.");
        }

        if (visit.Status != VendorAppointment.Future)
        {
            return RestErrors.Failed(409, "The appointment cannot be cancelled.", $"Its status is {visit.Status}.");
        }

        End(request, visit, request["appointmentcancelreasonid"] is { Length: > 0 } reason ? reason : "-5");
        AddNote(visit, request["cancellationreason"]);
        request.Practice.Tell("CancelAppointment", visit);
        return request.One(new JsonObject { ["appointmentid"] = visit.Id, ["status"] = visit.Status.ToString() });
    });

    private static VendorAnswer Reschedule(RestRequest request) => Of(request, old =>
    {
        if (request.Missing("newappointmentid", "patientid") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (request.Schedule.Find(request["newappointmentid"]) is not { } slot)
        {
            return RestErrors.NotFound("appointment");
        }

        if (old.Patient != request["patientid"])
        {
            return RestErrors.Failed(400, "The data provided is invalid.", "The appointment is not of this patient.");
        }

        if (old.Status != VendorAppointment.Future || slot.Status != VendorAppointment.Open || slot.IsFrozen)
        {
            return Taken();
        }

        Give(request, slot, old.Patient, old.Type);
        slot.Reason = request["reasonid"] is { Length: > 0 } reason ? reason : old.Reason;
        slot.Notes.AddRange(old.Notes);
        End(request, old, request["appointmentcancelreasonid"] is { Length: > 0 } why ? why : "21");
        old.RescheduledTo = slot.Id;
        request.Practice.Tell("CancelAppointment", old);
        request.Practice.Tell("ScheduleAppointment", slot);
        return request.One(AppointmentRow.Booked(slot, request));
    });

    private static VendorAnswer Freeze(RestRequest request) => Of(request, slot =>
    {
        var isToFreeze = request["freeze"].Length == 0 || request.IsTrue("freeze");
        if (slot.IsFrozen == isToFreeze)
        {
            return RestErrors.NotDone(isToFreeze ? "Appointment is already frozen." : "Appointment is not frozen.");
        }

        if (slot.Status != VendorAppointment.Open)
        {
            return RestErrors.NotDone("Appointment is booked.");
        }

        slot.IsFrozen = isToFreeze;
        request.Practice.Tell(isToFreeze ? "FreezeAppointment" : "UnfreezeAppointment", slot);
        return request.Json(new JsonObject { ["success"] = true, ["errormessage"] = "" });
    });

    /// <summary>Answers <c>1</c>, or what is wrong as a bare text under 200.</summary>
    private static VendorAnswer Amend(RestRequest request) => Of(request, visit =>
    {
        if (Unknown(request) is not null)
        {
            return VendorAnswer.Json($"Invalid {(request.Practice.Provider(request["providerid"]) is null && request["providerid"].Length > 0 ? "PROVIDERID" : "DEPARTMENTID")} input");
        }

        visit.Provider = request["providerid"] is { Length: > 0 } provider ? provider : visit.Provider;
        visit.Department = request["departmentid"] is { Length: > 0 } department ? department : visit.Department;
        visit.Type = request["appointmenttypeid"] is { Length: > 0 } type ? type : visit.Type;
        request.Practice.Tell("UpdateAppointment", visit);
        return VendorAnswer.Json(1);
    });

    private static VendorAnswer Booked(RestRequest request)
    {
        if (request.Missing("startdate", "enddate") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (Range(request, required: true, out var from, out var to) is { } wrong)
        {
            return wrong;
        }

        var departments = request.Several("departmentid");
        var (since, until) = (RestText.ReadInstant(request["startlastmodified"]), RestText.ReadInstant(request["endlastmodified"]));
        var visits = request.Schedule.Appointments.Where(visit => visit.Patient.Length > 0 && IsWithin(visit, from, to))
            .Where(visit => departments.Count == 0 || departments.Contains(visit.Department))
            .Where(visit => (request["providerid"].Length == 0 || request["providerid"] == visit.Provider) && (request["patientid"].Length == 0 || request["patientid"] == visit.Patient))
            .Where(visit => request["appointmentstatus"].Length > 0 ? request["appointmentstatus"] == visit.Status.ToString() : visit.Status != VendorAppointment.Cancelled || request.IsTrue("showcancelled"))
            .Where(visit => visit.LastModified >= (since ?? DateTimeOffset.MinValue) && visit.LastModified <= (until ?? DateTimeOffset.MaxValue));
        return request.Page("appointments", Rows(visits, request), LimitByDefault, LimitMax);
    }

    private static VendorAnswer OfPatient(RestRequest request) => PatientCalls.Of(request, patient =>
    {
        var visits = request.Schedule.Appointments.Where(visit => visit.Patient == patient.Person.Id && (visit.Status != VendorAppointment.Cancelled || request.IsTrue("showcancelled")))
            .Where(visit => visit.Start >= request.Practice.LocalNow(visit.Department) || request.IsTrue("showpast"));
        return request.Page("appointments", Rows(visits, request), LimitByDefault, LimitMax);
    });

    private static List<JsonObject> Rows(IEnumerable<VendorAppointment> visits, RestRequest request) =>
        [.. visits.OrderBy(visit => visit.Start).ThenBy(visit => visit.Id, StringComparer.Ordinal).Select(visit => AppointmentRow.Booked(visit, request))];

    public static void Give(RestRequest request, VendorAppointment slot, string patient, string type)
    {
        (slot.Status, slot.Patient, slot.Reason) = (VendorAppointment.Future, patient, request["reasonid"]);
        slot.Type = type.Length > 0 ? type : slot.Type;
        (slot.ScheduledAt, slot.ScheduledBy) = (request.Practice.Now, $"API-{request.Call.Vendor.Options.ClientId}");
    }

    public static void AddNote(VendorAppointment visit, string text)
    {
        if (text.Length > 0)
        {
            visit.Notes.Add((string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{visit.Notes.Count + 1}"), text, true));
        }
    }

    /// <summary>What of the call there is not; null where all is there.</summary>
    public static VendorAnswer? Unknown(RestRequest request)
    {
        var practice = request.Practice;
        return request["patientid"] is { Length: > 0 } patient && practice.Patient(patient) is not { MergedInto: null } ? RestErrors.Failed(400, "Invalid PATIENTID.")
            : request["providerid"] is { Length: > 0 } provider && practice.Provider(provider) is null ? RestErrors.Failed(400, "Invalid PROVIDERID.")
            : request["departmentid"] is { Length: > 0 } department && practice.Department(department) is null ? RestErrors.Failed(400, "Invalid DEPARTMENTID.")
            : request["appointmenttypeid"] is { Length: > 0 } type && practice.VisitType(type) is null ? RestErrors.Failed(400, "Invalid APPOINTMENTTYPEID.")
            : null;
    }

    /// <summary>Cancels it; its time is free again, as a slot of its own.</summary>
    private static void End(RestRequest request, VendorAppointment visit, string reason)
    {
        (visit.Status, visit.CancelReason, visit.CancelledAt) = (VendorAppointment.Cancelled, reason, request.Practice.Now);
        visit.CancelledBy = $"API-{request.Call.Vendor.Options.ClientId}";
        visit.IsNoShow = Clinic.VisitReasons.OfCancelling.Any(one => one.Code == reason && one.IsNoShow);
        var free = request.Schedule.Make(visit.Department, visit.Provider, request.Practice.House.VisitTypes[0].Number, visit.Start, visit.Minutes, request.Practice.Now);
        request.Practice.Tell("AddAppointmentSlot", free);
    }

    private static VendorAnswer? Range(RestRequest request, bool required, out DateOnly from, out DateOnly to)
    {
        var today = DateOnly.FromDateTime(request.Practice.LocalNow(request["departmentid"]));
        (from, to) = (request.Date("startdate") ?? today, request.Date("enddate") ?? (request.Date("startdate") ?? today).AddDays(DaysByDefault));
        return (required || request["startdate"].Length > 0) && request.Date("startdate") is null ? RestErrors.Wrong("date", request["startdate"])
            : (required || request["enddate"].Length > 0) && request.Date("enddate") is null ? RestErrors.Wrong("date", request["enddate"])
            : null;
    }

    private static bool IsWithin(VendorAppointment visit, DateOnly from, DateOnly to) =>
        DateOnly.FromDateTime(visit.Start) is var day && day >= from && day <= to;
}
