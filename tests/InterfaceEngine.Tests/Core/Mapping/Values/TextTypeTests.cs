using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

public sealed class TextTypeTests
{
    [Theory]
    [InlineData("DOE", "DOE")]
    [InlineData("  123  MAIN   ST ", "123 MAIN ST")]
    [InlineData("a\tb\r\nc", "a b c")]
    [InlineData("O'Brien-Müller", "O'Brien-Müller")]
    [InlineData("naïve 名前", "naïve 名前")]
    [InlineData("a\u00A0b", "a b")]
    public void A_text_is_trimmed_and_its_blanks_made_single(string text, string expected) =>
        new Reader(MapFormat.Csv).Read(TextType.Instance, text).Should().Be(expected);

    [Theory]
    [InlineData("a\u0000b")]
    [InlineData("a\u001Fb")]
    [InlineData("\u0007")]
    [InlineData("a\u0085\u009Fb")]
    [InlineData("a\u007F")]
    public void Control_characters_are_refused(string text) =>
        new Reader(MapFormat.Csv).Refuses(TextType.Instance, text, MappingCodes.ControlCharacter);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\r\n")]
    public void Blanks_say_nothing(string text)
    {
        var reader = new Reader(MapFormat.Csv);

        reader.Read(TextType.Instance, text).Should().BeNull();
        reader.Scope.Notes.Should().BeEmpty();
    }

    [Fact]
    public void Lines_keep_their_lay_out()
    {
        var reader = new Reader(MapFormat.Csv);

        reader.Read(LinesType.Instance, "first\r\n  second,  indented\rthird\n\n").Should().Be("first\n  second,  indented\nthird");
        reader.Scope.Notes.Should().BeEmpty();
    }

    [Fact]
    public void Lines_refuse_control_characters() =>
        new Reader(MapFormat.Csv).Refuses(LinesType.Instance, "a\u001Fb", MappingCodes.ControlCharacter);
}
