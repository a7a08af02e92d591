using InterfaceEngine.Core.Mapping.Files;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Testing;

/// <summary>
/// A <c>*.test.md</c> file (mapping design §6). Header: <c>test:</c> the record type; <c>practice:</c>, without which
/// it runs for every practice; <c>zone:</c> in place of the practice's; <c>received:</c> the day or time of receipt.
/// <para>
/// Each <c>##</c> section with a block (<c>hl7</c>, <c>csv</c> or <c>json</c>) is a case; its tables say what is expected. They mean
/// the first record of the header's type, unless they stand under a heading <c>### coverage 2</c> (type and number,
/// in the order of the message) or have a column <c>Record</c> that says so: one case may look at several records and types.
/// </para>
/// <para>
/// Beside fields a row may name what became of the whole: <c>(count)</c> how many records of the type were made,
/// <c>(does)</c> what the message does to the record, <c>(verdict)</c> one of accepted, rejected, held, ignored,
/// and <c>(note)</c> a code that must be among the notes, e.g. <c>MAP510</c>.
/// </para>
/// <para>A second block in a case is what the record would be sent as (<see cref="OutputCheck"/>).</para>
/// </summary>
public sealed class MappingTest
{
    private static readonly string[] _keys = ["test", "practice", "zone", "received", "call"];

    private readonly IReadOnlyDictionary<string, SourceText> _header;

    private MappingTest(MarkdownFile file, IReadOnlyDictionary<string, SourceText> header, IReadOnlyList<MappingTestCase> cases)
    {
        File = file.Path;
        _header = header;
        Cases = cases;
    }

    /// <summary>Relative to the mapping folder.</summary>
    public string File { get; }

    /// <summary>The record type its expectations are about; empty when the header does not say.</summary>
    public string Type => Header("test") ?? "";

    /// <summary>The practice it runs for; null runs it for every practice.</summary>
    public string? Practice => Header("practice");

    /// <summary>The zone that takes the place of the practice's; null keeps the practice's.</summary>
    public DateTimeZone? Zone => Header("zone") is { } zone ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) : null;

    /// <summary>When the messages are received; null takes the time of the message.</summary>
    public Instant? Received => Header("received") is { } received ? MappingTestReader.Received(received) : null;

    /// <summary>The call of athenaNet that its documents answer; null takes the first that the map of its type lists.</summary>
    public string? Call => Header("call");

    public IReadOnlyList<MappingTestCase> Cases { get; }

    /// <summary>The settings don't have its practice: it is said and not run.</summary>
    public bool IsOfUnknownPractice { get; private set; }

    internal static MappingTest Read(MarkdownFile file, ProblemList problems)
    {
        var header = HeaderReader.Read(file, _keys, problems);
        if (header.TryGetValue("zone", out var zone) && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone.Text) is null)
        {
            problems.Error(zone, MappingFileCodes.Test, $"there is no time zone '{zone.Text}'.", Suggestion.DidYouMean(zone.Text, DateTimeZoneProviders.Tzdb.Ids));
        }

        if (header.TryGetValue("received", out var received) && MappingTestReader.Received(received.Text) is null)
        {
            problems.Error(received, MappingFileCodes.Test, $"'{received.Text}' is not a day or time.", "For example 2022-03-15 or 2022-03-15T20:26:58Z.");
        }

        var type = header.GetValueOrDefault("test");
        if (type is null || type.IsEmpty)
        {
            problems.Error(file.Start, MappingFileCodes.Test, "the test does not say which record it is about.", "For example: test: patient.");
        }

        return new MappingTest(file, header, new MappingTestReader(file, type?.Text ?? "", problems).Cases());
    }

    /// <summary>What can be said only when practices and maps are known.</summary>
    internal void Check(IEnumerable<string> practices, IEnumerable<string> types, ProblemList problems)
    {
        if (_header.TryGetValue("practice", out var practice) && !practice.IsEmpty && !practices.Contains(practice.Text))
        {
            IsOfUnknownPractice = true;
            problems.Note(practice, MappingFileCodes.Test, $"no practice '{practice.Text}' is in the settings; the test is not run.", Suggestion.DidYouMean(practice.Text, practices));
        }

        foreach (var record in Cases.SelectMany(one => one.Expectations).Select(expectation => expectation.Type).Prepend(_header.GetValueOrDefault("test")).OfType<SourceText>().DistinctBy(at => at.Text))
        {
            if (!record.IsEmpty && !types.Contains(record.Text))
            {
                problems.Error(record, MappingFileCodes.Test, $"there is no map {record.Text}.", Suggestion.DidYouMean(record.Text, types));
            }
        }
    }

    private string? Header(string key) => _header.TryGetValue(key, out var value) && !value.IsEmpty ? value.Text : null;
}

/// <summary>One section of a test file: what comes in and what is expected of it.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Line">Of the heading.</param>
/// <param name="Format">The format of the block.</param>
/// <param name="Input">The block, its lines joined by line feeds.</param>
/// <param name="InputLine">The line of the block's first line.</param>
/// <param name="Output">A second block: what the record would be sent as; null when there is none.</param>
public sealed record MappingTestCase(
    string Title, int Line, MapFormat Format, string Input, int InputLine, MappingTestOutput? Output, IReadOnlyList<MappingTestExpectation> Expectations);

/// <summary>The second block of a case.</summary>
/// <param name="Format">The format that is written.</param>
/// <param name="Text">The block, its lines joined by line feeds.</param>
/// <param name="Line">The line of the block's first line.</param>
public sealed record MappingTestOutput(MapFormat Format, string Text, int Line);

/// <summary>One row of a case's table.</summary>
/// <param name="Record">The record type.</param>
/// <param name="Number">Which record of that type, from 1.</param>
/// <param name="Field">A field, or what became of the whole: <c>(count)</c>, <c>(does)</c>, <c>(verdict)</c>, <c>(note)</c>.</param>
/// <param name="Expected">The value in canonical form, the items of a list joined by a comma; <c>(cleared)</c>; <c>(kept)</c>.</param>
/// <param name="Because">The reason, for people.</param>
/// <param name="Line">Of the row.</param>
public sealed record MappingTestExpectation(string Record, int Number, string Field, string Expected, string Because, int Line)
{
    /// <summary>Where the record's type is written, when the row or its heading says one.</summary>
    internal SourceText? Type { get; init; }
}
