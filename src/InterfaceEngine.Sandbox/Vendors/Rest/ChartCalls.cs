using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>The chart of athenaNet. An answer does not name its patient: the call does.</summary>
internal static class ChartCalls
{
    private const int LimitByDefault = 1_500;
    private const int LimitMax = 5_000;

    public static IEnumerable<RestCall> All =>
    [
        new("GET", "/chart/{patientid}/labresults", request => Of(request, (past, _) => request.Page("results", [.. past.Reports.Select(Report)], LimitByDefault, LimitMax))),
        new("GET", "/chart/{patientid}/analytes", request => Of(request, (past, _) => request.Page("analytes", [.. past.Reports.SelectMany(Analytes)], LimitByDefault, LimitMax))),
        new("GET", "/chart/{patientid}/medications", request => Of(request, Medications)),
        new("GET", "/chart/{patientid}/allergies", request => Of(request, Allergies)),
        new("GET", "/chart/{patientid}/problems", request => Of(request, Problems)),
        new("GET", "/chart/{patientid}/vitals", request => Of(request, Vitals)),
        new("GET", "/chart/{patientid}/vaccines", request => Of(request, (past, _) => request.Json(new JsonObject { ["vaccines"] = new JsonArray([.. past.Vaccinations.Select(Vaccine)]) }))),
        new("GET", "/chart/{patientid}/encounters", request => Of(request, (past, patient) => request.Page("encounters", [.. Visits(request, past, patient)], LimitByDefault, LimitMax))),
        new("GET", "/chart/encounter/{encounterid}", Encounter),
    ];

    /// <summary>A result as it is: the list of them has a kind of its own.</summary>
    public static JsonObject Report(FiledReport report) => new()
    {
        ["labresultid"] = report.Panel.FillerId,
        ["orderid"] = report.Panel.PlacerId,
        ["description"] = report.Panel.Text,
        ["resultstatus"] = Status(report.Status),
        ["priority"] = "2",
        ["providerid"] = report.OrderedBy.Id,
        ["analytes"] = new JsonArray([.. Analytes(report)]),
    };

    private static VendorAnswer Of(RestRequest request, Func<MedicalHistory, VendorPatient, VendorAnswer> handle) =>
        request.Missing("departmentid") is { Count: > 0 } missing ? RestErrors.Missing(missing) : PatientCalls.Of(request, patient => handle(request.Practice.PastOf(patient), patient));

    private static VendorAnswer Of(RestRequest request, Func<MedicalHistory, JsonObject> row) => Of(request, (past, _) => request.Json(row(past)));

