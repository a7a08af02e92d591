using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests;

/// <summary>The samples are bytes that others rely on: demo, benchmarks, and whoever tries the engine.</summary>
public sealed class SampleTests
{
    /// <summary>As the integration guide prints it; segments end with CR.</summary>
    private const string GuideA04 =
        """
        MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|12345|P|2.3|
        EVN|A04|20220315142658|||
        PID|1||12345^^^ATHENA^MRN||DOE^JOHN^||19800515|M||White|123 MAIN ST^^SPRINGFIELD^IL^62701^USA^^^SANGAMON|SANGAMON|(555)555-1234|(555)555-5678|ENG|M|CHR|100000^^^ATHENA^FIN NBR|123-45-6789|||
        NK1|1|DOE^JANE^|SPO||(555)555-4321||EC|||||||||||
        PV1|1|O|CLINIC^^^FACILITY|||||12345^JOHNSON^JANE^^^^^ATHENA^^^^PROVID|||||||||||100000^^^ATHENA^FIN NBR|||||||||||||||||||||||||20220315142658|
        IN1|1|BC123^BLUE CROSS|BLUEINS|BLUE CROSS|123 INSURANCE WAY^^SPRINGFIELD^IL^62701^USA^^^SANGAMON|||(555)555-9876|100|FAMILY PLAN||||JOHN DOE|SELF|19800515|123 MAIN ST^^SPRINGFIELD^IL^62701^USA^^^SANGAMON|Y|CO|BC123456789|||||||||||||||BC987654321||||||||||

        """;

    private static string Folder => Path.Combine(RepositoryRoot.Path, "samples", "hl7");

    public static TheoryData<string> Messages => [.. Files().Order(StringComparer.Ordinal)];

    [Fact]
    public void The_guides_message_is_the_guides_to_the_byte() =>
        Encoding.ASCII.GetString(File.ReadAllBytes(Path.Combine(Folder, "guide-a04.hl7")))
            .Should().Be(GuideA04.ReplaceLineEndings("\r"));

    [Fact]
    public void Every_message_states_its_outcome_and_every_stated_message_is_there()
    {
        var listed = Listed();

        listed.Select(row => row[1]).Should().OnlyHaveUniqueItems().And.BeEquivalentTo(Files());
        listed.Select(row => row[2]).Distinct().Should().BeSubsetOf(["1959", "195900"]);
        listed.Select(row => row[3]).Distinct().Should().BeSubsetOf(["AA", "AE", "AR"]);
        listed.Select(row => row[4]).Distinct().Should().BeSubsetOf(["applied", "unchanged", "duplicate", "ignored", "refused", "quarantined", "parked", "held"]);
        listed.Should().OnlyContain(row => row[5].Length > 0);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_ends_its_segments_with_CR_and_is_written_back_as_it_is(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, file));

        bytes.Should().NotContain((byte)'\n').And.EndWith([(byte)'\r']);
        Hl7Message.Parse(bytes).Bytes.ToArray().Should().Equal(bytes);
    }

    [Fact]
    public void The_benchmarks_message_has_about_one_kilobyte() =>
        new FileInfo(Path.Combine(Folder, "athena-a04.hl7")).Length.Should().BeInRange(950, 1050);

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Folder, "*.hl7").Select(file => Path.GetFileName(file));

    private static List<string[]> Listed() =>
        [.. File.ReadLines(Path.Combine(Folder, "README.md")).Where(line => line.Contains(".hl7 ", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries))];
}
