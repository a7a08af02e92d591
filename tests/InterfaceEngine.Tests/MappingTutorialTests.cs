using System.Text.RegularExpressions;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests;

/// <summary>
/// <c>docs/mapping-tutorial.md</c> from its first line to its last, as its reader does it: the commands are run beside a real engine, the files
/// are saved as they are shown, and what it says is printed is printed.
/// </summary>
public sealed partial class MappingTutorialTests
{
    [Fact]
    public async Task The_tutorial_leads_from_a_letter_to_a_deployed_and_explained_change()
    {
        await using var place = DocumentWorkplace.OfItsOwn(Path.Combine("docs", "examples", "tutorial"));
        var (output, commands, outputs, files) = ("", 0, 0, 0);
        foreach (var (line, language, text, before) in Blocks(File.ReadAllLines(Path.Combine(RepositoryRoot.Path, Document.Tutorial))))
        {
            switch (language)
            {
                case "sh":
                    foreach (var command in text.Split('\n'))
                    {
                        var expected = ExitForm().Match(command) is { Success: true } exit ? int.Parse(exit.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : 0;
                        (var code, output) = await place.RunAsync(ExitForm().Replace(command, ""));
                        code.Should().Be(expected, "line {0} shows `{1}`, which printed\n{2}", line, command, output);
                        commands++;
                    }

                    break;
                case "text":
                    Lines(text).Should().BeSubsetOf(Lines(text).Where(wanted => output.Split('\n').Any(printed => Fits(wanted, printed))), "line {0} says that this is printed:\n{1}", line, output);
                    outputs++;
                    break;
                case "markdown":
                    await place.WriteAsync(Path.Combine("mappings", FileForm().Match(before).Groups[1].Value), text + "\n");
                    files++;
                    break;
                default:
                    throw new InvalidOperationException($"no test knows what a block of {language} is");
            }
        }

        await place.StopAsync();
        (commands, outputs, files).Should().Match<(int, int, int)>(counts => counts.Item1 >= 14 && counts.Item2 >= 9 && counts.Item3 == 3);
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => line.Trim().Length > 0);

    /// <summary><c>…</c> stands for anything; how wide a column is does not matter.</summary>
    private static bool Fits(string wanted, string printed) =>
        Regex.IsMatch(Narrow(printed), "^" + Regex.Escape(Narrow(wanted)).Replace("…", ".*", StringComparison.Ordinal) + (wanted.Contains('…', StringComparison.Ordinal) ? "" : "$"));

    private static string Narrow(string line) => BlanksForm().Replace(line.Trim(), " ");

    /// <summary>The fenced blocks with the line before them that is not empty.</summary>
    private static IEnumerable<(int Line, string Language, string Text, string Before)> Blocks(string[] lines)
    {
        for (var index = 0; index < lines.Length; index++)
        {
            if (!lines[index].StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            var end = Array.FindIndex(lines, index + 1, line => line.StartsWith("```", StringComparison.Ordinal));
            yield return (index + 1, lines[index][3..], string.Join('\n', lines[(index + 1)..end]), lines[..index].Last(line => line.Length > 0));
            index = end;
        }
    }

    [GeneratedRegex(@" +# exits with (\d)$")]
    private static partial Regex ExitForm();

    [GeneratedRegex(@"^`([^`]+\.md)`:$")]
    private static partial Regex FileForm();

    [GeneratedRegex(" {2,}")]
    private static partial Regex BlanksForm();
}
