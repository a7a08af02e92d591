using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>Patients of athenaNet: searched, matched, read, created and changed.</summary>
internal static class PatientCalls
{
    private const int SearchLimit = 10;
    private const int LimitMax = 5_000;

    /// <summary>One of them must be told of somebody new.</summary>
    private static readonly string[] _oneOf = ["ssn", "email", "guarantoremail", "homephone", "mobilephone", "workphone", "zip"];

    private static readonly string[] _filters =
        ["firstname", "lastname", "middlename", "dob", "ssn", "homephone", "mobilephone", "workphone", "anyphone", "zip", "email", "departmentid", "status"];

    public static IEnumerable<RestCall> All(VendorProfile profile) =>
    [
        new("GET", "/patients", Search),
        .. profile.IsGuide ? [new RestCall("GET", "/patients/search", Search)] : Array.Empty<RestCall>(),
        new("GET", "/patients/enhancedbestmatch", Match),
        new("GET", "/patients/{patientid}", Read),
        new("POST", "/patients", Create),
        new("PUT", "/patients/{patientid}", Update),
    ];

    /// <summary>What a call about one patient does with it; 404 where there is none, or was merged into another.</summary>
    public static VendorAnswer Of(RestRequest request, Func<VendorPatient, VendorAnswer> handle) =>
        request.Practice.Patient(request.Part("patientid")) is { MergedInto: null } patient ? handle(patient) : RestErrors.NotFound("patient");

    private static VendorAnswer Search(RestRequest request)
    {
        if (_filters.All(name => request[name].Length == 0))
        {
            return RestErrors.Failed(400, "Additional fields are required.", "At least one filter is required.");
        }

        if (request["dob"].Length > 0 && request.Date("dob") is null)
        {
            return RestErrors.Wrong("date", request["dob"]);
        }

        var rows = request.Practice.Patients.Where(patient => patient.MergedInto is null && patient.Status != "deleted" && Fits(request, patient)).Select(PatientRow.Of).ToList();
        return request.Page("patients", rows, SearchLimit, LimitMax);
    }

    private static bool Fits(RestRequest request, VendorPatient patient)
    {
        var person = patient.Person;
        bool Begins(string name, string value) => request[name].Length == 0 || PatientMatch.Begins(value, request[name]);
        bool Phone(string name, params string[] phones) => request[name].Length == 0 || phones.Contains(RestText.Phone(request[name]));
        return Begins("firstname", person.FirstName) && Begins("lastname", person.LastName) && Begins("middlename", person.MiddleName)
            && Begins("zip", person.Address.PostalCode) && Begins("email", person.Email) && Begins("departmentid", patient.Department) && Begins("status", patient.Status)
            && (request["dob"].Length == 0 || request.Date("dob") == person.Born) && request["ssn"].Length == 0
            && Phone("homephone", person.HomePhone) && Phone("mobilephone", person.MobilePhone) && Phone("workphone", person.WorkPhone) && Phone("anyphone", PatientMatch.PhonesOf(person));
    }

    private static VendorAnswer Match(RestRequest request)
    {
        if (request.Missing("firstname", "lastname", "dob") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (request.Date("dob") is null)
        {
            return RestErrors.Wrong("date", request["dob"]);
        }

        var least = request.Call.Number("minscore") ?? PatientMatch.Strong;
        var scored = request.Practice.Patients.Where(patient => patient.MergedInto is null && patient.Status != "deleted")
            .Select(patient => (patient, Score: PatientMatch.Score(request, patient.Person))).Where(one => one.Score >= least).OrderByDescending(one => one.Score).Take(SearchLimit);
        return request.Json(new JsonArray([.. scored.Select(one =>
        {
            var row = PatientRow.Of(one.patient);
            row["score"] = one.Score;
            return row;
        })]));
    }

    private static VendorAnswer Read(RestRequest request) => Of(request, patient => request.One(PatientRow.Of(patient)));

    private static VendorAnswer Create(RestRequest request)
    {
        var missing = request.Missing("firstname", "lastname", "dob", "departmentid");
        if (missing.Count > 0)
        {
            return RestErrors.Missing(missing);
        }

        if (request.Missing(_oneOf).Count == _oneOf.Length)
        {
            return RestErrors.Missing(_oneOf);
        }

        if (PatientForm.Refuse(request) is { } wrong)
        {
            return wrong;
        }

        if (request.Practice.Department(request["departmentid"]) is null)
        {
            return RestErrors.Failed(400, "Invalid DEPARTMENTID.");
        }

        // Whoever is known already is not made a second time.
        if (!request.IsTrue("bypasspatientmatching") && Known(request) is { } known)
        {
            return request.One(new JsonObject { ["patientid"] = known.Person.Id, ["errormessage"] = "" });
        }

        var patient = request.Practice.NewPatient(request["lastname"], request["firstname"], request.Date("dob")!.Value, request["departmentid"]);
        PatientForm.Apply(request, patient);
        request.Practice.Tell("AddPatient", patient);
        return request.One(new JsonObject { ["patientid"] = patient.Person.Id, ["errormessage"] = "" });
    }

    private static VendorPatient? Known(RestRequest request)
    {
        bool IsSame(Person person) => PatientMatch.Score(request, person) >= PatientMatch.Strong && request.Date("dob") == person.Born;
        return request.Practice.Patients.FirstOrDefault(patient => patient.MergedInto is null && patient.Status != "deleted" && IsSame(patient.Person));
    }

    private static VendorAnswer Update(RestRequest request) => Of(request, patient =>
    {
        if (PatientForm.Refuse(request) is { } wrong)
        {
            return wrong;
        }

        PatientForm.Apply(request, patient);
        request.Practice.Tell("UpdatePatient", patient);
        return request.One(new JsonObject { ["patientid"] = patient.Person.Id });
    });
}
