using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

public sealed class DateTypeTests
{
    [Theory]
    [InlineData("19800515", "1980-05-15")]
    [InlineData(" 19800515 ", "1980-05-15")]
    [InlineData("198005151230", "1980-05-15")]
    [InlineData("19800515123059", "1980-05-15")]
    [InlineData("19800515123059.1234-0500", "1980-05-15")]
    [InlineData("198005151230+0000", "1980-05-15")]
    [InlineData("20000229", "2000-02-29")]
    [InlineData("00010101", "0001-01-01")]
    public void An_HL7_date_is_read_and_its_time_dropped(string text, string expected) =>
        new Reader(MapFormat.Hl7).Read(DateType.Whole, text).Should().Be(expected);

    [Theory]
    [InlineData("19801345")]
    [InlineData("19800431")]
    [InlineData("19000229")]
    [InlineData("00000000")]
    [InlineData("19800500")]
    [InlineData("800515")]
    [InlineData("1980")]
    [InlineData("198005")]
    [InlineData("1980515")]
    [InlineData("198005155")]
    [InlineData("1980-05-15")]
    [InlineData("05/15/1980")]
    [InlineData("UNKNOWN")]
    [InlineData("19800515T1230")]
    [InlineData("١٩٨٠٠٥١٥")]
    public void What_is_no_HL7_date_is_refused(string text) =>
        new Reader(MapFormat.Hl7).Refuses(DateType.Whole, text, MappingCodes.Date);

    [Theory]
    [InlineData("1980-05-15", "1980-05-15")]
    [InlineData("05/15/1980", "1980-05-15")]
    [InlineData("5/7/1980", "1980-05-07")]
    [InlineData("19800515", "1980-05-15")]
    [InlineData("1980-05-15T00:00:00Z", "1980-05-15")]
    [InlineData("05/15/1980 12:00 AM", "1980-05-15")]
    public void A_date_of_a_file_is_read_in_its_known_forms(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(DateType.Whole, text).Should().Be(expected);

    [Theory]
    [InlineData("05/15/80")]
    [InlineData("80-05-15")]
    [InlineData("15/05/1980")]
    [InlineData("02/30/1980")]
    [InlineData("1980-13-01")]
    [InlineData("1980-5-1")]
    [InlineData("05-15-1980")]
    [InlineData("15.05.1980")]
    [InlineData("1980-05-15T")]
    [InlineData("1980-05-15 or so")]
    [InlineData("1980-00-00")]
    [InlineData("1980-05")]
    [InlineData("1980-05-15-01")]
    [InlineData("May 15, 1980")]
    public void What_is_no_date_of_a_file_is_refused(string text) =>
        new Reader(MapFormat.Csv).Refuses(DateType.Whole, text, MappingCodes.Date);

    [Theory]
    [InlineData("1980", "1980")]
    [InlineData("198005", "1980-05")]
    [InlineData("19800515", "1980-05-15")]
    public void A_partial_date_keeps_what_is_known(string text, string expected) =>
        new Reader(MapFormat.Hl7).Read(DateType.Partial, text).Should().Be(expected);

    [Theory]
    [InlineData("1980-05", "1980-05")]
    [InlineData("05/1980", "1980-05")]
    [InlineData("1980", "1980")]
    public void A_partial_date_of_a_file_keeps_what_is_known(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(DateType.Partial, text).Should().Be(expected);

    [Fact]
    public void The_reason_for_people_says_what_does_not_exist_and_the_other_one_does_not()
    {
        var reader = new Reader(MapFormat.Hl7);
        reader.Read(DateType.Whole, "19801345");

        reader.OnlyNote.Sentence.Should().Be("19801345 is not a date: there is no month 13.");
        reader.OnlyNote.Reason.Should().Be("not a date: there is no such month.");
    }

    [Fact]
    public void Blanks_say_nothing()
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(DateType.Whole, "  ").Should().BeNull();
        reader.Scope.Notes.Should().BeEmpty();
    }
}
