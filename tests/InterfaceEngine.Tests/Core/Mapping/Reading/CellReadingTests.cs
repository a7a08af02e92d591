using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

public sealed class CellReadingTests
{
    [Theory]
    [InlineData("SCH|1|2", "2")]
    [InlineData("SCH|1|", "1")]
    [InlineData("SCH|1|^^X", "1")]
    [InlineData("SCH||", null)]
    [InlineData("SCH|1|\"\"", "(cleared)")]
    public void The_first_place_that_is_present_counts(string segment, string? expected) =>
        Value(new TestMap("x").Row("field", "SCH-2 or SCH-1"), segment).Should().Be(expected);

    [Fact]
    public void A_place_that_is_present_but_bad_is_reported_and_the_next_one_not_tried()
    {
        var read = Read(new TestMap("x").Row("field", "SCH-2 or SCH-1", @as: "date"), "SCH|19800515|19801315");

        read.Records[0]["field"].IsAbsent.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Path.Should().Be("SCH-2");
    }

    [Fact]
    public void Of_several_rows_the_first_whose_condition_holds_applies()
    {
        var map = () => new TestMap("x")
            .Row("field", "SCH-1", when: "HL7:SCH-3 = 'A'")
            .Row("field", "SCH-2", when: "other = 'B'")
            .Row("field", "SCH-5")
            .Row("other", "SCH-4");

        Value(map(), "SCH|one|two|A|B|rest").Should().Be("one");
        Value(map(), "SCH|one|two|C|B|rest").Should().Be("two", "a condition may look at a field further down the table");
        Value(map(), "SCH|one|two|C|D|rest").Should().Be("rest");
        Value(map(), "SCH||two|A|B|rest").Should().BeNull("the row that applies says nothing");
    }

    [Fact]
    public void A_fixed_text_is_always_there() =>
        Value(new TestMap("x").Row("field", "SCH-1 or 'USA'"), "SCH|").Should().Be("USA");

    [Fact]
    public void Joined_places_are_read_as_one() =>
        Value(new TestMap("x").Row("field", "SCH-1 + SCH-2", @as: "instant"), "SCH|20230615|0900").Should().Be("2023-06-15T14:00:00Z");

    [Theory]
    [InlineData("left(SCH-1, 3)", "text", "SCH|abcdef", "abc")]
    [InlineData("code(SCH-1, 'sex')", "code sex", "SCH|M", "male")]
    [InlineData("left(SCH-1, 8)", "date", "SCH|19800515120000", "1980-05-15")]
    [InlineData("left(SCH-1, 3)", "text", "SCH|", null)]
    public void A_formula_is_read_through_its_type(string formula, string type, string segment, string? expected)
    {
        var map = new TestMap("x").Codes("sex", UnknownCode.Review, "male=M").Row("field", read: formula.Replace("SCH-1", "HL7:SCH-1", StringComparison.Ordinal), @as: type);

        Value(map, segment).Should().Be(expected);
    }

    [Theory]
    [InlineData("W^White", "2106-3")]
    [InlineData("X^White", "2106-3")]
    [InlineData("X^Y^L^2106-3", "2106-3")]
    [InlineData("^White", "2106-3")]
    [InlineData("W&x", "2106-3")]
    public void A_coded_element_is_read_by_its_code_else_its_text_else_its_other_code(string element, string expected) =>
        Value(new TestMap("x").Codes("race", UnknownCode.Review, "2106-3=2106-3,White,W").Row("field", "SCH-1", @as: "code race"), $"SCH|{element}").Should().Be(expected);

    [Theory]
    [InlineData("2175550101^PRN^PH", "+12175550101")]
    [InlineData("(999)^PRN^PH^^^^^^^^^2175550101", "+12175550101")]
    [InlineData("^PRN^PH^^1^217^5550101", "+12175550101")]
    [InlineData("^PRN^PH^^44^20^79460958", "+442079460958")]
    [InlineData("^PRN^PH^^^217^5550101", "+12175550101")]
    [InlineData("^PRN^PH", null)]
    public void A_telephone_element_is_read_in_its_old_and_new_parts(string element, string? expected) =>
        Value(new TestMap("x").Row("field", "SCH-1", @as: "phone"), $"SCH|{element}").Should().Be(expected);

