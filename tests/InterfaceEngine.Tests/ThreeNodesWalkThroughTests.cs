using System.Globalization;
using System.Text.RegularExpressions;
using InterfaceEngine.Cli;
using InterfaceEngine.Tests.Api;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests;

/// <summary>docs/scaling.md leads from nothing to three nodes behind a balancer. Its lines are run as they are printed, with the real programs.</summary>
public sealed partial class ThreeNodesWalkThroughTests
{
    private const string Guide = "docs/scaling.md";
    private const int Sent = 300;

    private static readonly string _examples = Path.Combine(RepositoryRoot.Path, "docs", "examples", "three-nodes");

    [RequiresProgramFact(PostgresNode.Program, HaproxyServer.Program, WalkThroughPlace.Shell)]
    public async Task The_guides_lines_lead_to_three_nodes_that_lose_nothing_when_one_is_killed_and_leave_nothing_behind()
    {
        await using var database = await PostgresServer.NewNodeAsync();
        await using var place = await WalkThroughPlace.CreateAsync(database);

        var (code, output) = await place.RunAsync(new Document(Guide).WalkThrough());

        code.Should().Be(0, "the lines work as they are printed, and they printed\n{0}", output);
        SentForm().Matches(output).Select(match => match.Value).Should().Equal([$"AA {Sent};", $"AA {Sent};"], "every message is answered, before and after the kill:\n{0}", output);
        output.Should().MatchRegex($@"front-desk +applied +{Sent}\nfront-desk +unchanged +{Sent}\n", "what the killed node acknowledged is there, and known to the others")
            .And.MatchRegex($@"Source +received +applied +unchanged\nfront-desk +{2 * Sent} +{Sent} +{Sent}\n", "the ledger has all that was sent, once")
            .And.Contain("Everything is accounted for.");
        output.Should().MatchRegex(@"node-a .* live since .*\nnode-b .* live since .*\nnode-c .* live since .*\n", "the one that was killed is back");
        FramesForm().Matches(output).Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).Take(3).Should()
            .HaveCount(3).And.OnlyContain(frames => frames > 0, "each node took some:\n{0}", output).And.Subject.Sum().Should().Be(Sent);
        Directory.Exists(Path.Combine(place.Folder, "data", "three-nodes")).Should().BeFalse();
    }

    [Fact]
    public void Every_walk_through_of_the_documents_is_this_one_or_that_of_the_http_interface() =>
        Document.All().Where(name => new Document(name).WalkThrough().Any()).Should().Equal(HttpApiDocumentTests.Guide, Guide);

    [Fact]
    public void The_three_nodes_of_the_example_differ_in_their_names_folders_and_ports_only()
    {
        var a = File.ReadAllText(Path.Combine(_examples, "node-a.json"));

        foreach (var (letter, number) in (IEnumerable<(string, int)>)[("b", 2), ("c", 3)])
        {
            File.ReadAllText(Path.Combine(_examples, $"node-{letter}.json")).Should().Be(a
                .Replace("node-a", $"node-{letter}", StringComparison.Ordinal)
                .Replace("2601", $"{2600 + number}", StringComparison.Ordinal)
                .Replace("8081", $"{8080 + number}", StringComparison.Ordinal));
        }

        SettingsReader.Read(Path.Combine(_examples, "node-a.json"), []).Node.Name.Should().Be("node-a");
    }

    /// <summary>The example for trying says nothing else than the one that explains each line.</summary>
    [Fact]
    public void The_balancer_of_the_example_is_the_explained_one_with_a_third_node()
    {
        var explained = Directives(Path.Combine(_examples, "..", "haproxy.cfg")).Except(["user haproxy", "group haproxy", "maxconn 2000"]);

        Directives(Path.Combine(_examples, "haproxy.cfg")).Except(["maxconn 500", "server node-c 127.0.0.1:2603 port 8083"]).Should().Equal(explained);
    }

    private static IEnumerable<string> Directives(string file) => File.ReadAllLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');

    [GeneratedRegex(@"(?<=^\d+ sent in .*/s\): ).*?;", RegexOptions.Multiline)]
    private static partial Regex SentForm();

    [GeneratedRegex(@"frames (\d+)")]
    private static partial Regex FramesForm();
}
