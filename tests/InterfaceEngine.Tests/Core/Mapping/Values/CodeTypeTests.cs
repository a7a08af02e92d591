using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

public sealed class CodeTypeTests
{
    private static readonly CellReference _cell = new("athenahealth/codes/race.codes.md", 5, 10);

    [Theory]
    [InlineData("White", "2106-3")]
    [InlineData(" white ", "2106-3")]
    [InlineData("2106-3", "2106-3")]
    public void A_known_code_becomes_ours(string text, string expected)
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(Race(UnknownCode.Review), text).Should().Be(expected);
        reader.Scope.Notes.Should().BeEmpty();
    }

    [Fact]
    public void An_unknown_code_is_kept_from_the_record_and_put_before_a_person()
    {
        var reader = new Reader(MapFormat.Hl7);
        reader.Scope.Begin("race", null);

        reader.Read(Race(UnknownCode.Review), "Decline").Should().BeNull();
        reader.OnlyNote.Should().BeEquivalentTo(new
        {
            Severity = NoteSeverity.Review,
            Code = MappingCodes.UnknownCode,
            Reason = "a code that is not in race (HL7 v2).",
            Sentence = "code 'Decline' is not in race (HL7 v2).",
            Consequence = "race kept; added to the inbox.",
            ReviewKind = "unknown code",
            ReviewKey = "race|HL7 v2|Decline",
            Found = "Decline",
        });
    }

    [Fact]
    public void A_table_that_rejects_fails_the_message()
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(Race(UnknownCode.Reject), "Decline").Should().BeNull();
        reader.OnlyNote.Severity.Should().Be(NoteSeverity.Reject);
        reader.OnlyNote.Code.Should().Be(MappingCodes.RejectedCode);
        reader.OnlyNote.Sentence.Should().Be("code 'Decline' is not in race; this table rejects.");
    }

    [Fact]
    public void A_table_that_keeps_stores_the_code_as_it_came_and_asks_a_person()
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(Race(UnknownCode.Keep), "Decline").Should().Be("Decline");
        reader.OnlyNote.Severity.Should().Be(NoteSeverity.Review);
    }

    [Fact]
    public void A_table_with_a_code_for_the_unknown_stores_that_and_asks_a_person()
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(Race(UnknownCode.Replace, "2131-1"), "Decline").Should().Be("2131-1");
        reader.OnlyNote.Severity.Should().Be(NoteSeverity.Review);
    }

    [Fact]
    public void A_code_of_another_format_is_not_known()
    {
        var reader = new Reader(MapFormat.AthenaNet);

        reader.Read(Race(UnknownCode.Review), "White").Should().BeNull();
        reader.Codes.Should().Equal(MappingCodes.UnknownCode);
    }

    [Fact]
    public void Control_characters_never_become_a_code() =>
        new Reader(MapFormat.Hl7).Refuses(Race(UnknownCode.Keep), "a\u001Fb", MappingCodes.ControlCharacter);

    private static CodeType Race(UnknownCode unknown, string? code = null) => new(new CodeTable(
        "race",
        ignoresCase: true,
        system: null,
        new UnknownPolicy(unknown, code, IsDefault: false, _cell),
        [
            new Code(
                "2106-3",
                new Dictionary<MapFormat, IReadOnlyList<string>> { [MapFormat.Hl7] = ["2106-3", "White"], [MapFormat.AthenaNet] = ["2106-3"] },
                "White",
                _cell),
        ]));
}
