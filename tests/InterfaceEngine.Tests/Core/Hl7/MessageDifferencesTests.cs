using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class MessageDifferencesTests
{
    [Fact]
    public void Fields_are_named_as_people_name_them() =>
        MessageDifferences.Between("MSH|^~\\&|A|B\rPID|1||12^^^X||DOE^JO|\rIN1|1|X\rIN1|2|Y\r", "MSH|^~\\&|A|C\rPID|1||12^^^X||DOE^JOE\rIN1|1|X\rIN1|2|Z\r")
            .Should().Equal(new MessageDifference("MSH-4", "B", "C"), new MessageDifference("PID-5", "DOE^JO", "DOE^JOE"), new MessageDifference("IN1[2]-2", "Y", "Z"));

    [Fact]
    public void Segments_that_only_one_has_are_shown_whole() =>
        MessageDifferences.Between("MSH|^~\\&\nEVN|A04\n", "MSH|^~\\&\rPV1|1|O\r").Should().Equal(new MessageDifference("EVN", "EVN|A04", null), new MessageDifference("PV1", null, "PV1|1|O"));

    [Theory]
    [InlineData("")]
    [InlineData("MSH")]
    [InlineData("no message at all")]
    public void Any_text_can_be_compared(string text) => MessageDifferences.Between(text, text).Should().BeEmpty();
}
