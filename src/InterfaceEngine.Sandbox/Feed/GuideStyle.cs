using System.Globalization;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Feed;

/// <summary>
/// A feed in the integration guide's own form: version 2.3, MSH-3 to MSH-6 constant, times to the second, numbers with
/// their authority (<c>12345^^^ATHENA^MRN</c>), telephones with punctuation in PID-13 and PID-14, the attending provider
/// in PV1-8, IN1 shifted against the standard, and SIU with RGS and SCH-25. Segments end in empty fields.
/// </summary>
internal sealed class GuideStyle(Practice practice) : IFeedStyle
{
    public string ControlId(int seed, long number) => string.Create(CultureInfo.InvariantCulture, $"{seed}{number:D7}");

    public string Time(DateTime time) => time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    public string PatientId(string id) => MessageWriter.Join(id, "", "", "ATHENA", "MRN");

    public string Provider(Provider provider) => MessageWriter.Join(provider.Id, provider.LastName, provider.FirstName, "", "", "", "", "ATHENA", "", "", "", "PROVID");

    public void Header(MessageWriter writer, ClinicEvent told, string controlId) =>
        writer.Segment("MSH").Field(3, "ATHENA").Field(4, "ATHENANET").Field(5, "PRACTICESTUDIO").Field(6, "PSSERVER").Field(7, Time(told.At))
            .Field(9, told.Trigger).Field(10, controlId).Field(11, "P").Field(12, "2.3").PadTo(13);

    public void Patient(MessageWriter writer, Person person) =>
        writer.Segment("PID").Field(1, 1).Field(3, PatientId(person.Id))
            .Field(5, MessageWriter.Join(person.LastName, person.FirstName, person.MiddleName, person.Suffix)).Field(7, Day(person.Born)).Field(8, person.Sex.ToString())
            .Field(10, MessageWriter.Text(person.Race.Text)).Field(11, Address(person.Address)).Field(12, person.Address.County)
            .Field(13, Phone(person.HomePhone)).Field(14, Phone(person.MobilePhone)).Field(15, person.Language.Code.ToUpperInvariant())
            .Field(16, person.Marital.ToString()).Field(18, MessageWriter.Join($"{person.Id}0", "", "", "ATHENA", "FIN NBR")).PadTo(22);

    public void PrimaryCare(MessageWriter writer, Person person)
    {
        // The guide's sample has no PD1.
    }

    public void Contact(MessageWriter writer, int number, Contact contact) =>
        writer.Segment("NK1").Field(1, number).Field(2, MessageWriter.Join(contact.LastName, contact.FirstName)).Field(3, contact.Relationship)
            .Field(5, Phone(contact.Phone)).Field(7, contact.Role == 'C' ? "EC" : "NK").PadTo(18);

    public void Visit(MessageWriter writer, Person person, Visit? visit)
    {
        var department = visit?.Department ?? practice.Departments[0];
        writer.Segment("PV1").Field(1, 1).Field(2, "O").Field(3, MessageWriter.Join(department.Code, "", "", "FACILITY"))
            .Field(8, Provider(visit?.Provider ?? person.PrimaryProvider)).Field(19, visit is null ? "" : MessageWriter.Join(visit.Id, "", "", "ATHENA", "FIN NBR"))
            .Field(44, visit?.Arrived is { } arrived ? Time(arrived) : "").Field(45, visit?.Left is { } left ? Time(left) : "").PadTo(46);
    }

    public void Coverage(MessageWriter writer, int number, Person person, Coverage coverage)
    {
        var (plan, subscriber) = (coverage.Plan, coverage.Subscriber);
        writer.Segment("IN1").Field(1, number).Field(2, MessageWriter.Join(plan.Id, plan.Name)).Field(3, plan.CompanyId).Field(4, MessageWriter.Text(plan.Company))
            .Field(5, "123 INSURANCE WAY^^SPRINGFIELD^IL^62701^USA^^^SANGAMON").Field(8, Phone(plan.Phone)).Field(9, coverage.GroupNumber)
            .Field(10, "FAMILY PLAN").Field(14, MessageWriter.Text($"{subscriber.FirstName} {subscriber.LastName}")).Field(15, Insured.Relationship(person, coverage))
            .Field(16, Day(subscriber.Born)).Field(17, Address(person.Address)).Field(18, "Y").Field(19, "CO").Field(35, coverage.MemberId).PadTo(45);
    }

    public void Appointment(MessageWriter writer, ClinicEvent told)
    {
        var visit = told.Visit!;
        var minutes = visit.Minutes.ToString(CultureInfo.InvariantCulture);
        writer.Segment("SCH").Field(1, visit.Id).Field(2, visit.Id).Field(7, MessageWriter.Join(visit.Reason.Code, visit.Reason.Text))
            .Field(8, MessageWriter.Join(visit.Type.Code, visit.Type.Name)).Field(9, minutes).Field(10, "min")
            .Field(11, $"^^{minutes}^{Time(visit.Start)}^{Time(visit.Start.AddMinutes(visit.Minutes))}").Field(25, Status(visit.Status));
        Notes.Write(writer, visit.Note.Split('\n'));
        Patient(writer, told.Person);
        writer.Segment("RGS").Field(1, 1);
        writer.Segment("AIG").Field(1, 1).Field(3, MessageWriter.Join(visit.Provider.Id, visit.Provider.LastName, visit.Provider.FirstName));
        writer.Segment("AIL").Field(1, 1).Field(3, MessageWriter.Join(visit.Department.Id, visit.Department.Name));
    }

    private static string Status(VisitStatus status) => status switch
    {
        VisitStatus.Cancelled => "CANCELLED",
        VisitStatus.NoShow => "NOSHOW",
        _ => "BOOKED",
    };

    private static string Day(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Address(Address address) =>
        MessageWriter.Join(address.Line1, address.Line2, address.City, address.State, address.PostalCode, "USA", "", "", address.County);

    private static string Phone(string digits) => digits.Length == 10 ? $"({digits[..3]}){digits[3..6]}-{digits[6..]}" : digits;
}
