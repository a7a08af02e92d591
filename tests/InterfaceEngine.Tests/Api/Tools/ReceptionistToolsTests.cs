using System.Globalization;
using System.Net;
using System.Text.Json;
using InterfaceEngine.Api.Tools;
using InterfaceEngine.Control;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Api.Tools;

/// <summary>The receptionist guide's functions: as it prints them, and no more of a patient than the caller said.</summary>
public sealed class ReceptionistToolsTests
{
    private static readonly EhrPatientView _ada = new("31001", "Ada", "Sample", "1980-05-15", "F") { Phone = "+15551234567", Email = "ada@example.com" };

    [Fact]
    public async Task The_functions_are_those_of_the_guide_in_the_form_that_OpenAI_takes()
    {
        await using var place = await ApiPlace.StartAsync();

        var (_, tools) = await place.As(ApiRole.Receptionist).AskAsync("/api/tools");

        var functions = tools.EnumerateArray().ToDictionary(tool => tool.GetProperty("function").GetProperty("name").GetString()!, tool => tool.GetProperty("function"));
        functions.Keys.Should().Equal("lookup_patient", "check_ehr_availability", "get_ehr_slots", "create_ehr_appointment");
        tools.EnumerateArray().Should().OnlyContain(tool => tool.GetProperty("type").GetString() == "function");
        Compact(functions["lookup_patient"]).Should().Be(Compact("""
            {
                "name": "lookup_patient",
                "description": "Look up patient in EHR system to verify identity or find records",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "first_name": {"type": "string"},
                        "last_name": {"type": "string"},
                        "date_of_birth": {"type": "string", "description": "MM/DD/YYYY format"}
                    },
                    "required": ["last_name"]
                }
            }
            """));
        Compact(functions["check_ehr_availability"]).Should().Be(Compact("""
            {
                "name": "check_ehr_availability",
                "description": "Check appointment availability in EHR for specific appointment type",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "appointment_type": {"type": "string", "enum": ["new_patient", "follow_up", "physical"]},
                        "preferred_date": {"type": "string"}
                    }
                }
            }
            """));
    }

    [Fact]
    public async Task Who_said_name_and_birth_date_of_one_patient_is_verified()
    {
        var (place, control) = await PlaceAsync(_ada);
        await using var _ = place;

        var (status, answer) = await CallAsync(place, "lookup_patient", """{"first_name":"Ada","last_name":"Sample","date_of_birth":"05/15/1980"}""");

        status.Should().Be(HttpStatusCode.OK);
        answer.GetRawText().Should().Be(
            """{"tool":"lookup_patient","result":{"found":1,"identity_verified":true,"patients":[{"patient_id":"31001","first_name":"Ada","last_name":"Sample","date_of_birth":"1980-05-15","phone":"***4567"}]}}""");
        control.The<EhrPatientsRequest>().BirthDate.Should().Be("1980-05-15");
    }

    [Fact]
    public async Task What_the_caller_did_not_say_is_masked()
    {
        var (place, _) = await PlaceAsync(_ada);
        await using var disposed = place;

        var (_, answer) = await CallAsync(place, "lookup_patient", """{"last_name":"Sample"}""");

        answer.GetRawText().Should().Be(
            """{"tool":"lookup_patient","result":{"found":1,"identity_verified":false,"patients":[{"patient_id":"31001","first_name":"A***","last_name":"Sample","date_of_birth":"***","phone":"***4567"}],"advice":"Ask for the date of birth."}}""");
    }

    [Fact]
    public async Task Two_who_fit_are_not_verified_and_the_caller_is_to_be_asked_more()
    {
        var (place, _) = await PlaceAsync(_ada, _ada with { Id = "31002", FirstName = "Alan" });
        await using var disposed = place;

        var (_, answer) = await CallAsync(place, "lookup_patient", """{"last_name":"Sample","date_of_birth":"5/15/1980"}""");

        var result = answer.GetProperty("result");
        (result.GetProperty("found").GetInt32(), result.GetProperty("identity_verified").GetBoolean(), result.GetProperty("advice").GetString()).Should().Be((2, false, "Ask for the first name."));
        result.GetRawText().Should().NotContain("Alan").And.NotContain("Ada").And.NotContain("example.com");
    }

