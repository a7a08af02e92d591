using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>The patient of the integration guide, as the mapping design's own test case expects it.</summary>
public sealed class PatientReadingTests
{
    private const string GuideA04 = """
        MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|12345|P|2.3|
        EVN|A04|20220315142658|||
        PID|1||12345^^^ATHENA^MRN||DOE^JOHN^||19800515|M||White|123 MAIN ST^^SPRINGFIELD^IL^62701^USA^^^SANGAMON|SANGAMON|(555)555-1234|(555)555-5678|ENG|M|CHR|100000^^^ATHENA^FIN NBR|123-45-6789|||
        """;

    [Fact]
    public void The_A04_of_the_guide_gives_the_record_of_the_design()
    {
        var read = Patient().Read(GuideA04);

        read.IsMapped.Should().BeTrue();
        read.IsRejected.Should().BeFalse();
        read.EventTime.Should().Be(new DateTimeOffset(2022, 3, 15, 19, 26, 58, TimeSpan.Zero).ToUnixTimeMilliseconds());
        var patient = read.Records.Should().ContainSingle().Subject;
        patient.Aliases.Should().Equal(new RecordAlias("patient", "athenahealth", "12345"));
        patient.Fields.Select(field => $"{field.Definition.Name} {field.Value}").Should().Equal(
            "external_id 12345",
            "first_name JOHN",
            "last_name DOE",
            "date_of_birth 1980-05-15",
            "gender male",
            "address.line1 123 MAIN ST",
            "address.line2 (cleared)",
            "address.city SPRINGFIELD",
            "address.state IL",
            "address.postal_code 62701",
            "phone_home +15555551234",
            "phone_mobile +15555555678",
            "preferred_language en",
            "race 2106-3");
        read.Notes.Should().OnlyContain(note => note.Code == MappingCodes.UnassignedPhone);
    }

    [Fact]
    public void Every_value_knows_its_bytes_and_its_cell()
    {
        var patient = Patient().Read(GuideA04).Records[0];
        var message = GuideA04.ReplaceLineEndings("\r");

        foreach (var (field, text) in new[] { ("date_of_birth", "19800515"), ("phone_mobile", "(555)555-5678"), ("address.city", "SPRINGFIELD"), ("external_id", "12345") })
        {
            var read = patient.Fields.Single(one => one.Definition.Name == field);

            message.Substring(read.Place.Offset, read.Place.Length).Should().Be(text);
            read.Cell.File.Should().Be("patient.map.md");
        }

        var cleared = patient.Fields.Single(one => one.Definition.Name == "address.line2");
        message.Substring(cleared.Place.Offset, cleared.Place.Length).Should().StartWith("123 MAIN ST^^SPRINGFIELD");
    }

    [Fact]
    public void Empty_keeps_and_two_quotes_delete()
    {
        var patient = Patient().Read("""
            MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220316080000||ADT^A08|12399|P|2.3|
            PID|1||12345^^^ATHENA^MRN||DOE^JOHN||19800515|M||||||""||||||
            """).Records[0];

        patient["phone_mobile"].IsCleared.Should().BeTrue();
        patient["phone_home"].IsAbsent.Should().BeTrue();
        patient["address.line1"].IsAbsent.Should().BeTrue();
        patient["address.line2"].IsAbsent.Should().BeTrue();
    }

    [Fact]
    public void Two_quotes_for_a_whole_field_clear_every_place_in_it()
    {
        var read = Patient().Read("""
            MSH|^~\&|ATHENA|ATHENANET|||20220316080000||ADT^A08|1|P|2.3
            PID|1||12345||DOE^JOHN||19800515|M|||""||""
            """);

        read.Records[0].Fields.Where(field => field.Value.IsCleared).Select(field => field.Definition.Name).Should().Equal(
            "address.line1", "address.line2", "address.city", "address.state", "address.postal_code", "phone_home", "email");
        read.Notes.Should().BeEmpty();
    }

    [Fact]
    public void Two_quotes_in_a_component_are_honoured_with_a_warning()
    {
        var read = Patient().Read("""
            MSH|^~\&|ATHENA|ATHENANET|||20220316080000||ADT^A08|1|P|2.3
            PID|1||12345||DOE^""
            """);

        read.Records[0]["first_name"].IsCleared.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Code.Should().Be(MappingCodes.ComponentNull);
    }

