using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>What is written over what a receiver holds: nothing of a former value may go on standing beside the new one.</summary>
public sealed class DocumentOverwritingTests
{
    private static readonly EngineId _id = new(6);

    [Fact]
    public void The_word_of_a_unit_changes_with_its_code()
    {
        const string Held = """{"value":100,"unit":"milligrams","system":"http://unitsofmeasure.org","code":"mg/dL"}""";

        Quantity(Held, "5.5 mmol/L|http://unitsofmeasure.org").Should().Be("""{"value":5.5,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}""");
        Quantity(Held, "5.5 mg/dL|urn:other").Should().Be("""{"value":5.5,"unit":"mg/dL","system":"urn:other","code":"mg/dL"}""");
        Quantity(Held, "5.5 mg").Should().Be("""{"value":5.5,"unit":"mg"}""");
        Quantity(Held, "5.5").Should().Be("""{"value":5.5}""");
    }

    [Fact]
    public void The_word_of_a_unit_stays_beside_the_same_code() =>
        Quantity("""{"value":100,"unit":"milligrams","system":"http://unitsofmeasure.org","code":"mg/dL"}""", "5.5 mg/dL|http://unitsofmeasure.org")
            .Should().Be("""{"value":5.5,"unit":"milligrams","system":"http://unitsofmeasure.org","code":"mg/dL"}""");

    [Fact]
    public void A_reference_to_another_leaves_no_word_of_the_former()
    {
        var held = Body("""
            {"resourceType":"Appointment","id":"990117","status":"booked","participant":[
              {"actor":{"reference":"Patient/34772","type":"Patient","display":"Jane Doe"},"status":"accepted"},
              {"actor":{"reference":"Practitioner/99","type":"Practitioner","identifier":{"value":"1234567893"},"display":"Dr. Smith"},"status":"declined"}]}
            """);

        var people = Parsed(Write("FHIR Appointment", Clinic.Visit([], [("external_id", "990117"), ("appointment_type", null), ("location_id", "loc-main")]), held))["participant"]!;

        people[0]!.ToJsonString().Should().Be("""{"actor":{"reference":"Patient/34772","type":"Patient","display":"Jane Doe"},"status":"accepted"}""", "he is the same");
        people[1]!.ToJsonString().Should().Be("""{"actor":{"reference":"Practitioner/27"},"status":"accepted"}""");
    }

    [Fact]
    public void A_changed_code_leaves_no_word_system_or_translation_of_the_former()
    {
        const string Held = """{"coding":[{"system":"http://loinc.org","version":"2.70","code":"1","display":"Old","userSelected":true},{"system":"urn:other","code":"9","display":"Old too"}],"text":"Old"}""";

        Observation("code", Held, ("code", "2")).Should().Be("""{"coding":[{"code":"2"}]}""");
        Observation("code", Held, ("code", "2"), ("code_system", "loinc"), ("name", "Old")).Should().Be("""{"coding":[{"code":"2","system":"http://loinc.org"}],"text":"Old"}""", "the record says both itself");
        Observation("code", Held, ("code", "1"), ("other_code", "8")).Should().Be("""{"coding":[{"system":"http://loinc.org","version":"2.70","code":"1","display":"Old","userSelected":true},{"code":"8"}]}""");
        Observation("code", Held, ("code", "1")).Should().Be(Held);
    }

    [Fact]
    public void A_value_that_is_a_code_leaves_no_word_of_the_former() =>
        Observation("valueCodeableConcept", """{"coding":[{"system":"http://snomed.info/sct","code":"10828004","display":"Positive"}],"text":"Positive"}""", ("code", "1"), ("value.type", "coded"), ("value.code", "260385009"))
            .Should().Be("""{"coding":[{"code":"260385009"}]}""");

    [Fact]
    public void Changed_words_leave_no_code_of_the_former() =>
        Observation("method", """{"coding":[{"code":"A1","display":"Culture"}],"text":"Culture"}""", ("code", "1"), ("method", "PCR")).Should().Be("""{"text":"PCR"}""");

