using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>From merged cells to a map that runs. One walk both checks and builds, so that the two can't disagree.</summary>
internal sealed class MapCompiler
{
    private readonly MergedMap _map;
    private readonly MapContext _context;
    private readonly AsClause[] _as;
    private readonly PathReader _paths;
    private readonly HeaderCompiler _header;
    private readonly IReadOnlyDictionary<MapFormat, IReadOnlyList<string>> _parts;

    /// <summary>By what bare words mean: nothing first, then each format.</summary>
    private readonly ExpressionContext?[] _formulas = new ExpressionContext?[1 + MapFormats.All.Count];

    public MapCompiler(MergedMap map, MapContext context)
    {
        _map = map;
        _context = context;
        var parser = new AsParser(context);
        _as = [.. map.Rows.Select(parser.Parse)];
        CheckShortcuts();
        _header = new HeaderCompiler(map, context.Problems);
        _parts = _header.Parts();
        _paths = new PathReader(map.Shortcuts)
        {
            Resources = [.. map.Messages.Select(row => row[0].Text).Where(IsResource).Select(message => message[JsonMessage.FhirPrefix.Length..])],
            FhirPart = _parts.GetValueOrDefault(MapFormat.Fhir) is [var list, ..] ? list : null,
            IsInUse = context.IsInUse,
        };
    }

    private static bool IsResource(string message) => message.StartsWith(JsonMessage.FhirPrefix, StringComparison.Ordinal);

    /// <summary>The map; it may not be run when problems of severity error were reported.</summary>
    public RecordMap Compile()
    {
        var lists = _header.Lists();
        var rules = new RuleParser(_context);
        var rowRules = _map.Rows.Select((row, index) => rules.Parse(row.Cell(MapColumn.Rule), _as[index])).ToList();
        var definitions = Definitions(rowRules);
        var cells = new CellParser(_paths, Formulas, _context.VendorNumber, _context.Problems);
        var rows = _map.Rows.Select((row, index) => Row(row, _as[index], rowRules[index], definitions[row.Field], cells)).ToList();
        var sections = new SectionCompiler(_map, rows, Formulas(null), _paths, _context.Problems);
        var stored = rows.Where(row => !row.IsTransient).Select(row => row.Definition).Distinct().ToList();
        var key = _header.Key();
        var equations = sections.Equations();
        var former = _header.Former(stored);
        var map = new RecordMap
        {
            Definition = new RecordDefinition(_map.Type, _context.Vendor, stored, lists[MapFormat.Hl7])
            {
                KeyFields = [.. key.Select(name => stored.Find(field => field.Name == name)).OfType<FieldDefinition>()],
                Spans = [.. equations.Select(Span).OfType<FieldSpan>()],
                Former = former,
                Join = _header.Join(stored, former),
            },
            Rows = rows,
            Versions = _map.Versions,
            Each = _header.Each(),
            Parts = _parts,
            Key = key,
            OtherKey = _header.OtherKey(),
            NumbersRepeats = _header.NumbersRepeats(),
            Run = _header.Run(Condition),
            IsReadOnly = _header.IsReadOnly(),
            Lists = lists,
            When = Condition(_map.Find("when")),
            UsesLocationZone = _header.UsesLocationZone(),
            ZoneMember = _header.ZoneMember(),
            WritesOffset = _header.WritesOffset(),
            Region = _header.Region(),
            ClearsEmptyCsv = _header.ClearsEmptyCsv(),
            Messages = sections.Messages(),
            Checks = sections.Checks(),
            Equations = equations,
            NotMapped = sections.NotMapped(),
            Shortcuts = _map.Shortcuts.ToDictionary(pair => pair.Key, pair => pair.Value.Text, StringComparer.Ordinal),
        };
        new MapChecks(_map, map, _context).Run();
        return map;
    }

    /// <summary>What <c>end_time = start_time + duration</c> says of stored fields: where the start and the end of a length are.</summary>
    private static FieldSpan? Span(Equation equation)
    {
        if (equation.Sum is not { As.Type: "instant", IsTransient: false } end)
        {
            return null;
        }

        var start = equation.Left.As.Type == "instant" ? equation.Left : equation.Right;
        return start is { As.Type: "instant", IsTransient: false } ? new FieldSpan(start.Name, end.Name) : null;
    }

    /// <summary>What formulas can name. Fields have the number of their first row.</summary>
    private ExpressionContext Formulas(MapFormat? barePaths) => _formulas[barePaths is { } format ? 1 + (int)format : 0] ??= Names(barePaths);

    private ExpressionContext Names(MapFormat? barePaths) =>
        new(_map.Type, _map.Rows.Select((row, index) => new ExpressionField(row.Field, index, ExpressionType.FromAs(AsText(_as[index]), row.First.IsList))))
        {
            BarePaths = barePaths,
            Codes = _context.Codes.GetValueOrDefault,
            Paths = ReadPath,
        };