    [Fact]
    public void Every_bad_field_of_a_message_is_listed()
    {
        var read = Patient().Read("""
            MSH|^~\&|ATHENA|ATHENANET|||20220316080000||ADT^A08|1|P|2.3
            PID|1||12345||DOE^JOHN||19801345|X||Martian|1 MAIN ST^^X^Illinois||555-12|NONE|KLINGON
            """);

        read.Notes.Select(note => (note.Code, note.Field, note.Path)).Should().Equal(
            (MappingCodes.Date, "date_of_birth", "PID-7"),
            (MappingCodes.UnknownCode, "gender", "PID-8"),
            (MappingCodes.Length, "address.state", "PID-11.4"),
            (MappingCodes.Phone, "phone_home", "PID-13[2=PRN?,3=PH?]"),
            (MappingCodes.Phone, "phone_mobile", "PID-14"),
            (MappingCodes.UnknownCode, "preferred_language", "PID-15"),
            (MappingCodes.UnknownCode, "race", "PID-10"));
        read.Notes.Should().OnlyContain(note => note.Place.Length > 0 && note.Cell != null);
        read.Records[0]["date_of_birth"].IsAbsent.Should().BeTrue();
        read.Records[0]["address.state"].IsCleared.Should().BeTrue("the rest of the address is replaced, so an old state would not belong to it");
    }

    [Fact]
    public void A_note_is_written_for_people_as_the_design_says()
    {
        var read = Patient().Read("""
            MSH|^~\&|ATHENA|ATHENANET|||20220316080000||ADT^A08|1|P|2.3
            PID|1||12345||DOE^JOHN||19801345|||Decline
            """);

        read.Notes[0].ToLine("MSG 01J9K2", "date_of_birth kept as 1980-05-15.").Should().Be(
            "MSG 01J9K2 PID-7 (byte 84): MAP501 19801345 is not a date: there is no month 13.   date_of_birth kept as 1980-05-15.   [patient.map.md:13]");
        read.Notes[1].ToLine("MSG 01J9K2").Should().Be(
            "MSG 01J9K2 PID-10 (byte 95): MAP510 code 'Decline' is not in race (HL7 v2).   race kept; added to the inbox.   [patient.map.md:24]");
    }

    [Fact]
    public void Without_an_identifier_that_fits_nothing_is_stored_and_the_others_are_named()
    {
        var read = Patient().Read("""
            MSH|^~\&|ATHENA|ATHENANET|||20220316080000||ADT^A08|1|P|2.3
            PID|1||998^^^OTHER^MRN~12345^^^OTHER^PI||DOE^JOHN
            """);

        read.IsRejected.Should().BeTrue();
        read.Records.Should().BeEmpty();
        var note = read.Notes.Should().ContainSingle().Subject;
        note.Reason.Should().Be("no identifier that fits 4=ATHENA?,5=MRN? among 2.");
        note.ToLine("MSG 01J9T5").Should().Be(
            "MSG 01J9T5 PID-3 (byte 67): MAP530 no identifier that fits 4=ATHENA?,5=MRN? among 2: '998^^^OTHER^MRN', '12345^^^OTHER^PI'.   Nothing was stored.   [patient.map.md:10]");
    }

    [Fact]
    public void A_row_of_the_guides_file_gives_the_record_of_the_design()
    {
        var read = Patient().ReadRow("""
            PatientID,FirstName,LastName,DOB,Gender,Address1,Address2,City,State,Zip,Phone,Email,InsuranceProvider,MemberID,GroupNumber
            54321,Jane,Smith,1975-08-22,F,456 Oak Ave,,Springfield,IL,62702,2175876543,jane.smith@example.com,Aetna,AET123456789,GRP987654
            """);

        var patient = read.Records.Should().ContainSingle().Subject;
        patient.Format.Should().Be("CSV");
        patient.Part.Should().Be("row 1");
        patient.Fields.Select(field => $"{field.Definition.Name} {field.Value}").Should().Equal(
            "external_id 54321",
            "first_name Jane",
            "last_name Smith",
            "date_of_birth 1975-08-22",
            "gender female",
            "address.line1 456 Oak Ave",
            "address.line2 (cleared)",
            "address.city Springfield",
            "address.state IL",
            "address.postal_code 62702",
            "phone_home +12175876543",
            "email jane.smith@example.com");
        read.Notes.Should().BeEmpty();
    }

