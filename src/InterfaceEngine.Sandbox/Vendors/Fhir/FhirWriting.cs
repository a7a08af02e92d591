using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>What clients write where they may: observations, patients, and appointments, which are slots of the schedule as everywhere.</summary>
internal static class FhirWriting
{
    public static VendorAnswer Create(FhirRequest request)
    {
        if (Read(request, out var body) is { } wrong)
        {
            return wrong;
        }

        if (request.Type is "Appointment" or "Patient")
        {
            return Known(request) is { } known ? FhirAnswers.One(known) : request.Type == "Patient" ? FhirRegistry.Register(request, body!) : Book(request, body!);
        }

        var patient = NumberOf(request, "E", (string?)body!["subject"]?["reference"]);
        if (request.Practice.Patient(patient) is null)
        {
            return Invalid("subject: there is no such patient.");
        }

        var id = $"w-{(request.Practice.Written.Count + 1).ToString(CultureInfo.InvariantCulture)}";
        return Keep(request, id, patient, 1, body).With("Location", $"{request.Base}/{request.Type}/{id}");
    }

    public static VendorAnswer Update(FhirRequest request)
    {
        var id = request.Call.Part("id");
        if (request.Chart.Find(request.Type, id) is not { } known)
        {
            return FhirAnswers.Outcome(404, "not-found", $"{request.Type}: there is none of this id.");
        }

        if (Read(request, out var body) is { } wrong)
        {
            return wrong;
        }

        var version = (string)known.Body["meta"]!["versionId"]!;
        if (request.Call.Header("If-Match") is { Length: > 0 } match && match != $"W/\"{version}\"")
        {
            return FhirAnswers.Outcome(412, "conflict", "The resource was changed meanwhile.");
        }

        return request.Type == "Appointment" ? Change(request, id, body!)
            : request.Type == "Patient" ? FhirRegistry.Change(request, id, known.Patient, body!)
            : Keep(request, id, known.Patient, int.Parse(version, CultureInfo.InvariantCulture) + 1, body!) with { Status = 200 };
    }

    /// <summary>The body, where it is one of the type with what R4 requires.</summary>
    private static VendorAnswer? Read(FhirRequest request, out JsonObject? body)
    {
        body = request.Call.Json();
        return body is null ? FhirAnswers.Outcome(400, "structure", "The body is no JSON object.")
            : (string?)body["resourceType"] != request.Type ? Invalid($"resourceType: {request.Type} is expected.")
            : request.Type != "Patient" && body["status"] is null ? Invalid("status is required.")
            : request.Type == "Observation" && body["code"] is null ? Invalid("code is required.")
            : null;
    }

    /// <summary>What the condition of a creation names (<c>If-None-Exist</c>); null where there is none.</summary>
    private static FhirResource? Known(FhirRequest request) => request.Call.Header("If-None-Exist") is { Length: > 0 } condition && condition.Split('=', 2) is ["identifier", var sought]
        ? request.Chart.Of(request.Type).FirstOrDefault(one => IsCalled(one, Uri.UnescapeDataString(sought)))
        : null;