    private CellPlace? ReadPath(MapFormat format, string text, out string? problem)
    {
        problem = null;
        if (format == MapFormat.Csv)
        {
            // The quotes of a quoted column are off already, so any name is good here.
            return new CsvPlace([text]);
        }

        var place = _paths.Read(format, text, out var wrong);
        problem = place is null ? wrong?.Text : null;
        return place;
    }

    private static string AsText(AsClause clause) => clause switch
    {
        { Codes: { } codes } => $"code {codes.Name}",
        { Kind: { } kind } => $"ref {kind}",
        _ => clause.Type,
    };

    /// <summary>One definition for each field: its first row's, for several rows of a field are several places of one value.</summary>
    private Dictionary<string, FieldDefinition> Definitions(List<RowRules> rules)
    {
        var definitions = new Dictionary<string, FieldDefinition>(StringComparer.Ordinal);
        for (var index = 0; index < _map.Rows.Count; index++)
        {
            var row = _map.Rows[index];
            if (definitions.TryGetValue(row.Field, out var first))
            {
                if (first.As != AsText(_as[index]))
                {
                    _context.Problems.Error(row.Cell(MapColumn.As) ?? row.First.Name, MappingFileCodes.AsDiffers, $"{row.Field} is {first.As} in another row and {AsText(_as[index])} here.",
                        "What is stored has one type.");
                }

                continue;
            }

            var (rule, clause) = (rules[index], _as[index]);
            definitions.Add(row.Field, new FieldDefinition
            {
                Name = row.Field,
                Unit = Unit(row.Field),
                As = AsText(clause),
                IsKey = rule.IsKey,
                IsRequired = rule.IsRequired,
                IsSealed = rule.IsSealed,
                IsList = row.First.IsList,
                IgnoresCase = clause.Type == "name",
                IgnoresUnitSystem = clause.Type == "quantity",
                Default = rule.Default,
                IsReviewedOnChange = rule.IsReviewedOnChange,
                PreferredFormat = rule.PreferredFormat,
                ClosedValues = rule.ClosedValues,
                ReopeningValues = rule.ReopeningValues,
                Ranks = rule.Ranks,
                RetractingValues = rule.RetractingValues,
                CountedUnit = rule.CountedUnit,
                IsReplacing = rule.IsReplacing,
                IsMerging = rule.IsMerging,
                TellsApart = rule.TellsApart,
                IsOfOneKey = rule.IsOfOneKey,
                ReferenceKind = clause.Kind,
                LookUp = rule.LookUp,
            });
        }

        return definitions;
    }

    /// <summary>The dotted prefix. <c>custom.</c> says only that a practice added the field.</summary>
    private static string Unit(string field)
    {
        var dot = field.IndexOf('.', field.StartsWith("custom.", StringComparison.Ordinal) ? "custom.".Length : 0);
        return dot < 0 ? field : field[..dot];
    }

    private FieldRow Row(MergedRow row, AsClause clause, RowRules rules, FieldDefinition definition, CellParser parser)
    {
        var cells = new Dictionary<MapFormat, FormatCell>();
        foreach (var format in MapFormats.All)
        {
            if (row.Cell(MapColumns.Of(format)) is { } cell
                && parser.Parse(format, cell, (text, problem) => PlaceSuggestion.For(row, format, clause, text)) is { } parsed)
            {
                cells[format] = parsed;
            }
        }

        return new FieldRow
        {
            Name = row.Field,
            Definition = definition,
            IsTransient = row.First.IsTransient,
            Cells = cells,
            As = clause,
            IsKey = rules.IsKey,
            AliasSystem = rules.AliasSystem,
            FinderSystem = rules.FinderSystem,
            FinderFrame = rules.FinderFrame,
            LengthMax = rules.LengthMax,
            Pattern = rules.Pattern,
            Choices = rules.Choices,
            When = Condition(row.Cell(MapColumn.When)),
            Notes = row.Cell(MapColumn.Notes)?.Text ?? "",
            Origin = row.First.Name.Reference,
            Written = Enum.GetValues<MapColumn>().Where(column => row.Chain(column).Count > 0).ToDictionary(column => column, row.Chain),
        };
    }

    private Expression? Condition(SourceText? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!Expression.TryParseCondition(text.Text, Formulas(null), out var condition, out var problem))
        {
            FormulaProblems.Report(text, problem, _context.Problems);
        }

        return condition;
    }

    private void CheckShortcuts()
    {
        foreach (var (name, stands) in _map.Shortcuts)
        {
            if (!name.StartsWith('$') || stands.IsEmpty || stands.Text.Contains('$', StringComparison.Ordinal))
            {
                _context.Problems.Error(stands, MappingFileCodes.Shortcut, $"'{name}' is not a shortcut.", "A shortcut's name begins with $, and it stands for a path without shortcuts.");
            }
        }
    }
}
