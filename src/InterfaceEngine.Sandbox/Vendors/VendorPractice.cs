using System.Globalization;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>What a vendor has of one practice. Not for concurrent use: <see cref="VendorServer.At{T}"/> sees to that.</summary>
public sealed class VendorPractice
{
    private const int FirstNewPatient = 2_000_000_000;
    private const int FirstNewDocument = 800_000;
    private static readonly TimeSpan _known = TimeSpan.FromDays(365);

    private readonly Dictionary<string, VendorPatient> _patients = [];
    private readonly List<VendorPatient> _inOrder = [];
    private readonly List<VendorChange> _changes = [];
    private readonly TimeProvider _time;
    private readonly DateOnly _day;
    private readonly Dictionary<string, ChangedFeed> _feeds = [];
    private int _newPatients;
    private int _newDocuments;

    internal VendorPractice(Practice house, VendorServerOptions options, TimeProvider time)
    {
        (House, _time, _day) = (house, time, options.Day);
        var people = Population.Invent(options.Seed, house, options.People, options.Day);
        foreach (var person in people)
        {
            Add(new VendorPatient(person, Now - _known) { Department = house.Departments[0].Id, HasPast = true });
        }

        Schedule = new VendorSchedule(house, options.Seed, people, Now);
    }

    public Practice House { get; }

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<VendorPatient> Patients => _inOrder;

    public VendorSchedule Schedule { get; }

    /// <summary>All that changed since the start, in order.</summary>
    public IReadOnlyList<VendorChange> Changes => _changes;

    /// <summary>Is told of every change as it happens.</summary>
    internal Action<VendorChange>? Changed { get; set; }

    /// <summary>What clients wrote over FHIR, by type and id.</summary>
    internal Dictionary<(string Type, string Id), FhirResource> Written { get; } = [];

    /// <summary>What is no more, and since when.</summary>
    internal Dictionary<(string Type, string Id), DateTimeOffset> Withdrawn { get; } = [];

    internal DateTimeOffset Now => _time.GetUtcNow();

    public VendorPatient? Patient(string id) => _patients.GetValueOrDefault(id);

    internal string NewPatientNumber() => (FirstNewPatient + ++_newPatients).ToString(CultureInfo.InvariantCulture);

    /// <summary>Somebody of whom nothing but this is known yet, under a new number; whoever registers fills in the rest, and tells of it.</summary>
    internal VendorPatient NewPatient(string lastName, string firstName, DateOnly born, string department)
    {
        var patient = new VendorPatient(
            new Person
            {
                Number = 0,
                Id = NewPatientNumber(),
                LastName = lastName,
                FirstName = firstName,
                Born = born,
                Sex = 'U',
                Address = new Address("", "", "", "", "", ""),
                Race = ("", ""),
                Ethnicity = ("", ""),
                Language = ("", ""),
                Marital = 'U',
                PrimaryProvider = House.Providers[0],
                Guarantor = new Subscriber(lastName, firstName, born, 'U'),
            },
            Now)
        { Department = department, Version = 0 };
        Add(patient);
        return patient;
    }

    internal void Add(VendorPatient patient)
    {
        _patients.Add(patient.Person.Id, patient);
        _inOrder.Add(patient);
    }

    /// <summary>A resource is no more: it is not found again, and the next export that asks for what changed says that it was deleted.</summary>
    /// <param name="type">Its FHIR type.</param>
    /// <param name="id">As FHIR has it.</param>
    public void Withdraw(string type, string id) => Withdrawn[(type, id)] = Now;

    /// <summary>The chart: what it has of before the day, and what came since.</summary>
    internal MedicalHistory PastOf(VendorPatient patient)
    {
        patient.Past ??= patient.HasPast ? MedicalHistories.Of(patient.Person, House, _day) : new MedicalHistory();
        return patient.Reports.Count == 0 ? patient.Past : patient.Past with { Reports = [.. patient.Past.Reports, .. patient.Reports] };
    }

