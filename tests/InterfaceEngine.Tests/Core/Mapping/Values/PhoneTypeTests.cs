using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

public sealed class PhoneTypeTests
{
    private static readonly PhoneType _american = new("US");

    [Theory]
    [InlineData("2175550101", "+12175550101")]
    [InlineData("12175550101", "+12175550101")]
    [InlineData("(217)555-0101", "+12175550101")]
    [InlineData("(217) 555-0101", "+12175550101")]
    [InlineData("217.555.0101", "+12175550101")]
    [InlineData("1-217-555-0101", "+12175550101")]
    [InlineData("+1 217 555 0101", "+12175550101")]
    [InlineData("tel:+12175550101", "+12175550101")]
    [InlineData("217-555-0101 HOME", "+12175550101")]
    [InlineData("(217)555-0101Cask for Jane", "+12175550101")]
    [InlineData("011 44 20 7946 0958", "+442079460958")]
    [InlineData("+44 20 7946 0958", "+442079460958")]
    [InlineData("+44 (0)20 7946 0958", "+442079460958")]
    [InlineData("+49 89 636 48018", "+498963648018")]
    public void A_number_is_stored_in_E164(string text, string expected)
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(_american, text).Should().Be(expected);
        reader.Scope.Notes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("(555)555-1234", "+15555551234")]
    [InlineData("(911)555-1234", "+19115551234")]
    [InlineData("(217)911-1234", "+12179111234")]
    [InlineData("(017)555-1234", "+10175551234")]
    [InlineData("(217)155-1234", "+12171551234")]
    [InlineData("0000000000", "+10000000000")]
    public void A_number_that_is_possible_but_not_given_out_passes_with_a_warning(string text, string expected)
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(_american, text).Should().Be(expected);
        reader.OnlyNote.Code.Should().Be(MappingCodes.UnassignedPhone);
        reader.OnlyNote.Severity.Should().Be(NoteSeverity.Warning);
    }

    [Fact]
    public void A_number_without_its_area_code_passes_with_a_warning_and_reads_back_as_itself()
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(_american, "555-1234").Should().Be("+15551234");
        reader.Read(_american, "+15551234").Should().Be("+15551234");
        reader.Scope.Notes.Should().OnlyContain(note => note.Reason == "a telephone number without its area code.");
    }

    [Theory]
    [InlineData("555-12", "(5 digits)")]
    [InlineData("SAME", "(0 digits)")]
    [InlineData("NONE", "(0 digits)")]
    [InlineData("x214", "(3 digits)")]
    [InlineData("1", "(1 digit)")]
    [InlineData("1-800-FLOWERS", "(4 digits)")]
    [InlineData("217555010", "(9 digits and no country code)")]
    [InlineData("21755501011", "(11 digits and no country code)")]
    [InlineData("442079460958", "(12 digits and no country code)")]
    [InlineData("2175550101 2175550102", "(more than 15 digits)")]
    [InlineData("+0123456789", "(no country code begins like this)")]
    [InlineData("+1 217 555 01011", "(no country code begins like this)")]
    [InlineData("a@b.example", "(0 digits)")]
    public void What_is_no_number_is_refused(string text, string why)
    {
        var reader = new Reader(MapFormat.Csv);
        reader.Refuses(_american, text, MappingCodes.Phone);

        reader.OnlyNote.Reason.Should().Be($"not a phone number {why}.");
        reader.OnlyNote.Sentence.Should().Be($"'{text}' is not a phone number {why}.");
    }

    [Theory]
    [InlineData("217-555-0101 x12", "12")]
    [InlineData("217-555-0101 ext. 12", "12")]
    [InlineData("217-555-0101 Extension 12", "12")]
    [InlineData("217-555-0101 #12", "12")]
    [InlineData("+12175550101;ext=12", "12")]
    [InlineData("(217)555-0101X12B99Cany", "12")]
    public void An_extension_is_kept_apart_and_reported(string text, string extension)
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(_american, text).Should().Be("+12175550101");
        reader.OnlyNote.Code.Should().Be(MappingCodes.Extension);
        reader.OnlyNote.Found.Should().Be(extension);
    }

    [Fact]
    public void Outside_North_America_a_number_needs_its_country_code()
    {
        var british = new PhoneType("GB");

        new Reader(MapFormat.Hl7).Read(british, "+44 20 7946 0958").Should().Be("+442079460958");
        new Reader(MapFormat.Hl7).Refuses(british, "020 7946 0958", MappingCodes.Phone);
    }

    [Fact]
    public void A_canonical_number_reads_back_as_itself()
    {
        var random = new Random(4_471);
        for (var turn = 0; turn < 2_000; turn++)
        {
            var number = "+1" + random.NextInt64(1_000_000_000, 9_999_999_999);

            new Reader(MapFormat.Csv).Read(_american, number).Should().Be(number, "seed 4471");
        }
    }
}