    [Fact]
    public void A_name_and_an_address_in_one_text_go_with_their_parts()
    {
        var held = Body("""{"resourceType":"Patient","name":[{"text":"Jane Roe","family":"Roe","_family":{"extension":[{"url":"urn:own","valueString":"Roe"}]},"given":["Jane"]}],"address":[{"use":"home","text":"1 Oak, Peoria","line":["1 Oak"],"city":"Peoria"}]}""");

        var patient = Parsed(Write("FHIR Patient", Clinic.Patient(("address.line1", "1 Oak"), ("address.city", "Pekin")), held));

        patient["name"]!.ToJsonString().Should().Be("""[{"family":"Doe","given":["Jane"]}]""");
        patient["address"]!.ToJsonString().Should().Be("""[{"use":"home","line":["1 Oak"],"city":"Pekin"}]""");
    }

    [Fact]
    public void A_changed_item_of_a_list_leaves_nothing_that_was_said_of_the_former()
    {
        var held = Body("""
            {"resourceType":"Patient","name":[{"family":"Doe","given":["Janet"],"_given":[{"extension":[{"url":"urn:own","valueString":"Janet"}]}]}],
             "address":[{"use":"home","line":["1 Oak","Apt 4"],"_line":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-streetName","valueString":"Oak"}]},{"id":"second"}],"city":"Peoria"}]}
            """);

        var patient = Parsed(Write("FHIR Patient", Clinic.Patient(("address.line1", "2 Ash"), ("address.line2", "Apt 4"), ("address.city", "Peoria")), held));

        patient["name"]!.ToJsonString().Should().Be("""[{"family":"Doe","given":["Jane"]}]""");
        patient["address"]!.ToJsonString().Should().Be("""[{"use":"home","line":["2 Ash","Apt 4"],"_line":[null,{"id":"second"}],"city":"Peoria"}]""");
    }

    [Theory]
    [InlineData("allergy", "FHIR AllergyIntolerance", "verification", "patient")]
    [InlineData("diagnosis", "FHIR Condition", "status", "subject")]
    public void What_was_entered_in_error_is_written_over_what_the_receiver_takes_for_active(string type, string message, string field, string patient)
    {
        var held = Body($$$"""{"resourceType":"{{{message[5..]}}}","clinicalStatus":{"coding":[{"code":"active"}],"text":"Active"},"verificationStatus":{"coding":[{"code":"confirmed"}]},"code":{"coding":[{"code":"70618"}]},"{{{patient}}}":{"reference":"Patient/34772"}}""");
        var former = type == "allergy" ? "status" : "clinical_status";

        StoredRecord Record(string state) => Clinic.Record(type, _id, [], [("patient_id", Clinic.PatientId.ToString()), ("code", "70618"), (field, state), (former, state == "unconfirmed" ? null : "active")]);
        var withdrawn = Parsed(Write(message, Record("entered_in_error"), held));
        var standing = Parsed(Write(message, Record("unconfirmed"), held));

        withdrawn.ContainsKey("clinicalStatus").Should().BeFalse();
        withdrawn["verificationStatus"]!.ToJsonString().Should().Contain("\"entered-in-error\"").And.NotContain("\"confirmed\"");
        standing["clinicalStatus"]!.ToJsonString().Should().Be("""{"coding":[{"code":"active"}],"text":"Active"}""", "the record says nothing of it");
    }

    [Fact]
    public void A_value_leaves_no_reason_why_there_was_none_and_words_alone_take_no_code_away()
    {
        Observation("dataAbsentReason", """{"text":"not done"}""", isGone: true, ("code", "1"), ("value.type", "text"), ("value.text", "none")).Should().BeEmpty();
        Observation("code", """{"coding":[{"system":"urn:own","code":"7"}],"text":"Titre"}""", ("code", "Titre"), ("name", "Titre")).Should().Be("""{"coding":[{"system":"urn:own","code":"7"}],"text":"Titre"}""");
    }

