using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

public sealed class ScalarTypeTests
{
    [Theory]
    [InlineData("30", "", "30")]
    [InlineData("30", "minutes", "30")]
    [InlineData("M30", "", "30")]
    [InlineData("H1", "", "60")]
    [InlineData("S1800", "", "30")]
    [InlineData("30 min", "", "30")]
    [InlineData("1 hour", "", "60")]
    [InlineData("30", "MIN", "30")]
    [InlineData("1800", "seconds", "30")]
    [InlineData("1800", "s", "30")]
    [InlineData("1.5", "hours", "90")]
    [InlineData("24", "HR", "1440")]
    [InlineData(" 015 ", " m ", "15")]
    public void A_length_is_stored_in_minutes(string number, string unit, string expected) =>
        MinutesType.Read(number, unit, new Reader(MapFormat.Hl7).Scope).Should().Be(expected);

    [Theory]
    [InlineData("0", "")]
    [InlineData("1441", "")]
    [InlineData("-30", "")]
    [InlineData("25", "hours")]
    [InlineData("90", "seconds")]
    [InlineData("2.5", "")]
    [InlineData("half an hour", "")]
    [InlineData("99999999999999999999999999999999", "")]
    [InlineData("1", "days")]
    [InlineData("1", "fortnights")]
    public void A_length_below_a_minute_above_a_day_or_in_no_known_unit_is_refused(string number, string unit)
    {
        var reader = new Reader(MapFormat.Hl7);

        MinutesType.Read(number, unit, reader.Scope).Should().BeNull();
        reader.OnlyNote.Code.Should().Be(MappingCodes.Minutes);
    }

    [Theory]
    [InlineData("jane.smith@example.com", "jane.smith@example.com")]
    [InlineData(" Jane@Example.COM ", "Jane@Example.COM")]
    public void An_email_is_stored_as_sent(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(EmailType.Instance, text).Should().Be(expected);

    [Theory]
    [InlineData("NONE")]
    [InlineData("@example.com")]
    [InlineData("jane@")]
    [InlineData("jane doe@example.com")]
    public void What_is_no_email_is_refused(string text) =>
        new Reader(MapFormat.Csv).Refuses(EmailType.Instance, text, MappingCodes.Email);

    [Theory]
    [InlineData("7", "7")]
    [InlineData("+7", "7")]
    [InlineData("-7", "-7")]
    [InlineData("007", "7")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    public void A_whole_number_is_exact(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(NumberType.Whole, text).Should().Be(expected);

    [Theory]
    [InlineData("7.5")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("seven")]
    [InlineData("9223372036854775808")]
    public void What_is_no_whole_number_is_refused(string text) =>
        new Reader(MapFormat.Csv).Refuses(NumberType.Whole, text, MappingCodes.Number);

    [Theory]
    [InlineData("7.50", "7.50")]
    [InlineData("+.5", "0.5")]
    [InlineData("-0.1", "-0.1")]
    [InlineData("0.1234567890123456789012345", "0.1234567890123456789012345")]
    public void A_decimal_keeps_every_digit(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(NumberType.Exact, text).Should().Be(expected);

    [Theory]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData(".")]
    [InlineData("$5")]
    [InlineData("0.1234567890123456789012345678901234567890")]
    public void What_is_no_decimal_is_refused(string text) =>
        new Reader(MapFormat.Csv).Refuses(NumberType.Exact, text, MappingCodes.Number);

    [Theory]
    [InlineData("Y", "true")]
    [InlineData("yes", "true")]
    [InlineData("True", "true")]
    [InlineData("1", "true")]
    [InlineData("N", "false")]
    [InlineData("no", "false")]
    [InlineData("FALSE", "false")]
    [InlineData("0", "false")]
    public void Yes_and_no_are_read(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(BoolType.Instance, text).Should().Be(expected);

    [Theory]
    [InlineData("U")]
    [InlineData("2")]
    [InlineData("maybe")]
    public void Neither_is_refused(string text) =>
        new Reader(MapFormat.Csv).Refuses(BoolType.Instance, text, MappingCodes.Bool);

    [Theory]
    [InlineData("5.40", "5.40")]
    [InlineData("<5.4", "<5.4")]
    [InlineData(">= 5.4 mg/dL", ">=5.4 mg/dL")]
    [InlineData("=5", "5")]
    public void A_quantity_is_comparator_number_and_unit(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(QuantityType.Instance, text).Should().Be(expected);

    [Theory]
    [InlineData("positive")]
    [InlineData("<")]
    [InlineData("5-6")]
    public void What_is_no_quantity_is_refused(string text)
    {
        var reader = new Reader(MapFormat.Csv);

        reader.Read(QuantityType.Instance, text).Should().BeNull();
        reader.OnlyNote.Code.Should().Be(MappingCodes.Number);
    }
}
