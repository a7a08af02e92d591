using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class Hl7DictionaryTests
{
    [Fact]
    public void A_segment_has_its_fields()
    {
        var pid = Hl7Dictionary.Segment("PID")!;

        pid.FieldCount.Should().Be(39);
        pid.ToString().Should().Be("PID Patient identification");
        pid.Field(13)!.ToString().Should().Be("PID-13 Phone Number - Home (XTN)*");
        pid.Field(7)!.ToString().Should().Be("PID-7 Date/Time of Birth (TS)");
        pid.Field(8)!.Table.Should().Be("0001");
        pid.Field(3)!.IsRequired.Should().BeTrue();
        pid.Field(0).Should().BeNull();
        pid.Field(40).Should().BeNull();
        Hl7Dictionary.Field("IN1", 36)!.Name.Should().Be("Policy Number");
        Hl7Dictionary.FieldCount("IN1").Should().Be(53);
    }

    [Fact]
    public void A_data_type_has_its_components()
    {
        var phone = Hl7Dictionary.DataType("XTN")!;

        phone.Components.Should().HaveCount(12);
        phone.Component(4).Should().Be(new Hl7ComponentDefinition(4, "Email Address", "ST"));
        phone.Component(13).Should().BeNull();
        Hl7Dictionary.DataType("ST")!.Components.Should().BeEmpty();
        Hl7Dictionary.DataType("XX").Should().BeNull();
    }

    [Theory]
    [InlineData("ZPS")]
    [InlineData("pid")]
    public void Anything_goes_in_a_segment_it_does_not_know(string name)
    {
        Hl7Dictionary.Segment(name).Should().BeNull();
        Hl7Dictionary.FieldCount(name).Should().BeNull();
        Hl7Dictionary.Field(name, 1).Should().BeNull();
    }

    [Theory]
    [InlineData("ADT", "A04", "ADT_A01")]
    [InlineData("ADT", "A08", "ADT_A01")]
    [InlineData("ADT", "A31", "ADT_A05")]
    [InlineData("SIU", "S14", "SIU_S12")]
    [InlineData("ORU", "R01", "ORU_R01")]
    [InlineData("ADT", "Z99", null)]
    public void The_structure_follows_from_the_event(string code, string trigger, string? structure) =>
        Hl7Dictionary.StructureOf(code, trigger).Should().Be(structure);

    [Fact]
    public void Every_field_is_numbered_and_of_a_known_type()
    {
        foreach (var segment in Hl7Dictionary.Segments)
        {
            segment.Title.Should().NotBeEmpty(segment.Name);
            segment.Fields.Select(field => field.Number).Should().Equal(Enumerable.Range(1, segment.FieldCount), segment.Name);
            segment.Fields.Should().OnlyContain(field => field.Name.Length > 0 && (field.DataType == "varies" || Hl7Dictionary.DataType(field.DataType) != null), segment.Name);
        }
    }
}
