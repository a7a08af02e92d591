using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests;

/// <summary>
/// Every command that the README and the guides show works as it is printed. A document's commands are run in its
/// order in one folder, so what one stores the next one finds, as for somebody who reads along.
/// </summary>
public sealed class DocumentedCommandsTests
{
    public static TheoryData<string> Documents => [.. Document.All()];

    public static TheoryData<string> Described => [.. Document.All().Where(name => name != Document.Tutorial)];

    [Theory]
    [MemberData(nameof(Described))]
    public async Task Every_command_of_a_document_works_as_it_is_printed(string document)
    {
        await using var place = new DocumentWorkplace();
        foreach (var command in new Document(document).Commands())
        {
            var (code, output) = await place.RunAsync(command.Text);

            code.Should().Be(command.ExpectedCode, "{0} shows `{1}`, which printed\n{2}", command.Place, command.Text, output);
        }

        await place.StopAsync();
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_command_a_document_names_exists_with_the_options_it_names(string document)
    {
        await using var place = new DocumentWorkplace();
        foreach (var form in new Document(document).Forms())
        {
            var (code, output) = await place.HelpAsync(form.Text);

            code.Should().Be(0, "{0} names `{1}`, which printed\n{2}", form.Place, form.Text, output);
            output.Should().ContainAll(form.Text.Split(' ').Where(word => word.StartsWith("--", StringComparison.Ordinal)).Append(""), "{0} names them", form.Place);
        }
    }

    [Fact]
    public async Task The_commands_that_demo_prints_to_try_next_work_as_they_are_printed()
    {
        await using var place = new DocumentWorkplace();
        var (_, demo) = await place.RunAsync("engine demo");
        var next = demo.Split('\n').SkipWhile(line => !line.StartsWith("Try next", StringComparison.Ordinal)).Skip(1).Select(line => line.Trim()).Where(line => line.Length > 0).ToList();

        next.Should().HaveCount(3, "demo printed\n{0}", demo);
        foreach (var command in next)
        {
            var (code, output) = await place.RunAsync(command);

            code.Should().Be(0, "demo prints `{0}`, which printed\n{1}", command, output);
        }

        await place.StopAsync();
    }

    [Fact]
    public void The_readme_and_the_guides_show_commands() =>
        Document.All().ToDictionary(name => name, name => new Document(name).Commands().Count())
            .Should().Contain(counts => counts.Key == "README.md" && counts.Value >= 17)
            .And.Contain(counts => counts.Key == "docs/operations.md" && counts.Value >= 10)
            .And.Contain(counts => counts.Key == "docs/mapping-guide.md" && counts.Value >= 4);
}
