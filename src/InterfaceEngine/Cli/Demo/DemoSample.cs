using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Cli.Demo;

/// <summary>One sample and the outcome it must have, from the table in <c>samples/hl7/README.md</c>.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Practice">Whose feed it is.</param>
/// <param name="Acknowledgement">MSA-1 of the reply.</param>
/// <param name="Outcome">What the engine makes of it, e.g. <c>applied</c>.</param>
/// <param name="Body">The message.</param>
internal sealed record DemoSample(string File, string Practice, string Acknowledgement, string Outcome, ReadOnlyMemory<byte> Body)
{
    private const string ListName = "README.md";

    /// <summary>The samples of a folder in sending order.</summary>
    /// <exception cref="CommandFailedException">The folder has no list, or a file and the list disagree.</exception>
    public static IReadOnlyList<DemoSample> ReadAll(string folder)
    {
        var list = Path.Combine(folder, ListName);
        if (!System.IO.File.Exists(list))
        {
            throw new CommandFailedException($"{list} is missing: it says what each sample is to come to.");
        }

        var table = MarkdownFile.Parse(ListName, System.IO.File.ReadAllText(list)).Sections
            .SelectMany(section => section.Tables)
            .FirstOrDefault(table => table.Header is [{ Text: "file" }, { Text: "practice" }, { Text: "acknowledgement" }, { Text: "outcome" }, ..])
            ?? throw new CommandFailedException($"{list} has no table with the columns file, practice, acknowledgement, outcome.");
        var samples = table.Rows.Select(row => Read(folder, row[0].Text, row[1].Text, row[2].Text, row[3].Text)).ToList();
        var unlisted = Directory.EnumerateFiles(folder, "*.hl7").Select(Path.GetFileName).Except(samples.Select(sample => sample.File)).ToList();
        return unlisted.Count == 0
            ? samples
            : throw new CommandFailedException($"{list} does not say what these are to come to: {string.Join(", ", unlisted)}.");
    }

    private static DemoSample Read(string folder, string file, string practice, string acknowledgement, string outcome)
    {
        var path = Path.Combine(folder, file);
        return System.IO.File.Exists(path)
            ? new DemoSample(file, practice, acknowledgement, outcome, System.IO.File.ReadAllBytes(path))
            : throw new CommandFailedException($"{path} is listed in {ListName} and is not there.");
    }
}