    private static VendorAnswer Keep(FhirRequest request, string id, string patient, int version, JsonObject body)
    {
        var elements = new JsonObject(body.Where(one => one.Key is not ("resourceType" or "id" or "meta")).Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone())));
        var resource = FhirResource.Of(request.Type, id, patient, request.Practice.Now, version, elements);
        request.Practice.Written[(request.Type, id)] = resource;
        request.Practice.Tell(request.Type == "Observation" ? "labresults" : request.Type, version == 1 ? "Create" : "Update", id, patient, "");
        return FhirAnswers.One(resource, 201);
    }

    private static VendorAnswer Book(FhirRequest request, JsonObject body)
    {
        var practice = request.Practice;
        var (patient, provider, department) = (Actor(request, body, "Patient", "E"), Actor(request, body, "Practitioner", "Provider"), Actor(request, body, "Location", "Department"));
        if (practice.Patient(patient) is null)
        {
            return Invalid("participant: there is no such patient.");
        }

        if (!DateTimeOffset.TryParse((string?)body["start"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start))
        {
            return Invalid("start is required.");
        }

        var place = practice.Department(department) ?? practice.House.Departments[0];
        var who = (practice.Provider(provider) ?? practice.House.Providers[0]).Id;
        var type = practice.VisitType((string?)body["appointmentType"]?["coding"]?[0]?["code"] ?? "") ?? practice.House.VisitTypes[0];
        var minutes = (int?)body["minutesDuration"] ?? type.Minutes;
        var local = TimeZoneInfo.ConvertTime(start, TimeZoneInfo.FindSystemTimeZoneById(place.Zone)).DateTime;
        var slot = FhirSchedule.SlotOf(request, body) ?? practice.Schedule.Appointments.FirstOrDefault(one =>
            one.Status == VendorAppointment.Open && !one.IsFrozen && one.Provider == who && one.Department == place.Id && one.Start == local && one.Minutes == minutes);
        if (practice.Schedule.IsTaken(who, local, minutes) || slot is { Status: not VendorAppointment.Open } or { IsFrozen: true })
        {
            return FhirAnswers.Outcome(409, "conflict", "The time is taken.");
        }

        var visit = slot ?? practice.Schedule.Make(place.Id, who, type.Number, local, minutes, practice.Now);
        (visit.Type, visit.Identifier) = (type.Number, body["identifier"]?.DeepClone() as JsonArray);
        (visit.Status, visit.Patient, visit.ScheduledAt, visit.ScheduledBy) = (VendorAppointment.Future, patient, practice.Now, request.Call.Vendor.Options.ClientId);
        Said(visit, body);
        practice.Tell("ScheduleAppointment", visit);
        var id = VisitResources.AppointmentId(request.Chart.Ids, visit.Id);
        return FhirAnswers.One(request.Chart.Find("Appointment", id)!, 201).With("Location", $"{request.Base}/Appointment/{id}");
    }

    /// <summary>Cancels it, moves it, or changes what is said of it.</summary>
    private static VendorAnswer Change(FhirRequest request, string id, JsonObject body)
    {
        var practice = request.Practice;
        var visit = practice.Schedule.Find(id.Split('-')[^1])!;
        if ((string?)body["status"] is "cancelled" or "noshow")
        {
            (visit.Status, visit.CancelledAt, visit.IsNoShow) = (VendorAppointment.Cancelled, practice.Now, (string?)body["status"] == "noshow");
            visit.CancelationReason = body["cancelationReason"]?.DeepClone() as JsonObject;
            Free(practice, visit);
            practice.Tell("CancelAppointment", visit);
            return FhirAnswers.One(request.Chart.Find("Appointment", id)!);
        }

        var (place, who) = (practice.Department(Actor(request, body, "Location", "Department"))?.Id ?? visit.Department, practice.Provider(Actor(request, body, "Practitioner", "Provider"))?.Id ?? visit.Provider);
        var minutes = (int?)body["minutesDuration"] ?? visit.Minutes;
        var start = DateTimeOffset.TryParse((string?)body["start"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var said)
            ? TimeZoneInfo.ConvertTime(said, TimeZoneInfo.FindSystemTimeZoneById(practice.Department(place)!.Zone)).DateTime
            : visit.Start;
        if (practice.Schedule.IsTaken(who, start, minutes, visit))
        {
            return FhirAnswers.Outcome(409, "conflict", "The time is taken.");
        }

        if ((visit.Provider, visit.Start) != (who, start))
        {
            Free(practice, visit);
        }

        (visit.Department, visit.Provider, visit.Start, visit.Minutes) = (place, who, start, minutes);
        visit.Identifier = body["identifier"]?.DeepClone() as JsonArray;
        visit.Type = practice.VisitType((string?)body["appointmentType"]?["coding"]?[0]?["code"] ?? "")?.Number ?? visit.Type;
        visit.Notes.Clear();
        Said(visit, body);
        practice.Tell("UpdateAppointment", visit);
        return FhirAnswers.One(request.Chart.Find("Appointment", id)!);
    }

    /// <summary>Whether a resource has an identifier, told with or without its system.</summary>
    internal static bool IsCalled(FhirResource resource, string identifier) => resource.Body["identifier"] is JsonArray names
        && names.Any(name => (string?)name!["value"] == identifier.Split('|')[^1]);

    /// <summary>The time that a visit leaves is open again, as a slot of its own.</summary>
    private static void Free(VendorPractice practice, VendorAppointment visit) =>
        practice.Tell("AddAppointmentSlot", practice.Schedule.Make(visit.Department, visit.Provider, practice.House.VisitTypes[0].Number, visit.Start, visit.Minutes, practice.Now));

    private static void Said(VendorAppointment visit, JsonObject body)
    {
        visit.ReasonText = (string?)body["reasonCode"]?[0]?["text"] ?? "";
        if ((string?)body["comment"] is { Length: > 0 } comment)
        {
            visit.Notes.Add(("1", comment, true));
        }
    }

    private static string Actor(FhirRequest request, JsonObject body, string type, string kind) =>
        NumberOf(request, kind, body["participant"]?.AsArray().Select(one => (string?)one!["actor"]?["reference"]).FirstOrDefault(reference => reference?.StartsWith(type + "/", StringComparison.Ordinal) == true));

    private static string NumberOf(FhirRequest request, string kind, string? reference) => request.Chart.Ids.NumberOf(kind, reference?.Split('/')[^1] ?? "") ?? "";

    internal static VendorAnswer Invalid(string text) => FhirAnswers.Outcome(422, "invalid", text);
}
