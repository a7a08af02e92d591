using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Grammar;

namespace InterfaceEngine.Tests.Core.Hl7.Grammar;

/// <summary>
/// What a strict listener says of each sample. The samples are what senders send, so a rule that refuses nearly all of them is
/// looked at twice: each place that is refused stands in the list of the samples' README with what the standard asks for there.
/// </summary>
public sealed class SampleGrammarTests
{
    private static string Folder => Path.Combine(RepositoryRoot.Path, "samples", "hl7");

    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Folder, "*.hl7").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_has_the_faults_its_list_says(string sample)
    {
        var faults = GrammarCheck.Full(Hl7Message.Parse(File.ReadAllBytes(Path.Combine(Folder, sample + ".hl7")))).Faults;

        Told(faults).Should().BeEquivalentTo(Rows("sample").FirstOrDefault(row => row[1] == sample)?[2].Split(", ") ?? []);
    }

    [Fact]
    public void Each_place_that_is_refused_is_explained()
    {
        var refused = Rows("sample").SelectMany(row => row[2].Split(", ")).Distinct();

        Rows("place").SelectMany(row => row[1].Split(", ")).Should().OnlyHaveUniqueItems().And.BeEquivalentTo(refused);
    }

    /// <summary>Each place once: <c>PID-10</c>; one of several segments of a name is not told apart.</summary>
    private static IEnumerable<string> Told(IEnumerable<GrammarFault> faults) =>
        faults.Select(fault => (fault with { Occurrence = 1 }).Place).Distinct();

    /// <summary>The rows of the table whose first column has this head.</summary>
    private static List<string[]> Rows(string head) =>
        [.. File.ReadLines(Path.Combine(Folder, "README.md"))
            .SkipWhile(line => !line.StartsWith($"| {head} ", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))];
}