    private static IEnumerable<JsonObject> Analytes(FiledReport report) => report.Panel.Observations.Select((line, index) => new JsonObject
    {
        ["analyteid"] = string.Create(CultureInfo.InvariantCulture, $"{report.Panel.FillerId}{index + 1:D2}"),
        ["analytename"] = line.Text,
        ["loinc"] = line.Code,
        ["value"] = line.Type == "SN" ? string.Concat(line.Value) : line.Value[0],
        ["units"] = line.Units,
        ["referencerange"] = line.Range,
        ["abnormalflag"] = line.Flag.Length > 0 ? "Y" : "N",
        ["abnormalhl7code"] = line.Flag,
        ["resultstatus"] = Status(line.Status),
        ["analytedatetime"] = report.Collected.ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture),
    });

    private static string Status(char status) => status switch { 'P' => "PRELIMINARY", 'C' => "CORRECTED", _ => "FINAL" };

    /// <summary>A list of lists: each medicine with its refills.</summary>
    private static JsonObject Medications(MedicalHistory past) => new()
    {
        ["nomedicationsreported"] = past.Medications.Count == 0,
        ["medications"] = new JsonArray([.. past.Medications.Select(one => new JsonArray(new JsonObject
        {
            ["medicationentryid"] = $"H{one.Id}",
            ["medicationid"] = one.Code,
            ["medication"] = one.Text,
            ["rxnorm"] = one.Code,
            ["unstructuredsig"] = one.Dose,
            ["source"] = "jdoe",
            ["isstructuredsig"] = false,
            ["approvedby"] = one.Prescriber.UserName,
            ["providerid"] = one.Prescriber.Id,
            ["events"] = new JsonArray([.. Events(one.Since, one.IsOver)]),
        }))]),
    };

    private static JsonObject Allergies(MedicalHistory past) => new()
    {
        ["nkda"] = past.Allergies.Count == 0 ? "true" : "false",
        ["allergies"] = new JsonArray([.. past.Allergies.Select(one => new JsonObject
        {
            ["allergenid"] = one.Code,
            ["allergenname"] = one.Text,
            ["onsetdate"] = RestText.Date(one.Since),
            ["reactions"] = new JsonArray(one.Reaction),
        })]),
    };

    private static JsonObject Problems(MedicalHistory past) => new()
    {
        ["noknownproblems"] = past.Problems.Count == 0,
        ["problems"] = new JsonArray([.. past.Problems.Select(Problem)]),
    };

    /// <summary>One problem.</summary>
    public static JsonObject Problem(Problem one) => new()
    {
        ["problemid"] = one.Id,
        ["name"] = one.Text,
        ["code"] = one.Code,
        ["codeset"] = "ICD10",
        ["events"] = new JsonArray([.. Events(one.Since, one.IsOver)]),
    };

    private static IEnumerable<JsonObject> Events(DateOnly since, bool isOver)
    {
        yield return new JsonObject { ["eventtype"] = "START", ["type"] = "START", ["startdate"] = RestText.Date(since), ["eventdate"] = RestText.Date(since) };
        if (isOver)
        {
            yield return new JsonObject { ["eventtype"] = "END", ["type"] = "END", ["startdate"] = RestText.Date(since.AddDays(30)), ["eventdate"] = RestText.Date(since.AddDays(30)) };
        }
    }

    private static JsonObject Vitals(MedicalHistory past)
    {
        JsonObject Group(string key, string abbreviation, params (string Element, string Unit, Func<VitalSigns, decimal> Value)[] elements) => new()
        {
            ["key"] = key,
            ["abbreviation"] = abbreviation,
            ["ordering"] = 0,
            ["readings"] = new JsonArray([.. past.Vitals.Select(signs => new JsonArray([.. elements.Select((element, index) => new JsonObject
            {
                ["readingid"] = signs.Id,
                ["vitalid"] = string.Create(CultureInfo.InvariantCulture, $"{signs.Id}{index + 1}"),
                ["clinicalelementid"] = $"VITALS.{element.Element}",
                ["value"] = element.Value(signs).ToString(CultureInfo.InvariantCulture),
                ["unit"] = element.Unit,
                ["readingtaken"] = RestText.Date(signs.At),
                ["source"] = "ENCOUNTER",
            })]))]),
        };
        return new JsonObject
        {
            ["vitals"] = new JsonArray(
                Group("BLOODPRESSURE", "BP", ("BLOODPRESSURE.SYSTOLIC", "mmHg", signs => signs.Systolic), ("BLOODPRESSURE.DIASTOLIC", "mmHg", signs => signs.Diastolic)),
                Group("HEARTRATE", "Pulse", ("HEARTRATE", "bpm", signs => signs.Pulse)),
                Group("WEIGHT", "Wt", ("WEIGHT", "kg", signs => signs.Kilograms)),
                Group("HEIGHT", "Ht", ("HEIGHT", "cm", signs => signs.Centimetres)),
                Group("TEMPERATURE", "T", ("TEMPERATURE", "C", signs => signs.Celsius))),
        };
    }

    private static JsonObject Vaccine(Vaccination one) =>
        new() { ["vaccineid"] = one.Id, ["description"] = one.Text, ["cvx"] = one.Code, ["status"] = "ADMINISTERED", ["administerdate"] = RestText.Date(one.On), ["lotnumber"] = one.Lot };

    private static IEnumerable<JsonObject> Visits(RestRequest request, MedicalHistory past, VendorPatient patient) =>
        past.Visits.Select(visit => Row(visit, patient.Person.Id, "CLOSED")).Concat(request.Practice.SourceOf(patient).Visits
            .Where(one => one.Status is VendorAppointment.CheckedIn or VendorAppointment.CheckedOut or VendorAppointment.Charged)
            .Select(one => Row(one.Visit, patient.Person.Id, one.Status == VendorAppointment.CheckedIn ? "OPEN" : "CLOSED")));

    private static VendorAnswer Encounter(RestRequest request)
    {
        var id = request.Part("encounterid");
        var owner = request.Practice.Patient(request.Schedule.Find(id)?.Patient ?? (id.Length > 2 ? id[..^2] : ""));
        return owner is not null && Visits(request, request.Practice.PastOf(owner), owner).FirstOrDefault(row => (string?)row["encounterid"] == id) is { } row
            ? request.One(row)
            : RestErrors.NotFound("encounter");
    }

    private static JsonObject Row(Visit visit, string patient, string status) => new()
    {
        ["encounterid"] = visit.Id,
        ["appointmentid"] = visit.Id,
        ["patientid"] = patient,
        ["departmentid"] = visit.Department.Id,
        ["providerid"] = visit.Provider.Id,
        ["encounterstatus"] = status,
        ["status"] = status,
        ["encounterdate"] = RestText.Date(visit.Start),
        ["encountervisitname"] = visit.Type.Name,
    };
}
