using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

public sealed class InstantTypeTests
{
    [Theory]
    [InlineData("202306150900", "2023-06-15T14:00:00Z")]
    [InlineData("20230615090000", "2023-06-15T14:00:00Z")]
    [InlineData("20230615090030", "2023-06-15T14:00:30Z")]
    [InlineData("20230615090000-0400", "2023-06-15T13:00:00Z")]
    [InlineData("202306150900+0000", "2023-06-15T09:00:00Z")]
    [InlineData("20230615090000.25+0530", "2023-06-15T03:30:00.25Z")]
    [InlineData("20230615090000.0000", "2023-06-15T14:00:00Z")]
    [InlineData("20230115090000", "2023-01-15T15:00:00Z")]
    [InlineData("20230615 0900", "2023-06-15T14:00:00Z")]
    public void An_HL7_time_becomes_UTC(string text, string expected)
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(InstantType.Instance, text).Should().Be(expected);
        reader.Scope.Notes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("2023-06-15T09:00:00", "2023-06-15T14:00:00Z")]
    [InlineData("2023-06-15T09:00", "2023-06-15T14:00:00Z")]
    [InlineData("2023-06-15 09:00:00", "2023-06-15T14:00:00Z")]
    [InlineData("2023-06-15T09:00:00Z", "2023-06-15T09:00:00Z")]
    [InlineData("2023-06-15T09:00:00.5-04:00", "2023-06-15T13:00:00.5Z")]
    [InlineData("2023-06-15T09:00-04", "2023-06-15T13:00:00Z")]
    [InlineData("06/15/2023 09:00", "2023-06-15T14:00:00Z")]
    [InlineData("06/15/2023 9:00 AM", "2023-06-15T14:00:00Z")]
    [InlineData("06/15/2023 12:15 AM", "2023-06-15T05:15:00Z")]
    [InlineData("06/15/2023 12:15PM", "2023-06-15T17:15:00Z")]
    [InlineData("06/15/2023 1:15 pm", "2023-06-15T18:15:00Z")]
    [InlineData("20230615090000", "2023-06-15T14:00:00Z")]
    public void A_time_of_a_file_is_read_in_its_known_forms(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(InstantType.Instance, text).Should().Be(expected);

    [Theory]
    [InlineData(MapFormat.Hl7, "20230615")]
    [InlineData(MapFormat.Hl7, "2023061509")]
    [InlineData(MapFormat.Hl7, "2023")]
    [InlineData(MapFormat.Hl7, "202306152400")]
    [InlineData(MapFormat.Hl7, "202306150960")]
    [InlineData(MapFormat.Hl7, "20230615090060")]
    [InlineData(MapFormat.Hl7, "202302300900")]
    [InlineData(MapFormat.Hl7, "202306150900+9900")]
    [InlineData(MapFormat.Hl7, "2023-06-15T09:00")]
    [InlineData(MapFormat.Hl7, "TOMORROW")]
    [InlineData(MapFormat.Csv, "2023-06-15")]
    [InlineData(MapFormat.Csv, "06/15/2023")]
    [InlineData(MapFormat.Csv, "06/15/23 09:00")]
    [InlineData(MapFormat.Csv, "2023-06-15T25:00")]
    [InlineData(MapFormat.Csv, "2023-06-15T13:00 PM")]
    [InlineData(MapFormat.Csv, "2023-06-15T9")]
    [InlineData(MapFormat.Csv, "09:00")]
    [InlineData(MapFormat.Csv, "2023-06-15T09:00.5")]
    public void What_is_no_time_is_refused(MapFormat format, string text) =>
        new Reader(format).Refuses(InstantType.Instance, text, MappingCodes.Instant);

    [Fact]
    public void A_date_without_a_time_says_so()
    {
        var reader = new Reader(MapFormat.Hl7);
        reader.Read(InstantType.Instance, "20230615");

        reader.OnlyNote.Sentence.Should().Be("20230615 is not a date with a time: the time is missing.");
    }

    [Fact]
    public void A_time_that_does_not_exist_moves_forward_by_the_gap()
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(InstantType.Instance, "202303120230").Should().Be("2023-03-12T08:30:00Z");
        reader.OnlyNote.Code.Should().Be(MappingCodes.SkippedTime);
        reader.OnlyNote.Reason.Should().Be("this local time does not exist in America/Chicago: moved forward by the gap.");
    }

    [Theory]
    [InlineData("2023-06-01T12:00:00Z", "2023-11-05T06:30:00Z")]
    [InlineData("2023-11-05T06:31:00Z", "2023-11-05T06:30:00Z")]
    [InlineData("2023-11-05T07:29:00Z", "2023-11-05T07:30:00Z")]
    [InlineData("2023-12-01T12:00:00Z", "2023-11-05T07:30:00Z")]
    public void Of_a_time_that_happens_twice_the_reading_nearer_to_the_receipt_counts(string receivedAt, string expected)
    {
        var reader = new Reader(MapFormat.Hl7, receivedAt: receivedAt);

        reader.Read(InstantType.Instance, "202311050130").Should().Be(expected);
        reader.OnlyNote.Code.Should().Be(MappingCodes.RepeatedTime);
    }

    [Theory]
    [InlineData("202303120230-0600", "2023-03-12T08:30:00Z")]
    [InlineData("202311050130-0600", "2023-11-05T07:30:00Z")]
    public void An_offset_leaves_no_doubt(string text, string expected)
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(InstantType.Instance, text).Should().Be(expected);
        reader.Scope.Notes.Should().BeEmpty();
    }

    [Fact]
    public void A_zone_without_clock_changes_has_neither()
    {
        var reader = new Reader(MapFormat.Hl7, "America/Phoenix");

        reader.Read(InstantType.Instance, "202303120230").Should().Be("2023-03-12T09:30:00Z");
        reader.Scope.Notes.Should().BeEmpty();
    }
}