    [Fact]
    public void A_column_that_is_not_in_the_file_never_clears()
    {
        var patient = Patient().ReadRow("""
            PatientID,Address1,City
            54321,456 Oak Ave,
            """).Records[0];

        patient["address.city"].IsCleared.Should().BeTrue();
        patient["address.line2"].IsAbsent.Should().BeTrue();
        patient["phone_home"].IsAbsent.Should().BeTrue();
    }

    [Fact]
    public void A_bad_cell_of_a_file_is_named_by_its_column()
    {
        var read = Patient().ReadRow("""
            PatientID,Phone
            54321,555-12
            """);

        read.Notes.Should().ContainSingle().Which.ToLine("FILE patients-0612.csv row 4").Should().Be(
            "FILE patients-0612.csv row 4 column Phone: MAP504 '555-12' is not a phone number (5 digits).   phone_home kept.   [patient.map.md:20]");
    }

    [Fact]
    public void A_row_that_is_not_sound_is_not_applied()
    {
        var read = Patient().ReadRow("""
            PatientID,FirstName,LastName
            54321,Jane,Smith,Jr
            """);

        read.IsRejected.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Should().Match<MappingNote>(note => note.Code == MappingCodes.Row && note.Reason == "it has 4 cells and the header has 3.");
    }

    [Fact]
    public void A_patient_id_is_never_read_as_a_date_and_an_escaped_name_is_decoded()
    {
        var patient = Patient().Read("""
            MSH|^~\&|ATHENA|ATHENANET|||20220316080000||ADT^A08|1|P|2.3
            PID|1||00012345||SMITH \T\ SONS^Zo\XC3AB\
            """).Records[0];

        patient["external_id"].Text.Should().Be("00012345");
        patient["last_name"].Text.Should().Be("SMITH & SONS");
    }

    [Fact]
    public void An_event_that_no_map_reads_is_not_mapped()
    {
        var read = Patient().Read(@"MSH|^~\&|ATHENA|ATHENANET|||20220316080000||ORU^R01|1|P|2.3");

        read.IsMapped.Should().BeFalse();
        read.Records.Should().BeEmpty();
    }

    /// <summary>The rows of the guide's appendix; practice 1959 sends the cell number in PID-14.</summary>
    internal static TestMap Patient() => new TestMap("patient")
        .Codes("sex", UnknownCode.Review, "male=M", "female=F", "other=O", "unknown=U")
        .Codes("language", UnknownCode.Review, "en=ENG,EN,English")
        .Codes("race", UnknownCode.Review, "2106-3=2106-3,White", "2028-9=2028-9,Asian")
        .Codes("ethnicity", UnknownCode.Review, "2186-5=2186-5,N")
        .Row("external_id", "PID-3[4=ATHENA?,5=MRN?].1", "PatientID", key: true)
        .Row("first_name", "PID-5.2", "FirstName", "name", max: 60)
        .Row("last_name", "PID-5.1", "LastName", "name", max: 60)
        .Row("date_of_birth", "PID-7", "DOB", "date")
        .Row("gender", "PID-8", "Gender", "code sex")
        .Row("address.line1", "PID-11.1", "Address1", "name")
        .Row("address.line2", "PID-11.2", "Address2", "name")
        .Row("address.city", "PID-11.3", "City", "name")
        .Row("address.state", "PID-11.4", "State", max: 2)
        .Row("address.postal_code", "PID-11.5", "Zip")
        .Row("phone_home", "PID-13[2=PRN?,3=PH?]", "Phone", "phone")
        .Row("phone_mobile", "PID-14", @as: "phone")
        .Row("email", "PID-13[2=NET].1 or PID-13[3=Internet].4", "Email", "email")
        .Row("preferred_language", "PID-15", @as: "code language")
        .Row("race[]", "PID-10", @as: "code race")
        .Row("ethnicity", "PID-22", @as: "code ethnicity")
        .On("ADT^A04")
        .On("ADT^A08", Verb.Update)
        .On("Patients file");
}
