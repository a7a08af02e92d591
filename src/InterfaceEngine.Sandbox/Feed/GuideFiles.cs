using System.Globalization;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Feed;

/// <summary>
/// What a clinic has at the end of its day as files: the people in the columns of the integration guide's sample (CSV, the first line names them), and their
/// visits in those of the sample of appointments. Numbers are those of the messages and of the vendors' interfaces. Pure.
/// </summary>
public static class GuideFiles
{
    private const string PatientColumns = "PatientID,FirstName,LastName,DOB,Gender,Address1,Address2,City,State,Zip,Phone,Email,InsuranceProvider,MemberID,GroupNumber";
    private const string AppointmentColumns = "AppointmentID,PatientID,ProviderID,AppointmentTypeID,StartTime,Duration,Status,Reason,DepartmentID,Note";

    /// <summary>Everybody whose record stands by itself, line by line.</summary>
    public static IEnumerable<string> Patients(IEnumerable<Chart> charts) =>
        [PatientColumns, .. Standing(charts).Select(chart => Patient(chart.Person))];

    /// <summary>Their visits, line by line; what was begun by mistake is none.</summary>
    public static IEnumerable<string> Appointments(IEnumerable<Chart> charts) =>
        [AppointmentColumns, .. Standing(charts).SelectMany(chart => chart.Visits.Values.Where(visit => visit.Status != VisitStatus.Deleted).Select(visit => Appointment(chart.Person, visit)))];

    private static IEnumerable<Chart> Standing(IEnumerable<Chart> charts) => charts.Where(chart => chart is { MergedInto: null, IsDeleted: false });

    private static string Patient(Person person)
    {
        // A row carries one coverage: the first is the one that is billed first.
        var coverage = person.Coverages.Count > 0 ? person.Coverages[0] : null;
        return Row(
            person.Id,
            person.FirstName,
            person.LastName,
            person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            person.Sex.ToString(),
            person.Address.Line1,
            person.Address.Line2,
            person.Address.City,
            person.Address.State,
            person.Address.PostalCode,
            person.HomePhone,
            person.Email,
            coverage?.Plan.Company ?? "",
            coverage?.MemberId ?? "",
            coverage?.GroupNumber ?? "");
    }

    private static string Appointment(Person person, Visit visit) => Row(
        visit.Id,
        person.Id,
        visit.Provider.Id,
        visit.Type.Number,
        visit.Start.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        visit.Minutes.ToString(CultureInfo.InvariantCulture),
        Letter(visit.Status),
        visit.Reason.Text,
        visit.Department.Id,
        visit.Note);

    /// <summary>athenahealth's letter. It has none for who did not come: that is a cancellation.</summary>
    private static string Letter(VisitStatus status) => status switch
    {
        VisitStatus.Scheduled => "f",
        VisitStatus.CheckedIn => "2",
        VisitStatus.CheckedOut => "3",
        _ => "x",
    };

    /// <summary>By RFC 4180: what holds a comma, a quote or the end of a line stands in quotes.</summary>
    private static string Row(params ReadOnlySpan<string> cells)
    {
        var quoted = new string[cells.Length];
        for (var index = 0; index < cells.Length; index++)
        {
            var cell = cells[index];
            quoted[index] = cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        }

        return string.Join(',', quoted);
    }
}
