using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>Reads the sections below the field table, once its rows are known.</summary>
internal sealed partial class SectionCompiler(MergedMap map, IReadOnlyList<FieldRow> rows, ExpressionContext formulas, PathReader paths, ProblemList problems)
{
    private static readonly Dictionary<string, Verb> _verbs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["create"] = Verb.Create,
        ["update"] = Verb.Update,
        ["create or update"] = Verb.CreateOrUpdate,
        ["reschedule"] = Verb.Reschedule,
        ["cancel"] = Verb.Cancel,
        ["merge"] = Verb.Merge,
        ["fill"] = Verb.Fill,
    };

    private static readonly Dictionary<string, CheckOutcome> _outcomes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["warn"] = CheckOutcome.Warn,
        ["review"] = CheckOutcome.Review,
        ["reject"] = CheckOutcome.Reject,
        ["hold"] = CheckOutcome.Hold,
    };

    private static readonly Dictionary<string, MapFormat> _formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HL7"] = MapFormat.Hl7,
        ["CSV"] = MapFormat.Csv,
        ["athenaNet"] = MapFormat.AthenaNet,
        ["FHIR"] = MapFormat.Fhir,
    };

    /// <summary>What may stand under Does.</summary>
    public static IEnumerable<string> Verbs => _verbs.Keys;

    /// <summary>What may stand under If not.</summary>
    public static IEnumerable<string> Outcomes => _outcomes.Keys;

    public IReadOnlyList<MessageRule> Messages() => [.. map.Messages.Select(Message).OfType<MessageRule>()];

    public IReadOnlyList<Check> Checks() => [.. map.Checks.Select(CheckOf).OfType<Check>()];

    public IReadOnlyList<Equation> Equations() => [.. map.Equations.Select(EquationOf).OfType<Equation>()];

    public IReadOnlyList<NotMapped> NotMapped() => [.. map.NotMapped.SelectMany(NotMappedOf)];

    private MessageRule? Message(IReadOnlyList<SourceText> row)
    {
        var (message, does, sets) = (row[0], row[1], row[2]);
        if (Format(message.Text) is not { } format)
        {
            problems.Error(message, MappingFileCodes.Message, $"'{message.Text}' is not a message.", "Write an HL7 event (ADT^A04), a file (Patients file), a call (POST /appointments/open) or a resource (FHIR Patient).");
            return null;
        }

        if (!_verbs.TryGetValue(does.Text, out var verb))
        {
            problems.Error(does, MappingFileCodes.Message, does.IsEmpty ? $"what {message.Text} does is missing." : $"a message can't '{does.Text}'.",
                Suggestion.DidYouMean(does.Text, _verbs.Keys) is { Length: > 0 } near ? near : $"It does one of {Suggestion.Or([.. _verbs.Keys])}.");
            return null;
        }

        return new MessageRule(format, message.Text, verb, Sets(sets), message.Reference);
    }

    private static MapFormat? Format(string message) =>
        Event().IsMatch(message) ? MapFormat.Hl7
        : message.EndsWith(" file", StringComparison.Ordinal) ? MapFormat.Csv
        : Call().IsMatch(message) ? MapFormat.AthenaNet
        : Resource().IsMatch(message) ? MapFormat.Fhir
        : null;

    private List<SetClause> Sets(SourceText sets)
    {
        if (sets.IsEmpty || sets.IsDash)
        {
            return [];
        }

        if (!Assignment.TryParse(sets.Text, formulas, out var assignments, out var problem))
        {
            FormulaProblems.Report(sets, problem, problems);
            return [];
        }

        return [.. assignments.Select(set => new SetClause(rows[set.Field.Index], set.Value, sets.Part(set.Offset, 0).Reference))];
    }

    private Check? CheckOf(IReadOnlyList<SourceText> row)
    {
        var (mustHold, ifNot, say) = (row[0], row[1], row[2]);
        var isRead = Expression.TryParseCondition(mustHold.Text, formulas, out var condition, out var problem);
        if (!isRead)
        {
            FormulaProblems.Report(mustHold, problem!, problems);
        }

        if (!_outcomes.TryGetValue(ifNot.Text, out var outcome))
        {
            problems.Error(ifNot, MappingFileCodes.Check, ifNot.IsEmpty ? "what happens if the check fails is missing." : $"a check can't '{ifNot.Text}'.",
                Suggestion.DidYouMean(ifNot.Text, _outcomes.Keys) is { Length: > 0 } near ? near : "Write warn, review, reject or hold.");
            return null;
        }

        if (say.IsEmpty)
        {
            problems.Error(say, MappingFileCodes.Check, "what the check says when it fails is missing.", "For example: the visit ends before it starts.");
            return null;
        }

        return isRead ? new Check(condition!, outcome, say.Text, mustHold.Reference) : null;
    }

    private Equation? EquationOf(SourceText line)
    {
        if (EquationTerms.TryParse(line.Text, formulas, out var terms, out var problem))
        {
            return new Equation(rows[terms.Sum.Index], rows[terms.Left.Index], rows[terms.Right.Index], line.Reference);
        }

        FormulaProblems.Report(line, problem, problems);
        return null;
    }

    private List<NotMapped> NotMappedOf(IReadOnlyList<SourceText> row)
    {
        var (source, why) = (row[0], row[1]);
        var found = new List<NotMapped>();
        var blank = source.Text.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0 || !_formats.TryGetValue(source.Text[..blank], out var format))
        {
            problems.Error(source, MappingFileCodes.NotMapped, $"'{source.Text}' does not begin with a format.", "For example: HL7 PID-14, PID-16, GT1, or CSV MemberID.");
            return found;
        }

        foreach (var part in source.Trimmed(blank, source.Text.Length - blank).Split(","))
        {
            if (format == MapFormat.Hl7 && Segment().IsMatch(part.Text))
            {
                found.Add(new NotMapped(format, part.Text, why.Text, part.Reference));
            }
            else if (paths.Read(format, part.Text, out var problem) is { } place)
            {
                var name = place is CsvPlace column ? column.Columns[0] : part.Text;
                found.Add(new NotMapped(format, name, why.Text, part.Reference));
            }
            else
            {
                problems.Error(part, problem!.Code, problem.Text, problem.Help);
            }
        }

        return found;
    }

    [GeneratedRegex(@"^[A-Z][A-Z0-9]{2}\^[A-Z][A-Z0-9]{2}$")]
    private static partial Regex Event();

    [GeneratedRegex("^FHIR [A-Z][A-Za-z]+$")]
    private static partial Regex Resource();

    [GeneratedRegex("^(GET|POST|PUT|PATCH|DELETE) /[^ ]*$")]
    private static partial Regex Call();

    [GeneratedRegex("^[A-Z][A-Z0-9]{2}$")]
    private static partial Regex Segment();
}
