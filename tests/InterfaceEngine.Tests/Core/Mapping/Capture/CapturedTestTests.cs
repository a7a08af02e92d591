using System.Text;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Capture;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Testing;

namespace InterfaceEngine.Tests.Core.Mapping.Capture;

/// <summary>What a capture keeps of a message and what it never does, on every sample and every message of the shipped tests.</summary>
public sealed partial class CapturedTestTests
{
    /// <summary>Every word of the tables, which is what a capture may keep.</summary>
    private static readonly HashSet<string> _ofTables =
        [.. ShippedMappingsTests.Files().Where(file => !file.Key.StartsWith("tests/", StringComparison.Ordinal)).SelectMany(file => Words(file.Value))];

    private static readonly MappingSet _set = ShippedMappingsTests.Load();

    /// <summary>Shorter words are found in any text.</summary>
    private const int LengthMin = 4;

    public static TheoryData<string, string> Messages()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", "hl7"), "*.hl7").Order(StringComparer.Ordinal))
        {
            data.Add("hl7", File.ReadAllText(file, Encoding.UTF8));
        }

        foreach (var one in _set.Tests.Where(test => (test.Practice ?? "1959") == "1959").SelectMany(test => test.Cases))
        {
            data.Add(one.Format switch { MapFormat.Hl7 => "hl7", MapFormat.Csv => "csv", _ => "json" }, one.Input);
        }

