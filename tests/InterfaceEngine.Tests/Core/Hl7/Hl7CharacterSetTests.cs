using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class Hl7CharacterSetTests
{
    [Theory]
    [InlineData("ASCII", "ASCII")]
    [InlineData("8859/1", "8859/1")]
    [InlineData("8859", "8859/1")]
    [InlineData("ISO-8859-1", "8859/1")]
    [InlineData("iso8859_15", "8859/15")]
    [InlineData("8859/9", "8859/9")]
    [InlineData("UNICODE UTF-8", "UNICODE UTF-8")]
    [InlineData("UTF-8", "UNICODE UTF-8")]
    [InlineData("utf8", "UNICODE UTF-8")]
    [InlineData("UNICODE", "UNICODE UTF-8")]
    [InlineData("Windows-1252", "WINDOWS-1252")]
    [InlineData("cp1252", "WINDOWS-1252")]
    [InlineData("WE8MSWIN1252", "WINDOWS-1252")]
    public void A_character_set_is_known_by_its_spellings(string spelling, string name) =>
        Hl7CharacterSet.Find(spelling)!.Name.Should().Be(name);

    [Theory]
    [InlineData("")]
    [InlineData("EN")]
    [InlineData("BIG-5")]
    [InlineData("8859/12")]
    [InlineData("8859/16")]
    [InlineData("UNICODE UTF-16")]
    public void Other_names_are_not_known(string spelling) => Hl7CharacterSet.Find(spelling).Should().BeNull();

    /// <summary>One byte, or two, of each set.</summary>
    [Theory]
    [InlineData("8859/1", "\u00FC", "\u00FC")]
    [InlineData("8859/1", "\u0080", "\u0080")]
    [InlineData("8859/2", "\u00A3", "\u0141")]
    [InlineData("8859/3", "\u00A1", "\u0126")]
    [InlineData("8859/4", "\u00A2", "\u0138")]
    [InlineData("8859/5", "\u00B0", "\u0410")]
    [InlineData("8859/6", "\u00C7", "\u0627")]
    [InlineData("8859/7", "\u00C1", "\u0391")]
    [InlineData("8859/8", "\u00E0", "\u05D0")]
    [InlineData("8859/9", "\u00DD", "\u0130")]
    [InlineData("8859/10", "\u00BD", "\u2015")]
    [InlineData("8859/11", "\u00A1", "\u0E01")]
    [InlineData("8859/13", "\u00D8", "\u0172")]
    [InlineData("8859/14", "\u00D0", "\u0174")]
    [InlineData("8859/15", "\u00A4", "\u20AC")]
    [InlineData("WINDOWS-1252", "\u0080", "\u20AC")]
    [InlineData("UNICODE UTF-8", "\u00E2\u0082\u00AC", "\u20AC")]
    [InlineData("UNICODE UTF-8~8859/1", "\u00C3\u00BC", "\u00FC")]
    public void A_declared_set_is_used(string declared, string bytes, string text)
    {
        var message = Declared(declared, $"PID|a{bytes}b");

        message.Get("PID-1").Should().Be($"a{text}b");
        message.Problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData("", "\u00C3\u00BC", "\u00FC", "UNICODE UTF-8")]
    [InlineData("", "\u00FC", "\u00FC", "WINDOWS-1252")]
    [InlineData("", "\u0080", "\u20AC", "WINDOWS-1252")]
    [InlineData("\"\"", "\u00FC", "\u00FC", "WINDOWS-1252")]
    public void Without_a_declaration_valid_UTF8_is_UTF8_and_the_rest_the_fallback(string declared, string bytes, string text, string set)
    {
        var message = Declared(declared, $"PID|{bytes}");

        message.CharacterSet.Name.Should().Be(set);
        message.Get("PID-1").Should().Be(text);
        message.Problems.Should().BeEmpty();
    }

    [Fact]
    public void The_fallback_can_be_chosen()
    {
        var options = new Hl7ParseOptions { FallbackCharacterSet = Hl7CharacterSet.Find("8859/5")! };

        Sample.Parse("MSH|^~\\&|A\rPID|\u00B0", options).Get("PID-1").Should().Be("\u0410");
    }

    [Theory]
    [InlineData("ASCII", "\u00FC", 1, "a byte that means nothing in ASCII")]
    [InlineData("UTF-8", "\u00FC", 1, "a byte that means nothing in UNICODE UTF-8")]
    [InlineData("UTF-8", "\u00E2\u0082", 2, "2 bytes that mean nothing in UNICODE UTF-8")]
    [InlineData("ASCII", "\u00E2\u0080\u0093", 3, "3 bytes that mean nothing in ASCII")]
    [InlineData("UTF-8", "\u00C0", 1, "a byte that means nothing in UNICODE UTF-8")]
    [InlineData("UTF-8", "\u00ED", 1, "a byte that means nothing in UNICODE UTF-8")]
    [InlineData("8859/3", "\u00A5", 1, "a byte that means nothing in 8859/3")]
    [InlineData("8859/6", "\u00A1", 1, "a byte that means nothing in 8859/6")]
    [InlineData("8859/7", "\u00FF", 1, "a byte that means nothing in 8859/7")]
    [InlineData("8859/8", "\u00FF", 1, "a byte that means nothing in 8859/8")]
    [InlineData("8859/11", "\u00DB", 1, "a byte that means nothing in 8859/11")]
    [InlineData("WINDOWS-1252", "\u0081", 1, "a byte that means nothing in WINDOWS-1252")]
    public void A_byte_that_means_nothing_is_reported_with_its_place_and_never_replaced_silently(string declared, string bytes, int length, string says)
    {
        var message = Declared(declared, $"PID|1|good\rPID|1|x^a{bytes}b|good");

        var problem = message.Problems.Should().ContainSingle().Subject;
        problem.Should().Be(new Hl7Problem("PID", 2, 2, new ByteRange(problem.Range.Offset, length), says));
        message.Bytes.Span[problem.Range.Offset].Should().Be((byte)bytes[0]);
        problem.ToString().Should().Be($"PID[#2]-2 at byte {problem.Range.Offset}: {says}");

        var element = message.Find("PID", 2).Field(2);
        element.TryDecode(out var text).Should().BeFalse();
        text.Should().StartWith("x^a\uFFFD").And.EndWith("b");
        element.Component(1).TryDecode(out _).Should().BeTrue();
    }

    [Fact]
    public void In_the_fallback_too_a_byte_without_meaning_is_reported() =>
        Declared(string.Empty, "PID|\u00FC\u0081").Problems.Should().ContainSingle().Which.Reason.Should().Be("a byte that means nothing in WINDOWS-1252");

    [Fact]
    public void A_byte_order_mark_means_UTF8()
    {
        var message = Sample.Parse("\u00EF\u00BB\u00BFMSH|^~\\&|A\rPID|\u00C3\u00BC|\u00FC");

        message.Get("PID-1").Should().Be("\u00FC");
        message.Problems.Should().ContainSingle().Which.Field.Should().Be(2);
    }

    [Theory]
    [InlineData("EN", "PID|\u00FC", "a character set that is not known; read as WINDOWS-1252")]
    [InlineData("ISO IR87", "PID|\u001B$B1z", "a character set that is not known; read as UNICODE UTF-8")]
    public void A_set_that_is_not_known_is_reported_where_it_matters(string declared, string segment, string says)
    {
        var problem = Declared(declared, segment).Problems.Should().ContainSingle().Subject;

        (problem.Segment, problem.Field, problem.Reason).Should().Be(("MSH", 18, says));
    }

    [Fact]
    public void A_set_that_is_not_known_does_not_matter_to_plain_ASCII() =>
        Declared("EN", "PID|1").Problems.Should().BeEmpty();

    [Fact]
    public void Very_many_bytes_without_meaning_are_not_all_listed() =>
        Declared("ASCII", "PID|" + string.Concat(Enumerable.Repeat("\u00FCa", 5_000))).Problems.Should().HaveCount(100);

    private static Hl7Message Declared(string set, string segments) =>
        Sample.Parse($"MSH|^~\\&|A|||||||||||||||{set}\r{segments}\r");
}
