using System.Globalization;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Feed;

/// <summary>
/// A feed as athenahealth sends it: version 2.3.1, the practice and department in MSH-4, times to the minute, bare
/// numbers in PID-2 to PID-4, every way to reach somebody in PID-13, IN1 in the standard's places, and no RGS or SCH-25
/// in most SIU.
/// </summary>
internal sealed class AthenaStyle(Practice practice) : IFeedStyle
{
    public string ControlId(int seed, long number) => string.Create(CultureInfo.InvariantCulture, $"{seed}{number:D7}M{practice.Id}");

    public string Time(DateTime time) => time.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);

    public string PatientId(string id) => id;

    public string Provider(Provider provider) => MessageWriter.Join(provider.Npi, provider.LastName, provider.FirstName);

    public void Header(MessageWriter writer, ClinicEvent told, string controlId)
    {
        var department = told.Visit?.Department ?? practice.Departments[0];
        writer.Segment("MSH").Field(3, "ATHENANET").Field(4, MessageWriter.Join(practice.Id, practice.Name, department.Id, department.Name))
            .Field(5, "PRACTICESTUDIO").Field(7, Time(told.At)).Field(9, told.Trigger).Field(10, controlId).Field(11, "P").Field(12, "2.3.1");
    }

    public void Patient(MessageWriter writer, Person person) =>
        writer.Segment("PID").Field(1, 1).Field(2, person.Id).Field(3, person.Id).Field(4, person.Id)
            .Field(5, MessageWriter.Join(person.LastName, person.FirstName, person.MiddleName, person.Suffix))
            .Field(7, Day(person.Born)).Field(8, person.Sex.ToString()).Field(9, MessageWriter.Text(person.PreferredName))
            .Field(10, MessageWriter.Join(person.Race.Code, person.Race.Text)).Field(11, Address(person.Address))
            .Field(13, Telecom(person)).Field(14, person.WorkPhone)
            .Field(15, MessageWriter.Join(person.Language.Code, person.Language.Text)).Field(16, person.Marital.ToString())
            .Field(22, MessageWriter.Join(person.Ethnicity.Code, person.Ethnicity.Text));

    public void PrimaryCare(MessageWriter writer, Person person) => writer.Segment("PD1").Field(4, Provider(person.PrimaryProvider));

    public void Contact(MessageWriter writer, int number, Contact contact) =>
        writer.Segment("NK1").Field(1, number).Field(2, MessageWriter.Join(contact.LastName, contact.FirstName)).Field(3, contact.Relationship)
            .Field(5, contact.Phone).Field(7, contact.Role.ToString());

    public void Visit(MessageWriter writer, Person person, Visit? visit)
    {
        var department = visit?.Department ?? practice.Departments[0];
        writer.Segment("PV1").Field(1, 1).Field(2, "O").Field(3, MessageWriter.Join(department.Id, department.Code, "", department.Code))
            .Field(7, Provider(visit?.Provider ?? person.PrimaryProvider)).Field(19, visit?.Id ?? "")
            .Field(44, visit?.Arrived is { } arrived ? Time(arrived) : "").Field(45, visit?.Left is { } left ? Time(left) : "").Field(50, visit?.Id ?? "");
    }

    public void Coverage(MessageWriter writer, int number, Person person, Coverage coverage)
    {
        var (plan, subscriber) = (coverage.Plan, coverage.Subscriber);
        writer.Segment("IN1").Field(1, number).Field(2, MessageWriter.Join(plan.Id, plan.Name)).Field(3, plan.CompanyId).Field(4, MessageWriter.Text(plan.Company))
            .Field(5, "PO BOX 1^^CHICAGO^IL^60601").Field(7, plan.Phone).Field(8, coverage.GroupNumber)
            .Field(16, MessageWriter.Join(subscriber.LastName, subscriber.FirstName)).Field(17, Insured.Relationship(person, coverage))
            .Field(18, Day(subscriber.Born)).Field(19, Address(person.Address)).Field(22, number)
            .Field(36, coverage.MemberId).Field(43, subscriber.Sex.ToString());
    }

    public void Appointment(MessageWriter writer, ClinicEvent told)
    {
        var visit = told.Visit!;
        writer.Segment("SCH").Field(1, visit.Id).Field(2, visit.Id).Field(6, MessageWriter.Join(visit.Reason.Code, visit.Reason.Text))
            .Field(7, MessageWriter.Text(visit.Reason.Text)).Field(8, MessageWriter.Join(visit.Type.Code, visit.Type.Name))
            .Field(9, visit.Minutes).Field(10, "minutes").Field(11, $"^^^{Time(visit.Start)}").Field(16, visit.Provider.UserName)
            .Field(25, visit.Status == VisitStatus.NoShow ? "NOSHOW" : "");
        Notes.Write(writer, visit.Note.Split('\n'));
        Patient(writer, told.Person);
        writer.Segment("PV1").Field(1, 1).Field(2, "O").Field(3, MessageWriter.Join(visit.Department.Id, visit.Department.Code, "", visit.Department.Code))
            .Field(7, Provider(visit.Provider)).Field(19, visit.Id);
        writer.Segment("AIG").Field(1, 1).Field(3, visit.Provider.UserName).Field(8, Time(visit.Start)).Field(11, visit.Minutes).Field(12, "minutes");
        writer.Segment("AIL").Field(1, 1).Field(3, MessageWriter.Join(visit.Department.Id, visit.Department.Code));
    }

    private static string Day(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Address(Address address) =>
        MessageWriter.Join(address.Line1, address.Line2, address.City, address.State, address.PostalCode, "USA");

    private static string Telecom(Person person) => string.Join('~', new[]
    {
        Way(person.HomePhone, "PRN", "PH"), Way(person.WorkPhone, "WPN", ""), Way(person.Email, "NET", ""), Way(person.MobilePhone, "ORN", "CP"),
    }.Where(way => way.Length > 0));

    private static string Way(string number, string use, string equipment) => number.Length == 0 ? "" : MessageWriter.Join(number, use, equipment);
}
