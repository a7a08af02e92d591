using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>What the shipped maps write in athenaNet, FHIR R4 and CSV, read by <see cref="System.Text.Json"/>'s own reader.</summary>
public sealed class DocumentWritingTests
{
    [Fact]
    public void A_patient_is_written_as_athenaNet_takes_it()
    {
        var body = Text(Write("POST /patients", Clinic.Patient(("phone_home", "+12175550101"), ("race", "2106-3\u001f2028-9"), ("deceased_at", "2020-01-31"), ("email", "a@b.c"))));

        body.Should().Be("""{"patientid":"34772","lastname":"Doe","firstname":"Jane","dob":"08/22/1975","sex":"F","homephone":"2175550101","email":"a@b.c","race":["2106-3","2028-9"],"deceaseddate":"01/31/2020"}""");
    }

    [Fact]
    public void The_same_as_a_form_has_a_tab_between_races() =>
        Text(Write("POST /patients", Clinic.Patient(("race", "2106-3\u001f2028-9"), ("address.line1", "1 Oak & Elm")), isForm: true))
            .Should().Be("patientid=34772&lastname=Doe&firstname=Jane&dob=08%2F22%2F1975&sex=F&address1=1+Oak+%26+Elm&race=2106-3%092028-9");

    [Fact]
    public void A_removed_field_is_null_in_a_call_and_empty_in_a_form()
    {
        var (patient, cleared) = (Clinic.Patient(("email", null)), new ClearedField(Clinic.PatientId, "email"));

        Text(Write("PUT /patients/{patientid}", patient, cleared: [cleared])).Should().EndWith("\"email\":null}");
        Text(Write("PUT /patients/{patientid}", patient, cleared: [cleared], isForm: true)).Should().EndWith("&email=");
    }

    [Fact]
    public void A_booking_has_numbers_day_and_time_of_the_clinic() =>
        Text(Write("PUT /appointments/{appointmentid}", Visit("loc-east"))).Should()
            .Be("""{"appointmentid":"990117","patientid":34772,"providerid":27,"date":"01/12/2026","starttime":"11:15","duration":15,"appointmentstatus":"f","departmentid":21}""");

    [Fact]
    public void A_visit_becomes_an_Appointment_with_three_participants_and_an_offset() => Text(Write("FHIR Appointment", Visit("loc-main"))).Should().Be(
        """{"resourceType":"Appointment","id":"990117","participant":[{"status":"accepted","actor":{"reference":"Patient/34772"}},{"status":"accepted","actor":{"reference":"Practitioner/27"}},"""
        + """{"status":"accepted","actor":{"reference":"Location/1"}}],"start":"2026-01-12T10:15:00-06:00","minutesDuration":15,"end":"2026-01-12T10:30:00-06:00","status":"booked"}""");

    [Fact]
    public void A_Patient_has_what_R4_and_US_Core_ask_for()
    {
        var patient = Parsed(Write("FHIR Patient", Clinic.Patient(("race", "2106-3\u001f2028-9"), ("ethnicity", "UNK"), ("marital_status", "married"), ("preferred_language", "es"), ("deceased_at", "2020-01"))));

        patient["extension"]![0]!.ToJsonString().Should().Be(
            """{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[{"url":"ombCategory","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2106-3","display":"White"}},"""
            + """{"url":"ombCategory","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2028-9","display":"Asian"}},{"url":"text","valueString":"White, Asian"}]}""");
        patient["extension"]![1]!["extension"]![0]!["valueCoding"]!["system"]!.GetValue<string>().Should().Be("http://terminology.hl7.org/CodeSystem/v3-NullFlavor");
        patient["maritalStatus"]!.ToJsonString().Should().Be("""{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"}]}""");
        patient["communication"]!.ToJsonString().Should().Be("""[{"preferred":true,"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"es","display":"Spanish"}]}}]""");
        patient["deceasedDateTime"]!.GetValue<string>().Should().Be("2020-01");
        patient["name"]!.ToJsonString().Should().Be("""[{"use":"official","family":"Doe","given":["Jane"]}]""");
    }

    [Fact]
    public void A_gap_in_a_list_says_that_something_is_not_known()
    {
        var address = Parsed(Write("FHIR Patient", Clinic.Patient(("address.line2", "Apt 4"))))["address"]![0]!;

        address["line"]!.ToJsonString().Should().Be("[null,\"Apt 4\"]");
        address["_line"]!.ToJsonString().Should().Be("""[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]},null]""");
    }

