using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>The schedule as FHIR has it: one Schedule for each provider in each department, and a Slot for each time that is open or was taken.</summary>
internal static class FhirSchedule
{
    private const string SlotPrefix = "slot-";

    public static IEnumerable<FhirResource> Schedules(FhirRequest request) =>
        request.Practice.House.Providers.SelectMany(provider => request.Practice.House.Departments.Select(department => FhirResource.Of(
            "Schedule", ScheduleId(provider.Id, department.Id), "", request.Call.Vendor.Started, 1, new JsonObject
            {
                ["active"] = true,
                ["actor"] = new JsonArray(
                    FhirText.Reference("Practitioner", request.Chart.Ids.Provider(provider.Id)), FhirText.Reference("Location", request.Chart.Ids.Department(department.Id))),
            })));

    /// <summary>A time at which the provider has somebody by another visit is as busy as one that is booked itself.</summary>
    public static IEnumerable<FhirResource> Slots(FhirRequest request)
    {
        var schedule = request.Practice.Schedule;
        var taken = schedule.Appointments.Where(one => one.Status is not (VendorAppointment.Open or VendorAppointment.Cancelled)).ToLookup(one => (one.Provider, one.Start.Date));
        foreach (var slot in schedule.Appointments.Where(one => one.Status != VendorAppointment.Cancelled))
        {
            var start = request.Practice.InstantOf(slot.Start, slot.Department);
            var type = request.Practice.VisitType(slot.Type);
            yield return FhirResource.Of("Slot", SlotPrefix + slot.Id, "", slot.LastModified, slot.Version, new JsonObject
            {
                ["schedule"] = FhirText.Reference("Schedule", ScheduleId(slot.Provider, slot.Department)),
                ["status"] = slot.IsFrozen ? "busy-unavailable" : taken[(slot.Provider, slot.Start.Date)].Any(one => one.Start < slot.Start.AddMinutes(slot.Minutes) && slot.Start < one.Start.AddMinutes(one.Minutes)) ? "busy" : "free",
                ["appointmentType"] = type is null ? null : new JsonObject { ["coding"] = FhirText.List(new JsonObject { ["code"] = type.Number, ["display"] = type.Name }), ["text"] = type.Name },
                ["start"] = FhirText.Instant(start),
                ["end"] = FhirText.Instant(start.AddMinutes(slot.Minutes)),
            });
        }
    }

    /// <summary>The open time that an Appointment names; null where it names none.</summary>
    public static VendorAppointment? SlotOf(FhirRequest request, JsonObject body) =>
        ((string?)body["slot"]?[0]?["reference"])?.Split('/')[^1] is { } id && id.StartsWith(SlotPrefix, StringComparison.Ordinal) ? request.Practice.Schedule.Find(id[SlotPrefix.Length..]) : null;

    /// <summary>Whether a Schedule or a Slot is one that is sought.</summary>
    public static bool Fits(FhirRequest request, FhirResource resource) => request.Type switch
    {
        "Schedule" => request.Call.Query["actor"].All(actor => resource.Body["actor"]!.AsArray().Any(one => Names(actor, (string)one!["reference"]!))),
        "Slot" => (!request.Has("schedule") || request["schedule"].Split(',').Any(one => Names(one, (string)resource.Body["schedule"]!["reference"]!)))
            && request.Call.Query["start"].All(bound => FhirSearch.FitsTime(bound ?? "", FhirSearch.Parse((string)resource.Body["start"]!)))
            && (!request.Has("appointment-type") || (string?)resource.Body["appointmentType"]?["coding"]?[0]?["code"] == request["appointment-type"].Split('|')[^1]),
        _ => true,
    };

    private static bool Names(string? said, string reference) => said is not null && (said.Contains('/', StringComparison.Ordinal) ? said == reference : reference.EndsWith($"/{said}", StringComparison.Ordinal));

    private static string ScheduleId(string provider, string department) => $"schedule-{provider}-{department}";
}
