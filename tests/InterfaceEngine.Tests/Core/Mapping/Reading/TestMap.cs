using System.Text;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>One map written in code, row by row, so that what reading does stands apart from how mapping files are read.</summary>
internal sealed class TestMap(string type)
{
    private readonly List<Func<FieldRow>> _unread = [];
    private readonly List<ExpressionField> _names = [];
    private readonly List<FieldRow> _rows = [];
    private readonly List<(string MustHold, CheckOutcome IfNot, string Say)> _checks = [];
    private readonly List<(string Sum, string Left, string Right)> _equations = [];
    private readonly List<(string Format, string Message, Verb Verb, string? Sets)> _rules = [];
    private readonly Dictionary<string, CodeTable> _codes = [];
    private readonly Dictionary<string, ReferenceTable> _references = [];

    public string? Each { get; init; }

    public IReadOnlyList<string> Key { get; init; } = [];

    public bool NumbersRepeats { get; init; }

    public (string Places, string When)? Run { get; init; }

    public ListKind List { get; init; }

    public string? When { get; init; }

    public bool UsesLocationZone { get; init; }

    public bool ClearsEmptyCsv { get; init; }

    public string Zone { get; init; } = "America/Chicago";

    /// <summary>Adds a row; a name in brackets only travels, one with <c>[]</c> is a list.</summary>
    public TestMap Row(
        string name, string? hl7 = null, string? csv = null, string @as = "text", bool key = false, string? alias = null, string? when = null,
        int? max = null, string? matches = null, string[]? oneOf = null, string? read = null, string? athena = null, string? fhir = null)
    {
        var isList = name.EndsWith("[]", StringComparison.Ordinal);
        var isTransient = name.StartsWith('(');
        name = name.Trim('(', ')', '[', ']');
        _names.Add(new ExpressionField(name, _names.Count, ExpressionType.FromAs(@as, isList)));

        // Formulas may name fields further down, so rows are made when all are there.
        var line = _unread.Count + 10;
        _unread.Add(() => Make(name, hl7, csv, @as, key, alias, when, max, matches, oneOf, read, isList, isTransient, line, athena, fhir));
        return this;
    }

    private FieldRow Make(
        string name, string? hl7, string? csv, string @as, bool key, string? alias, string? when,
        int? max, string? matches, string[]? oneOf, string? read, bool isList, bool isTransient, int line, string? athena, string? fhir)
    {
        var cells = new Dictionary<MapFormat, FormatCell>();
        if (hl7 is not null)
        {
            cells[MapFormat.Hl7] = new FormatCell([.. hl7.Split(" or ").Select(Place)], new CellReference($"{type}.map.md", line, 20));
        }
        else if (read is not null)
        {
            cells[MapFormat.Hl7] = new FormatCell([new ExpressionPlace(Parse(read, condition: false))], new CellReference($"{type}.map.md", line, 20), IsWritten: false);
        }

        if (csv is not null)
        {
            cells[MapFormat.Csv] = new FormatCell([new CsvPlace(csv.Split(" + "))], new CellReference($"{type}.map.md", line, 40));
        }

        foreach (var (format, text) in new[] { (MapFormat.AthenaNet, athena), (MapFormat.Fhir, fhir) })
        {
            if (text is not null)
            {
                cells[format] = new FormatCell([.. text.Split(" or ").Select(place => new JsonPlace([.. place.Split(" + ").Select(Json)]))], new CellReference($"{type}.map.md", line, 60));
            }
        }

        return new FieldRow
        {
            Name = name,
            Definition = new FieldDefinition
            {
                Name = name,
                Unit = name.Split('.')[0],
                As = @as,
                IsList = isList,
                IsKey = key,
            },
            IsTransient = isTransient,
            Cells = cells,
            As = As(@as),
            IsKey = key,
            AliasSystem = alias,
            LengthMax = max,
            Pattern = matches is null ? null : new Regex(matches, RegexOptions.NonBacktracking),
            Choices = oneOf,
            When = when is null ? null : Parse(when, condition: true),
            Origin = new CellReference($"{type}.map.md", line, 3),
        };
    }

