using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Patients made on our side, over a real store and the shipped mappings: the change, its messages and its audit are one.</summary>
public sealed class PatientDeskTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    private PatientDesk Desk => _engine.Core.Patients;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync(settings => settings with
        {
            Destinations =
            [
                At(new OutboundAddress { Destination = "registry", Practices = ["1959"], SendingApplication = "PRACTICESTUDIO", ReceivingApplication = "REGISTRY", PatientEvents = "A28" }),
                At(new OutboundAddress { Destination = "portal", Practices = ["195900"], SendingApplication = "PRACTICESTUDIO", ReceivingApplication = "PORTAL", PatientEvents = "A04" }),
                At(new OutboundAddress { Destination = "visits", Practices = ["195900"], ReceivingApplication = "ATHENANET" }),
            ],
        });
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "1", 0, GuideMessages.Doe()));

        static DestinationSettings At(OutboundAddress address) => new("mllp", address, new MllpDestinationOptions(), new DeliveryOptions());
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData("1959", "registry", "ADT^A28", "ADT^A31")]
    [InlineData("195900", "portal", "ADT^A04", "ADT^A08")]
    public async Task A_patient_without_a_number_goes_out_by_our_id_which_is_said_to_be_ours(string practice, string destination, string added, string updated)
    {
        var made = await Desk.CreateAsync(New(practice), default);
        var changed = await Desk.ModifyAsync(Of(practice, made.Record.Id.ToString()) with { Fields = [new("email", []), new("middle_name", ["Q"])] }, default);

        var (sent, delivery) = await SentAsync(made);
        (delivery.Destination, delivery.Event, delivery.Record).Should().Be((destination, added, made.Record.Id));
        (At(sent, "PID-3"), At(sent, "PID-5"), At(sent, "PID-7"), At(sent, "PID-8"), sent.ControlId).Should().Be(($"{made.Record.Id}^^^PRACTICESTUDIO^PI", "Sample^Ada", "19800515", "F", delivery.Id.ToString()));
        var (change, second) = await SentAsync(changed);
        (second.Event, At(change, "PID-5"), At(change, "PID-3")).Should().Be((updated, "Sample^Ada^Q", $"{made.Record.Id}^^^PRACTICESTUDIO^PI"));
        made.Deliveries.Single().Lane.Should().Be(changed.Deliveries.Single().Lane);
    }

    [Fact]
    public async Task A_change_of_somebody_whom_the_vendor_numbers_goes_by_that_number_and_says_what_was_removed()
    {
        var changed = await Desk.ModifyAsync(Of("1959", "12345") with { Fields = [new("email", ["john@example.org"])] }, default);

        var (sent, delivery) = await SentAsync(changed);

        delivery.Event.Should().Be("ADT^A31");
        (At(sent, "PID-3"), At(sent, "PID-13")).Should().Be(("12345^^^ATHENA^MRN", "john@example.org^NET"));
        var removed = await Desk.ModifyAsync(Of("1959", "12345") with { Fields = [new("email", []), new("phone_home", ["217-555-0101"])] }, default);
        At((await SentAsync(removed)).Message, "PID-13").Should().Contain("PRN").And.NotContain("john");
    }

    [Fact]
    public async Task A_visit_of_somebody_without_a_number_goes_where_she_was_told_of_and_nowhere_else()
    {
        var made = await Desk.CreateAsync(New("195900"), default);
        var booking = new AppointmentChange
        {
            Practice = "195900",
            Patient = made.Record.Id.ToString(),
            Start = "2026-12-01 09:00",
            Minutes = 15,
            Provider = "71",
            Location = "1",
            Audit = Audit("195900"),
        };

        var all = () => _engine.Core.Appointments.BookAsync(booking, default);

        (await all.Should().ThrowAsync<ChangeRefusedException>()).WithMessage("It can't be told to visits, so nothing was changed. The patient has no number of the vendor's yet, and visits is told of no patients, so it could not know whose it is. Ask again once her registration is delivered (deliveries list), or once you have given her the number (patients change ID --number N); or name another destination. A receiver that takes patients gets both, she and her visits by our id, with Destinations:visits:PatientEvents. *patient_id*");
        var one = await _engine.Core.Appointments.BookAsync(booking with { Destination = "portal" }, default);
        var delivery = (await _engine.Store.ReadAsync(reader => reader.Delivery(one.Deliveries.Single().Id), default))!;
        At(Hl7Message.Parse(delivery.Body), "PID-3").Should().Be($"{made.Record.Id}^^^PRACTICESTUDIO^PI");
        one.Deliveries.Single().Lane.Should().Be(made.Deliveries.Single().Lane);
    }

    [Fact]
    public void A_destination_that_takes_patients_alone_is_told_of_no_visit()
    {
        var people = new OutboundAddress { Destination = "people", Practices = ["1959"], Form = OutboundForm.Fhir, TakesVisits = false };
        var messages = new OutboundMessages(_engine.Core.Mappings, [people, new OutboundAddress { Destination = "visits", Practices = ["1959"] }], new IdSource(_engine.Time, Random.Shared));

        messages.For("1959", null, AppointmentDesk.Type).Select(address => address.Destination).Should().Equal("visits");
        messages.For("1959", null, RecordDefinition.Patient).Select(address => address.Destination).Should().Equal("people");
        FluentActions.Invoking(() => messages.For("1959", "people", AppointmentDesk.Type)).Should().Throw<ChangeRefusedException>().WithMessage("people is no destination of practice 1959 that is told of visits (visits).");
        FluentActions.Invoking(() => messages.For("1959", "visits", RecordDefinition.Patient)).Should().Throw<ChangeRefusedException>().WithMessage("visits is no destination of practice 1959 that is told of patients (people).");
    }

    [Fact]
    public async Task Of_a_patient_whose_number_was_said_everybody_is_told_by_it()
    {
        var made = await Desk.CreateAsync(New("195900"), default);

        await Desk.ModifyAsync(Of("195900", made.Record.Id.ToString()) with { Number = "34772" }, default);
        var changed = await Desk.ModifyAsync(Of("195900", "34772") with { Fields = [new("middle_name", ["Q"])] }, default);

        At((await SentAsync(changed)).Message, "PID-3").Should().Be("34772");
        (await _engine.Store.ReadAsync(reader => reader.Audit("195900", 10), default)).Should().Contain(row => row.Subject == $"patient {made.Record.Id}, number" && row.Actor == "maria");
    }

    [Fact]
    public async Task What_was_broken_before_does_not_stand_in_the_way_of_another_change()
    {
        await _engine.AcceptAsync(GuideMessages.Adt("A08", "2", 1, GuideMessages.Doe(rest: "|||123 MAIN ST^^SPRINGFIELD^Illinois^62701")));

        var changed = await Desk.ModifyAsync(Of("1959", "12345") with { Fields = [new("email", ["john@example.org"])] }, default);

        changed.Changes.Select(change => change.Name).Should().Equal("email");
    }

    private static PatientChange New(string practice) => new()
    {
        Practice = practice,
        Fields = [new("last_name", ["Sample"]), new("first_name", ["Ada"]), new("date_of_birth", ["05/15/1980"]), new("gender", ["female"]), new("email", ["ada@example.org"])],
        Audit = Audit(practice),
    };

    private static PatientChange Of(string practice, string patient) => new() { Practice = practice, Patient = patient, Audit = Audit(practice) };

    private static AuditEntry Audit(string practice) => new("maria", "patients", practice, null, "a new patient");

    private async Task<(Hl7Message Message, StoredDelivery Delivery)> SentAsync(MadeRecord made)
    {
        var delivery = (await _engine.Store.ReadAsync(reader => reader.Delivery(made.Deliveries.Single().Id), default))!;
        return (Hl7Message.Parse(delivery.Body), delivery);
    }

    private static string At(Hl7Message message, string path) => Hl7Path.Parse(path).Get(message).Decode();
}
