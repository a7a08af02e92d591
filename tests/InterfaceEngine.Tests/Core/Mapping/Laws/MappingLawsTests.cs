using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Tests.Core.Mapping.Writing;
using Xunit.Abstractions;

namespace InterfaceEngine.Tests.Core.Mapping.Laws;

/// <summary>The laws of mapping design §10 for HL7 v2, over the shipped mappings of every profile.</summary>
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

        output.WriteLine($"{report.Records} records, {report.Messages} messages; {string.Join(", ", report.Normalisations.Select(one => $"{one.Key} {one.Value}"))}");
        report.Failures.Should().BeEmpty();
        report.Records.Should().BeGreaterThan(200 * 3 * 5);
        report.Messages.Should().BeGreaterThan(20);
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
            .Should().Contain(one => one.Law == Law.Agreement && one.What == "suffix is read back as two values.");

    [Fact]
    public void The_same_seed_gives_the_same_example() =>
        Broken("| suffix | read: PID-5.4; write: PID-5.5 |").Failures.Should().Equal(Broken("| suffix | read: PID-5.4; write: PID-5.5 |").Failures);

    /// <summary>Practice 7 with one row of its own.</summary>
    private static LawReport Broken(string row)
    {
        var map = $"---\nmap: patient\npractice: 7\nextends: athenahealth\n---\n\n| Practice Studio | HL7 v2 |\n|---|---|\n{row}\n";
        var set = ShippedMappingsTests.Load(("practices/7/patient.map.md", map));
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        return MappingLaws.Run(set, new LawOptions { Records = 40, Samples = Samples() });
    }

    private static List<(string, Hl7Message)> Samples() =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", "hl7"), "*.hl7", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(file => Hl7Message.TryParse(File.ReadAllBytes(file), out _, out _))
            .Select(file => (Path.GetFileName(file), Hl7Message.Parse(File.ReadAllBytes(file))))];
}
