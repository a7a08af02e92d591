using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Control;

/// <summary>What people ask of athenahealth over a connection, at a stand-in: patients, slots, a booking by a slot, and the practice's own lists.</summary>
public sealed class EhrVisitOperationsTests : IAsyncLifetime
{
    private AthenaClinic _clinic = null!;

    public async Task InitializeAsync() => _clinic = await AthenaClinic.StartAsync("athena-real", null, ("practices/195900/extra.md", ""));

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Fact]
    public async Task Slots_have_the_clinics_offset_and_our_names()
    {
        var east = _clinic.OpenSlot(department: "21");

        var slots = (await AskAsync<EhrSlotsAnswer>(new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "loc-east", From = east.Start[..10], Until = east.Start[..10] })).Slots;

        var slot = slots.Single(one => one.Id == east.Id);
        (slot.Start.ToString("yyyy-MM-dd HH:mm zzz", System.Globalization.CultureInfo.InvariantCulture), slot.Department, slot.Type, slot.Minutes).Should().Be(($"{east.Start} -05:00", "loc-east", "any_15", 15));
        slot.Provider.Should().BeOneOf("prov-johnson", "prov-smith");
    }

    [Fact]
    public async Task What_the_vendor_and_the_tables_do_not_know_is_no_empty_list()
    {
        (await AskAsync<FailureAnswer>(new EhrSlotsRequest(Connected.Id) { Actor = "maria", Type = "foo" })).Should().Match<FailureAnswer>(refused =>
            refused.Kind == FailureKind.Usage && refused.Message.StartsWith("There is no such type of appointment: ") && refused.Message.Contains("any_15"));
        (await AskAsync<FailureAnswer>(new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "9999", From = _clinic.OpenSlot().Start[..10] })).Should().Match<FailureAnswer>(refused =>
            refused.Kind == FailureKind.NotFound && refused.Message.StartsWith("There is no such department: ") && refused.Message.Contains("loc-main"));
        (await AskAsync<FailureAnswer>(new BookAppointmentRequest("195900", _clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = "99999999", Key = "web-8" })).Should().Match<FailureAnswer>(refused =>
            refused.Kind == FailureKind.NotFound && refused.Message.StartsWith("There is no such slot at the vendor."));
    }

    [Fact]
    public async Task A_booking_that_is_sent_again_while_it_is_under_way_is_answered_by_the_visit()
    {
        var free = _clinic.OpenSlot();
        var request = new BookAppointmentRequest("195900", _clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = free.Id, Type = "any_15", Key = "web-9" };
        AppointmentAnswer? first = null;
        _clinic.Calls.Before = async _ =>
        {
            // The second is about to ask whether the slot is open: the first is booked meanwhile, and told.
            _clinic.Calls.Before = _ => Task.CompletedTask;
            first = await AskAsync<AppointmentAnswer>(request);
            (await _clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("booked");
        };

        var second = await AskAsync<AppointmentAnswer>(request);

        (second.Record, second.IsRepeat).Should().Be((first!.Record, true));
        (await _clinic.VisitsAsync()).Should().ContainSingle();
        (await AskAsync<FailureAnswer>(request with { Key = "web-10" })).Message.Should().StartWith("This slot is not open at the vendor.");
    }

    [Fact]
    public async Task A_zone_that_the_practice_does_not_list_is_the_vendors()
    {
        var mesa = _clinic.OpenSlot(department: "31");

        var slots = (await AskAsync<EhrSlotsAnswer>(new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "31", From = mesa.Start[..10], Until = mesa.Start[..10] })).Slots;

        slots.Single(one => one.Id == mesa.Id).Start.Offset.Should().Be(TimeSpan.FromHours(-7), "Phoenix has no summer time");
    }

    /// <summary>The receptionist guide's kinds of visits, as the shipped tables call them.</summary>
    [Theory]
    [InlineData("athena-real", "new_patient", 45)]
    [InlineData("athena-real", "follow_up", 15)]
    [InlineData("athena-real", "annual_physical", 30)]
    [InlineData("athena-guide", "new_patient", 45)]
    [InlineData("athena-guide", "follow_up", 15)]
    [InlineData("athena-guide", "annual_physical", 30)]
    public async Task Each_kind_of_visit_that_a_receptionist_asks_for_has_slots_that_say_where_and_with_whom(string profile, string type, int minutes)
    {
        await using var clinic = await AthenaClinic.StartAsync(profile);
        await using var operations = clinic.Operations;

        var slots = ((EhrSlotsAnswer)await operations.AskAsync(new EhrSlotsRequest(Connected.Id) { Actor = "voice", Department = "loc-main", Type = type, From = "2026-02-02" }, default)).Slots;

        slots.Should().NotBeEmpty().And.OnlyContain(slot => slot.Type == type && slot.Minutes == minutes && slot.DepartmentName!.StartsWith("Main St"));
        slots.Should().OnlyContain(slot => slot.ProviderName!.Contains(' '), "nobody at the telephone knows a number");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("-06:00")]
    public async Task Where_neither_slot_nor_provider_is_said_what_is_open_at_just_this_time_is_booked(string? offset)
    {
        var slot = _clinic.OpenSlot();
        var request = new BookAppointmentRequest("195900", _clinic.Patient) { Actor = "voice", Reason = "the patient called", Start = slot.Start + offset, Minutes = 30, Location = slot.Department, SeeksSlot = true, IsOnce = true, Connection = Connected.Id };

        var booked = await AskAsync<AppointmentAnswer>(request);

        booked.Aliases.Should().Contain(alias => alias.System == "athenahealth");
        var visit = (await _clinic.VisitsAsync()).Should().ContainSingle().Subject;
        visit["provider_id"].Should().NotBeNull();
        (await _clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("booked");
        var again = await AskAsync<AppointmentAnswer>(request);
        (again.IsRepeat, again.Record).Should().Be((true, booked.Record), "who got no answer says it again, and now another slot is open at that time, or none");
    }

    [Fact]
    public async Task A_time_at_which_nothing_is_open_is_refused()
    {
        var refused = await AskAsync<FailureAnswer>(new BookAppointmentRequest("195900", _clinic.Patient)
        {
            Actor = "voice",
            Reason = "the patient called",
            Start = "2026-02-03 03:00",
            Minutes = 30,
            Location = "loc-main",
            SeeksSlot = true,
        });

        (refused.Kind, refused.Message).Should().Be((FailureKind.Refused, "Nothing is open at the vendor at this time. Nothing was booked: choose another."));
        (await _clinic.VisitsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_booking_by_a_slot_has_its_time_and_the_same_key_again_the_same_visit()
    {
        var slot = _clinic.OpenSlot();
        var request = new BookAppointmentRequest("195900", _clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = slot.Id, Key = "web-7" };

        var booked = await AskAsync<AppointmentAnswer>(request);
        await _clinic.Client.Appointments.BookAsync(slot.Id, _clinic.Patient, "82", null, null, default);
        var again = await AskAsync<AppointmentAnswer>(request);

        (again.IsRepeat, again.Record).Should().Be((true, booked.Record));
        var visit = (await _clinic.VisitsAsync()).Should().ContainSingle().Subject;
        (visit["location_id"], visit["appointment_type"]).Should().Be(("loc-main", "any_15"));
        booked.Aliases.Should().Contain(new AliasView("athenahealth", slot.Id));
    }

    [Fact]
    public async Task A_slot_that_is_booked_again_without_a_key_is_the_same_visit_by_its_time_as_well()
    {
        var slot = _clinic.OpenSlot();
        var request = new BookAppointmentRequest("195900", _clinic.Patient) { Actor = "voice", Reason = "the patient called", Slot = slot.Id, IsOnce = true };
        var booked = await AskAsync<AppointmentAnswer>(request);
        await _clinic.Client.Appointments.BookAsync(slot.Id, _clinic.Patient, "82", null, null, default);

        var bySlot = await AskAsync<AppointmentAnswer>(request with { VisitReason = "in other words" });
        var byTime = await AskAsync<AppointmentAnswer>(request with { Slot = null, Start = slot.Start, Minutes = slot.Minutes, Location = slot.Department, Provider = slot.Provider });

        (bySlot.IsRepeat, byTime.IsRepeat).Should().Be((true, true));
        new[] { booked.Record, bySlot.Record, byTime.Record }.Distinct().Should().ContainSingle();
        (await _clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task The_hour_of_a_slot_is_that_of_its_department_where_the_tables_name_no_zone()
    {
        await using var clinic = await AthenaClinic.StartAsync("athena-real", null, ("practices/195900/locations.ref.md", """
            ---
            references: location
            practice:   195900
            ---

            # Departments

            | Practice Studio | athenahealth | Name           | Zone            |
            |-----------------|--------------|----------------|-----------------|
            | loc-main        | 1            | Main St Clinic | America/Chicago |
            | loc-mesa        | 31           | Mesa Clinic    |                 |
            """));
        var slot = clinic.OpenSlot(department: "31");
        await using var operations = clinic.Operations;

        (await operations.AskAsync(new BookAppointmentRequest("195900", clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = slot.Id }, default)).Should().BeOfType<AppointmentAnswer>();

        var phoenix = DateTimeOffset.Parse($"{slot.Start} -07:00", System.Globalization.CultureInfo.InvariantCulture);
        (await clinic.VisitsAsync()).Single()["start_time"].Should().Be(phoenix.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_type_of_visit_may_be_said_by_the_vendors_number_as_it_may_when_slots_are_asked_for()
    {
        var slot = _clinic.OpenSlot();

        await AskAsync<AppointmentAnswer>(new BookAppointmentRequest("195900", _clinic.Patient)
        {
            Actor = "maria",
            Reason = "the patient called",
            Start = slot.Start,
            Minutes = slot.Minutes,
            Provider = slot.Provider,
            Location = slot.Department,
            Type = "82",
        });

        (await _clinic.VisitsAsync()).Single()["appointment_type"].Should().Be("any_15");
    }

    [Fact]
    public async Task A_slot_that_is_not_open_is_refused_before_anything_is_stored()
    {
        var slot = _clinic.OpenSlot();
        await _clinic.Client.Appointments.BookAsync(slot.Id, _clinic.OtherPatient, "82", null, null, default);

        var refused = await AskAsync<FailureAnswer>(new BookAppointmentRequest("195900", _clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = slot.Id });

        refused.Kind.Should().Be(FailureKind.Refused);
        refused.Message.Should().Be("This slot is not open at the vendor. Nothing was changed: choose another.");
        (await _clinic.VisitsAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slot_that_is_the_visits_already_is_no_fault_of_its_change(bool isTold)
    {
        var slot = _clinic.OpenSlot();
        var booked = await AskAsync<AppointmentAnswer>(new BookAppointmentRequest("195900", _clinic.Patient) { Actor = "maria", Reason = "the patient called", Slot = slot.Id, VisitReason = "Sore throat" });
        if (isTold)
        {
            (await _clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("booked");
        }

        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        var change = new ModifyAppointmentRequest("195900", booked.Record) { Actor = "maria", Reason = "the patient called", Slot = slot.Id };

        (await AskAsync<FailureAnswer>(change)).Message.Should().Be("It is so already: nothing would change, and nothing is sent.");
        (await AskAsync<AppointmentAnswer>(change with { VisitReason = "Cough" })).Changes.Select(field => field.Name).Should().Equal("reason");
        var other = await AskAsync<AppointmentAnswer>(new BookAppointmentRequest("195900", _clinic.OtherPatient) { Actor = "maria", Reason = "the patient called", Slot = _clinic.OpenSlot(8).Id });
        (await AskAsync<FailureAnswer>(change with { Id = other.Record })).Message.Should().MatchRegex("^This slot is (not open at the vendor|that of appointment .* already)");
    }

    [Fact]
    public async Task A_patient_is_found_with_the_vendors_score_and_the_look_is_audited()
    {
        var known = await _clinic.Client.Patients.ReadAsync(_clinic.Patient, default);

        var found = await AskAsync<EhrPatientsAnswer>(new EhrPatientsRequest(Connected.Id)
        {
            Actor = "maria",
            FirstName = known.Text("firstname"),
            LastName = known.Text("lastname"),
            BirthDate = known.Text("dob"),
        });

        var patient = found.Patients.Should().Contain(one => one.Id == _clinic.Patient).Which;
        patient.Score.Should().Be(23, "name and birth fit, and no more was said");
        patient.BirthDate.Should().MatchRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
    }

    [Fact]
    public async Task A_look_up_is_audited_with_all_masked_but_the_first_name_and_with_whom_it_showed()
    {
        var known = await _clinic.Client.Patients.ReadAsync(_clinic.Patient, default);
        var ours = (await _clinic.Engine.RecordsAsync("195900", "patient")).Single(patient => patient.ExternalId == _clinic.Patient);

        await AskAsync<EhrPatientsAnswer>(new EhrPatientsRequest(Connected.Id) { Actor = "maria", FirstName = known.Text("firstname"), LastName = known.Text("lastname"), BirthDate = known.Text("dob") });

        var rows = (await _clinic.Engine.Store.ReadAsync(reader => reader.Audit("195900", 10), default)).Where(row => row.Actor == "maria").ToDictionary(row => row.Action);
        rows["ehr patients"].Subject.Should().Be($"conn_1: firstname {known.Text("firstname")}, lastname ***, dob ***");
        rows["ehr patients shown"].Subject.Should().Be($"conn_1: {_clinic.Patient}");
        rows["ehr patients shown"].Records.Should().Equal(ours.Id);
    }

    [Fact]
    public async Task Whom_the_vendor_itself_calls_a_weak_match_is_not_shown()
    {
        var known = await _clinic.Client.Patients.ReadAsync(_clinic.Patient, default);

        var found = await AskAsync<EhrPatientsAnswer>(new EhrPatientsRequest(Connected.Id) { Actor = "maria", FirstName = known.Text("firstname"), LastName = known.Text("lastname"), BirthDate = "1901-01-01" });

        found.Patients.Should().BeEmpty("name alone is no match, and nobody was born that day");
    }

    [Fact]
    public async Task Whom_one_looks_for_must_be_said_and_whose_patients_they_are_allowed()
    {
        (await AskAsync<FailureAnswer>(new EhrPatientsRequest(Connected.Id) { Actor = "maria" })).Message.Should().StartWith("Say whom you look for");
        (await AskAsync<FailureAnswer>(new EhrPatientsRequest(Connected.Id) { Actor = "maria", LastName = "Doe", Practices = ["1959"] })).Message.Should().Be("conn_1 is no connection of the settings.");
        (await AskAsync<FailureAnswer>(new EhrSlotsRequest(Connected.Id) { Actor = "maria", From = "tomorrow" })).Message.Should().Be("A day is written 2026-12-01.");
    }

    [Fact]
    public async Task What_the_vendor_has_and_the_tables_have_not_is_told_and_written_beside_what_stands_there()
    {
        var file = Path.Combine(_clinic.Engine.Settings.Mappings, "practices", "195900", "locations.ref.md");
        var before = await File.ReadAllTextAsync(file);

        var told = await AskAsync<EhrReferencesAnswer>(new EhrReferencesRequest(Connected.Id) { Actor = "maria" });

        told.Differences.Should().ContainSingle().Which.Should().Be(new EhrReferenceView("locations", "new", "31", "Mesa Clinic", null, "America/Phoenix", null));
        (await File.ReadAllTextAsync(file)).Should().Be(before, "nobody asked for it to be written");

        var written = await AskAsync<EhrReferencesAnswer>(new EhrReferencesRequest(Connected.Id) { Actor = "maria", IsWritten = true });

        written.Written.Should().Equal("practices/195900/locations.ref.md");
        var after = await File.ReadAllTextAsync(file);
        after.Should().StartWith(before.TrimEnd()).And.Contain("| loc-mesa-clinic | 31").And.Contain("America/Phoenix");
        MappingFolder.LoadUsable(_clinic.Engine.Settings.Mappings, _clinic.Engine.Settings.Practices).Set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
    }

    [Theory]
    [InlineData("departments", "1", "Main St Clinic", "loc-main", "America/Chicago")]
    [InlineData("providers", "27", null, "prov-johnson", null)]
    [InlineData("types", "82", null, "any_15", "15 min")]
    [InlineData("reasons", "563", null, null, "all")]
    [InlineData("cancelreasons", "21", null, null, null)]
    [InlineData("customfields", "2", "How did you hear of us", null, "one of a list")]
    [InlineData("languages", "eng", "English", null, null)]
    [InlineData("races", "2106-3", "White", null, null)]
    [InlineData("ethnicities", "2135-2", "Hispanic or Latino", null, null)]
    public async Task A_list_has_the_vendors_numbers_and_what_the_tables_make_of_them(string list, string number, string? name, string? ours, string? more)
    {
        var rows = (await AskAsync<EhrListAnswer>(new EhrListRequest(Connected.Id, list) { Actor = "maria", Department = "loc-main", Provider = "prov-johnson" })).Rows;

        rows.Select(row => row.Number).Should().OnlyHaveUniqueItems();
        var row = rows.Single(one => one.Number == number);
        row.Name.Should().NotBeEmpty();
        (name ?? row.Name, ours, more ?? row.More).Should().Be((row.Name, row.Ours, row.More));
    }

    [Fact]
    public async Task A_list_that_is_none_or_of_whom_nobody_says_is_told()
    {
        (await AskAsync<FailureAnswer>(new EhrListRequest(Connected.Id, "type") { Actor = "maria" })).Message.Should().StartWith("There is no such list: there are departments, providers, types,");
        (await AskAsync<FailureAnswer>(new EhrListRequest(Connected.Id, "reasons") { Actor = "maria", Department = "1" })).Message.Should().StartWith("Say of whom: reasons are those of a department and a provider");
        (await AskAsync<FailureAnswer>(new EhrListRequest(Connected.Id, "types") { Actor = "maria", Patient = "1" })).Message.Should().Be("Of a patient there are customfields alone.");
        (await AskAsync<FailureAnswer>(new EhrListRequest(Connected.Id, "customfields") { Actor = "maria", Patient = "99999999" })).Should().Match<FailureAnswer>(missing =>
            missing.Kind == FailureKind.NotFound && missing.Message == "There is no such patient at the vendor.");
        (await AskAsync<FailureAnswer>(new EhrListRequest(Connected.Id, "types") { Actor = "maria", Practices = ["1959"] })).Message.Should().Be("conn_1 is no connection of the settings.");
    }

    [Fact]
    public async Task What_a_patient_has_in_the_practices_own_fields_is_shown_and_the_look_is_audited()
    {
        var ours = (await _clinic.Engine.RecordsAsync("195900", "patient")).Single(patient => patient.ExternalId == _clinic.Patient);
        var there = await _clinic.Client.Patients.CustomFieldsAsync(_clinic.Patient, "1", default);

        var shown = await AskAsync<EhrListAnswer>(new EhrListRequest(Connected.Id, "customfields") { Actor = "maria", Patient = _clinic.Patient });

        shown.Rows.Select(row => (row.Number, row.More)).Should().BeEquivalentTo(there.Select(field => (field.Text("customfieldid"), field.Text("customfieldvalue")))).And.NotBeEmpty();
        shown.Rows.Should().Contain(row => row.Name == "How did you hear of us");
        var look = (await _clinic.Engine.Store.ReadAsync(reader => reader.Audit("195900", 10), default)).Single(row => row is { Actor: "maria", Action: "ehr lists" });
        look.Subject.Should().Be($"conn_1: custom fields of {_clinic.Patient}");
        look.Records.Should().Equal(ours.Id);
    }

    [Fact]
    public async Task A_slot_is_kept_back_and_given_free_and_each_change_is_audited_once()
    {
        var slot = _clinic.OpenSlot();
        Task<FreezeSlotAnswer> Freeze(bool thaw = false) => AskAsync<FreezeSlotAnswer>(new FreezeSlotRequest(Connected.Id, slot.Id) { Actor = "maria", Reason = "the doctor is away", IsThawed = thaw });

        (await Freeze()).Should().Be(new FreezeSlotAnswer(Connected.Id, slot.Id, IsFrozen: true, WasSo: false));
        (await Freeze()).WasSo.Should().BeTrue();
        _clinic.At(slot.Id).IsFrozen.Should().BeTrue();
        (await AskAsync<EhrSlotsAnswer>(new EhrSlotsRequest(Connected.Id) { Actor = "maria", Department = "loc-main", From = slot.Start[..10], Until = slot.Start[..10] })).Slots.Should().NotContain(one => one.Id == slot.Id);
        (await Freeze(thaw: true)).Should().Be(new FreezeSlotAnswer(Connected.Id, slot.Id, IsFrozen: false, WasSo: false));

        _clinic.At(slot.Id).IsFrozen.Should().BeFalse();
        (await _clinic.Engine.Store.ReadAsync(reader => reader.Audit("195900", 10), default)).Where(row => row.Action == "ehr freeze").Select(row => (row.Subject, row.Reason))
            .Should().BeEquivalentTo([($"conn_1: slot {slot.Id}", "the doctor is away"), ($"conn_1: slot {slot.Id}, thawed", "the doctor is away")]);
    }

    [Fact]
    public async Task A_slot_that_somebody_has_or_that_is_none_is_not_kept_back()
    {
        var taken = _clinic.Vendor.At(practice => practice.Schedule.Appointments.First(one => one.Status == VendorAppointment.Future).Id);

        (await AskAsync<FailureAnswer>(new FreezeSlotRequest(Connected.Id, taken) { Actor = "maria" })).Message.Should().Be("This is no open slot: somebody has it. Nothing was changed.");
        (await AskAsync<FailureAnswer>(new FreezeSlotRequest(Connected.Id, "99999999") { Actor = "maria" })).Kind.Should().Be(FailureKind.NotFound);
    }

    private async Task<T> AskAsync<T>(ControlRequest request)
        where T : ControlAnswer
    {
        await using var operations = _clinic.Operations;
        return (await operations.AskAsync(request, default)).Should().BeOfType<T>().Subject;
    }
}