    /// <summary>Adds a code table; each row is <c>ours=spelling,spelling</c>.</summary>
    public TestMap Codes(string name, UnknownCode unknown, params string[] rows) => Codes(name, unknown, null, rows);

    /// <summary>As above; a code nobody knows gets a default of ours.</summary>
    public TestMap Codes(string name, UnknownCode unknown, string? fallback, string[] rows)
    {
        var cell = new CellReference($"{name}.codes.md", 1, 1);
        _codes[name] = new CodeTable(name, ignoresCase: true, null, new UnknownPolicy(unknown, fallback, fallback is not null, cell), [.. rows.Select(row =>
        {
            var parts = row.Split('=');
            var spellings = (IReadOnlyList<string>)parts[1].Split(',');
            return new Code(parts[0], new Dictionary<MapFormat, IReadOnlyList<string>> { [MapFormat.Hl7] = spellings, [MapFormat.Csv] = spellings, [MapFormat.AthenaNet] = spellings, [MapFormat.Fhir] = spellings }, "", cell);
        })]);
        return this;
    }

    public TestMap References(string kind, params Reference[] rows)
    {
        _references[kind] = new ReferenceTable(kind, rows);
        return this;
    }

    public TestMap On(string message, Verb verb = Verb.CreateOrUpdate, string? sets = null)
    {
        _rules.Add((message.EndsWith("file", StringComparison.Ordinal) ? "CSV" : message.StartsWith("FHIR ", StringComparison.Ordinal) ? "FHIR" : message.Contains('/', StringComparison.Ordinal) ? "athenaNet" : "HL7", message, verb, sets));
        return this;
    }

    public TestMap Check(string mustHold, CheckOutcome ifNot, string say)
    {
        _checks.Add((mustHold, ifNot, say));
        return this;
    }

    public TestMap Equation(string sum, string left, string right)
    {
        _equations.Add((sum, left, right));
        return this;
    }

    /// <summary>Reads a message; its lines are its segments.</summary>
    public MappedMessage Read(string message, string receivedAt = "2030-01-01T00:00:00Z") =>
        Reader(this).Read(Hl7(message), Context(receivedAt));

    /// <summary>Reads a message that is no good UTF-8.</summary>
    public MappedMessage ReadBytes(byte[] message) => Reader(this).Read(Hl7Message.Parse(message), Context("2030-01-01T00:00:00Z"));

    /// <summary>Reads the only row of a file.</summary>
    public MappedMessage ReadRow(string file, string receivedAt = "2030-01-01T00:00:00Z")
    {
        using var table = new CsvTable(new StringReader(file));
        return Reader(this).Read(table.Rows().Single(), _rules.First(rule => rule.Format == "CSV").Message, Context(receivedAt));
    }

    /// <summary>Reads a JSON document, with <c>'</c> for its quotes; of athenaNet as the first call.</summary>
    public MappedMessage ReadJson(string document, string receivedAt = "2030-01-01T00:00:00Z") => Reader(this).Read(
        JsonBody.Parse(Encoding.UTF8.GetBytes(document.Replace('\'', '"'))), _rules.FirstOrDefault(rule => rule.Format == "athenaNet").Message ?? "", Context(receivedAt));

    /// <summary>Reads one message with several maps, in this order.</summary>
    public static MappedMessage Read(string message, params TestMap[] maps) => Reader(maps).Read(Hl7(message), Context("2030-01-01T00:00:00Z"));