    [Fact]
    public void A_part_is_not_written_over_the_whole_that_has_it()
    {
        var held = Body("""
            {"resourceType":"Observation","id":"bp","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"Patient/34772"},"component":[
              {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120,"unit":"mmHg"}},
              {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80,"unit":"mmHg"}}]}
            """);
        StoredRecord Record(string code, string status, params (string, string?)[] value) =>
            Clinic.Record("observation", _id, [], [("patient_id", Clinic.PatientId.ToString()), ("code", code), ("code_system", "loinc"), ("order_number", "O1"), ("status", status), .. value]);

        var part = Write("FHIR Observation", Record("8480-6", "final", ("value.type", "number"), ("value.quantity", "121 mmHg")), held);
        var whole = Parsed(Write("FHIR Observation", Record("85354-9", "corrected"), held));

        part.IsRefused.Should().BeTrue();
        part.Notes.Single().Should().BeEquivalentTo(new { Code = "MAP618", Path = "component", Reason = "what the receiver holds has parts that are records of their own (component), and the record is not that of the whole." });
        (whole["status"]!.GetValue<string>(), whole["component"]!.AsArray().Count).Should().Be(("corrected", 2));
    }

    [Fact]
    public void A_removed_middle_name_goes_out_of_the_text_too()
    {
        var held = Body("""{"resourceType":"Patient","name":[{"text":"Jane Q Doe","family":"Doe","given":["Jane","Q"]}]}""");

        Parsed(Write("FHIR Patient", Clinic.Patient(("middle_name", null)), held, [new(Clinic.PatientId, "middle_name")]))["name"]!.ToJsonString().Should().Be("""[{"family":"Doe","given":["Jane"]}]""");
    }

    [Fact]
    public void A_removed_list_leaves_none_of_its_items()
    {
        var held = Body("""
            {"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[
              {"url":"ombCategory","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2106-3"}},
              {"url":"ombCategory","id":"x","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2028-9"}},
              {"url":"ombCategory","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2054-5"}},
              {"url":"text","valueString":"White, Asian, Black"}]}]}
            """);

        Parsed(Write("FHIR Patient", Clinic.Patient(("race", null)), held, [new(Clinic.PatientId, "race")]))["extension"]!.ToJsonString()
            .Should().Be("""[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[{"url":"ombCategory","id":"x"}]}]""", "what says more than the value stays");
        Parsed(Write("FHIR Patient", Clinic.Patient(("race", null)), held))["extension"]!.ToJsonString().Should().Contain("White, Asian, Black", "this change said nothing of it");
    }

    [Fact]
    public void A_shorter_list_leaves_no_code_of_another_item_and_is_no_longer_absent()
    {
        var held = Body("""
            {"resourceType":"AllergyIntolerance","clinicalStatus":{"coding":[{"code":"active"}]},"patient":{"reference":"Patient/34772"},"code":{"coding":[{"code":"70618"}]},
             "reaction":[{"manifestation":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]},{"coding":[{"code":"H"}],"text":"Hives"},{"coding":[{"code":"I"}]},{"text":"Nausea"}]}]}
            """);
        var allergy = Clinic.Record("allergy", _id, [], [("patient_id", Clinic.PatientId.ToString()), ("code", "70618"), ("reactions", "Rash\u001fNausea\u001fCough")]);

        Parsed(Write("FHIR AllergyIntolerance", allergy, held))["reaction"]!.ToJsonString().Should().Be("""[{"manifestation":[{"text":"Rash"},{"text":"Nausea"},{"text":"Cough"}]}]""");
    }

    [Fact]
    public void Where_a_cell_says_where_it_is_written_it_is_not_written_where_it_was_read()
    {
        var held = Body("""{"resourceType":"Observation","id":"o-2","status":"final","code":{"text":"Titre"},"subject":{"reference":"Patient/34772"}}""");
        var observation = Clinic.Record("observation", _id, [], [("patient_id", Clinic.PatientId.ToString()), ("order_number", "ORD-9"), ("name", "Titre"), ("code", "Titre"), ("status", "final")]);
        var written = Parsed(Write("FHIR Observation", observation, held));

        written["id"]!.GetValue<string>().Should().Be("o-2");
        written["basedOn"]!.ToJsonString().Should().Be("""[{"identifier":{"value":"ORD-9"}}]""");
    }

