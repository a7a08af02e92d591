using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

public sealed class EventTimeTests
{
    [Theory]
    [InlineData("20230601120000", "EVN|A04|20230601110000", "2023-06-01T16:00:00Z")]
    [InlineData("20230601120000", "EVN|A04|", "2023-06-01T17:00:00Z")]
    [InlineData("20230601120000", "PV1|", "2023-06-01T17:00:00Z")]
    [InlineData("202306011200", "PV1|", "2023-06-01T17:00:00Z")]
    [InlineData("20230601120000-0800", "PV1|", "2023-06-01T20:00:00Z")]
    [InlineData("20230601120000", "EVN|A04|20230601110000+0000", "2023-06-01T11:00:00Z")]
    public void It_is_EVN_2_else_MSH_7(string sent, string segment, string expected)
    {
        var read = Read(sent, segment);

        At(read).Should().Be(expected);
        read.Notes.Should().BeEmpty();
    }

    [Fact]
    public void An_unreadable_one_is_reported_and_the_next_taken()
    {
        var read = Read("20230601120000", "EVN|A04|20231301");

        At(read).Should().Be("2023-06-01T17:00:00Z");
        read.Notes.Should().ContainSingle().Which.Path.Should().Be("EVN-2");
    }

    [Theory]
    [InlineData("")]
    [InlineData("20230601")]
    public void Without_any_the_time_of_receipt_counts(string sent)
    {
        var read = Read(sent, "PV1|");

        At(read).Should().Be("2023-06-02T00:00:00Z");
        read.Notes.Should().Contain(note => note.Code == MappingCodes.EventTimeMissing && note.Severity == NoteSeverity.Warning);
    }

    [Theory]
    [InlineData("20230601190500", "2023-06-02T00:05:00Z", false)]
    [InlineData("20230601190501", "2023-06-02T00:00:00Z", true)]
    [InlineData("20990101000000", "2023-06-02T00:00:00Z", true)]
    public void More_than_five_minutes_ahead_is_taken_as_the_time_of_receipt(string sent, string expected, bool isReported)
    {
        var read = Read(sent, "PV1|");

        At(read).Should().Be(expected);
        read.Notes.Any(note => note.Code == MappingCodes.EventAhead).Should().Be(isReported);
    }

    private static MappedMessage Read(string sent, string segment) =>
        new TestMap("x").Row("key", "MSH-10", key: true).On("ADT^A04", Verb.Create)
            .Read($"MSH|^~\\&|ATHENA|ATHENANET|||{sent}||ADT^A04|K|P|2.3\n{segment}", "2023-06-02T00:00:00Z");

    private static string At(MappedMessage read) => Instant.FromUnixTimeMilliseconds(read.EventTime).ToString();
}
