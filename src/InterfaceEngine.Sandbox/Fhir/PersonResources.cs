using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Fhir;

/// <summary>A person, and who pays for it.</summary>
internal static class PersonResources
{
    private const string UsCore = "http://hl7.org/fhir/us/core/StructureDefinition/";

    public static FhirResource Patient(ChartSource source, FhirIds ids)
    {
        var person = source.Person;
        var said = new JsonObject
        {
            ["extension"] = FhirText.List(new[] { Race("us-core-race", person.Race), Race("us-core-ethnicity", person.Ethnicity) }.Where(one => one is not null)),
            ["identifier"] = FhirText.List([Number(person, ids), .. source.FurtherIdentifiers.Select(one => one.DeepClone())]),
            ["active"] = source.IsActive,
            ["name"] = Names(person),
            ["telecom"] = Telecoms(person),
            ["gender"] = Gender(person.Sex),
            ["birthDate"] = FhirText.Day(person.Born),
            ["address"] = person.Address is { Line1: "", City: "", State: "", PostalCode: "" } ? FhirText.List() : FhirText.List(Address(person.Address)),
            ["maritalStatus"] = FhirText.Code("v3-MaritalStatus", person.Marital.ToString()),
            ["communication"] = person.Language.Code.Length == 0 ? FhirText.List() : FhirText.List(new JsonObject
            {
                ["language"] = new JsonObject { ["coding"] = FhirText.List(new JsonObject { ["system"] = "urn:ietf:bcp:47", ["code"] = Language(person.Language.Code) }), ["text"] = person.Language.Text },
                ["preferred"] = true,
            }),
            ["generalPractitioner"] = FhirText.List(FhirText.Reference("Practitioner", ids.Provider(person.PrimaryProvider.Id))),
            ["managingOrganization"] = FhirText.Reference("Organization", ids.Organization),
        };

        // Of somebody who was registered just now little is known, and R4 has no empty lists.
        foreach (var empty in said.Where(one => one.Value is JsonArray { Count: 0 }).Select(one => one.Key).ToList())
        {
            said.Remove(empty);
        }

        return FhirResource.Of("Patient", ids.Patient(person.Id), person.Id, source.Updated, source.Version, said);
    }

    public static IEnumerable<FhirResource> Coverages(ChartSource source, FhirIds ids) => source.Person.Coverages.Select((coverage, index) =>
    {
        var (person, plan, subscriber) = (source.Person, coverage.Plan, coverage.Subscriber);
        return FhirResource.Of("Coverage", ids.Piece("coverage", $"{person.Id}{index + 1:D2}"), person.Id, source.Updated, source.Version, new JsonObject
        {
            ["contained"] = FhirText.List(
                new JsonObject { ["resourceType"] = "Organization", ["id"] = "payer", ["name"] = plan.Company, ["telecom"] = FhirText.List(Phone(plan.Phone, "work")) },
                new JsonObject
                {
                    ["resourceType"] = "RelatedPerson",
                    ["id"] = "subscriber",
                    ["patient"] = FhirText.Reference("Patient", ids.Patient(person.Id)),
                    ["name"] = FhirText.List(new JsonObject { ["family"] = subscriber.LastName, ["given"] = FhirText.List(subscriber.FirstName) }),
                    ["gender"] = Gender(subscriber.Sex),
                    ["birthDate"] = FhirText.Day(subscriber.Born),
                }),
            ["status"] = "active",
            ["subscriber"] = new JsonObject { ["reference"] = "#subscriber" },
            ["subscriberId"] = coverage.MemberId,
            ["beneficiary"] = FhirText.Reference("Patient", ids.Patient(person.Id)),
            ["relationship"] = FhirText.Code("subscriber-relationship", coverage.IsOwn ? "self" : "other"),
            ["payor"] = FhirText.List(new JsonObject { ["reference"] = "#payer", ["display"] = plan.Company, ["identifier"] = new JsonObject { ["value"] = plan.CompanyId } }),
            ["class"] = FhirText.List(Class("group", coverage.GroupNumber, null), Class("plan", plan.Id, plan.Name)),
            ["order"] = index + 1,
        });
    });

    public static string Gender(char sex) => sex switch { 'F' => "female", 'M' => "male", _ => "unknown" };

    private static JsonObject Class(string type, string value, string? name)
    {
        var one = new JsonObject { ["type"] = FhirText.Code("coverage-class", type), ["value"] = value };
        if (name is not null)
        {
            one["name"] = name;
        }

        return one;
    }

    private static JsonObject Number(Person person, FhirIds ids) => new()
    {
        ["type"] = FhirText.Code("v2-0203", "MR"),
        ["system"] = ids.IsAthena ? $"urn:athenahealth:athenanet:patient:{ids.Practice}" : $"urn:practice:{ids.Practice}",
        ["value"] = person.Id,
    };

    private static JsonObject? Race(string name, (string Code, string Text) race) => race.Code.Length == 0 ? null : new JsonObject
    {
        ["url"] = UsCore + name,
        ["extension"] = FhirText.List(
            new JsonObject { ["url"] = "ombCategory", ["valueCoding"] = new JsonObject { ["system"] = "urn:oid:2.16.840.1.113883.6.238", ["code"] = race.Code, ["display"] = race.Text } },
            new JsonObject { ["url"] = "text", ["valueString"] = race.Text }),
    };

    private static JsonArray Names(Person person)
    {
        var official = new JsonObject { ["use"] = "official", ["family"] = person.LastName };
        official["given"] = person.MiddleName.Length > 0 ? FhirText.List(person.FirstName, person.MiddleName) : FhirText.List(person.FirstName);
        if (person.Suffix.Length > 0)
        {
            official["suffix"] = FhirText.List(person.Suffix);
        }

        return person.PreferredName.Length > 0
            ? FhirText.List(official, new JsonObject { ["use"] = "nickname", ["given"] = FhirText.List(person.PreferredName) })
            : FhirText.List(official);
    }

    private static JsonArray Telecoms(Person person)
    {
        var phones = new[] { (person.HomePhone, "home"), (person.MobilePhone, "mobile"), (person.WorkPhone, "work") };
        var telecoms = phones.Where(phone => phone.Item1.Length > 0).Select(phone => Phone(phone.Item1, phone.Item2)).ToList();
        if (person.Email.Length > 0)
        {
            telecoms.Add(new JsonObject { ["system"] = "email", ["value"] = person.Email });
        }

        return FhirText.List(telecoms);
    }

    private static JsonObject Phone(string digits, string use) => new() { ["system"] = "phone", ["value"] = digits, ["use"] = use };

    private static JsonObject Address(Address address)
    {
        var lines = new[] { address.Line1, address.Line2 }.Where(line => line.Length > 0).Select(line => (JsonNode)line);
        var said = new JsonObject { ["use"] = "home", ["line"] = FhirText.List(lines), ["city"] = address.City, ["state"] = address.State, ["postalCode"] = address.PostalCode, ["country"] = "USA" };
        foreach (var empty in said.Where(one => one.Value is JsonArray { Count: 0 } || (string?)(one.Value as JsonValue) is "").Select(one => one.Key).ToList())
        {
            said.Remove(empty);
        }

        return said;
    }

    private static string Language(string code) => code switch { "eng" => "en", "spa" => "es", "pol" => "pl", _ => code };
}