        return data;
    }

    /// <summary>
    /// Words are compared with the words of the mapping files, not with what the code under test calls named. What remains of a message is
    /// in them, is the event and version, or is the hour of the day.
    /// </summary>
    [Theory]
    [MemberData(nameof(Messages))]
    public void Nothing_of_a_message_survives_but_what_the_tables_name(string language, string text)
    {
        if (Input(language, text) is not { } input || Capture(input) is not { } captured)
        {
            return;
        }

        var kept = Words(captured.Text).ToHashSet();
        var names = language == "csv" ? Words(text.Split('\n')[0]) : language == "json" ? PropertyName().Matches(text).SelectMany(match => Words(match.Value)) : Words(string.Join(' ', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Split('|')[0])));
        var allowed = names.Concat(Words(language == "hl7" ? Hl7Message.Parse(Encoding.UTF8.GetBytes(text)).EventType : "")).Concat(["practice", "expect", "studio", "accepted", "rejected", "ignored", "http", "terminology", "fhir", "codesystem", "valueset", "example", "application", "base64", "jvberi0xljqgzmfrzqo", "octet", "stream"]).ToHashSet();

        Words(input.Original).Where(word => word.Length >= LengthMin && kept.Contains(word) && !_ofTables.Contains(word) && !allowed.Contains(word) && !TimeOrLength().IsMatch(word)).Distinct().Should().BeEmpty();
    }

    [Fact]
    public void Captured_messages_are_tests_that_pass_and_are_read_as_what_came()
    {
        var files = ShippedMappingsTests.Files();
        var different = new List<string>();
        foreach (var data in Messages())
        {
            if (Input((string)data[0], (string)data[1]) is { } input && Capture(input) is { } captured)
            {
                files[$"tests/mine-{files.Count}.test.md"] = captured.Text;
                different.AddRange(captured.Differences.Where(difference => !difference.StartsWith("MAP", StringComparison.Ordinal)).Select(difference => $"{input.Original[..Math.Min(60, input.Original.Length)]}: {difference}"));
            }
        }

        var set = MappingSet.Load(files, ShippedMappingsTests.Practices);
        var mine = MappingTestRun.Run(set, "1959").Where(result => result.File.StartsWith("tests/mine", StringComparison.Ordinal)).ToList();

        set.Problems.Where(problem => problem.File.StartsWith("tests/mine", StringComparison.Ordinal)).Should().BeEmpty();
        mine.Count.Should().BeGreaterThan(120);
        mine.SelectMany(result => result.Failures).Select(failure => failure.Text).Should().BeEmpty();
        different.Should().BeEmpty();
    }

    [Fact]
    public void The_same_key_gives_the_same_test_and_another_key_another()
    {
        var input = Input("hl7", A04)!;

        Capture(input, 1)!.Value.Text.Should().Be(Capture(input, 1)!.Value.Text).And.NotBe(Capture(input, 2)!.Value.Text);
    }

    [Fact]
    public void A_value_has_one_fake_throughout_and_keeps_its_case_its_separators_and_its_length()
    {
        var text = Capture(Input("hl7", A04)!)!.Value.Text;
        var person = PidLine().Match(text);

        person.Success.Should().BeTrue(text);
        var (id, family, given, birth, street, phone) = (person.Groups[1].Value, person.Groups[2].Value, person.Groups[3].Value, person.Groups[4].Value, person.Groups[5].Value, person.Groups[6].Value);
        (id.Length, family.Length, given.Length).Should().Be((5, 9, 4));
        family.Should().MatchRegex("^[A-Z]'[A-Z]{2}-[A-Z]{4}$");
        street.Should().MatchRegex(@"^[1-9][0-9]{2} [A-Z][a-z]{3} [A-Z][a-z]$");
        phone.Should().MatchRegex(@"^\([2-9][0-8][0-9]\)555-[0-9]{4}$");
        text.Should().Contain($"NK1|1|{family}^").And.MatchRegex($@"\n\| external_id +\| {id} +\|");
        DateOnly.ParseExact(birth, "yyyyMMdd", null).Year.Should().BeLessThan(1980);
        text.Should().MatchRegex(@"\|20[0-2]\d{5}142658\|\|ADT\^A04\|").And.NotContain("20220315");
    }

    [Fact]
    public void Codes_that_the_tables_name_stay_and_others_do_not()
    {
        var text = Capture(Input("hl7", A04)!)!.Value.Text;

        text.Should().Contain("|M||White|").And.Contain("^^^ATHENA^MRN").And.Contain("|ENG\n").And.NotContain("gold", "a Z segment is faked like any other");
    }

    /// <summary>What feeds write into the places of numbers, and ids that are made of the day they were given.</summary>
    [Theory]
    [InlineData("hl7", "QUIGLEY", "PID|1||12345||DOE^JANE||19800515|M|||||(217)523-1234 MARY QUIGLEY|QUIGLEY JOHN")]
    [InlineData("hl7", "QUIGLEY", "PID|1||12345||DOE^JANE||19800515|M|||||(217)523-1234^PRN^PH^^^^^QUIGLEY^call Quigley")]
    [InlineData("hl7", "QUIGLEY", "PID|1||12345||DOE^JANE||19800515|M\nNK1|1|DOE^JIM|SPO||QUIGLEY LINDA (217)523-9999")]
    [InlineData("hl7", "QUIGLEY", "PID|1||12345||DOE^JANE||19800515|M\nOBX|1|TM|1||QUIGLEY")]
    [InlineData("hl7", "99", "PID|1||1985061299||DOE^JANE||19800515|M", "1985061299")]
    [InlineData("hl7", "7788", "PID|1||12345||DOE^JANE||19800515|M||||||||||198506127788", "198506127788")]
    [InlineData("hl7", "19850612", "PID|1||19850612^^^A^MR||DOE^JANE||19800515|M\nZPT|19850612", "19850612")]
    [InlineData("csv", "QUIGLEY", "PatientID,FirstName,LastName,DOB,Gender,Phone,Quigley Jane\n1,Jane,Smith,1975-08-22,F,2175231234 Mary Quigley,7")]
    [InlineData("json", "QUIGLEY", """{"patientid":"12345","firstname":"Jane","lastname":"Smith","homephone":"2175231234 Mary Quigley","notes":{"QUIGLEY-4711":"x","Quigley":{"quigley":1}}}""")]
    [InlineData("json", "QUIGLEY", """{"resourceType":"Patient","id":"1","name":[{"family":"Smith"}],"telecom":[{"system":"phone","value":"QUIGLEY 2175231234"}],"byName":{"QUIGLEY":"x"}}""")]
    public void No_name_and_no_id_stays_where_another_thing_belongs(string language, string word, string text, string? id = null)
    {
        var head = language == "hl7" ? "MSH|^~\\&|ATHENA|1959|PS|PS|20220315142658||ADT^A04|1|P|2.3\n" : "";
        var captured = Capture(Input(language, head + text.Replace("\\n", "\n", StringComparison.Ordinal))!)!.Value.Text;

        captured.Should().NotContainEquivalentOf(word == "QUIGLEY" ? word : id!);
        if (id is { Length: > 8 })
        {
            captured.Should().NotMatchRegex($@"\|[0-9]{{{id.Length - word.Length}}}{word}\b", "the rest of an id tells it too");
        }
    }

    [Fact]
    public void Columns_that_no_table_knows_are_numbered_and_others_stay()
    {
        var text = Capture(Input("csv", "PatientID,FirstName,LastName,DOB,Shoe\n1,Jane,Smith,1975-08-22,41\n")!)!.Value.Text;

        text.Should().Contain("PatientID,FirstName,LastName,DOB,column 5\n");
    }

    [Fact]
    public void A_file_without_a_header_is_refused_and_nothing_of_it_is_said()
    {
        var input = Input("csv", "54321,Jane,Quigley,1975-08-22\n54322,Jim,Quigley,1976-08-22\n")!;
        var captured = new CapturedTest(_set, _set.For("1959")!, new Fakes(new byte[Fakes.KeyBytes], input.Original, new NodaTime.LocalDate(2022, 3, 15)));

        captured.Invoking(test => test.Write([input], null)).Should().Throw<CaptureException>().WithMessage("its first line names no column that the tables read; a file begins with its header.");
    }

    [Fact]
    public void Names_of_properties_that_are_known_stay_and_others_are_numbered()
    {
        var text = Capture(Input("json", """{"resourceType":"Patient","id":"1","_birthDate":{"extension":[{"url":"u","valueString":"x"}]},"name":[{"family":"Smith"}],"jane":{"4711":"x","jane":"y"}}""")!)!.Value.Text;

        text.Should().Contain("\"_birthDate\": {").And.Contain("\"valueString\": ").And.MatchRegex("\"other1\": \\{\\s+\"other2\": \"[a-z]\",\\s+\"other1\": \"[a-z]\"");
    }

    [Fact]
    public void What_no_table_reads_is_not_captured() =>
        Capture(Input("hl7", "MSH|^~\\&|A|1959|||20220315||ADT^A99|1|P|2.3\rPID|1||12345\r")!).Should().BeNull();

    private const string A04 = "MSH|^~\\&|ATHENA|1959|PS|PS|20220315142658||ADT^A04|12345|P|2.3\rEVN|A04|20220315142658\r"
        + "PID|1||48213^^^ATHENA^MRN||O'DA-SMYT^JANE||19800515|M||White|123 Main St^^SPRINGFIELD^IL^62701||(217)523-1234||ENG\rNK1|1|O'DA-SMYT^JOHN|SPO\rZPT|gold|7\r";

    private static (string Text, IReadOnlyList<string> Differences)? Capture(CapturedInput input, byte key = 7)
    {
        var captured = new CapturedTest(_set, _set.For("1959")!, new Fakes([.. Enumerable.Repeat(key, Fakes.KeyBytes)], input.Original, input.Sent ?? new NodaTime.LocalDate(2022, 3, 15)));
        try
        {
            return (captured.Write([input], null), captured.Differences(input));
        }
        catch (CaptureException)
        {
            return null;
        }
    }

    private static CapturedInput? Input(string language, string text)
    {
        switch (language)
        {
            case "hl7":
                return Hl7Message.TryParse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r")), out var message, out _) ? new CapturedMessage(message) : null;
            case "csv":
                try
                {
                    using var table = new CsvTable(new StringReader(text));
                    return table.Rows().FirstOrDefault() is { } row ? new CapturedRow(table.Header, row, "Patients file") : null;
                }
                catch (CsvFormatException)
                {
                    return null;
                }

            default:
                return !JsonBody.TryParse(Encoding.UTF8.GetBytes(text), out var body, out _) ? null
                    : new CapturedDocument(body, JsonMessage.IsFhir(body) ? JsonMessage.FhirMessageOf(body.Root) : new PracticeReader(_set.For("1959")!).CallOf(body) ?? "");
        }
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value.ToLowerInvariant());

    [GeneratedRegex(@"[\p{L}\p{Nd}]+")]
    private static partial Regex Word();

    /// <summary>An hour and minute, an offset from UTC, or how long a visit lasts in minutes or seconds.</summary>
    [GeneratedRegex("^(([01][0-9]|2[0-3])[0-5][0-9]|[0-9]{2}00|hours?)$")]
    private static partial Regex TimeOrLength();

    [GeneratedRegex("\"[^\"]*\"\\s*:")]
    private static partial Regex PropertyName();

    [GeneratedRegex(@"PID\|1\|\|(\d+)\^\^\^ATHENA\^MRN\|\|([^|^]+)\^([^|^]+)\|\|(\d{8})\|M\|\|White\|([^^]+)\^\^[A-Z]+\^[A-Z]{2}\^\d{5}\|\|([^|]+)\|\|ENG")]
    private static partial Regex PidLine();
}
