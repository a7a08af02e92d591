using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Tests.Core.Mapping;

public sealed class IdFrameTests
{
    [Theory]
    [InlineData("a-{practice}.E-{}", "a-1959.E-12345", "12345")]
    [InlineData("a-{practice}.E-{}", "a-1959.E-12345.x", "12345.x")]
    [InlineData("{}@{practice}", "7@1959", "7")]
    [InlineData("{}", "7", "7")]
    public void The_frame_is_taken_off_and_put_round_again(string template, string text, string id)
    {
        var frame = new IdFrame(template, "1959");
        var rest = text.AsSpan();

        frame.TryTake(ref rest).Should().BeTrue();
        rest.ToString().Should().Be(id);
        frame.Around(id).Should().Be(text);
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("a-1959.E-")]
    [InlineData("a-1960.E-12345")]
    [InlineData("A-1959.E-12345")]
    public void What_stands_in_no_frame_stays_as_it_is(string text)
    {
        var rest = text.AsSpan();

        new IdFrame("a-{practice}.E-{}", "1959").TryTake(ref rest).Should().BeFalse();
        rest.ToString().Should().Be(text);
    }

    [Theory]
    [InlineData("a-1960.E-12345", true)]
    [InlineData("a-19590.E-12345", true)]
    [InlineData("a-1959.E-12345", false)]
    [InlineData("a-1959.E-", false)]
    [InlineData("a-1960.Provider-27", false)]
    [InlineData("a-.E-5", false)]
    [InlineData("12345", false)]
    public void An_id_in_the_frame_of_another_practice_is_known_as_such(string text, bool isOther) =>
        new IdFrame("a-{practice}.E-{}", "1959").IsOfAnotherPractice(text).Should().Be(isOther);

    [Theory]
    [InlineData("x-{}", "x-1")]
    [InlineData("{practice}-{}", "1960-1")]
    public void A_frame_without_a_practice_between_two_texts_tells_no_other(string template, string text) =>
        new IdFrame(template, "1959").IsOfAnotherPractice(text).Should().BeFalse();

    [Theory]
    [InlineData("a-{practice}.E-{}", true)]
    [InlineData("{}", true)]
    [InlineData("a-{practice}", false)]
    [InlineData("{}{}", false)]
    [InlineData("{other}{}", false)]
    public void A_frame_has_one_place_for_the_id(string template, bool isFrame) => IdFrame.IsFrame(template).Should().Be(isFrame);
}