    [Theory]
    [InlineData("""{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0276","version":"2.9","code":"FOLLOWUP","display":"A follow up visit"}],"text":"Follow up"}""")]
    [InlineData("""{"coding":[{"code":"FOLLOWUP"},{"system":"urn:local","code":"7"}]}""")]
    [InlineData("""{"text":"Follow up"}""")]
    public void A_code_of_a_table_without_a_system_is_never_written_into_one(string held)
    {
        var body = Body($$$"""{"resourceType":"Appointment","status":"booked","appointmentType":{{{held}}},"participant":[{"actor":{"reference":"Patient/34772"},"status":"accepted"}]}""");

        Parsed(Write("FHIR Appointment", Clinic.Visit([], [("external_id", "990117"), ("appointment_type", "annual_physical"), ("location_id", "loc-main")]), body))["appointmentType"]!.ToJsonString()
            .Should().Be("""{"coding":[{"code":"CHECKUP","display":"Annual physical"}]}""");
    }

    [Fact]
    public void A_call_over_an_answer_tells_what_differs_and_of_whom_and_gives_no_masked_value_back()
    {
        var held = Body("""
            {"patients":[{"patientid":"34772","lastname":"Roe","firstname":"Jane","dob":"08/22/1975","sex":"F","ssn":"*****3333","status":"active","email":"a@b.c",
             "address1":"1 Oak","address2":"Apt 4","city":"Peoria","race":["2106-3","2028-9"],"customfields":[{"customfieldid":"1","customfieldvalue":"*****"}]}],"totalcount":1}
            """);
        var patient = Clinic.Patient(("email", null), ("race", null), ("address.line1", "2 Ash"), ("address.city", "Peoria"));
        ClearedField[] cleared = [new(Clinic.PatientId, "email"), new(Clinic.PatientId, "race"), new(Clinic.PatientId, "phone_home")];

        Text(Write("PUT /patients/{patientid}", patient, held, cleared)).Should().Be("""{"patientid":"34772","lastname":"Doe","address1":"2 Ash","address2":null,"email":null,"race":null}""");
        Text(Write("PUT /patients/{patientid}", patient, held, cleared, isForm: true)).Should().Be("patientid=34772&lastname=Doe&address1=2+Ash&address2=&email=&race=");
        Text(Write("PUT /patients/{patientid}", Clinic.Patient(("race", "2054-5")), held)).Should().Be("""{"patientid":"34772","lastname":"Doe","race":["2054-5"]}""");
    }

    [Fact]
    public void A_booking_over_an_answer_tells_both_parts_of_another_time()
    {
        var visit = Clinic.Visit([], [("external_id", "990117"), ("appointment_type", null), ("location_id", "loc-east")]);
        var held = Body("""{"appointmentid":"990117","patientid":34772,"providerid":27,"date":"01/12/2026","starttime":"09:00","duration":15,"appointmentstatus":"f","departmentid":21}""");

        Text(Write("PUT /appointments/{appointmentid}", visit, held)).Should().Be("""{"appointmentid":"990117","patientid":34772,"date":"01/12/2026","starttime":"11:15"}""");
    }

    [Fact]
    public void A_number_that_the_receiver_spells_otherwise_is_no_difference()
    {
        var held = Body("""{"patientid":"34772","lastname":"Doe","firstname":"Jane","dob":"08/22/1975","sex":"F","homephone":"(217) 555-0101"}""");

        Text(Write("PUT /patients/{patientid}", Clinic.Patient(("phone_home", "+12175550101")), held)).Should().Be("""{"patientid":"34772"}""");
    }

