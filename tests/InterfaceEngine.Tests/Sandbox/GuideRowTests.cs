using System.Globalization;
using System.Net;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox;

/// <summary>
/// The rows of the integration guide's "Supported HL7 Message Types", each through real sockets from the sandbox into a
/// whole engine, in athenahealth's own form and in the guide's.
/// </summary>
public sealed class GuideRowTests : IAsyncLifetime
{
    private static readonly DateTime _morning = new(2026, 1, 12, 9, 0, 0, DateTimeKind.Unspecified);

    private RunningEngine _engine = null!;
    private long _number;

    public static TheoryData<FeedStyle> Styles => [FeedStyle.Athena, FeedStyle.Guide];

    public async Task InitializeAsync() => _engine = await RunningEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData("ADT^A01", FeedStyle.Athena)]
    [InlineData("ADT^A04", FeedStyle.Athena)]
    [InlineData("ADT^A01", FeedStyle.Guide)]
    [InlineData("ADT^A04", FeedStyle.Guide)]
    public async Task Patient_registration(string trigger, FeedStyle style)
    {
        var person = PersonOf(style);
        var visit = VisitOf(style) with { Status = VisitStatus.CheckedIn, Arrived = _morning };

        await TellAsync(style, new ClinicEvent(trigger, _morning, person) { Visit = visit });

        var patient = await OneAsync(style, RecordDefinition.Patient);
        Fields(patient, "external_id", "last_name", "first_name", "date_of_birth", "address.line1", "address.city", "address.state", "phone_home", "phone_mobile").Should().Equal(
            person.Id, person.LastName, person.FirstName, person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), person.Address.Line1, person.Address.City, "IL", $"+1{person.HomePhone}", $"+1{person.MobilePhone}");
        var encounter = await OneAsync(style, "encounter");
        Fields(encounter, "external_id", "status", "location_id", "provider_id", "patient_id", "period_start").Should().Equal(
            visit.Id, "in_progress", "loc-main", "prov-johnson", patient.Id.ToString(), "2026-01-12T15:00:00Z");
        var coverage = await OneAsync(style, "coverage");
        Fields(coverage, "plan_id", "member_id", "group_number", "subscriber.last_name").Should().Equal(
            person.Coverages[0].Plan.Id, person.Coverages[0].MemberId, person.Coverages[0].GroupNumber, person.Coverages[0].Subscriber.LastName);
        var contact = await OneAsync(style, "contact");
        Fields(contact, "last_name", "first_name", "relationship", "role").Should().Equal(person.Contacts[0].LastName, person.Contacts[0].FirstName, "spouse", "emergency_contact");
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Patient_update(FeedStyle style)
    {
        var person = PersonOf(style);
        await TellAsync(style, new ClinicEvent("ADT^A04", _morning, person));

        await TellAsync(style, new ClinicEvent("ADT^A08", _morning.AddMinutes(5), person with { Address = person.Address with { Line1 = "14 MILL LN", Line2 = "" }, MobilePhone = "2175550188" }));

        Fields(await OneAsync(style, RecordDefinition.Patient), "last_name", "address.line1", "address.line2", "phone_mobile").Should().Equal(person.LastName, "14 MILL LN", null, "+12175550188");
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Appointment_notification_modification_and_cancellation(FeedStyle style)
    {
        var person = PersonOf(style);
        var visit = VisitOf(style) with { Start = _morning.AddDays(7), Note = "Needs an interpreter" };
        await TellAsync(style, new ClinicEvent("ADT^A04", _morning, person));

        await TellAsync(style, new ClinicEvent("SIU^S12", _morning.AddMinutes(1), person) { Visit = visit });
        Fields(await OneAsync(style, "appointment"), "external_id", "start_time", "end_time", "status", "provider_id", "location_id", "reason", "notes").Should().Equal(
            visit.Id, "2026-01-19T15:00:00Z", "2026-01-19T15:30:00Z", "scheduled", "prov-johnson", "loc-main", "Follow-up", "Needs an interpreter");

        var longer = visit with { Minutes = 45 };
        await TellAsync(style, new ClinicEvent("SIU^S14", _morning.AddMinutes(2), person) { Visit = longer });
        Fields(await OneAsync(style, "appointment"), "start_time", "end_time", "status").Should().Equal("2026-01-19T15:00:00Z", "2026-01-19T15:45:00Z", "scheduled");

        await TellAsync(style, new ClinicEvent("SIU^S15", _morning.AddMinutes(3), person) { Visit = longer with { Status = VisitStatus.Cancelled } });
        Fields(await OneAsync(style, "appointment"), "external_id", "status", "patient_id").Should().Equal(
            visit.Id, "cancelled", (await OneAsync(style, RecordDefinition.Patient)).Id.ToString());
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Financial_transaction(FeedStyle style)
    {
        var person = PersonOf(style);
        var visit = VisitOf(style) with { Status = VisitStatus.CheckedOut, Arrived = _morning };
        await TellAsync(style, new ClinicEvent("ADT^A04", _morning, person) { Visit = visit });
        var charge = new Charge("70001", "B20260112", "CG", _morning.AddMinutes(30), "99213", "Office visit, established", ["25"], 2, 120m, [("I10", "Essential hypertension"), ("M54.50", "Low back pain")]);

        await TellAsync(style, new ClinicEvent("DFT^P03", _morning.AddMinutes(40), person) { Visit = visit, Charges = [charge] });

        Fields(await OneAsync(style, "charge"), "type", "procedure_code", "quantity", "amount", "unit_amount").Should().Equal("charge", "99213", "2", "240.00", "120.00");
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Observation_result(FeedStyle style)
    {
        var person = PersonOf(style);
        await TellAsync(style, new ClinicEvent("ADT^A04", _morning, person));
        Observation Line(string type, string code, string text, string[] value, string units, string range, string flag, string note = "") => new(type, code, text, "", value, units, range, flag, 'F', note);
        var report = new LabReport
        {
            Collected = _morning.AddMinutes(10),
            Status = 'F',
            Panels =
            [
                new LabPanel("60001", "60002", "24323-8", "Comprehensive metabolic panel", ["Specimen in good order"],
                [
                    Line("NM", "2345-7", "Glucose", ["104"], "mg/dL", "70-99", "H", "fasting"),
                    Line("SN", "33914-3", "Glomerular filtration rate", [">", "60"], "mL/min", ">60", ""),
                    Line("ST", "11156-7", "Leukocyte morphology", ["Normal"], "", "", ""),
                    Line("CE", "882-1", "ABO and Rh group", ["A POS", "A Rh positive", "L"], "", "", ""),
                ]),
            ],
        };

        await TellAsync(style, new ClinicEvent("ORU^R01", _morning.AddMinutes(60), person) { Report = report });

        var patient = await OneAsync(style, RecordDefinition.Patient);
        Fields(await OneAsync(style, "result"), "order_number", "placer_number", "service_code", "status", "notes", "patient_id").Should().Equal(
            "60002", "60001", "24323-8", "final", "Specimen in good order", patient.Id.ToString());
        var lines = (await _engine.ListedAsync(PracticeOf(style).Id, "observation")).ToDictionary(line => line["code"]!);
        lines.Keys.Should().BeEquivalentTo("2345-7", "33914-3", "11156-7", "882-1");
        Fields(lines["2345-7"], "status", "value.quantity").Should().Equal("final", "104 mg/dL");
        lines.Values.Should().OnlyContain(line => line["patient_id"] == patient.Id.ToString() && line["order_number"] == "60002");
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Document_notification(FeedStyle style)
    {
        var person = PersonOf(style);
        await TellAsync(style, new ClinicEvent("ADT^A04", _morning, person));
        var document = new ChartDocument("90001", "", ("PN", "Progress Note"), PracticeOf(style).Providers[0], "DO", _morning.AddMinutes(20), ["Seen today & feels well.", "To be seen again in three months."]);

        await TellAsync(style, new ClinicEvent("MDM^T02", _morning.AddMinutes(30), person) { Document = document });

        Fields(await OneAsync(style, "document"), "external_id", "title", "provider_id", "content.text", "patient_id").Should().Equal(
            "90001", "Progress Note", "prov-johnson", "Seen today & feels well.\nTo be seen again in three months.", (await OneAsync(style, RecordDefinition.Patient)).Id.ToString());
    }

    private async Task TellAsync(FeedStyle style, ClinicEvent told)
    {
        var feed = new ClinicFeed(style, new ClinicOptions());
        var account = await new FeedClient(new FeedClientOptions { To = AddressOf(style) }, TimeProvider.System).SendAsync([feed.Message(told with { Number = ++_number })], default);
        account.IsAllAccepted.Should().BeTrue("{0} is accepted: {1}", told.Trigger, string.Join(", ", account.NotAccepted));
    }

    private async Task<StoredRecord> OneAsync(FeedStyle style, string type) =>
        (await _engine.ListedAsync(PracticeOf(style).Id, type)).Should().ContainSingle("there is one {0}", type).Subject;

    private IPEndPoint AddressOf(FeedStyle style) => style == FeedStyle.Athena ? _engine.Athena : _engine.Guide;

    private static Practice PracticeOf(FeedStyle style) => style == FeedStyle.Athena ? Practice.Athena : Practice.Guide;

    /// <summary>Somebody with everything that a registration can tell.</summary>
    private static Person PersonOf(FeedStyle style) =>
        Population.Invent(1, PracticeOf(style), 200, new DateOnly(2026, 1, 5)).First(person => person is { MobilePhone.Length: > 0, Coverages.Count: 1, Contacts: [{ Relationship: "SPO" }] });

    private static Visit VisitOf(FeedStyle style) => new()
    {
        Id = "880001",
        Provider = PracticeOf(style).Providers[0],
        Department = PracticeOf(style).Departments[0],
        Type = PracticeOf(style).VisitTypes[0],
        Start = _morning,
        Minutes = 30,
        Reason = ("563", "Follow-up"),
    };

    private static IEnumerable<string?> Fields(StoredRecord record, params string[] names) => names.Select(name => record[name]);
}
