using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class Hl7EscapesTests
{
    [Theory]
    [InlineData(@"plain", "plain")]
    [InlineData(@"\F\\S\\T\\R\\E\", @"|^&~\")]
    [InlineData(@"a\F\b", "a|b")]
    [InlineData(@"\X0D0A\", "\r\n")]
    [InlineData(@"\X41\\X42\c", "ABc")]
    [InlineData(@"\XC3\\XBC\", "\u00FC")]
    [InlineData(@"\Xc3bc\", "\u00FC")]
    [InlineData(@"a\.br\b", "a\nb")]
    [InlineData(@"a\.ce\b", "a\nb")]
    [InlineData(@"a\.sp\b", "a\nb")]
    [InlineData(@"a\.sp3\b", "a\n\n\nb")]
    [InlineData(@"a\.sp 2\b", "a\n\nb")]
    [InlineData(@"a\.sp+2\b", "a\n\nb")]
    [InlineData(@"a\.sk3\b", "a   b")]
    [InlineData(@"\.in+4\\.ti-4\a\.fi\b\.nf\c", "abc")]
    [InlineData(@"\H\bold\N\ text", "bold text")]
    [InlineData(@"\C2842\a", "a")]
    [InlineData(@"\C2D42\\XA3\", "\u0141")]
    // Kept literally.
    [InlineData(@"\Zlocal\", @"\Zlocal\")]
    [InlineData(@"\Q\", @"\Q\")]
    [InlineData(@"\\", @"\\")]
    [InlineData(@"\P\", @"\P\")]
    [InlineData(@"\X4\", @"\X4\")]
    [InlineData(@"\X\", @"\X\")]
    [InlineData(@"\XGG\", @"\XGG\")]
    [InlineData(@"\.sp0\", @"\.sp0\")]
    [InlineData(@"\.sp-1\", @"\.sp-1\")]
    [InlineData(@"\.sp100\", @"\.sp100\")]
    [InlineData(@"\.spx\", @"\.spx\")]
    [InlineData(@"\.br1\", @"\.br1\")]
    [InlineData(@"\.xx\", @"\.xx\")]
    [InlineData(@"\.\", @"\.\")]
    [InlineData(@"\Cxx\", @"\Cxx\")]
    [InlineData(@"C:\temp", @"C:\temp")]
    [InlineData(@"a\", @"a\")]
    [InlineData(@"C:\temp\F\x", @"C:\temp\F\x")]
    [InlineData(@"\f\", @"\f\")]
    public void Escapes_become_what_they_stand_for(string raw, string text)
    {
        Decode(raw, Hl7Delimiters.Standard, Hl7CharacterSet.Utf8, out var isWhole).Should().Be(text);
        isWhole.Should().BeTrue();
    }

    [Theory]
    [InlineData(@"\M2442\", @"\M2442\")]
    [InlineData(@"\M244242\", @"\M244242\")]
    [InlineData(@"\C2D5A\", @"\C2D5A\")]
    [InlineData(@"\XFF\", "\uFFFD")]
    [InlineData(@"a\XC3\b", "a\uFFFDb")]
    public void What_can_not_be_decoded_is_told(string raw, string text)
    {
        Decode(raw, Hl7Delimiters.Standard, Hl7CharacterSet.Utf8, out var isWhole).Should().Be(text);
        isWhole.Should().BeFalse();
    }

    [Fact]
    public void The_truncation_escape_stands_for_the_character_in_use() =>
        Decode(@"a\P\", Hl7Delimiters.Standard with { Truncation = (byte)'#' }, Hl7CharacterSet.Utf8, out _).Should().Be("a#");

    [Fact]
    public void Escapes_speak_of_the_delimiters_of_the_message()
    {
        var delimiters = new Hl7Delimiters((byte)'*', (byte)':', (byte)';', (byte)'!', (byte)'+', 0);

        Decode(@"!F!!S!!R!!T!!E!\F\", delimiters, Hl7CharacterSet.Utf8, out _).Should().Be(@"*:;+!\F\");
        Hl7Escapes.Encode(@"*:;+!|^~\&", delimiters).Should().Be(@"!F!!S!!R!!T!!E!|^~\&");
    }

    [Fact]
    public void A_delimiter_that_is_not_in_use_is_the_usual_one() =>
        Decode(@"\T\", Hl7Delimiters.Standard with { SubComponent = 0 }, Hl7CharacterSet.Utf8, out _).Should().Be("&");

    [Theory]
    [InlineData("plain text, 1\u00BD", "plain text, 1\u00BD")]
    [InlineData("|^~\\&", @"\F\\S\\R\\E\\T\")]
    [InlineData("a\r\nb\rc\nd", @"a\.br\b\.br\c\.br\d")]
    [InlineData("\u000B\u001C\0", @"\X0B\\X1C\\X00\")]
    [InlineData("tab\there", "tab\there")]
    [InlineData("\"\"", @"\X2222\")]
    [InlineData("\"", "\"")]
    [InlineData("", "")]
    public void Text_is_escaped_for_writing(string text, string encoded) =>
        Hl7Escapes.Encode(text, Hl7Delimiters.Standard).Should().Be(encoded);

    [Fact]
    public void Without_an_escape_character_only_plain_text_can_be_written()
    {
        var delimiters = Hl7Delimiters.Standard with { Escape = 0 };
        var encode = () => Hl7Escapes.Encode("a|b", delimiters);

        Hl7Escapes.Encode(@"a\b", delimiters).Should().Be(@"a\b");
        encode.Should().Throw<Hl7WriteException>();
    }

    [Fact]
    public void Any_text_is_the_same_after_writing_and_reading()
    {
        const int seed = 20260105;
        var random = new Random(seed);
        const string alphabet = "ab |^~\\&#\".\n\t\0\u000B\u001CFSTREXHNZP09\u00E9\u20AC";
        for (var round = 0; round < 5_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            var delimiters = random.Next(2) == 0 ? Hl7Delimiters.Standard : Hl7Delimiters.Standard with { Truncation = (byte)'#' };

            var encoded = Hl7Escapes.Encode(text, delimiters);

            encoded.Should().NotContainAny("|", "^", "~", "&", "\r", "\n", "\u000B", "\u001C");
            Hl7Escapes.Decode(Encoding.UTF8.GetBytes(encoded), delimiters, Hl7CharacterSet.Utf8, out _).Should().Be(text, "of seed {0}", seed);
        }
    }

    private static string Decode(string raw, Hl7Delimiters delimiters, Hl7CharacterSet set, out bool isWhole) =>
        Hl7Escapes.Decode(Encoding.Latin1.GetBytes(raw), delimiters, set, out isWhole);
}