    [Fact]
    public void What_the_receiver_says_is_read_in_the_maps_region()
    {
        var set = ShippedMappingsTests.Load(("practices/7/patient.map.md", "---\nmap: patient\npractice: 7\nextends: athenahealth\nregion: DE\n---\n\n| Practice Studio | athenaNet |\n|---|---|\n| phone_home | homephone |\n"));
        var held = Body("""{"patientid":"34772","lastname":"Doe","firstname":"Jane","dob":"08/22/1975","sex":"F","homephone":"217 555 0101"}""");

        Text(Write("PUT /patients/{patientid}", Clinic.Patient(("phone_home", "+12175550101")), held, set: set)).Should().Be("""{"patientid":"34772","homephone":"+12175550101"}""", "a number without its country is none of America's there");
    }

    [Fact]
    public void A_removed_list_is_told_as_gone_in_a_new_call_too() =>
        Text(Write("PUT /patients/{patientid}", Clinic.Patient(("race", null)), null, [new(Clinic.PatientId, "race")])).Should().EndWith("\"race\":null}");

    [Theory]
    [InlineData("PUT /patients/{patientid}", "[]", "no object")]
    [InlineData("PUT /patients/{patientid}", "1", "no object")]
    [InlineData("PUT /patients/{patientid}", "[{},{}]", "2 objects")]
    [InlineData("PUT /patients/{patientid}", """{"patients":[],"totalcount":0}""", "no object")]
    [InlineData("FHIR Patient", "[]", "no object")]
    [InlineData("FHIR Patient", """{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"Patient"}}]}""", "2 objects")]
    public void What_is_no_single_object_is_not_written_over(string message, string held, string found)
    {
        var written = Write(message, Clinic.Patient(), Body(held));

        written.IsRefused.Should().BeTrue();
        written.Notes.Single().Should().BeEquivalentTo(new { Code = "MAP617", Reason = $"what the receiver holds is {found}, and one is written over." });
    }

    private static string Quantity(string held, string value) =>
        Observation("valueQuantity", held, ("code", "1"), ("value.type", "number"), ("value.quantity", value));

    /// <summary>Writes an observation over one with this element, and gives the element.</summary>
    private static string Observation(string element, string held, params (string Name, string? Value)[] fields) => Observation(element, held, isGone: false, fields);

    private static string Observation(string element, string held, bool isGone, params (string Name, string? Value)[] fields)
    {
        var code = element == "code" ? "" : "\"code\":{\"coding\":[{\"code\":\"1\"}]},";
        var body = Body($$$"""{"resourceType":"Observation","status":"final","subject":{"reference":"Patient/34772"},"basedOn":[{"identifier":{"value":"O1"}}],{{{code}}}"{{{element}}}":{{{held}}} }""");
        return Parsed(Write("FHIR Observation", Clinic.Record("observation", _id, [], [("patient_id", Clinic.PatientId.ToString()), ("order_number", "O1"), ("status", "final"), .. fields]), body)) is var written && written.ContainsKey(element) == !isGone ? written[element]?.ToJsonString() ?? "" : throw new InvalidOperationException(element);
    }

    private static WrittenMessage Write(string message, StoredRecord record, JsonBody? over, ClearedField[]? cleared = null, bool isForm = false, MappingSet? set = null) =>
        new PracticeWriter((set ?? Clinic.Set).For("7")!).Write(new OutgoingDocument
        {
            Message = message,
            Record = record,
            ExternalIdOf = _ => "34772",
            Instant = Clinic.Header.Instant,
            Over = over,
            IsForm = isForm,
            Cleared = (cleared ?? []).ToHashSet(),
        });

    private static JsonObject Parsed(WrittenMessage written) => JsonNode.Parse(Text(written))!.AsObject();

    private static string Text(WrittenMessage written)
    {
        written.Notes.Should().BeEmpty();
        return Encoding.UTF8.GetString(written.Body.Span);
    }

    private static JsonBody Body(string json) => JsonBody.Parse(Encoding.UTF8.GetBytes(json));
}
