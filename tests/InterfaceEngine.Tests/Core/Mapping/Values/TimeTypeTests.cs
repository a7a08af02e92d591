using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

public sealed class TimeTypeTests
{
    [Theory]
    [InlineData("1405", "14:05")]
    [InlineData("140530", "14:05:30")]
    [InlineData("0000", "00:00")]
    [InlineData("14:05", "14:05")]
    [InlineData("14:05:30", "14:05:30")]
    [InlineData(" 1405 ", "14:05")]
    public void A_time_of_day_is_read_as_precisely_as_it_was_sent(string text, string stored) => Read(text, out _).Should().Be(stored);

    [Theory]
    [InlineData("2400")]
    [InlineData("1260")]
    [InlineData("120060")]
    [InlineData("14")]
    [InlineData("140")]
    [InlineData("14:5")]
    [InlineData("14-05")]
    [InlineData("1405-0500")]
    [InlineData("140530.25")]
    [InlineData("noon")]
    public void What_is_no_time_of_day_is_refused(string text)
    {
        Read(text, out var scope).Should().BeNull();

        scope.Notes.Should().ContainSingle().Which.Code.Should().Be(MappingCodes.Time);
    }

    private static string? Read(string text, out ReadingScope scope)
    {
        scope = new ReadingScope(MapFormat.Hl7, default, DateTimeZone.Utc);
        return TimeType.Instance.Read(text, scope);
    }
}
