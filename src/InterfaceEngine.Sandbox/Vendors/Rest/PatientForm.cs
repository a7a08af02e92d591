using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>What a client says of a patient, taken over into what the practice has.</summary>
internal static class PatientForm
{
    /// <summary>Names that are about the call and not about the patient.</summary>
    private static readonly string[] _ofTheCall = ["patientid", "departmentid", "status", "dob", "bypasspatientmatching", "showerrormessage", "ignorerestrictions", "ssn", "primaryproviderid"];

    /// <summary>What is wrong with it; null for nothing.</summary>
    public static VendorAnswer? Refuse(RestRequest request)
    {
        if (request["dob"] is { Length: > 0 } born && request.Date("dob") is null)
        {
            return RestErrors.Wrong("date", born);
        }

        if (request["ssn"].Contains('*', StringComparison.Ordinal))
        {
            return RestErrors.Failed(400, "The data provided is invalid.", "The ssn is masked.");
        }

        if (request["sex"] is { Length: > 0 } sex && sex is not ("M" or "F" or "U" or "N"))
        {
            return RestErrors.Wrong("sex", sex);
        }

        return request["primaryproviderid"] is { Length: > 0 } provider && request.Practice.Provider(provider) is null ? RestErrors.Failed(400, "Invalid PRIMARYPROVIDERID.") : null;
    }

    /// <summary>Only what was sent changes.</summary>
    public static void Apply(RestRequest request, VendorPatient patient)
    {
        var person = patient.Person;
        foreach (var (name, value) in request.Call.Fields)
        {
            person = Changed(person, name.ToLowerInvariant(), value, patient);
        }

        patient.Person = person with
        {
            Born = request.Date("dob") ?? person.Born,
            PrimaryProvider = request.Practice.Provider(request["primaryproviderid"]) ?? person.PrimaryProvider,
        };
        patient.Status = request["status"] switch
        {
            "a" or "active" => "active",
            "i" or "inactive" => "inactive",
            "p" or "prospective" => "prospective",
            "d" or "deleted" => "deleted",
            _ => patient.Status,
        };
    }

    private static Person Changed(Person person, string name, string value, VendorPatient patient)
    {
        var address = person.Address;
        switch (name)
        {
            case "lastname": return person with { LastName = value };
            case "firstname": return person with { FirstName = value };
            case "middlename": return person with { MiddleName = value };
            case "suffix": return person with { Suffix = value };
            case "preferredname": return person with { PreferredName = value };
            case "sex": return person with { Sex = value is "M" or "F" ? value[0] : 'U' };
            case "maritalstatus": return person with { Marital = value.Length > 0 ? value[0] : 'U' };
            case "language6392code": return person with { Language = (value, value) };
            case "homephone": return person with { HomePhone = RestText.Phone(value) };
            case "mobilephone": return person with { MobilePhone = RestText.Phone(value) };
            case "workphone": return person with { WorkPhone = RestText.Phone(value) };
            case "email": return person with { Email = value };
            case "address1": return person with { Address = address with { Line1 = value } };
            case "address2": return person with { Address = address with { Line2 = value } };
            case "city": return person with { Address = address with { City = value } };
            case "state": return person with { Address = address with { State = value } };
            case "zip": return person with { Address = address with { PostalCode = value } };
            default:
                if (!_ofTheCall.Contains(name))
                {
                    patient.Others[name] = value;
                }

                return person;
        }
    }
}
