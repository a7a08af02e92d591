using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>
/// The feeds of what changed. Reading one marks what it gives as handed out: whoever reads it next, with the same key, does not get it again.
/// Rows show what is so now, and one may stand for several changes.
/// </summary>
internal static class ChangedCalls
{
    private const int LimitByDefault = 1_500;
    private const int LimitMax = 5_000;

    public static IEnumerable<RestCall> All => ChangedFeed.Events.Keys.SelectMany(Of);

    private static IEnumerable<RestCall> Of(string feed) =>
    [
        new("GET", $"/{feed}/changed", request => Read(request, feed)),
        new("GET", $"/{feed}/changed/subscription", request => Status(request, feed)),
        new("POST", $"/{feed}/changed/subscription", request => Change(request, feed, (changed, name) => changed.Subscribe(name, request.Practice.Changes.Count, request.Practice.Now + request.Call.Vendor.Options.SubscriptionDelay))),
        new("DELETE", $"/{feed}/changed/subscription", request => Change(request, feed, (changed, name) => changed.Unsubscribe(name))),
        new("GET", $"/{feed}/changed/subscription/events", request => request.Json(new JsonObject { ["subscriptions"] = Names(ChangedFeed.Events[feed]) })),
    ];

    private static VendorAnswer Read(RestRequest request, string feed)
    {
        var changed = request.Practice.Feed(feed);
        if (request["showprocessedstartdatetime"].Length > 0 || request["showprocessedenddatetime"].Length > 0)
        {
            return Replay(request, feed, changed);
        }

        var departments = request.Several("departmentid");
        var waiting = changed.Waiting(request.Practice.Changes, request.Practice.Now).Where(change => departments.Count == 0 || departments.Contains(change.Department)).ToList();
        if (request.IsTrue("leaveunprocessed"))
        {
            return request.Page(NameOf(feed), Rows(request, feed, waiting.Select(change => change.Id)), LimitByDefault, LimitMax);
        }

        // What is given is gone with it, so there is no next page: the next call has what is left.
        var page = waiting.Take(Math.Clamp(request.Call.Number("limit") ?? LimitByDefault, 1, LimitMax)).ToList();
        changed.HandOut(page, request.Practice.Now);
        return request.Json(new JsonObject { ["totalcount"] = waiting.Count, [NameOf(feed)] = new JsonArray([.. Rows(request, feed, page.Select(change => change.Id))]) });
    }

    private static VendorAnswer Replay(RestRequest request, string feed, ChangedFeed changed)
    {
        if (RestText.ReadInstant(request["showprocessedstartdatetime"]) is not { } from)
        {
            return RestErrors.Wrong("datetime", request["showprocessedstartdatetime"]);
        }

        if (request["showprocessedenddatetime"].Length > 0 && RestText.ReadInstant(request["showprocessedenddatetime"]) is null)
        {
            return RestErrors.Wrong("datetime", request["showprocessedenddatetime"]);
        }

        return request.Page(NameOf(feed), Rows(request, feed, changed.HandedOut(from, RestText.ReadInstant(request["showprocessedenddatetime"]) ?? request.Practice.Now)), LimitByDefault, LimitMax);
    }

    private static VendorAnswer Status(RestRequest request, string feed)
    {
        var changed = request.Practice.Feed(feed);
        return request.Json(new JsonObject { ["status"] = changed.StatusAt(request.Practice.Now), ["subscriptions"] = Names(changed.Subscribed) });
    }

    private static VendorAnswer Change(RestRequest request, string feed, Action<ChangedFeed, string> change)
    {
        var known = ChangedFeed.Events[feed];
        if (request["eventname"] is { Length: > 0 } name && !known.Contains(name))
        {
            return RestErrors.Failed(400, "Invalid EVENTNAME.");
        }

        foreach (var one in request["eventname"].Length > 0 ? [request["eventname"]] : known)
        {
            change(request.Practice.Feed(feed), one);
        }

        return request.Json(new JsonObject { ["success"] = true });
    }

    private static List<JsonObject> Rows(RestRequest request, string feed, IEnumerable<string> ids) => [.. ids.Select(id => Row(request, feed, id)).OfType<JsonObject>()];

    private static JsonObject? Row(RestRequest request, string feed, string id)
    {
        var practice = request.Practice;
        switch (feed)
        {
            case "appointments":
                return practice.Schedule.Find(id) is { } visit ? AppointmentRow.Booked(visit, request) : null;
            case "patients":
                return practice.Patient(id) is { } patient ? PatientRow.Of(patient) : null;
            case "labresults":
                return Chart(practice, past => past.Reports.FirstOrDefault(report => report.Panel.FillerId == id) is { } report ? ChartCalls.Report(report) : null);
            case "chart/healthhistory/problems":
                return Chart(practice, past => past.Problems.FirstOrDefault(problem => problem.Id == id) is { } problem ? ChartCalls.Problem(problem) : null);
            default:
                return null;
        }
    }

    /// <summary>What is found in somebody's chart, with the patient beside it.</summary>
    private static JsonObject? Chart(VendorPractice practice, Func<MedicalHistory, JsonObject?> find)
    {
        foreach (var patient in practice.Patients)
        {
            if (find(practice.PastOf(patient)) is { } row)
            {
                row["patientid"] = patient.Person.Id;
                return row;
            }
        }

        return null;
    }

    /// <summary>The list's name is the last part of the feed's.</summary>
    private static string NameOf(string feed) => feed.Split('/')[^1];

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => new JsonObject { ["eventname"] = name })]);
}