    /// <summary>Documents with their files, those of before the day first; further ones are added to the list.</summary>
    internal List<VendorDocument> DocumentsOf(VendorPatient patient) => patient.Documents ??=
    [
        .. PastOf(patient).Documents.Select(document => new VendorDocument
        {
            Id = document.Id,
            Class = "CLINICALDOCUMENT",
            Subclass = "CLINICALDOCUMENT",
            Description = document.Type.Text,
            Provider = document.Author.Id,
            Created = InstantOf(document.Written, House.Departments[0].Id),
            Content = VisitResources.File(document),
        }),
    ];

    internal string NewDocumentNumber() => (FirstNewDocument + ++_newDocuments).ToString(CultureInfo.InvariantCulture);

    /// <summary>A feed of what changed.</summary>
    internal ChangedFeed Feed(string name) => _feeds.TryGetValue(name, out var known) ? known : _feeds[name] = new ChangedFeed(name);

    /// <summary>What resources are made of.</summary>
    internal ChartSource SourceOf(VendorPatient patient) => SourceOf(patient, Schedule.Appointments.Where(visit => visit.Patient == patient.Person.Id));

    /// <summary>The same of everybody, as it is now: it does not change any more.</summary>
    internal List<ChartSource> Sources()
    {
        var visits = Schedule.Appointments.Where(visit => visit.Patient.Length > 0).ToLookup(visit => visit.Patient);
        return [.. _inOrder.Where(patient => patient.MergedInto is null).Select(patient => SourceOf(patient, visits[patient.Person.Id]))];
    }

    /// <summary>Tells that something changed.</summary>
    internal void Tell(string feed, string name, string id, string patient, string department)
    {
        var change = new VendorChange(_changes.Count + 1, feed, name, id, patient, department, Now);
        _changes.Add(change);
        Changed?.Invoke(change);
    }

    /// <summary>Tells that an appointment changed.</summary>
    internal void Tell(string name, VendorAppointment appointment)
    {
        (appointment.LastModified, appointment.Version) = (Now, appointment.Version + 1);
        Tell("appointments", name, appointment.Id, appointment.Patient, appointment.Department);
    }

    /// <summary>Tells that a patient changed.</summary>
    internal void Tell(string name, VendorPatient patient)
    {
        (patient.LastModified, patient.Version) = (Now, patient.Version + 1);
        Tell("patients", name, patient.Person.Id, patient.Person.Id, patient.Department);
    }

    internal Department? Department(string id) => House.Departments.FirstOrDefault(one => one.Id == id);

    internal Provider? Provider(string id) => House.Providers.FirstOrDefault(one => one.Id == id);

    internal VisitType? VisitType(string number) => House.Bookable.FirstOrDefault(one => one.Number == number);

    /// <summary>A moment of a department's clock, as everybody's.</summary>
    internal DateTimeOffset InstantOf(DateTime local, string department) => FhirText.Moment(local, Department(department) ?? House.Departments[0]);

    /// <summary>What a department's clock shows now.</summary>
    internal DateTime LocalNow(string department) =>
        TimeZoneInfo.ConvertTime(Now, TimeZoneInfo.FindSystemTimeZoneById(Department(department)?.Zone ?? House.Departments[0].Zone)).DateTime;

    private ChartSource SourceOf(VendorPatient patient, IEnumerable<VendorAppointment> visits) =>
        new(patient.Person, PastOf(patient), patient.LastModified, patient.Version, patient.Status is "active" or "prospective", [.. visits.Select(VisitOf)]) { FurtherIdentifiers = patient.Identifiers };

    private ChartVisit VisitOf(VendorAppointment one)
    {
        var visit = new Visit
        {
            Id = one.Id,
            Provider = Provider(one.Provider) ?? House.Providers[0],
            Department = Department(one.Department) ?? House.Departments[0],
            Type = VisitType(one.Type) ?? House.VisitTypes[0],
            Start = one.Start,
            Minutes = one.Minutes,
            Reason = one.ReasonText.Length > 0 ? ("", one.ReasonText) : VisitReasons.Find(one.Reason),
            Note = string.Join('\n', one.Notes.Select(note => note.Text)),
        };
        return new ChartVisit(visit, one.Status, one.IsNoShow, one.LastModified, one.Version) { Identifier = one.Identifier, CancelationReason = one.CancelationReason };
    }
}
