using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>Patients whom clients register and change over FHIR: the same people as everywhere else at the vendor.</summary>
internal static class FhirRegistry
{
    private const string Race = "us-core-race";
    private const string Ethnicity = "us-core-ethnicity";

    /// <summary>Registers somebody. The server itself does not look whether it knows the person.</summary>
    public static VendorAnswer Register(FhirRequest request, JsonObject body)
    {
        if (NameOf(body) is not { } name || (string?)name["family"] is not { Length: > 0 } last || (string?)name["given"]?[0] is not { Length: > 0 } first || BornOf(body) is not { } born)
        {
            return FhirWriting.Invalid("name and birthDate are required.");
        }

        var patient = request.Practice.NewPatient(last, first, born, request.Practice.House.Departments[0].Id);
        patient.Identifiers.AddRange((body["identifier"] as JsonArray ?? []).OfType<JsonObject>().Select(one => one.DeepClone().AsObject()));
        patient.Person = Said(request, patient.Person, body);
        request.Practice.Tell("AddPatient", patient);
        var id = request.Chart.Ids.Patient(patient.Person.Id);
        return FhirAnswers.One(request.Chart.Find("Patient", id)!, 201).With("Location", $"{request.Base}/Patient/{id}");
    }

    /// <summary>Replaces what is known of somebody: what the resource does not say is gone.</summary>
    public static VendorAnswer Change(FhirRequest request, string id, string number, JsonObject body)
    {
        if (NameOf(body) is null || BornOf(body) is null)
        {
            return FhirWriting.Invalid("name and birthDate are required.");
        }

        var patient = request.Practice.Patient(number)!;
        patient.Person = Said(request, patient.Person, body);
        patient.Status = (bool?)body["active"] == false ? "inactive" : "active";
        request.Practice.Tell("UpdatePatient", patient);
        return FhirAnswers.One(request.Chart.Find("Patient", id)!);
    }

    private static Person Said(FhirRequest request, Person person, JsonObject body)
    {
        var (name, address) = (NameOf(body)!, (body["address"] as JsonArray)?.FirstOrDefault());
        return person with
        {
            LastName = (string?)name["family"] ?? "",
            FirstName = Text(name["given"], 0),
            MiddleName = Text(name["given"], 1),
            Suffix = Text(name["suffix"], 0),
            PreferredName = Text(Names(body).FirstOrDefault(one => (string?)one["use"] == "nickname")?["given"], 0),
            Born = BornOf(body)!.Value,
            Sex = (string?)body["gender"] switch { "female" => 'F', "male" => 'M', _ => 'U' },
            HomePhone = Phone(body, "home"),
            MobilePhone = Phone(body, "mobile"),
            WorkPhone = Phone(body, "work"),
            Email = Telecom(body, one => (string?)one["system"] == "email"),
            Address = new Address(Text(address?["line"], 0), Text(address?["line"], 1), Text(address?["city"]), Text(address?["state"]), Text(address?["postalCode"]), person.Address.County),
            Race = Coded(body, Race),
            Ethnicity = Coded(body, Ethnicity),
            Marital = Text(body["maritalStatus"]?["coding"]?[0]?["code"]) is [var letter, ..] ? letter : 'U',
            PrimaryProvider = request.Practice.Provider(request.Chart.Ids.NumberOf("Provider", Text(body["generalPractitioner"]?[0]?["reference"]).Split('/')[^1]) ?? "") ?? person.PrimaryProvider,
        };
    }

    private static IEnumerable<JsonObject> Names(JsonObject body) => (body["name"] as JsonArray ?? []).OfType<JsonObject>();

    private static JsonObject? NameOf(JsonObject body) => Names(body).FirstOrDefault(one => (string?)one["use"] is "official" or null);

    private static DateOnly? BornOf(JsonObject body) =>
        DateOnly.TryParseExact((string?)body["birthDate"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born) ? born : null;

    private static (string Code, string Text) Coded(JsonObject body, string extension)
    {
        var parts = (body["extension"] as JsonArray)?.FirstOrDefault(one => Text(one!["url"]).EndsWith(extension, StringComparison.Ordinal))?["extension"] as JsonArray ?? [];
        string Part(string name, Func<JsonNode, JsonNode?> value) => parts.Where(part => (string?)part!["url"] == name).Select(part => Text(value(part!))).FirstOrDefault() ?? "";
        return (Part("ombCategory", part => part["valueCoding"]?["code"]), Part("text", part => part["valueString"]));
    }

    private static string Phone(JsonObject body, string use)
    {
        var digits = string.Concat(Telecom(body, one => (string?)one["system"] == "phone" && (string?)one["use"] == use).Where(char.IsAsciiDigit));
        return digits is { Length: 11 } && digits[0] == '1' ? digits[1..] : digits;
    }

    private static string Telecom(JsonObject body, Func<JsonObject, bool> fits) =>
        (body["telecom"] as JsonArray ?? []).OfType<JsonObject>().Where(fits).Select(one => Text(one["value"])).FirstOrDefault() ?? "";

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static string Text(JsonNode? list, int place) => list is JsonArray items && items.Count > place ? Text(items[place]) : "";
}
