using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Laws;

/// <summary>L4 on small tables. The compiler refuses the worst of them too (MAP331), so the tables are made by hand.</summary>
public sealed class CodeLawTests
{
    [Fact]
    public void Two_codes_with_one_spelling_are_found_for_the_one_that_is_not_read_back()
    {
        var faults = CodeLaw.Run(Table(ignoresCase: false, Code("office", "82"), Code("telehealth", "83", "82")), out var cases);

        cases.Should().Be(3);
        faults.Should().ContainSingle().Which.What.Should().Be("'82' of HL7 v2 is listed for telehealth and read as office.");
    }

    [Fact]
    public void A_code_whose_first_spelling_is_anothers_would_be_written_as_the_other() =>
        CodeLaw.Run(Table(ignoresCase: false, Code("office", "82"), Code("telehealth", "82")), out _)
            .Should().ContainSingle().Which.What.Should().Be("telehealth is written to HL7 v2 as '82', which is read back as office.");

    [Fact]
    public void Spellings_that_differ_in_letter_case_and_blanks_alone_are_one_where_the_table_says_so()
    {
        Code[] codes = [Code("no_show", "No Show"), Code("missed", "NOSHOW")];

        CodeLaw.Run(Table(ignoresCase: false, codes), out _).Should().BeEmpty();
        CodeLaw.Run(Table(ignoresCase: true, codes), out _).Should().ContainSingle();
    }

    [Fact]
    public void A_spelling_that_stands_for_many_can_be_read_and_not_written()
    {
        CodeLaw.Run(Table(ignoresCase: false, Code("lab", "L1", "L*")), out _).Should().BeEmpty();
        CodeLaw.Run(Table(ignoresCase: false, Code("lab", "L*")), out _).Should().ContainSingle().Which.What.Should().Be("lab would be written to HL7 v2 as 'L*', which stands for many codes.");
    }

    private static CodeTable Table(bool ignoresCase, params Code[] codes) =>
        new("visit", ignoresCase, null, new UnknownPolicy(UnknownCode.Review, null, false, new CellReference("codes/visit.codes.md", 1, 1)), codes);

    private static Code Code(string value, params string[] spellings) =>
        new(value, new Dictionary<MapFormat, IReadOnlyList<string>> { [MapFormat.Hl7] = spellings }, "", new CellReference("codes/visit.codes.md", 7, 3));
}
