using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

public sealed class ListReadingTests
{
    private const char Separator = FieldValue.ListSeparator;

    [Fact]
    public void Each_segment_makes_one_record_of_the_patient()
    {
        var read = Coverage().Read(Adt($"IN1|1|100^HMO{new string('|', 34)}M1\nIN1|2|200^PPO{new string('|', 34)}M2"));

        read.Records.Select(record => (record.Owner, record.Part, record["plan"].Text, record["member_id"].Text)).Should().Equal(
            ("34772", "IN1[1]", "100", "M1"), ("34772", "IN1[2]", "200", "M2"));
        read.Records[1].Aliases.Should().Equal(new RecordAlias("coverage", "athenahealth", $"34772{Separator}200{Separator}M2"));
        read.Records[0]["patient_id"].Text.Should().Be("34772");
    }

    [Fact]
    public void Without_the_segment_there_are_no_records() => Coverage().Read(Adt("PV1|1|O")).Records.Should().BeEmpty();

    [Fact]
    public void An_item_without_its_key_is_left_out_and_the_list_is_not_whole()
    {
        var read = Coverage().Read(Adt("IN1|1|100\nIN1|2|"));

        read.Records.Should().ContainSingle();
        read.IncompleteLists.Should().Equal("coverage");
        read.IsRejected.Should().BeFalse();
        read.Notes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Code = MappingCodes.ItemKeyMissing, Path = "IN1[2]" });
    }

    [Fact]
    public void Notes_name_the_segment_they_are_about()
    {
        var read = Coverage().Read(Adt("IN1|1|100|||||||||||||||||20230101\nIN1|2|200||||||||||||||||20231301"));

        read.Notes.Should().ContainSingle().Which.Path.Should().Be("IN1[2]-18");
    }

    [Fact]
    public void One_missing_patient_is_one_problem()
    {
        var read = TestMap.Read(
            Adt("IN1|1|100\nIN1|2|200").Replace("34772", "", StringComparison.Ordinal), PatientReadingTests.Patient(), Coverage());

        read.IsRejected.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Code.Should().Be(MappingCodes.KeyMissing);
    }

    [Fact]
    public void A_name_in_a_key_does_not_depend_on_letter_case()
    {
        var map = Contact();

        map.Read(Adt("NK1|1|Doe^John|SPO")).Records[0].Aliases.Should().Equal(map.Read(Adt("NK1|1|DOE^JOHN|SPO")).Records[0].Aliases);
    }

    [Fact]
    public void A_segment_for_which_the_header_does_not_hold_is_reported_and_the_list_is_not_whole()
    {
        var read = Contact().Read(Adt("NK1|1|DOE^JOHN|SPO\nNK1|2||||555-12"));

        read.Records.Should().ContainSingle();
        read.Notes.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Severity = NoteSeverity.Warning,
            Code = MappingCodes.SegmentSkipped,
            Path = "NK1[2]",
            Reason = "no contact was made of it, since the header's when: present(last_name) does not hold.",
            Found = (string?)null,
        });
        read.IncompleteLists.Should().Equal("contact");
    }

    [Theory]
    [InlineData("NK1|2")]
    [InlineData("NK1|2|^||")]
    [InlineData("NK1|2|\"\"")]
    public void A_segment_with_nothing_but_its_number_makes_no_record_and_no_noise(string segment)
    {
        var read = Contact().Read(Adt("NK1|1|DOE^JOHN|SPO\n" + segment));

        read.Records.Should().ContainSingle();
        read.Notes.Should().BeEmpty();
        read.IncompleteLists.Should().BeEmpty();
    }

    [Fact]
    public void One_row_of_a_file_makes_two_records()
    {
        var read = Coverage().ReadRow("""
            PatientID,MemberID,InsuranceProvider
            54321,AET123456789,100
            """);

        read.Records.Should().ContainSingle().Which.Aliases.Should().Equal(new RecordAlias("coverage", "athenahealth", $"54321{Separator}100{Separator}AET123456789"));
    }

    [Fact]
    public void The_repetitions_of_a_list_field_are_its_items()
    {
        var patient = PatientReadingTests.Patient().Read(Adt("") with { Race = "2106-3^White~2028-9^Asian~White" }).Records[0];

        patient["race"].Text.Should().Be($"2106-3{Separator}2028-9");
    }

    [Fact]
    public void An_unknown_item_of_a_list_field_is_reported_and_the_others_taken()
    {
        var read = PatientReadingTests.Patient().Read(Adt("") with { Race = "2106-3~Martian" });

        read.Records[0]["race"].Text.Should().Be("2106-3");
        read.Notes.Should().ContainSingle().Which.ReviewKey.Should().Be("race|HL7 v2|Martian");
    }

    private static Message Adt(string rest) => new(rest);

    private static TestMap Coverage() => new TestMap("coverage") { Each = "IN1", Key = ["plan", "member_id"], List = ListKind.Full }
        .Row("patient_id", "PID-3[4=ATHENA?,5=MRN?].1", "PatientID", "ref patient")
        .Row("plan", "IN1-2", "InsuranceProvider")
        .Row("member_id", "IN1-36", "MemberID")
        .Row("birth", "IN1-18", @as: "date")
        .On("ADT^A04")
        .On("Patients file");

    private static TestMap Contact() => new TestMap("contact")
    {
        Each = "NK1",
        Key = ["last_name", "first_name", "relationship"],
        List = ListKind.Full,
        When = "present(last_name)",
    }
        .Row("patient_id", "PID-3.1", @as: "ref patient")
        .Row("last_name", "NK1-2.1", @as: "name")
        .Row("first_name", "NK1-2.2", @as: "name")
        .Row("relationship", "NK1-3")
        .Row("phone_home", "NK1-5", @as: "phone")
        .On("ADT^A04");

    private sealed record Message(string Rest)
    {
        public string Race { get; init; } = "";

        public static implicit operator string(Message message) => message.ToString();

        public string Replace(string from, string to, StringComparison comparison) => ToString().Replace(from, to, comparison);

        public override string ToString() =>
            $"MSH|^~\\&|ATHENANET|ATHENANET|||202301050930||ADT^A04|1|P|2.3\nPID|1||34772||DOE^JANE|||||{Race}\n{Rest}";
    }
}