    [Theory]
    [InlineData("""{"last_name":"S","date_of_birth":"05/15/1980"}""")]
    [InlineData("""{"first_name":"A","last_name":"Sample","date_of_birth":"05/15/1980"}""")]
    [InlineData("""{"first_name":"Ada","last_name":"Sample","date_of_birth":"05/16/1980"}""")]
    [InlineData("""{"first_name":"Bob","last_name":"Sample","date_of_birth":"05/15/1980"}""")]
    public async Task Who_is_only_like_what_was_said_is_not_verified(string said)
    {
        var (place, _) = await PlaceAsync(_ada);
        await using var disposed = place;

        var (_, answer) = await CallAsync(place, "lookup_patient", said);

        answer.GetProperty("result").GetProperty("identity_verified").GetBoolean().Should().BeFalse("the vendor searches by beginnings and gives nicknames, and near misses of a birth date");
        answer.GetProperty("result").GetProperty("advice").GetString().Should().StartWith("Ask ");
    }

    [Fact]
    public async Task What_was_said_wrongly_or_in_part_is_masked_as_if_it_had_not_been_said()
    {
        var (place, _) = await PlaceAsync(_ada);
        await using var disposed = place;

        var (_, begun) = await CallAsync(place, "lookup_patient", """{"first_name":"A","last_name":"S","date_of_birth":"05/16/1980"}""");
        var (_, inFull) = await CallAsync(place, "lookup_patient", """{"first_name":"ada","last_name":"SAMPLE","date_of_birth":"05/15/1980"}""");

        begun.GetProperty("result").GetProperty("patients")[0].GetRawText().Should().Be(
            """{"patient_id":"31001","first_name":"A***","last_name":"S***","date_of_birth":"***","phone":"***4567"}""");
        inFull.GetProperty("result").GetProperty("patients")[0].GetRawText().Should().Be(
            """{"patient_id":"31001","first_name":"Ada","last_name":"Sample","date_of_birth":"1980-05-15","phone":"***4567"}""", "case is no difference");
    }

    [Fact]
    public async Task A_look_up_is_known_as_one_in_the_audit_and_not_audited_twice()
    {
        var (place, control) = await PlaceAsync(_ada);
        await using var disposed = place;

        await CallAsync(place, "lookup_patient", """{"first_name":"Ada","last_name":"Sample","date_of_birth":"05/15/1980"}""");

        var asked = control.The<EhrPatientsRequest>();
        (asked.Actor, asked.Reason).Should().Be(("voice", "lookup_patient, asked at the telephone"));
        (await place.Engine.Store.ReadAsync(reader => reader.Audit("195900", 5), default)).Should().BeEmpty("the search itself writes it, with all masked but the first name");
    }

    [Theory]
    [InlineData("check_ehr_availability")]
    [InlineData("get_ehr_slots")]
    public async Task What_is_free_is_offered_by_the_practices_own_type(string name)
    {
        var (place, control) = await PlaceAsync();
        await using var _ = place;

        var (_, answer) = await CallAsync(place, name, """{"appointment_type":"follow_up","preferred_date":"12/01/2026"}""");

        answer.GetProperty("tool").GetString().Should().Be(name);
        answer.GetProperty("result").GetRawText().Should().Be("""{"slots":[{"slot_id":"1205601","start_time":"2026-12-01T09:00:00-06:00","duration_minutes":15,"appointment_type":"Office visit","provider":"71","location":"1"}],"has_more":false}""");
        var asked = control.The<EhrSlotsRequest>();
        (asked.Type, asked.From, asked.Until).Should().Be(("82", "2026-12-01", null), "seven days are looked at");
    }

    [Fact]
    public async Task A_visit_is_asked_for_as_one_that_is_booked_once_or_by_the_key_that_the_caller_gave()
    {
        var (place, control) = await PlaceAsync();
        await using var _ = place;
        const string said = """{"patient_id":"31001","slot_id":"1205601","appointment_type":"new_patient","reason":"Check-up"}""";

        var (status, answer) = await CallAsync(place, "create_ehr_appointment", said);
        await place.As(ApiRole.Writer, "195900").SendAsync("POST", "/api/tools/create_ehr_appointment", said, ("Idempotency-Key", "call-1"));

        status.Should().Be(HttpStatusCode.OK);
        answer.GetProperty("result").GetRawText().Should().Be("""{"appointment_id":"01KDRX5Q0G00A","patient_id":"31001","appointment_type":"new_patient","status":"scheduled"}""");
        var asked = control.Asked.OfType<BookAppointmentRequest>().ToList();
        asked.Select(one => (one.Key, one.IsOnce)).Should().Equal((null, true), ("call-1", false));
        (asked[0].Practice, asked[0].Patient, asked[0].Slot, asked[0].Type, asked[0].VisitReason).Should().Be(("195900", "31001", "1205601", "new_patient", "Check-up"));
    }

