using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Testing;

/// <summary>
/// Runs the test files of a mapping set through the compiled maps (<c>map test</c>). Nothing is stored, and what is
/// stored plays no part: an expectation is about what a message says.
/// </summary>
public sealed class MappingTestRun
{
    /// <summary>Rows have no time of their own, so those of a test without <c>received:</c> come on this day.</summary>
    public static readonly Instant RowsReceived = Instant.FromUtc(2026, 1, 1, 12, 0);

    private readonly MappingSet _set;
    private readonly Dictionary<(string Practice, string? Zone), PracticeReader> _readers = [];

    private MappingTestRun(MappingSet set) => _set = set;

    /// <param name="set">The set with its tests.</param>
    /// <param name="practice">Only the tests of this practice; null runs all.</param>
    public static IReadOnlyList<MappingTestResult> Run(MappingSet set, string? practice = null)
    {
        var run = new MappingTestRun(set);
        var results = new List<MappingTestResult>();
        foreach (var test in set.Tests.Where(test => !test.IsOfUnknownPractice))
        {
            var practices = test.Practice is { } own ? [own] : set.Practices.Select(maps => maps.Practice.Id);
            foreach (var id in practices.Where(id => practice is null || id == practice))
            {
                results.AddRange(test.Cases.Select(one => new MappingTestResult(test.File, id, one, run.Failures(test, id, one))));
            }
        }

        return results;
    }

    /// <summary>What does not hold of a test that is in no file yet.</summary>
    internal static IReadOnlyList<MappingTestFailure> Failures(MappingSet set, MappingTest test, string practice)
    {
        var run = new MappingTestRun(set);
        return [.. test.Cases.SelectMany(one => run.Failures(test, practice, one))];
    }

    /// <summary>What the tables make of a case, whatever it expects.</summary>
    internal static MappingOutcome Look(MappingSet set, MappingTest test, string practice, MappingTestCase one) =>
        Read(test, one, new MappingTestRun(set).Reader(test, practice)!);

    private List<MappingTestFailure> Failures(MappingTest test, string practice, MappingTestCase one)
    {
        var failures = new List<MappingTestFailure>();
        void Fail(int line, string text) => failures.Add(new MappingTestFailure(test.File, line, text));

        if (Reader(test, practice) is not { } reader)
        {
            Fail(one.Line, $"practice {practice} has no maps: its files have errors.");
            return failures;
        }

        var outcome = Try(one.InputLine, Fail, () => Read(test, one, reader));
        if (outcome is not null && Compare(one, outcome, reader, Fail) && one.Output is { } output)
        {
            foreach (var (line, text) in Try(output.Line, Fail, () => new OutputCheck(reader, test.Type, test.Received ?? RowsReceived).Differences(output, outcome.Records)) ?? [])
            {
                Fail(line, text);
            }
        }

        return failures;
    }

    /// <summary>Null when the block at the line is not of its format, which is said.</summary>
    private static T? Try<T>(int line, Action<int, string> fail, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Hl7ParseException exception)
        {
            fail(line, $"the message can't be read: {exception.Message}");
        }
        catch (JsonBodyException exception)
        {
            fail(line, $"the document can't be read: {exception.Message}");
        }
        catch (CsvFormatException exception)
        {
            fail(line + exception.Line - 1, $"the file can't be read: {exception.Reason}");
        }

