using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>Who pays for a patient.</summary>
internal static class InsuranceCalls
{
    private const string List = "/patients/{patientid}/insurances";

    public static IEnumerable<RestCall> All =>
    [
        new("GET", List, request => PatientCalls.Of(request, patient => request.Page("insurances", [.. patient.Person.Coverages.Select((one, index) => Row(patient, one, index))], 1_500, 5_000))),
        new("POST", List, Add),
        new("PUT", $"{List}/{{insuranceid}}", request => Of(request, (_, coverages, place) => coverages[place] = Changed(request, coverages[place]))),
        new("DELETE", $"{List}/{{insuranceid}}", request => Of(request, (patient, coverages, place) =>
        {
            coverages.RemoveAt(place);
            patient.InsuranceNumbers.RemoveAt(place);
        })),
    ];

    private static VendorAnswer Add(RestRequest request) => PatientCalls.Of(request, patient =>
    {
        if (request.Missing("insurancepackageid", "sequencenumber") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        if (InsurancePlan.All.FirstOrDefault(plan => plan.Id == request["insurancepackageid"]) is not { } found)
        {
            return RestErrors.Failed(400, "Invalid INSURANCEPACKAGEID.");
        }

        var person = patient.Person;
        var added = Changed(request, new Coverage(found, "", "", new Subscriber(person.LastName, person.FirstName, person.Born, person.Sex), IsOwn: true));
        patient.Person = person with { Coverages = [.. person.Coverages, added] };
        request.Practice.Tell("UpdatePatient", patient);
        return request.One(Row(patient, added, person.Coverages.Count));
    });

    private static VendorAnswer Of(RestRequest request, Action<VendorPatient, List<Coverage>, int> change) => PatientCalls.Of(request, patient =>
    {
        var coverages = patient.Person.Coverages.ToList();
        var place = Enumerable.Range(0, coverages.Count).FirstOrDefault(index => NumberOf(patient, index) == request.Part("insuranceid"), -1);
        if (place < 0)
        {
            return RestErrors.NotFound("insurance");
        }

        change(patient, coverages, place);
        patient.Person = patient.Person with { Coverages = coverages };
        request.Practice.Tell("UpdatePatient", patient);
        return request.Json(new JsonObject { ["success"] = true });
    });

    private static Coverage Changed(RestRequest request, Coverage coverage) => coverage with
    {
        MemberId = request["insuranceidnumber"] is { Length: > 0 } member ? member : coverage.MemberId,
        GroupNumber = request["policynumber"] is { Length: > 0 } group ? group : coverage.GroupNumber,
        Subscriber = coverage.Subscriber with
        {
            LastName = request["insurancepolicyholderlastname"] is { Length: > 0 } last ? last : coverage.Subscriber.LastName,
            FirstName = request["insurancepolicyholderfirstname"] is { Length: > 0 } first ? first : coverage.Subscriber.FirstName,
            Born = request.Date("insurancepolicyholderdob") ?? coverage.Subscriber.Born,
        },
    };

    private static JsonObject Row(VendorPatient patient, Coverage coverage, int index) => new()
    {
        ["insuranceid"] = NumberOf(patient, index),
        ["insurancepackageid"] = coverage.Plan.Id,
        ["insuranceplanname"] = coverage.Plan.Name,
        ["insuranceplandisplayname"] = coverage.Plan.Company,
        ["insurancephone"] = coverage.Plan.Phone,
        ["insuranceidnumber"] = coverage.MemberId,
        ["policynumber"] = coverage.GroupNumber,
        ["sequencenumber"] = index + 1,
        ["relationshiptoinsuredid"] = coverage.IsOwn ? "1" : "12",
        ["insurancepolicyholderlastname"] = coverage.Subscriber.LastName,
        ["insurancepolicyholderfirstname"] = coverage.Subscriber.FirstName,
        ["insurancepolicyholderdob"] = RestText.Date(coverage.Subscriber.Born),
        ["insurancepolicyholdersex"] = coverage.Subscriber.Sex.ToString(),
        ["eligibilitystatus"] = "Eligible",
    };

    private static string NumberOf(VendorPatient patient, int index)
    {
        while (patient.InsuranceNumbers.Count <= index)
        {
            patient.InsuranceNumbers.Add(string.Create(CultureInfo.InvariantCulture, $"{patient.Person.Id}{++patient.InsurancesNumbered:D2}"));
        }

        return patient.InsuranceNumbers[index];
    }
}
