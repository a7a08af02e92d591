using InterfaceEngine.Sources.Files;

namespace InterfaceEngine.Tests.Sources.Files;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("*", "patients.csv", true)]
    [InlineData("*", "", true)]
    [InlineData("patients*.csv", "patients.csv", true)]
    [InlineData("patients*.csv", "Patients 2026-01-15.CSV", true)]
    [InlineData("patients*.csv", "patients.csv.part", false)]
    [InlineData("patients*.csv", "old patients.csv", false)]
    [InlineData("*_??.csv", "south_01.csv", true)]
    [InlineData("*_??.csv", "south_1.csv", false)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b*", "xxbxxaxx", false)]
    [InlineData("[ab].csv", "a.csv", false)]
    [InlineData("[ab].csv", "[ab].csv", true)]
    [InlineData("*.csv", "a \"quoted\"\nname.csv", true)]
    [InlineData("größe*.csv", "GRÖSSE.csv", false)]
    [InlineData("müller*.csv", "MÜLLER-1.csv", true)]
    [InlineData("", "a", false)]
    public void A_star_stands_for_any_letters_and_a_question_mark_for_one(string pattern, string name, bool fits) =>
        new NamePattern(pattern).Matches(name).Should().Be(fits);

    [Theory]
    [InlineData("*", "patients.csv", true)]
    [InlineData("patients*.csv", "*_01.csv", true)]
    [InlineData("patients*.csv", "appointments*.csv", false)]
    [InlineData("*.csv", "*.hl7", false)]
    [InlineData("*.csv", "*.CSV", true)]
    [InlineData("a?", "?b", true)]
    [InlineData("a?", "b*", false)]
    [InlineData("*x", "x", true)]
    [InlineData("x?", "x", false)]
    [InlineData("*", "*", true)]
    public void Two_patterns_overlap_when_some_name_fits_both(string one, string other, bool overlap)
    {
        new NamePattern(one).Overlaps(new NamePattern(other)).Should().Be(overlap);
        new NamePattern(other).Overlaps(new NamePattern(one)).Should().Be(overlap);
    }
}