    [Fact]
    public void The_extension_of_a_telephone_element_is_reported()
    {
        var read = Read(new TestMap("x").Row("field", "SCH-1", @as: "phone"), "SCH|^PRN^PH^^1^217^5550101^12");

        read.Records[0]["field"].Text.Should().Be("+12175550101");
        read.Notes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Code = MappingCodes.Extension, Found = "12" });
    }

    [Theory]
    [InlineData("^NET^Internet^jane@example.org", "jane@example.org")]
    [InlineData("jane@example.org^NET", "jane@example.org")]
    public void An_email_element_is_read_where_it_stands(string element, string expected) =>
        Value(new TestMap("x").Row("field", "SCH-1", @as: "email"), $"SCH|{element}").Should().Be(expected);

    [Theory]
    [InlineData("SCH|5.40|mg/dL^milligram^UCUM", "5.40 mg/dL|http://unitsofmeasure.org")]
    [InlineData("SCH|<^5.4|mg/dL", "<5.4 mg/dL")]
    [InlineData("SCH|^5.4|", "5.4")]
    [InlineData("SCH|>=^5", ">=5")]
    [InlineData("SCH|^1^:^128", null)]
    [InlineData("SCH|positive", null)]
    public void A_quantity_takes_its_unit_from_the_field_after_it(string segment, string? expected) =>
        Value(new TestMap("x").Row("field", "SCH-1", @as: "quantity"), segment).Should().Be(expected);

    [Fact]
    public void Further_sub_components_are_not_read_and_not_silent()
    {
        var read = Read(new TestMap("x").Row("field", "SCH-1.1"), "SCH|van Dam&van&Dam^X");

        read.Records[0]["field"].Text.Should().Be("van Dam");
        read.Notes.Should().ContainSingle().Which.Code.Should().Be(MappingCodes.SubcomponentsLeft);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_reported_and_never_replaced_in_silence()
    {
        var read = Read(new TestMap("x").Row("field", "SCH-1"), @"SCH|ab\XFF\c");

        (read.Records[0]["field"].IsAbsent, read.Notes.Select(note => note.Code)).Should().BeEquivalentTo((true, new[] { MappingCodes.Undecodable }));
    }

    [Theory]
    [InlineData("abcdef", MappingCodes.Length)]
    [InlineData("12", MappingCodes.Pattern)]
    [InlineData("zzz", MappingCodes.Choice)]
    public void A_value_that_breaks_a_rule_of_its_row_is_not_taken(string value, string code)
    {
        var read = Read(new TestMap("x").Row("field", "SCH-1", max: 5, matches: "^[a-z]+$", oneOf: ["abc"]), $"SCH|{value}");

        read.Records[0]["field"].IsAbsent.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Code.Should().Be(code);
    }

    [Fact]
    public void An_unknown_code_may_have_a_default_that_yields_to_anything_known()
    {
        var map = new TestMap("x").Codes("sex", UnknownCode.Review, "unknown", ["male=M", "unknown=U"]).Row("field", "SCH-1", @as: "code sex");
        var read = Read(map, "SCH|X");

        read.Records[0].Fields.Single(field => field.Definition.Name == "field").Should().BeEquivalentTo(new { Value = FieldValue.Of("unknown"), IsDefault = true });
        read.Notes.Should().ContainSingle().Which.Severity.Should().Be(NoteSeverity.Review);
    }

    [Fact]
    public void A_check_may_warn_hold_or_reject()
    {
        TestMap Map(CheckOutcome outcome) => new TestMap("x").Row("field", "SCH-1", @as: "date").Check("field <= today", outcome, "born after the message was sent");

        Read(Map(CheckOutcome.Warn), "SCH|20990101").Should().BeEquivalentTo(new { IsRejected = false, IsHeld = false });
        Read(Map(CheckOutcome.Hold), "SCH|20990101").Should().BeEquivalentTo(new { IsRejected = false, IsHeld = true });
        Read(Map(CheckOutcome.Reject), "SCH|20990101").Should().BeEquivalentTo(new { IsRejected = true, IsHeld = false });
        Read(Map(CheckOutcome.Reject), "SCH|20200101").Notes.Should().BeEmpty();
    }

    [Fact]
    public void The_header_decides_whether_the_record_is_made_at_all()
    {
        var map = () => new TestMap("x") { When = "present(HL7:SCH-3)" }.Row("field", "SCH-1", @as: "date");

        Read(map(), "SCH|20201301").Should().BeEquivalentTo(new { IsMapped = true, Records = Array.Empty<IncomingRecord>(), Notes = Array.Empty<MappingNote>() });
        Read(map(), "SCH|20201201||X").Records.Should().ContainSingle();
    }

    [Fact]
    public void What_only_a_file_could_say_holds_for_no_message()
    {
        Read(new TestMap("x") { When = "present(CSV:MemberID)" }.Row("field", "SCH-1"), "SCH|A").Records.Should().BeEmpty();
        Value(new TestMap("x").Row("field", "SCH-1", when: "CSV:Status = 'x'").Row("field", "SCH-2"), "SCH|A|B").Should().Be("B");
    }

    private static MappedMessage Read(TestMap map, string segment) =>
        map.Row("key", "MSH-10", key: true).On("ADT^A04").Read($"MSH|^~\\&|ATHENA|ATHENANET|||20220316080000||ADT^A04|K|P|2.3\n{segment}");

    private static string? Value(TestMap map, string segment)
    {
        var value = Read(map, segment).Records.Should().ContainSingle().Subject["field"];
        return value.IsCleared ? "(cleared)" : value.Text;
    }
}
