using System.Text;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Testing;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Capture;

/// <summary>
/// Makes a test file of messages (<c>map test --capture</c>): what came, with fakes in place of all that is of a patient, and what the
/// tables make of that. The file passes at once, for what it expects is what the tables say of it.
/// </summary>
public sealed class CapturedTest
{
    /// <summary>Where the file counts as lying while it is tried.</summary>
    private const string Draft = "tests/captured.test.md";

    private readonly MappingSet _set;
    private readonly PracticeMaps _maps;
    private readonly PracticeReader _reader;
    private readonly MessageFaker _faker;
    private readonly Fakes _fakes;

    /// <param name="set">The mapping set by which the messages are read.</param>
    /// <param name="practice">Whose messages they are; one of the set's.</param>
    /// <param name="fakes">What replaces what they say.</param>
    public CapturedTest(MappingSet set, PracticeMaps practice, Fakes fakes)
    {
        (_set, _maps, _fakes) = (set, practice, fakes);
        _reader = new PracticeReader(practice);
        _faker = new MessageFaker(practice, fakes);
    }

    /// <summary>The test file's text.</summary>
    /// <param name="inputs">The messages, in order.</param>
    /// <param name="received">When they were received; null lets each message say it.</param>
    /// <exception cref="CaptureException">The tables can't be asked about it.</exception>
    public string Write(IReadOnlyList<CapturedInput> inputs, Instant? received)
    {
        var blocks = inputs.Select(input => new Block(input.Title, input.Language, input.Fake(_faker))).ToList();
        var type = inputs.Select(TypeOf).FirstOrDefault(type => type is not null) ?? throw new CaptureException("no table of the practice reads it, so there is nothing to expect.");
        var test = Read(Text(type, received, blocks, []));
        if (test.Cases.Count != blocks.Count)
        {
            throw new CaptureException("its text can't stand in a test file.");
        }

        var expected = test.Cases.Select(one => Expectations(type, MappingTestRun.Look(_set, test, _maps.Practice.Id, one))).ToList();
        var file = TableFormatter.Format(Text(type, received, blocks, expected));
        var failures = MappingTestRun.Failures(_set, Read(file), _maps.Practice.Id);
        return failures.Count == 0 ? file : throw new CaptureException($"what was captured does not pass as a test ({failures[0].Text.Split(':')[0]}).");
    }

    /// <summary>The fields, codes of notes and verdict in which the fakes are read otherwise than what came; empty when they are read alike.</summary>
    public IReadOnlyList<string> Differences(CapturedInput input)
    {
        var (before, after) = (Signs(input.Read(_reader, null)), Signs(input.Read(_reader, input.Fake(_faker))));
        return [.. before.Except(after).Select(sign => $"{sign} is gone"), .. after.Except(before).Select(sign => $"{sign} is new")];
    }

    private static HashSet<string> Signs(MappedMessage read) =>
    [
        .. read.Records.SelectMany(record => record.Fields.Select(field => $"{record.Type} {field.Definition.Name}{(field.Value.IsCleared ? " (cleared)" : "")}")),
        .. read.Notes.Select(note => note.Code),
        read.IsRejected ? "rejected" : read.IsHeld ? "held" : "accepted",
    ];

    /// <summary>The type the event is about: of the records that the message makes, the first that it does not merely fill.</summary>
    private string? TypeOf(CapturedInput input)
    {
        var records = input.Read(_reader, null).Records;
        return records.FirstOrDefault(record => record.Verb != Verb.Fill)?.Type ?? (records.Count > 0 ? records[0].Type : input.Type(_maps));
    }

    private static MappingTest Read(string text)
    {
        var problems = new ProblemList();
        var test = MappingTest.Read(MarkdownFile.Parse(Draft, text, problems), problems);
        return problems.Items.FirstOrDefault(problem => problem.Severity == MappingSeverity.Error) is { } problem ? throw new CaptureException($"its text can't stand in a test file: {problem.Code}.") : test;
    }

    private string Text(string type, Instant? received, List<Block> blocks, List<string> expectations)
    {
        var text = new StringBuilder($"---\ntest:     {type}\npractice: {_maps.Practice.Id}\n");
        if (received is { } time)
        {
            text.Append($"received: {NodaTime.Text.InstantPattern.General.Format(_fakes.Dates.Move(time))}\n");
        }

        text.Append("---\n");
        for (var index = 0; index < blocks.Count; index++)
        {
            text.Append($"\n## {blocks[index].Title}\n\n```{blocks[index].Language}\n{blocks[index].Text}\n```\n").Append(index < expectations.Count ? expectations[index] : "");
        }

        return text.ToString();
    }

    /// <summary>Everything that the tables make of a case, as tables of expectations.</summary>
    private static string Expectations(string type, MappingOutcome outcome)
    {
        var text = new StringBuilder();
        List<(string, string)> whole =
        [
            ("(verdict)", outcome.Verdict),
            ("(count)", $"{outcome.Records.Count(record => record.Type == type)}"),
            .. outcome.Notes.Select(note => note.Code).Distinct().Select(code => ("(note)", code)),
        ];
        var own = outcome.Records.Where(record => record.Type == type).ToList();
        Add(text, [.. whole, .. own.Count > 0 ? Fields(own[0]) : []]);
        foreach (var (record, number) in outcome.Records.GroupBy(record => record.Type).SelectMany(records => records.Select((record, index) => (record, index + 1))).Where(one => one.record.Type != type || one.Item2 > 1))
        {
            text.Append($"\n### {record.Type} {number}\n");
            Add(text, Fields(record));
        }

        return text.ToString();
    }

    private static List<(string, string)> Fields(IncomingRecord record) =>
    [
        ("(does)", MappingTestRun.Does(record.Verb)),
        .. record.Fields.Select(field => (field.Definition.Name, MappingTestRun.Written(field.Value))).Where(field => CanStand(field.Item2)),
    ];

    /// <summary>A cell can't begin or end with a blank, and loses the backticks round it.</summary>
    private static bool CanStand(string text) => text.Length > 0 && text == text.Trim() && text[0] != '`' && !text.Contains('\n', StringComparison.Ordinal) && !text.EndsWith('\\');

    private static void Add(StringBuilder text, List<(string Field, string Expect)> rows)
    {
        text.Append("\n| Practice Studio | Expect |\n|---|---|\n");
        foreach (var (field, expect) in rows)
        {
            text.Append($"| {field} | {expect.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }
    }

    private sealed record Block(string Title, string Language, string Text);
}

/// <summary>Why a message can't be captured. It holds nothing of the message.</summary>
public sealed class CaptureException(string message) : Exception(message);