    [Fact]
    public void Over_what_the_receiver_holds_only_what_is_mapped_and_differs_changes()
    {
        var before = Sample("fhir-patient.json");
        var after = Parsed(Write("FHIR Patient", Clinic.Patient(("first_name", "Maria"), ("last_name", "Roe"), ("phone_home", "+12175550143"), ("phone_mobile", "+12175550199"), ("deceased_at", "2024-05-01")), before));
        var expected = System.Text.Json.Nodes.JsonNode.Parse(before.Bytes.Span)!.AsObject();

        // The narrative was made from the name before; of deceased[x] only one may be there.
        expected.Remove("text");
        expected.Remove("deceasedBoolean");
        expected["name"]![1]!["family"] = "Roe";
        expected["telecom"]![1]!["value"] = "+12175550199";
        expected["deceasedDateTime"] = "2024-05-01";
        System.Text.Json.Nodes.JsonNode.DeepEquals(after, expected).Should().BeTrue(after.ToJsonString());
        after["telecom"]![0]!["value"]!.GetValue<string>().Should().Be("(217) 555-0143", "it says the same number");
    }

    [Fact]
    public void Nothing_changes_where_the_receiver_says_the_same()
    {
        var body = JsonBody.Parse("""{"resourceType":"Patient","id":"34772","text":{"status":"generated","div":"x"},"name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1975-08-22","gender":"female","multipleBirthInteger":1}"""u8.ToArray());

        Text(Write("FHIR Patient", Clinic.Patient(), body)).Should().Be(Encoding.UTF8.GetString(body.Bytes.Span));
    }

    [Fact]
    public void An_address_is_written_as_a_unit_so_that_no_part_of_the_former_stays()
    {
        var body = JsonBody.Parse("""{"resourceType":"Patient","address":[{"use":"old","line":["9 Elm"]},{"use":"home","line":["1 Oak","Apt 4"],"city":"Peoria","district":"Kept"}]}"""u8.ToArray());

        Parsed(Write("FHIR Patient", Clinic.Patient(("address.line1", "2 Ash"), ("address.state", "IL")), body))["address"]!.ToJsonString()
            .Should().Be("""[{"use":"old","line":["9 Elm"]},{"use":"home","line":["2 Ash"],"district":"Kept","state":"IL"}]""");
    }

    [Fact]
    public void A_removed_number_takes_its_element_along_and_leaves_what_says_more()
    {
        var body = JsonBody.Parse("""{"resourceType":"Patient","telecom":[{"system":"phone","use":"mobile","value":"2175550144"},{"system":"email","value":"x@y.z","rank":2},{"system":"fax","value":"1"}]}"""u8.ToArray());
        ClearedField[] cleared = [new(Clinic.PatientId, "phone_mobile"), new(Clinic.PatientId, "email")];

        Parsed(Write("FHIR Patient", Clinic.Patient(("phone_mobile", null), ("email", null)), body, cleared))["telecom"]!.ToJsonString()
            .Should().Be("""[{"system":"email","rank":2},{"system":"fax","value":"1"}]""");
    }

    [Fact]
    public void A_value_that_is_known_is_no_longer_absent()
    {
        var body = JsonBody.Parse("""{"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]},"name":[{"given":[null,"Q"],"_given":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]},{"id":"g2"}]}]}"""u8.ToArray());
        var patient = Parsed(Write("FHIR Patient", Clinic.Patient(("middle_name", "Q")), body));

        patient["birthDate"]!.GetValue<string>().Should().Be("1975-08-22");
        patient["_birthDate"].Should().BeNull();
        patient["name"]![0]!.ToJsonString().Should().Be("""{"given":["Jane","Q"],"_given":[null,{"id":"g2"}],"family":"Doe"}""");
    }

    [Fact]
    public void What_is_contained_and_who_else_takes_part_stays()
    {
        var appointment = Parsed(Write("FHIR Appointment", Visit("loc-main"), Sample("fhir-appointment.json")));

        appointment["contained"]!.ToJsonString().Should().Contain("Schedule");
        appointment["participant"]!.AsArray().Should().HaveCount(3);
        appointment["participant"]![1]!["type"]!.ToJsonString().Should().Contain("ATND");
        appointment["participant"]![1]!["status"]!.GetValue<string>().Should().Be("tentative", "who answers is not touched while the provider is the same");
    }