        return null;
    }

    private PracticeReader? Reader(MappingTest test, string practice)
    {
        var key = (practice, test.Zone?.Id);
        if (!_readers.TryGetValue(key, out var reader) && _set.For(practice) is { } maps)
        {
            _readers[key] = reader = new PracticeReader(test.Zone is null ? maps : new PracticeMaps
            {
                Practice = maps.Practice with { Zone = test.Zone },
                Maps = maps.Maps,
                Codes = maps.Codes,
                References = maps.References,
                Hash = maps.Hash,
            });
        }

        return reader;
    }

    private static MappingOutcome Read(MappingTest test, MappingTestCase one, PracticeReader reader) => one.Format switch
    {
        MapFormat.Hl7 => ReadMessage(test, one, reader),
        MapFormat.Csv => ReadRows(test, one, reader),
        _ => ReadDocument(test, one, reader),
    };

    private static MappingOutcome ReadMessage(MappingTest test, MappingTestCase one, PracticeReader reader)
    {
        var message = Hl7Message.Parse(Encoding.UTF8.GetBytes(one.Input));
        var sent = Hl7Timestamp.TryParse(message.Find("MSH").Field(7).Decode(), out var timestamp, out _) ? timestamp : (Hl7Timestamp?)null;
        var received = test.Received ?? sent?.ToInstant() ?? sent?.ToLocalDateTime()?.InZoneLeniently(reader.Practice.Zone).ToInstant() ?? RowsReceived;
        return MappingOutcome.Of([reader.Read(message, new ReadContext(received))]);
    }

    private static MappingOutcome ReadRows(MappingTest test, MappingTestCase one, PracticeReader reader)
    {
        // The kind of file is the one the tested type's own map names; a file of another kind is read by no map.
        var maps = reader.Maps.Find(test.Type) is { } own ? reader.Maps.Maps.Prepend(own) : reader.Maps.Maps;
        var file = maps.SelectMany(map => map.Messages).FirstOrDefault(rule => rule.Format == MapFormat.Csv)?.Message ?? "";
        var context = new ReadContext(test.Received ?? RowsReceived);
        using var table = new CsvTable(new StringReader(one.Input));
        return MappingOutcome.Of([.. table.Rows().Select(row => reader.Read(row, file, context))]);
    }

    /// <summary>An answer of athenaNet is one of the test's call, else of the one that the tested type's own map names first.</summary>
    private static MappingOutcome ReadDocument(MappingTest test, MappingTestCase one, PracticeReader reader)
    {
        var body = JsonBody.Parse(Encoding.UTF8.GetBytes(one.Input));
        var call = test.Call ?? reader.Maps.Find(test.Type)?.Messages.FirstOrDefault(rule => rule.Format == MapFormat.AthenaNet)?.Message ?? "";
        return MappingOutcome.Of([reader.Read(body, call, new ReadContext(test.Received ?? RowsReceived))]);
    }

    /// <returns>False when there is nothing that could be applied, or written.</returns>
    private static bool Compare(MappingTestCase one, MappingOutcome outcome, PracticeReader reader, Action<int, string> fail)
    {
        // What is rejected or held is not applied, so fields can't be expected of it unless the case says that it knows.
        if (outcome.Verdict is "rejected" or "held" or "ignored" && !one.Expectations.Any(expectation => expectation.Field == "(verdict)"))
        {
            var reasons = outcome.Notes.Where(note => note.Severity >= NoteSeverity.Hold).Select(note => $"{note.Code} {note.Sentence ?? note.Reason}").ToList();
            fail(one.Line, reasons.Count == 0 ? $"the message is {outcome.Verdict}: no map reads it." : $"the message is {outcome.Verdict}: {string.Join("; ", reasons)}");
            return false;
        }

        foreach (var expectation in one.Expectations)
        {
            var records = outcome.Records.Where(record => record.Type == expectation.Record).ToList();
            var record = expectation.Number <= records.Count ? records[expectation.Number - 1] : null;
            var found = expectation.Field switch
            {
                "(verdict)" => outcome.Verdict,
                "(count)" => $"{records.Count}",
                "(note)" => outcome.Notes.Any(note => note.Code == expectation.Expected) ? expectation.Expected : Codes(outcome),
                "(does)" => record is null ? null : Does(record.Verb),
                var field when reader.Maps.Find(expectation.Record) is { } map && map.Definition.Find(field) is null => $"no field {field} in {expectation.Record}",
                var field => record is null ? null : Written(record[field]),
            };
            if (found is null)
            {
                fail(expectation.Line, $"{expectation.Field}: expected {expectation.Expected}, and there is no {expectation.Record} {expectation.Number}");
            }
            else if (found != expectation.Expected)
            {
                fail(expectation.Line, $"{expectation.Field}: expected {expectation.Expected}, got {found}");
            }
        }

        return true;
    }

    /// <summary>As a cell of the test's table writes it: the lines of a text are told apart by <c>\n</c>.</summary>
    internal static string Written(FieldValue value) => value.ToString().Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Codes(MappingOutcome outcome) => outcome.Notes.Count == 0 ? "no note" : string.Join(", ", outcome.Notes.Select(note => note.Code).Distinct());

    internal static string Does(Verb verb) => verb switch
    {
        Verb.CreateOrUpdate => "create or update",
        _ => verb.ToString().ToLowerInvariant(),
    };
}

/// <summary>What one case of a test file came to.</summary>
/// <param name="File">The test file.</param>
/// <param name="Practice">The practice it ran for.</param>
/// <param name="Failures">Empty when it passed.</param>
public sealed record MappingTestResult(string File, string Practice, MappingTestCase Case, IReadOnlyList<MappingTestFailure> Failures)
{
    public bool IsPassed => Failures.Count == 0;
}

/// <summary>An expectation that does not hold.</summary>
/// <param name="Text">E.g. <c>race: expected 2106-3, got (kept)</c>. It may hold values of the test's invented patients.</param>
public sealed record MappingTestFailure(string File, int Line, string Text)
{
    /// <summary><c>tests/patient.test.md:26: race: expected 2106-3, got (kept)</c></summary>
    public override string ToString() => $"{File}:{Line}: {Text}";
}
