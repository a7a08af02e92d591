using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Chance;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>A patient as athenaNet shows one.</summary>
internal static class PatientRow
{
    private const string Declined = "declined";

    public static JsonObject Of(VendorPatient patient)
    {
        var (person, others) = (patient.Person, patient.Others);
        var row = new JsonObject
        {
            ["patientid"] = person.Id,
            ["status"] = patient.Status,
            ["firstname"] = person.FirstName,
            ["middlename"] = person.MiddleName,
            ["lastname"] = person.LastName,
            ["suffix"] = person.Suffix,
            ["preferredname"] = person.PreferredName,
            ["dob"] = RestText.Date(person.Born),
            ["sex"] = person.Sex.ToString(),
            ["maritalstatus"] = person.Marital.ToString(),
            ["language6392code"] = person.Language.Code,
            ["address1"] = person.Address.Line1,
            ["address2"] = person.Address.Line2,
            ["city"] = person.Address.City,
            ["state"] = person.Address.State,
            ["zip"] = person.Address.PostalCode,
            ["countrycode"] = "USA",
            ["countrycode3166"] = "US",
            ["homephone"] = person.HomePhone,
            ["mobilephone"] = person.MobilePhone,
            ["workphone"] = person.WorkPhone,
            ["email"] = person.Email,
            ["emailexists"] = person.Email.Length > 0,
            ["hasmobile"] = person.MobilePhone.Length > 0,
            ["ssn"] = MaskedNumber(person),
            ["departmentid"] = patient.Department,
            ["primarydepartmentid"] = patient.Department,
            ["primaryproviderid"] = person.PrimaryProvider.Id,
            ["registrationdate"] = RestText.Date(DateOnly.FromDateTime(patient.LastModified.UtcDateTime)),
            ["lastupdated"] = RestText.Date(DateOnly.FromDateTime(patient.LastModified.UtcDateTime)),
        };
        AddRace(row, person, others);
        AddContact(row, person);
        AddGuarantor(row, person);
        foreach (var (name, value) in others.Where(one => !row.ContainsKey(one.Key)))
        {
            row[name] = value;
        }

        return row;
    }

    private static void AddRace(JsonObject row, Person person, Dictionary<string, string> others)
    {
        var races = others.GetValueOrDefault("race")?.Split('\t') ?? [person.Race.Code];
        row["race"] = new JsonArray([.. races.Select(race => (JsonNode)race)]);
        row["racename"] = races is [Declined] ? "Patient Declined" : person.Race.Text;
        row["ethnicitycode"] = others.GetValueOrDefault("ethnicitycode") ?? person.Ethnicity.Code;
    }

    private static void AddContact(JsonObject row, Person person)
    {
        if (person.Contacts is [var contact, ..])
        {
            row["contactname"] = $"{contact.FirstName} {contact.LastName}";
            row["contactrelationship"] = contact.Relationship is "MTH" or "FTH" ? "PARENT" : contact.Relationship is "SPO" ? "SPOUSE" : "OTHER";
            row["contactmobilephone"] = contact.Phone;
        }
    }

    private static void AddGuarantor(JsonObject row, Person person)
    {
        var (guarantor, address) = (person.Guarantor, person.Address);
        row["guarantorfirstname"] = guarantor.FirstName;
        row["guarantorlastname"] = guarantor.LastName;
        row["guarantordob"] = RestText.Date(guarantor.Born);
        row["guarantoraddress1"] = address.Line1;
        row["guarantoraddress2"] = address.Line2;
        row["guarantorcity"] = address.City;
        row["guarantorstate"] = address.State;
        row["guarantorzip"] = address.PostalCode;
        row["guarantorphone"] = person.HomePhone;
        row["guarantorrelationshiptopatient"] = guarantor.Born == person.Born && guarantor.FirstName == person.FirstName ? "1" : "3";
    }

    /// <summary>Nobody invented has one: the last digits are of the person's number.</summary>
    private static string MaskedNumber(Person person) =>
        string.Create(CultureInfo.InvariantCulture, $"*****{Scatter.Of(Scatter.Of(person.Id)) % 10_000:D4}");
}
