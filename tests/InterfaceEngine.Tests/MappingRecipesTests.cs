using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Testing;
using InterfaceEngine.Tests.Core.Mapping;

namespace InterfaceEngine.Tests;

/// <summary>Each recipe of <c>docs/mapping-recipes.md</c> does what it says: its files over the shipped ones, its message, its table.</summary>
public sealed partial class MappingRecipesTests
{
    private const string Practice = "195900";
    private const string TestFile = "tests/recipe.test.md";

    public static TheoryData<string> Titles => [.. Recipe.All().Select(recipe => recipe.Title)];

    [Fact]
    public void The_recipes_are_those_that_analysts_ask_for_most() => Recipe.All().Should().HaveCountGreaterThanOrEqualTo(12);

    [Theory]
    [MemberData(nameof(Titles))]
    public void A_recipe_loads_without_a_remark_and_its_message_becomes_what_its_table_says(string title)
    {
        var recipe = Recipe.All().Single(recipe => recipe.Title == title);

        var set = ShippedMappingsTests.Load([.. recipe.Files, (TestFile, recipe.Test)]);

        set.Problems.Where(problem => problem.Severity > MappingSeverity.Note).Select(problem => problem.ToText()).Should().BeEmpty();
        var results = MappingTestRun.Run(set, Practice).Where(result => result.File == TestFile).ToList();
        results.Should().ContainSingle().Which.Case.Expectations.Should().NotBeEmpty();
        results[0].Failures.Select(failure => failure.ToString()).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void Without_the_recipe_its_table_does_not_hold_unless_it_expects_nothing_to_be_said(string title)
    {
        var recipe = Recipe.All().Single(recipe => recipe.Title == title);

        var set = ShippedMappingsTests.Load((TestFile, recipe.Test));

        var isHeld = set.Problems.All(problem => problem.File != TestFile || problem.Severity <= MappingSeverity.Note)
            && MappingTestRun.Run(set, Practice).Where(result => result.File == TestFile).All(result => result.IsPassed);
        isHeld.Should().Be(title == "A default", "a table that holds anyway shows nothing");
    }

    /// <summary>A section of the document: files, one message, and the table of what comes of it.</summary>
    private sealed partial record Recipe(string Title, IReadOnlyList<(string Path, string Text)> Files, string Test)
    {
        public static IReadOnlyList<Recipe> All()
        {
            var sections = new List<List<string>>();
            var isFenced = false;
            foreach (var line in File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "mapping-recipes.md")))
            {
                isFenced ^= line.StartsWith("```", StringComparison.Ordinal);
                if (line.StartsWith("## ", StringComparison.Ordinal) && !isFenced)
                {
                    sections.Add([line["## ".Length..]]);
                }
                else if (sections.Count > 0)
                {
                    sections[^1].Add(line);
                }
            }

            return [.. sections.Select(section => Of(string.Join('\n', section)))];
        }

        private static Recipe Of(string section)
        {
            var title = section.Split('\n')[0].Trim();
            var files = FileForm().Matches(section).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToList();
            var rest = section[section.IndexOf(section.Contains("```hl7", StringComparison.Ordinal) ? "```hl7" : "```csv", StringComparison.Ordinal)..];
            var type = TypeForm().Match(files[^1].Item1) is { Success: true } map ? map.Groups[1].Value : "patient";
            return new Recipe(title, files, $"---\ntest: {type}\npractice: {Practice}\nreceived: 2026-01-20\n---\n## {title}\n\n{rest}");
        }

        [GeneratedRegex(@"^`(practices/[^`]+\.md)`:\n\n```markdown\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
        private static partial Regex FileForm();

        [GeneratedRegex(@"/([a-z]+)\.map\.md$")]
        private static partial Regex TypeForm();
    }
}
