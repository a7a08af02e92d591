using System.Globalization;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>Patients registered and changed here, at a stand-in of athenahealth: known there once, whatever is lost or cut off, and by the vendor's number here.</summary>
public sealed class AthenaNetRegistrationTests : IAsyncLifetime
{
    private const string Register = "POST /patients";
    private const string Change = "PUT /patients/{patientid}";
    private const string Read = "GET /patients/{patientid}";

    private AthenaClinic _clinic = null!;

    public async Task InitializeAsync() => _clinic = await AthenaClinic.StartAsync();

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Fact]
    public async Task Somebody_new_is_registered_and_has_the_vendors_number_from_then_on()
    {
        var made = await RegisterAsync();

        var result = await _clinic.DeliverAsync(made);

        result.Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "registered" }, result.Reason);
        var there = There().Should().ContainSingle().Subject;
        (there.Person.FirstName, there.Person.Sex, there.Person.MobilePhone, there.Person.Address.PostalCode, there.Department).Should().Be(("Ada", 'F', "2175550101", "62702", "1"));
        var patient = await _clinic.VisitAsync(made.Record.Id);
        patient.Aliases[0].Should().Be(new RecordAlias("patient", "athenahealth", there.Person.Id));
        patient.Find("last_name")!.Cause!.Source.Should().Be(Connected.Id, "it was confirmed by what athenahealth has");
        (await PatientsAsync()).Should().HaveCount(3, "what athenahealth says of her is the same patient as ours");
    }

    [Theory]
    [InlineData(VendorFault.DropAfterDoing)]
    [InlineData(VendorFault.ServerError)]
    [InlineData(VendorFault.Truncated)]
    public async Task A_reply_that_is_lost_or_a_server_that_fails_makes_no_second_patient(VendorFault fault)
    {
        _clinic.Vendor.Faults.Add(Register, fault);
        var made = await RegisterAsync();

        var lost = await _clinic.DeliverAsync(made);
        var again = await _clinic.DeliverAsync(made);

        lost.Outcome.Should().Be(AttemptOutcome.Retry);
        again.Outcome.Should().Be(AttemptOutcome.Delivered, again.Reason);
        There().Should().ContainSingle();
        Calls(Register).Should().Be(fault is VendorFault.ServerError ? 2 : 1, "the second attempt looked first");
    }

    [Theory]
    [InlineData(Register, 0)]
    [InlineData(Read, 0)]
    public async Task Killed_anywhere_between_registering_and_settling_she_is_there_once_and_known_once(string at, int skip)
    {
        var made = await RegisterAsync();
        var before = Calls(at);
        _clinic.Vendor.Faults.Add(at, VendorFault.HangAfterDoing, skip: skip);
        using var killed = new CancellationTokenSource();
        var sending = _clinic.DeliverAsync(made, killed.Token);

        // A call is among those that came once it was done.
        await RunningEngine.UntilAsync(() => Task.FromResult(Calls(at) > before + skip));

        await killed.CancelAsync();
        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<OperationCanceledException>();
        await _clinic.KillAsync();
        var again = await _clinic.DeliverAsync(made);

        again.Outcome.Should().Be(AttemptOutcome.Delivered, again.Reason);
        There().Should().ContainSingle();
        (await PatientsAsync()).Should().HaveCount(3);
    }

    [Fact]
    public async Task Somebody_whom_the_vendor_knows_gets_that_number_and_nobody_is_registered()
    {
        var known = Known();
        var made = await RegisterAsync(Said(known.Person.LastName.ToUpperInvariant(), known.Person.FirstName, known.Person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), known.Person.Sex.ToString()));

        var result = await _clinic.DeliverAsync(made);

        result.Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "known there" }, result.Reason);
        Calls(Register).Should().Be(0);
        (await _clinic.VisitAsync(made.Record.Id)).ExternalId.Should().Be(known.Person.Id);
    }

    [Fact]
    public async Task Somebody_who_may_be_another_waits_for_a_person_who_says_the_number()
    {
        var known = Known();
        var made = await RegisterAsync(Said(known.Person.LastName, known.Person.FirstName, known.Person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), known.Person.Sex == 'F' ? "M" : "F"));

        var held = await _clinic.DeliverAsync(made);

        (held.Outcome, held.Code).Should().Be((AttemptOutcome.Refused, "who is it"));
        held.Reason.Should().Contain(known.Person.Id);
        Calls(Register).Should().Be(0);
        var numbered = await _clinic.Patients.ModifyAsync(Of(made.Record.Id) with { Number = known.Person.Id }, default);
        (numbered.Deliveries, numbered.Record.ExternalId).Should().BeEquivalentTo((Array.Empty<DeliveryWrite>(), known.Person.Id));
        var again = await _clinic.DeliverAsync(made);
        (again.Outcome, again.Code).Should().Be((AttemptOutcome.Delivered, "registered"), again.Reason);
    }

    [Fact]
    public async Task Two_who_fit_as_well_wait_for_a_person()
    {
        var made = await RegisterAsync();
        await AddThereAsync();
        await AddThereAsync("bypasspatientmatching");
        There().Should().HaveCount(2);

        var held = await _clinic.DeliverAsync(made);

        (held.Outcome, held.Code).Should().Be((AttemptOutcome.Refused, "who is it"));
        There().Should().HaveCount(2);
        (await _clinic.VisitAsync(made.Record.Id)).Aliases.Should().NotContain(alias => alias.System == "athenahealth");
    }

    [Fact]
    public async Task Another_person_of_the_same_name_is_registered_once_when_somebody_says_so()
    {
        var first = await RegisterAsync();
        await _clinic.DeliverAsync(first);
        var again = () => RegisterAsync();
        (await again.Should().ThrowAsync<ChangeRefusedException>()).WithMessage($"Somebody of this name and birth date is known here: {first.Record.Id}*");
        _clinic.Vendor.Faults.Add(Register, VendorFault.DropAfterDoing);

        var other = await _clinic.Patients.CreateAsync(New(Said()) with { IsAnother = true }, default);
        await _clinic.DeliverAsync(other);
        var result = await _clinic.DeliverAsync(other);

        (result.Outcome, There().Count).Should().Be((AttemptOutcome.Delivered, 2), result.Reason);
        (await _clinic.VisitAsync(other.Record.Id)).ExternalId.Should().NotBe((await _clinic.VisitAsync(first.Record.Id)).ExternalId);
    }

    [Fact]
    public async Task Somebody_who_has_come_from_the_vendor_meanwhile_is_held_and_both_stay_as_they_are()
    {
        var known = Known();
        var made = await RegisterAsync(Said(known.Person.LastName, known.Person.FirstName, known.Person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), known.Person.Sex.ToString()));
        await TakeAsync(known.Person.Id);

        var held = await _clinic.DeliverAsync(made);
        var taken = () => _clinic.Patients.ModifyAsync(Of(made.Record.Id) with { Number = known.Person.Id }, default);

        (held.Outcome, held.Code).Should().Be((AttemptOutcome.Refused, "two records"));
        (await taken.Should().ThrowAsync<ChangeRefusedException>()).WithMessage("Another patient has this number here: *");
        (await _clinic.VisitAsync(made.Record.Id)).Aliases.Should().NotContain(alias => alias.System == "athenahealth");
    }

    [Fact]
    public async Task Only_what_was_changed_here_is_changed_there()
    {
        var made = await RegisterAsync();
        await _clinic.DeliverAsync(made);
        var number = (await _clinic.VisitAsync(made.Record.Id)).ExternalId;
        await _clinic.Client.Patients.UpdateAsync(number, [new("email", "ada@example.org"), new("address1", "1 New Street")], default);

        var changed = await _clinic.Patients.ModifyAsync(Of(number) with { Fields = [new("phone_mobile", ["217-555-0199"]), new("middle_name", ["Q"])] }, default);
        var result = await _clinic.DeliverAsync(changed);

        result.Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "changed" }, result.Reason);
        var there = There().Single().Person;
        (there.MobilePhone, there.MiddleName, there.Email, there.Address.Line1).Should().Be(("2175550199", "Q", "ada@example.org", "1 New Street"));
        var patient = await _clinic.VisitAsync(made.Record.Id);
        (patient["email"], patient["address.line1"], patient["phone_mobile"]).Should().Be(("ada@example.org", "1 New Street", "+12175550199"), "what the vendor has is taken");
    }

    [Fact]
    public async Task A_change_whose_reply_is_lost_is_made_once_and_one_that_is_there_already_is_not_made()
    {
        var made = await RegisterAsync();
        await _clinic.DeliverAsync(made);
        _clinic.Vendor.Faults.Add(Change, VendorFault.DropAfterDoing);
        var changed = await _clinic.Patients.ModifyAsync(Of(made.Record.Id) with { Fields = [new("email", ["ada@example.org"])] }, default);

        var first = await _clinic.DeliverAsync(changed);
        Calls(Change).Should().Be(2, "what only changes may be repeated within an attempt");
        var again = await _clinic.DeliverAsync(changed);

        (first.Outcome, again.Outcome, Calls(Change)).Should().Be((AttemptOutcome.Delivered, AttemptOutcome.Delivered, 2));
        There().Single().Person.Email.Should().Be("ada@example.org");
    }

    [Fact]
    public async Task What_is_removed_here_is_removed_there_and_the_rest_of_an_address_stays()
    {
        var made = await RegisterAsync();
        await _clinic.DeliverAsync(made);

        var changed = await _clinic.Patients.ModifyAsync(Of(made.Record.Id) with { Fields = [new("phone_mobile", []), new("address.line1", ["9 Elm St"]), new("address.line2", ["Apt 4"])] }, default);
        var result = await _clinic.DeliverAsync(changed);

        result.Outcome.Should().Be(AttemptOutcome.Delivered, result.Reason);
        changed.Changes.Select(change => change.Name).Should().BeEquivalentTo("phone_mobile", "address.line1", "address.line2");
        var there = There().Single().Person;
        (there.MobilePhone, there.Address.Line1, there.Address.Line2, there.Address.City, there.Address.PostalCode).Should().Be(("", "9 Elm St", "Apt 4", "Springfield", "62702"));
    }

    [Fact]
    public async Task A_visit_of_somebody_new_goes_behind_her_and_by_the_number_that_she_has_by_then()
    {
        var made = await RegisterAsync();
        var slot = _clinic.OpenSlot();
        var booked = await _clinic.Desk.BookAsync(_clinic.Booking(slot) with { Patient = made.Record.Id.ToString() }, default);

        var early = await _clinic.DeliverAsync(booked);
        await _clinic.DeliverAsync(made);
        var result = await _clinic.DeliverAsync(booked);

        (early.Outcome, early.Code).Should().Be((AttemptOutcome.Retry, "not yet"), "what tells of her is on its way");
        result.Outcome.Should().Be(AttemptOutcome.Delivered, result.Reason);
        _clinic.Booked(There().Single().Person.Id).Should().ContainSingle().Which.Id.Should().Be(slot.Id);
        (await _clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task A_visit_of_somebody_of_whom_nothing_tells_the_vendor_is_held()
    {
        var made = await RegisterAsync();
        var booked = await _clinic.Desk.BookAsync(_clinic.Booking(_clinic.OpenSlot()) with { Patient = made.Record.Id.ToString() }, default);
        var dismissed = new CommitUnit { Practice = _clinic.Practice, DeliveryDecisions = [new DeliveryDecision(made.Deliveries.Single().Id, DeliveryVerdict.Dismiss)] };
        await _clinic.Engine.Store.CommitAsync(dismissed, default);

        (await _clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "no patient" });
    }

    [Fact]
    public async Task The_engine_sends_a_new_patient_and_her_visit_in_their_order()
    {
        var made = await RegisterAsync();
        var booked = await _clinic.Desk.BookAsync(_clinic.Booking(_clinic.OpenSlot()) with { Patient = made.Record.Id.ToString() }, default);
        _clinic.Vendor.Faults.Add(Register, VendorFault.DropAfterDoing);
        using var stop = new CancellationTokenSource();

        var sender = _clinic.Sender();
        var running = sender.RunAsync(stop.Token);
        await RunningEngine.UntilAsync(async () =>
        {
            _clinic.Engine.Time.Advance(TimeSpan.FromMilliseconds(100));
            return await StateAsync(booked.Deliveries.Single().Id) is DeliveryState.Delivered or DeliveryState.Held;
        });

        (await StateAsync(made.Deliveries.Single().Id), await StateAsync(booked.Deliveries.Single().Id)).Should().Be((DeliveryState.Delivered, DeliveryState.Delivered));
        _clinic.Booked(There().Should().ContainSingle().Subject.Person.Id).Should().ContainSingle();
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_visit_of_somebody_new_is_found_by_her_number_while_it_has_none_itself()
    {
        var made = await RegisterAsync();
        var booked = await _clinic.Desk.BookAsync(_clinic.Booking(_clinic.OpenSlot(), isChosen: false) with { Patient = made.Record.Id.ToString() }, default);

        await _clinic.DeliverAsync(made);
        var awaiting = await AwaitingAsync();
        await _clinic.DeliverAsync(booked);

        awaiting.Should().ContainSingle().Which.Id.Should().Be(booked.Visit.Id, "a message of athenahealth may tell of it before its delivery is answered");
        (await AwaitingAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Where_the_guides_are_followed_their_search_tells_who_is_known()
    {
        await using var clinic = await AthenaClinic.StartAsync("athena-guide", EhrProfiles.Find("athena-guide")!.Dialect);
        clinic.Vendor.Faults.Add(Register, VendorFault.DropAfterDoing);
        var made = await clinic.Patients.CreateAsync(new PatientChange { Practice = clinic.Practice, Fields = Said(), Location = "1", Audit = AthenaClinic.AuditOf(clinic.Practice) }, default);

        var lost = await clinic.DeliverAsync(made);
        var again = await clinic.DeliverAsync(made);

        (lost.Outcome, again.Outcome).Should().Be((AttemptOutcome.Retry, AttemptOutcome.Delivered), again.Reason);
        clinic.Vendor.At(practice => practice.Patients.Count(patient => patient.Person is { LastName: "Sample", FirstName: "Ada", Sex: 'F' })).Should().Be(1);
        clinic.Vendor.Calls.Count(call => call.Endpoint == Register).Should().Be(1);
    }

    [Fact]
    public async Task Somebody_whom_the_vendor_does_not_have_is_held()
    {
        var made = await RegisterAsync();
        await _clinic.Patients.ModifyAsync(Of(made.Record.Id) with { Number = "99999" }, default);

        var held = await _clinic.DeliverAsync(made);

        (held.Outcome, held.Code).Should().Be((AttemptOutcome.Refused, "not there"));
    }

    [Fact]
    public async Task A_change_of_somebody_whom_the_vendor_was_never_told_of_registers_her()
    {
        var made = await RegisterAsync();

        var changed = await _clinic.Patients.ModifyAsync(Of(made.Record.Id) with { Fields = [new("email", ["ada@example.org"])], Location = "1" }, default);
        var result = await _clinic.DeliverAsync(changed);

        result.Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "registered" }, result.Reason);
        There().Should().ContainSingle().Which.Person.Email.Should().Be("ada@example.org");
    }

    [Fact]
    public async Task Without_a_department_nobody_is_registered()
    {
        var made = await _clinic.Patients.CreateAsync(New(Said()) with { Location = null }, default);

        var held = await _clinic.DeliverAsync(made);

        (held.Outcome, held.Code).Should().Be((AttemptOutcome.Refused, "no department"));
        There().Should().BeEmpty();
    }

    [Fact]
    public async Task What_a_vendor_sends_is_told_to_nobody()
    {
        await TakeAsync(Known().Person.Id);

        (await PatientsAsync()).Should().HaveCount(3);
        (await _clinic.Engine.Store.ReadAsync(reader => reader.DeliveryCounts(), default)).Should().BeEmpty();
    }

    private Task<MadeRecord> RegisterAsync(IReadOnlyList<SaidField>? said = null) => _clinic.Patients.CreateAsync(New(said ?? Said()), default);

    private PatientChange New(IReadOnlyList<SaidField> said) => new() { Practice = _clinic.Practice, Fields = said, Location = "1", Audit = AthenaClinic.AuditOf(_clinic.Practice) };

    private PatientChange Of(EngineId patient) => Of(patient.ToString());

    private PatientChange Of(string patient) => new() { Practice = _clinic.Practice, Patient = patient, Audit = AthenaClinic.AuditOf(_clinic.Practice) };

    private static List<SaidField> Said(string last = "Sample", string first = "Ada", string born = "1980-05-15", string sex = "F") =>
    [
        new("last_name", [last]), new("first_name", [first]), new("date_of_birth", [born]), new("gender", [sex]), new("phone_mobile", ["(217) 555-0101"]),
        new("address.line1", ["456 Oak Ave"]), new("address.city", ["Springfield"]), new("address.state", ["IL"]), new("address.postal_code", ["62702"]),
    ];

    /// <summary>One whom the vendor has, and our store has not.</summary>
    private VendorPatient Known() => _clinic.Vendor.At(practice => practice.Patients[5]);

    private List<VendorPatient> There() => _clinic.Vendor.At(practice => practice.Patients.Where(patient => patient.Person is { LastName: "Sample", FirstName: "Ada" }).ToList());

    /// <summary>Takes a patient in, as a synchronisation would.</summary>
    private async Task TakeAsync(string number)
    {
        var (row, serverTime) = await _clinic.Client.Patients.ReadTimedAsync(number, default);
        await _clinic.Engine.Core.VendorDocuments.TakeAsync(_clinic.Practice, Connected.Id, [AthenaPatients.Document(row)], serverTime, default);
    }

    private Task<string?> AddThereAsync(string? flag = null) => _clinic.Client.Patients.CreateAsync(
        [
            new("lastname", "Sample"), new("firstname", "Ada"), new("dob", "05/15/1980"), new("sex", "F"), new("zip", "62702"), new("departmentid", "1"),
            .. flag is null ? Array.Empty<KeyValuePair<string, string>>() : [new(flag, "true")],
        ],
        default);

    private Task<IReadOnlyList<StoredRecord>> PatientsAsync() => _clinic.Engine.RecordsAsync(_clinic.Practice, "patient");

    private async Task<DeliveryState?> StateAsync(EngineId delivery) => await _clinic.Engine.Store.ReadAsync(reader => reader.Standing(delivery)?.State, default);

    /// <summary>The visits that are found by the patient's number because they have none of their own.</summary>
    private async Task<IReadOnlyList<StoredRecord>> AwaitingAsync()
    {
        var visits = _clinic.Engine.Core.Mappings.Current.Set.For(_clinic.Practice)!.Find("appointment")!.Definition;
        return await _clinic.Engine.Store.ReadAsync(reader => reader.Records(_clinic.Practice, OwnBooking.Key(visits, There().Single().Person.Id)), default);
    }

    private int Calls(string endpoint) => _clinic.Vendor.Calls.Count(call => call.Endpoint == endpoint);
}