    private static Hl7Message Hl7(string message) => Hl7Message.Parse(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r")));

    private static ReadContext Context(string receivedAt) => new(InstantPattern.ExtendedIso.Parse(receivedAt).Value);

    private static PracticeReader Reader(params TestMap[] maps) => new(new PracticeMaps
    {
        Practice = new Practice { Id = "1959", Name = "Springfield", Zone = DateTimeZoneProviders.Tzdb[maps[0].Zone], Profile = "guide" },
        Maps = [.. maps.Select(map => map.Build())],
        Codes = new Dictionary<string, CodeTable>(),
        References = maps[0]._references,
        Hash = "test",
    });

    private RecordMap Build()
    {
        _rows.Clear();
        _rows.AddRange(_unread.Select(make => make()));
        var first = _rows.DistinctBy(row => row.Name).ToList();
        var messages = new List<MessageRule>();
        foreach (var (format, message, verb, sets) in _rules)
        {
            IReadOnlyList<Assignment> assignments = [];
            if (sets is not null)
            {
                Assignment.TryParse(sets, Context(), out assignments!, out var problem).Should().BeTrue(problem?.ToString());
            }

            messages.Add(new MessageRule(
                MapFormats.All.First(known => known.Title().StartsWith(format, StringComparison.Ordinal)),
                message,
                verb,
                [.. assignments.Select(one => new SetClause(first.First(row => row.Name == one.Field.Name), one.Value, new CellReference($"{type}.map.md", 90, 40)))],
                new CellReference($"{type}.map.md", 90, 3)));
        }

        return new RecordMap
        {
            Definition = new RecordDefinition(type, "athenahealth", [.. first.Where(row => !row.IsTransient).Select(row => row.Definition)], List),
            Rows = _rows,
            Each = Each,
            Key = Key,
            NumbersRepeats = NumbersRepeats,
            Run = Run is var (places, when) ? new SegmentRun([.. places.Split(", ").Select(Hl7Path.Parse)], Parse(when, condition: true)) : null,
            When = When is null ? null : Parse(When, condition: true),
            UsesLocationZone = UsesLocationZone,
            ClearsEmptyCsv = ClearsEmptyCsv,
            Messages = messages,
            Checks = [.. _checks.Select(check => new Check(Parse(check.MustHold, condition: true), check.IfNot, check.Say, new CellReference($"{type}.map.md", 80, 3)))],
            Equations = [.. _equations.Select(equation => new Equation(Find(equation.Sum), Find(equation.Left), Find(equation.Right), new CellReference($"{type}.map.md", 70, 5)))],
        };
    }

    private FieldRow Find(string name) => _rows.First(row => row.Name == name);

    private static JsonPath Json(string path) => JsonPathParser.Parse(path, out var problem) ?? throw new ArgumentException(problem!.Reason, nameof(path));

    private static CellPlace Place(string text) => text[0] == '\'' ? new LiteralPlace(text.Trim('\''))
        : new Hl7Place([.. text.Split(" + ").Select(Hl7Path.Parse)]);

    private AsClause As(string text)
    {
        var words = text.Split(' ');
        return words[0] switch
        {
            "code" => new AsClause("code", _codes[words[1]], null, null, null),
            "ref" => new AsClause("ref", null, words[1], _references.GetValueOrDefault(words[1]), null),
            _ => new AsClause(text, null, null, null, null),
        };
    }

    private Expression Parse(string text, bool condition)
    {
        Expression? expression;
        ExpressionProblem? problem;
        var isParsed = condition
            ? Expression.TryParseCondition(text, Context(), out expression, out problem)
            : Expression.TryParse(text, Context(), out expression, out problem);
        isParsed.Should().BeTrue(problem?.ToString());
        return expression!;
    }

    private ExpressionContext Context() => new(type, _names)
    {
        Codes = name => _codes.GetValueOrDefault(name),
        Paths = (MapFormat format, string path, out string? problem) =>
        {
            problem = null;
            return format == MapFormat.Hl7 ? new Hl7Place(Hl7Path.Parse(path)) : format == MapFormat.Csv ? new CsvPlace([path]) : new JsonPlace([Json(path)]);
        },
    };
}