    [Fact]
    public void Another_resource_is_not_written_over() =>
        Refusal(Write("FHIR Patient", Clinic.Patient(), Sample("fhir-appointment.json"))).Should().Be("MAP617 resourceType: what the receiver holds is no Patient, so it can't be written over.");

    [Fact]
    public void An_Appointment_without_a_status_is_refused() => Refusal(Write("FHIR Appointment", Visit("loc-main", ("status", null)))).Should().Be("MAP614 status: R4: a Appointment has one, and there is none.");

    [Fact]
    public void A_code_that_the_receiver_can_not_take_is_refused() => Refusal(Write("FHIR Appointment", Visit("loc-main", ("status", "blocked")))).Should().StartWith("MAP601 status: ");

    [Fact]
    public void A_document_that_breaks_R4_already_is_refused_with_its_place()
    {
        var body = JsonBody.Parse("""{"resourceType":"Appointment","status":"booked","participant":[{"actor":{"reference":"Device/1"}}]}"""u8.ToArray());

        Refusal(Write("FHIR Appointment", Visit("loc-main"), body)).Should().Be("MAP614 participant[1].status: R4: a Appointment.participant has one, and there is none.");
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","multipleBirthBoolean":true,"multipleBirthInteger":2}""", "MAP615 multipleBirth*: R4: *")]
    [InlineData("""{"resourceType":"Patient","contact":[{"gender":"m"}]}""", "MAP616 contact[1].gender: R4: *")]
    public void A_document_with_two_of_a_choice_or_a_code_that_R4_has_not_is_refused(string held, string expected) =>
        Refusal(Write("FHIR Patient", Clinic.Patient(), JsonBody.Parse(System.Text.Encoding.UTF8.GetBytes(held)))).Should().Match(expected);

    [Fact]
    public void Two_values_that_the_receiver_holds_and_a_code_that_R4_has_not_are_refused()
    {
        var two = JsonBody.Parse("""{"resourceType":"Patient","multipleBirthBoolean":true,"multipleBirthInteger":2}"""u8.ToArray());
        var code = JsonBody.Parse("""{"resourceType":"Patient","link":[{"other":{"reference":"Patient/1"},"type":"same"}]}"""u8.ToArray());

        Refusal(Write("FHIR Patient", Clinic.Patient(), two)).Should().Be("MAP615 multipleBirthInteger: R4: only one multipleBirth[x] may be there, and there are two.");
        Refusal(Write("FHIR Patient", Clinic.Patient(), code)).Should().Be("MAP616 link[1].type: R4: none of replaced-by, replaces, refer, seealso.");
    }

    [Fact]
    public void An_Observation_is_written_as_the_guide_has_it()
    {
        var pressure = Clinic.Record("observation", new EngineId(6), [], [("patient_id", Clinic.PatientId.ToString()), ("order_number", "ORD-1"), ("code", "8480-6"), ("name", "Systolic blood pressure"),
            ("code_system", "loinc"), ("status", "final"), ("observed_at", "2023-03-20T14:30:00Z"), ("value.type", "number"), ("value.quantity", "120 mm[Hg]|http://unitsofmeasure.org"), ("value.unit", "mmHg"), ("value.text", "120")]);

        Text(Write("FHIR Observation", pressure)).Should().Be(
            """{"resourceType":"Observation","subject":{"reference":"Patient/34772"},"basedOn":[{"identifier":{"value":"ORD-1"}}],"code":{"coding":[{"code":"8480-6","system":"http://loinc.org"}],"text":"Systolic blood pressure"}"""
            + ""","status":"final","effectiveDateTime":"2023-03-20T09:30:00-05:00","valueQuantity":{"value":120,"code":"mm[Hg]","system":"http://unitsofmeasure.org","unit":"mm[Hg]"}}""");
    }

    [Fact]
    public void A_value_that_is_kept_outside_the_record_is_not_left_out_in_silence()
    {
        var scan = Clinic.Record("observation", new EngineId(6), [], [("patient_id", Clinic.PatientId.ToString()), ("order_number", "ORD-1"), ("code", "1"), ("status", "final"), ("value.type", "document"),
            ("value.attachment", "7D3K application/pdf 48213")]);

        Refusal(Write("FHIR Observation", scan)).Should().StartWith("MAP608 $attachment.url: ");
    }

    [Fact]
    public void An_id_that_is_none_is_refused() => Refusal(Write("FHIR Patient", Clinic.Record("patient", Clinic.PatientId, [], [("external_id", "A/1"), ("last_name", "Doe"), ("first_name", "J"), ("date_of_birth", "1975-08-22")])))
        .Should().Be("MAP617 id: R4: not a value of type id.");

    [Fact]
    public void A_text_where_athenaNet_wants_a_number_is_refused() =>
        Refusal(Write("PUT /appointments/{appointmentid}", Visit("loc-main"), externalId: "P-1")).Should().Be("MAP608 patientid:int: 'P-1' is not a number, and one is expected there.");

    [Fact]
    public void A_call_that_no_map_writes_is_refused() => Refusal(Write("FHIR Patient", Visit("loc-main"))).Should().Be("MAP600 : FHIR Patient is no message of appointment.");

    [Fact]
    public void A_file_has_the_columns_of_every_map_and_quotes_what_it_must()
    {
        var coverage = Clinic.Record("coverage", new EngineId(5), [], [("patient_id", Clinic.PatientId.ToString()), ("member_id", "M1"), ("payer_name", "Aetna"), ("group_number", "G1")]);
        var written = new PracticeWriter(Clinic.Set.For("7")!).Write(new OutgoingFile
        {
            Kind = "Patients file",
            Rows = [[Clinic.Patient(("address.line1", "1 \"Oak\", left"), ("phone_home", "+12175550101")), coverage], [Clinic.Patient()]],
            ExternalIdOf = _ => "34772",
            Instant = Clinic.Header.Instant,
        });

        written.Notes.Should().BeEmpty();
        Text(written).Should().Be("""
            PatientID,LastName,FirstName,DOB,Gender,Address1,Address2,City,State,Zip,Phone,Email,MemberID,InsuranceProvider,GroupNumber
            34772,Doe,Jane,1975-08-22,F,"1 ""Oak"", left",,,,,(217)555-0101,,M1,Aetna,G1
            34772,Doe,Jane,1975-08-22,F,,,,,,,,,,

            """.ReplaceLineEndings("\r\n"));
    }

    [Fact]
    public void Two_records_of_a_row_that_disagree_are_refused()
    {
        var coverage = Clinic.Record("coverage", new EngineId(5), [], [("patient_id", new EngineId(9).ToString()), ("member_id", "M1")]);
        var written = new PracticeWriter(Clinic.Set.For("7")!).Write(new OutgoingFile
        {
            Kind = "Patients file",
            Rows = [[Clinic.Patient(), coverage]],
            ExternalIdOf = id => id == Clinic.PatientId ? "34772" : "9",
            Instant = Clinic.Header.Instant,
        });

        Refusal(written).Should().Be("MAP609 column PatientID: another value is in the column PatientID of this row already.");
    }

    private static StoredRecord Visit(string location, params (string Name, string? Value)[] fields) =>
        Clinic.Visit([], [("external_id", "990117"), ("appointment_type", null), ("location_id", location), .. fields]);

    private static WrittenMessage Write(string message, StoredRecord record, JsonBody? over = null, ClearedField[]? cleared = null, bool isForm = false, string externalId = "34772") =>
        new PracticeWriter(Clinic.Set.For("7")!).Write(new OutgoingDocument
        {
            Message = message,
            Record = record,
            ExternalIdOf = _ => externalId,
            Instant = Clinic.Header.Instant,
            Over = over,
            IsForm = isForm,
            Cleared = (cleared ?? []).ToHashSet(),
        });

    private static string Text(WrittenMessage written)
    {
        written.Notes.Should().BeEmpty();
        return Encoding.UTF8.GetString(written.Body.Span);
    }

    private static System.Text.Json.Nodes.JsonObject Parsed(WrittenMessage written) => System.Text.Json.Nodes.JsonNode.Parse(Text(written))!.AsObject();

    private static string Refusal(WrittenMessage written)
    {
        written.IsRefused.Should().BeTrue();
        return string.Join("; ", written.Notes.Select(note => $"{note.Code} {note.Path}: {note.Sentence ?? note.Reason}"));
    }

    private static JsonBody Sample(string name) => JsonBody.Parse(File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "samples", "json", name)));
}
