using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Tests.Core.Mapping.Writing;
using Xunit.Abstractions;

namespace InterfaceEngine.Tests.Core.Mapping.Laws;

/// <summary>The laws of mapping design §10 over the shipped mappings of every profile, and over tables that break them.</summary>
public sealed class MappingLawsTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_shipped_map_keeps_the_laws_in_every_profile()
    {
        var report = MappingLaws.Run(Clinic.Set, new LawOptions { Samples = Samples() });

        foreach (var failure in report.Failures)
        {
            output.WriteLine(failure.ToString());
        }

        output.WriteLine($"{string.Join(", ", report.Cases)}; {string.Join(", ", report.Normalisations.Select(one => $"{one.Key} {one.Value}"))}");
        report.Failures.Should().BeEmpty();
        report.Cases[Law.WriteRead].Should().BeGreaterThan(200 * 3 * 5);
        report.Cases[Law.ReadWrite].Should().BeGreaterThan(20);
        report.Cases[Law.Agreement].Should().BeGreaterThan(200, "most types are told in several formats");
        report.Cases[Law.Codes].Should().BeGreaterThan(500);
        report.Cases[Law.Coverage].Should().BeGreaterThan(20);
    }

    [Fact]
    public void A_place_that_is_written_elsewhere_than_it_is_read_breaks_L1_and_the_example_is_small()
    {
        var failure = Broken("| suffix | read: PID-5.4; write: PID-5.5 |").Failures.First(one => one.Law == Law.WriteRead);

        (failure.Practice, failure.Type).Should().Be(("7", "patient"));
        failure.What.Should().Be("suffix is read back as nothing.");
        failure.Example.Split("; ").Select(field => field.Split(" = ")[0]).Should().BeEquivalentTo(
            ["external_id", "last_name", "first_name", "date_of_birth", "suffix"], "what is not needed for the failure is left out");
    }

    [Fact]
    public void A_cell_that_reads_otherwise_than_it_writes_breaks_L2()
    {
        var failure = Broken("| last_name | read: PID-5.1 & 'x'; write: PID-5.1 |").Failures.First(one => one.Law == Law.ReadWrite);

        failure.What.Should().Be("patient last_name is read otherwise from what was written back.");
    }

    [Fact]
    public void A_profile_that_says_another_thing_than_the_other_breaks_L3() =>
        Broken("| suffix | read: PID-5.4 & 'x'; write: PID-5.4 |").Failures
            .Should().Contain(one => one.Law == Law.Agreement && one.Practice == "1959 and 7" && one.What.StartsWith("suffix is read back as ", StringComparison.Ordinal));

    /// <summary>The example of mapping design §10: an extension that slips through is another telephone.</summary>
    [Fact]
    public void A_telephone_whose_extension_slips_into_the_number_breaks_L1_and_the_example_is_the_plainest_number()
    {
        var failure = Broken("| phone_mobile | read: PID-13[3=CP] & '12'; write: PID-13[3=CP] |").Failures.First(one => one.Law == Law.WriteRead);

        failure.What.Should().StartWith("phone_mobile is read back as ");
        failure.Example.Should().EndWith("; phone_mobile = +12025550100");
        failure.Cell!.File.Should().Be("practices/7/patient.map.md");
        failure.Cell.Line.Should().Be(9);
        failure.ToString().Should().MatchRegex(@"^L1 practice 7 patient ADT\^A\d\d: phone_mobile is read back as .*\. Example: external_id = ");
    }

    [Fact]
    public void A_formula_that_is_not_its_own_inverse_breaks_L1_and_the_text_is_cut_down_to_what_shows_it()
    {
        var failure = Broken("| suffix | read: upper(PID-5.4); write: PID-5.4 |").Failures.First(one => one.Law == Law.WriteRead);

        failure.What.Should().Be("suffix is read back as 'A'.");
        failure.Example.Should().Contain("; suffix = a");
    }

    [Fact]
    public void Formats_that_say_another_thing_break_L3()
    {
        var failure = Broken("| suffix | read: PID-5.4 & 'x'; write: PID-5.4 |").Failures.First(one => one.Law == Law.Agreement && one.Practice == "7");

        failure.What.Should().MatchRegex("^suffix is read back as '.*' from .* and as '.*' from .*\\.$");
        failure.Event.Should().Contain(" and ");
    }

    [Fact]
    public void Places_that_no_row_reads_and_nothing_lists_are_found_by_L8()
    {
        var sample = Hl7Message.Parse(System.Text.Encoding.UTF8.GetBytes("MSH|^~\\&|A|7|||20220315142658||ADT^A04|1|P|2.3\rPID|1||12345||DOE^JOHN||19800515|M\rZPT|1|gold\r"));
        var report = MappingLaws.Run(Clinic.Set, new LawOptions { Practice = "7", Records = 1, Samples = [new LawSample("a", "7", sample)] });

        report.Unmapped.Should().ContainSingle(place => place.Place == "ZPT-2").Which.Should().BeEquivalentTo(new { Practice = "7", Format = MapFormat.Hl7, Event = "ADT^A04", Seen = 1 });
        report.Unmapped.Should().Contain(place => place.Place == "ZPT-1").And.NotContain(place => place.Place.StartsWith("PID", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_seed_gives_the_same_example() =>
        Broken("| suffix | read: PID-5.4; write: PID-5.5 |").Failures.Should().Equal(Broken("| suffix | read: PID-5.4; write: PID-5.5 |").Failures);

    /// <summary>What one practice's rule refuses is no disagreement of the tables.</summary>
    [Fact]
    public void A_practice_may_take_shorter_texts_than_another()
    {
        var file = "---\nmap: patient\npractice: 7\nextends: athenahealth\n---\n| Practice Studio | HL7 v2 | Rule |\n|---|---|---|\n| suffix | PID-5.4 | max 2 |\n";

        MappingLaws.Run(ShippedMappingsTests.Load(("practices/7/patient.map.md", file)), new LawOptions()).Failures.Select(failure => failure.ToString()).Should().BeEmpty();
    }

    /// <summary>Practice 7 with one row of its own.</summary>
    private static LawReport Broken(string row)
    {
        var map = $"---\nmap: patient\npractice: 7\nextends: athenahealth\n---\n\n| Practice Studio | HL7 v2 |\n|---|---|\n{row}\n";
        var set = ShippedMappingsTests.Load(("practices/7/patient.map.md", map));
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        return MappingLaws.Run(set, new LawOptions { Records = 40, Samples = Samples() });
    }

    private static List<LawSample> Samples() =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", "hl7"), "*.hl7", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(file => Hl7Message.TryParse(File.ReadAllBytes(file), out _, out _))
            .Select(file => new LawSample(Path.GetFileName(file), null, Hl7Message.Parse(File.ReadAllBytes(file))))];
}