    [Fact]
    public async Task A_visit_is_booked_once_in_whatever_words_and_anew_when_it_was_cancelled()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var slot = clinic.OpenSlot();
        await using var place = await OverAsync(clinic, slot.Provider);
        var said = $$"""{"patient_id":"{{clinic.Patient}}","start_time":"{{slot.Start.Replace(' ', 'T')}}"}""";
        async Task<string> BookAsync(string said)
        {
            var (status, answer) = await place.As(ApiRole.Writer, "195900").SendAsync("POST", "/api/tools/create_ehr_appointment", said);
            status.Should().Be(HttpStatusCode.OK, answer.ToString());
            await clinic.SendAsync();
            return answer.GetProperty("result").GetProperty("appointment_id").GetString()!;
        }

        var (first, again) = (await BookAsync(said), await BookAsync(said.Replace("}", ""","reason":"As I said"}""", StringComparison.Ordinal)));
        await place.As(ApiRole.Writer, "195900").SendAsync("DELETE", $"/api/appointments/{first}");
        await clinic.SendAsync();
        var (anew, anewAgain) = (await BookAsync(said), await BookAsync(said));

        again.Should().Be(first);
        anew.Should().NotBe(first).And.Be(anewAgain);
        (await clinic.VisitsAsync()).Select(visit => visit["status"]).Should().BeEquivalentTo("cancelled", "scheduled");
        clinic.Booked().Should().ContainSingle("and each was told");
    }

    [Fact]
    public async Task A_time_is_looked_at_with_the_connections_own_provider_too_and_what_is_booked_there_is_as_long_as_its_slot()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var slot = clinic.OpenSlot();
        await using var place = await OverAsync(clinic, slot.Provider);
        var client = place.As(ApiRole.Receptionist, "195900");
        string Said(string patient) => $$"""{"patient_id":"{{patient}}","start_time":"{{slot.Start.Replace(' ', 'T')}}"}""";

        var (booked, answer) = await client.SendAsync("POST", "/api/tools/create_ehr_appointment", Said(clinic.Patient));
        (await clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("booked");
        var (taken, problem) = await client.SendAsync("POST", "/api/tools/create_ehr_appointment", Said(clinic.OtherPatient));

        (booked, answer.GetProperty("result").GetProperty("status").GetString()).Should().Be((HttpStatusCode.OK, "scheduled"));
        (taken, problem.GetProperty("detail").GetString()).Should().Be((HttpStatusCode.Conflict, "Nothing is open at the vendor at this time. Nothing was booked: choose another."));
        var visit = (await clinic.VisitsAsync()).Should().ContainSingle().Subject;
        clinic.At(slot.Id).Patient.Should().Be(clinic.Patient, "the provider was the connection's");
        (DateTimeOffset.Parse(visit["end_time"]!, CultureInfo.InvariantCulture) - DateTimeOffset.Parse(visit["start_time"]!, CultureInfo.InvariantCulture)).Should().Be(TimeSpan.FromMinutes(slot.Minutes));
    }

    [Fact]
    public async Task A_visit_that_was_cancelled_since_is_not_told_as_one_that_stands()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        await using var place = await OverAsync(clinic, provider: null);
        var client = place.As(ApiRole.Writer, "195900");
        var said = $$"""{"patient_id":"{{clinic.Patient}}","slot_id":"{{clinic.OpenSlot().Id}}"}""";
        Task<(HttpStatusCode Status, JsonElement Body)> BookAsync() => client.SendAsync("POST", "/api/tools/create_ehr_appointment", said, ("Idempotency-Key", "call-1"));
        var id = (await BookAsync()).Body.GetProperty("result").GetProperty("appointment_id").GetString();
        await client.SendAsync("DELETE", $"/api/appointments/{id}");

        var (status, problem) = await BookAsync();

        (status, problem.GetProperty("detail").GetString()).Should().Be((
            HttpStatusCode.Conflict, $"The appointment that was booked by this key, {id}, does not stand any more (cancelled). Nothing was booked: book another, by a key of its own."));
    }

    [Fact]
    public async Task Where_only_a_time_is_said_its_slot_is_sought_and_a_physical_is_what_the_tables_call_it()
    {
        var (place, control) = await PlaceAsync();
        await using var _ = place;

        await CallAsync(place, "create_ehr_appointment", """{"patient_id":"31001","start_time":"2026-12-01T09:00","appointment_type":"physical"}""");

        var asked = control.The<BookAppointmentRequest>();
        (asked.SeeksSlot, asked.Slot, asked.Provider, asked.Start, asked.Connection, asked.Type).Should().Be((true, null, null, "2026-12-01 09:00", "conn_123", "annual_physical"));
    }

    /// <summary>Models fill in every argument.</summary>
    [Fact]
    public async Task What_is_empty_was_not_said()
    {
        var (place, control) = await PlaceAsync(_ada);
        await using var _ = place;

        var (looked, answer) = await CallAsync(place, "lookup_patient", """{"first_name":"","last_name":"Sample","date_of_birth":""}""");
        var (offered, _) = await CallAsync(place, "check_ehr_availability", """{"appointment_type":"","preferred_date":" "}""");
        var (booked, _) = await CallAsync(place, "create_ehr_appointment", """{"patient_id":"31001","slot_id":"","start_time":"2026-12-01T09:00","appointment_type":"","reason":""}""");

        (looked, offered, booked).Should().Be((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK));
        answer.GetProperty("result").GetProperty("advice").GetString().Should().Be("Ask for the date of birth.");
        (control.The<EhrPatientsRequest>().FirstName, control.The<EhrSlotsRequest>().Type, control.The<EhrSlotsRequest>().From).Should().Be((null, null, null));
        var asked = control.The<BookAppointmentRequest>();
        (asked.Slot, asked.Type, asked.VisitReason).Should().Be((null, null, null));
    }

    [Theory]
    [InlineData("create_ehr_appointment", """{"patient_id":"31001","slot_id":"","start_time":""}""", HttpStatusCode.BadRequest)]
    [InlineData("lookup_patient", """{"first_name":"Ada"}""", HttpStatusCode.BadRequest)]
    [InlineData("lookup_patient", """{"last_name":"Sample","date_of_birth":"yesterday"}""", HttpStatusCode.BadRequest)]
    [InlineData("lookup_patient", """{"last_name":"Sample","ssn":"1"}""", HttpStatusCode.BadRequest)]
    [InlineData("check_ehr_availability", """{"appointment_type":"surgery"}""", HttpStatusCode.BadRequest)]
    [InlineData("create_ehr_appointment", """{"patient_id":"31001"}""", HttpStatusCode.BadRequest)]
    [InlineData("delete_patient", """{}""", HttpStatusCode.NotFound)]
    public async Task Arguments_that_make_no_sense_are_refused_and_nothing_is_asked(string name, string arguments, HttpStatusCode expected)
    {
        var (place, control) = await PlaceAsync(_ada);
        await using var _ = place;

        (await CallAsync(place, name, arguments)).Status.Should().Be(expected);

        control.Asked.Should().BeEmpty();
    }

    [Theory]
    [InlineData("+15551234567", "***4567")]
    [InlineData("(555) 123-4567", "***4567")]
    [InlineData("12345", "***")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Of_a_number_the_last_four_digits_are_shown_when_enough_are_hidden(string? phone, string? expected) => Masking.Phone(phone).Should().Be(expected);

    private static Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(ApiPlace place, string name, string arguments) =>
        place.With(place.Keys.Make(ApiRole.Receptionist, ["195900"], name: "voice")).SendAsync("POST", $"/api/tools/{name}", arguments);

    /// <summary>The interface over a clinic whose vendor answers.</summary>
    private static async Task<ApiPlace> OverAsync(AthenaClinic clinic, string? provider) => await ApiPlace.StartAsync(parts => parts with
    {
        Connections = [ApiPlace.Connection(Connected.Id)],
        Control = clinic.OperationsWith(options => options with { DefaultDepartment = "1", DefaultProvider = provider }),
    });

    private static async Task<(ApiPlace Place, ScriptedControl Control)> PlaceAsync(params EhrPatientView[] patients)
    {
        ScriptedControl control = null!;
        var place = await ApiPlace.StartAsync(parts => parts with
        {
            Options = parts.Options with { AppointmentTypes = new Dictionary<string, string> { ["follow_up"] = "82" } },
            Connections = [ApiPlace.Connection("conn_123")],
            Control = control = new ScriptedControl(parts.Control)
                .On<EhrPatientsRequest>(asked => new EhrPatientsAnswer(asked.Connection, patients))
                .On<EhrSlotsRequest>(asked => new EhrSlotsAnswer(asked.Connection, [new EhrSlotView("1205601", new DateTimeOffset(2026, 12, 1, 9, 0, 0, TimeSpan.FromHours(-6)), 15, "1", "71", "82", "Office visit")]))
                .On<BookAppointmentRequest>(_ => new AppointmentAnswer("01KDRX5Q0G00A", "SIU^S12", [], [], [])),
        });
        return (place, control);
    }

    private static string Compact(string json) => Compact(JsonDocument.Parse(json).RootElement);

    private static string Compact(JsonElement json) => JsonSerializer.Serialize(json);
}
