using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>How well a patient fits what a client knows of somebody: 23 is a strong match, from 26 on it is taken for the same person.</summary>
internal static class PatientMatch
{
    public const int Strong = 23;

    private static readonly string[] _phones = ["homephone", "mobilephone", "workphone", "anyphone", "phone"];

    public static int Score(RestRequest request, Person person)
    {
        var score = 0;
        score += Fits(request["lastname"], person.LastName) ? 8 : 0;
        score += Fits(request["firstname"], person.FirstName) || Fits(request["firstname"], person.PreferredName) ? 6 : Begins(person.FirstName, request["firstname"]) ? 2 : 0;
        score += request.Date("dob") == person.Born ? 9 : 0;
        score += Fits(request["zip"], person.Address.PostalCode) ? 1 : 0;
        score += Fits(request["sex"], person.Sex.ToString()) ? 1 : 0;
        score += Fits(request["email"], person.Email) ? 3 : 0;
        score += HasPhone(request, person) ? 3 : 0;
        return score;
    }

    public static bool HasPhone(RestRequest request, Person person) =>
        _phones.Select(name => RestText.Phone(request[name])).Any(phone => phone.Length > 0 && PhonesOf(person).Contains(phone));

    public static string[] PhonesOf(Person person) => [person.HomePhone, person.MobilePhone, person.WorkPhone];

    public static bool Begins(string value, string start) => start.Length > 0 && value.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    private static bool Fits(string asked, string value) => asked.Length > 0 && string.Equals(asked, value, StringComparison.OrdinalIgnoreCase);
}
