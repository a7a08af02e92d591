using System.Globalization;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>Reads <c>Rule</c> cells: rules joined by <c>;</c> (mapping design §7.4).</summary>
internal sealed class RuleParser(MapContext context)
{
    /// <summary>Longest first, so that <c>look up by day</c> is not taken for <c>look up</c>.</summary>
    private static readonly string[] _rules =
        ["on change review", "look up by day", "retracted by", "tells apart", "reopened by", "closed by", "required", "look up", "replaces", "matches", "merges", "default", "counts", "one of", "sealed", "prefer", "alias", "finds", "ranks", "key", "max"];

    /// <summary>Every rule, without its value.</summary>
    public static IReadOnlyList<string> Names => _rules;

    private static readonly string[] _withArgument = ["retracted by", "tells apart", "reopened by", "closed by", "matches", "default", "counts", "one of", "prefer", "alias", "finds", "ranks", "max"];

    /// <param name="cell">The cell, or null when the row has none.</param>
    /// <param name="clause">The row's <c>As</c>: values of a code's row must be codes of its table.</param>
    public RowRules Parse(SourceText? cell, AsClause clause)
    {
        var rules = new RowRules();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in cell?.Split(";") ?? [])
        {
            var rule = Array.Find(_rules, name => part.Text == name || part.Text.StartsWith(name + " ", StringComparison.Ordinal));
            if (rule is null)
            {
                var word = part.Text.Split(' ')[0];
                var near = Suggestion.DidYouMean(part.Text, _rules) is { Length: > 0 } whole ? whole : Suggestion.DidYouMean(word, _rules);
                context.Problems.Error(part, MappingFileCodes.Rule, $"there is no rule '{part.Text}'.", near.Length > 0 ? near : $"The rules are {Suggestion.Or([.. _rules.Reverse()])}.");
                continue;
            }

            var argument = part.Trimmed(rule.Length, part.Text.Length - rule.Length);
            if (!seen.Add(rule))
            {
                context.Problems.Error(part, MappingFileCodes.Rule, $"the rule {rule} stands twice.");
            }
            else if (_withArgument.Contains(rule) == argument.IsEmpty)
            {
                context.Problems.Error(part, MappingFileCodes.Rule, argument.IsEmpty ? $"the rule {rule} needs a value." : $"the rule {rule} takes no value.", Example(rule));
            }
            else
            {
                rules = Apply(rules, rule, argument, clause);
            }
        }

        return rules;
    }

    private RowRules Apply(RowRules rules, string rule, SourceText argument, AsClause clause) => rule switch
    {
        "key" => rules with { IsKey = true },
        "alias" => rules with { AliasSystem = argument.Text },
        "finds" => Finds(rules, argument),
        "tells apart" => TellsApart(rules, argument),
        "required" => rules with { IsRequired = true },
        "default" => rules with { Default = Value(argument, clause) },
        "max" => rules with { LengthMax = Max(argument) },
        "matches" => rules with { Pattern = Pattern(argument) },
        "one of" => rules with { Choices = Values(argument, clause) },
        "sealed" => rules with { IsSealed = true },
        "prefer" => rules with { PreferredFormat = Format(argument) },
        "on change review" => rules with { IsReviewedOnChange = true },
        "look up" => rules with { LookUp = LookUpKind.Value },
        "look up by day" => rules with { LookUp = LookUpByDay(argument, clause) },
        "ranks" => rules with { Ranks = Ranks(argument, clause) },
        "retracted by" => rules with { RetractingValues = Values(argument, clause) },
        "counts" => rules with { CountedUnit = argument.Text },
        "merges" => rules with { IsMerging = true },
        "replaces" => rules with { IsReplacing = true, LookUp = LookUpKind.Value },
        "closed by" => rules with { ClosedValues = Values(argument, clause) },
        _ => rules with { ReopeningValues = Values(argument, clause) },
    };

    /// <summary><c>finds athenahealth like 'a-{practice}.encounter-{}'</c>: a name that has the value in a frame.</summary>
    private RowRules Finds(RowRules rules, SourceText argument)
    {
        var at = argument.Text.IndexOf(" like ", StringComparison.Ordinal);
        if (at < 0)
        {
            return rules with { FinderSystem = argument.Text };
        }

        var frame = argument.Trimmed(at + 6, argument.Text.Length - at - 6);
        if (frame.Text is not ['\'', .., '\''] || frame.Text.Length < 3 || !IdFrame.IsFrame(frame.Text[1..^1]))
        {
            context.Problems.Error(frame, MappingFileCodes.Rule, $"{frame.Text} is not a frame.", "A frame is quoted and holds {} once, where the id stands; {practice} is the practice's id: finds athenahealth like 'a-{practice}.encounter-{}'.");
            return rules;
        }

        return rules with { FinderSystem = argument.Text[..at].Trim(), FinderFrame = new IdFrame(frame.Text[1..^1], context.VendorNumber ?? "") };
    }

    /// <summary><c>tells apart fhir of one key</c>: the id goes over to another item when the key is another.</summary>
    private RowRules TellsApart(RowRules rules, SourceText argument)
    {
        const string ofOneKey = " of one key";
        var isOfOneKey = argument.Text.EndsWith(ofOneKey, StringComparison.Ordinal);
        var system = isOfOneKey ? argument.Text[..^ofOneKey.Length].TrimEnd() : argument.Text;
        if (system.Contains(' ', StringComparison.Ordinal))
        {
            context.Problems.Error(argument, MappingFileCodes.Rule, $"'{system}' is not the name of whoever gives the ids.", "A name has no blank: tells apart fhir, or tells apart fhir of one key.");
            return rules;
        }

        return rules with { TellsApart = system, IsOfOneKey = isOfOneKey };
    }

    private LookUpKind LookUpByDay(SourceText argument, AsClause clause)
    {
        if (clause.Type is not ("date" or "instant"))
        {
            context.Problems.Error(argument, MappingFileCodes.Rule, $"look up by day needs a date or an instant; this is {clause.Type}.");
        }

        return LookUpKind.Day;
    }

    private int? Max(SourceText argument)
    {
        if (int.TryParse(argument.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var max) && max > 0)
        {
            return max;
        }

        context.Problems.Error(argument, MappingFileCodes.Rule, $"'{argument.Text}' is not a number of characters.", Example("max"));
        return null;
    }

    private Regex? Pattern(SourceText argument)
    {
        var text = argument.Text;
        if (text.Length < 3 || text[0] != '\'' || text[^1] != '\'')
        {
            context.Problems.Error(argument, MappingFileCodes.Rule, "a pattern is written in single quotes.", Example("matches"));
            return null;
        }

        var pattern = CodesFileRow.Unquoted(text);
        if (LinearPattern.IsLarge(pattern))
        {
            context.Problems.Error(argument, MappingFileCodes.Rule, $"the pattern is longer than {MapLimits.PatternLengthMax} characters or repeats something more than {MapLimits.PatternRepeatsMax} times.", Example("matches"));
            return null;
        }

        if (LinearPattern.TryMake(pattern) is { } made)
        {
            return made;
        }

        context.Problems.Error(argument, MappingFileCodes.Rule, $"{text} can't be used as a pattern.", "Look-around, back references and unbalanced brackets are not possible.");
        return null;
    }

    private string? Format(SourceText argument)
    {
        var found = MapColumns.TryFind(argument.Text, out var column) ? column.Format() : null;
        if (found is null)
        {
            context.Problems.Error(argument, MappingFileCodes.Rule, $"there is no format '{argument.Text}'.", $"It is one of {Suggestion.Or([.. MapFormats.All.Select(format => format.Title())])}.");
        }

        return found?.Title();
    }

    private List<string> Values(SourceText argument, AsClause clause) => [.. argument.Split(",").Select(part => Value(part, clause))];

    private string Value(SourceText argument, AsClause clause)
    {
        var value = CodesFileRow.Unquoted(argument.Text);
        if (clause.Codes is { } codes)
        {
            if (codes.Find(value) is { } code)
            {
                return code.Value;
            }

            context.Problems.Error(argument, MappingFileCodes.NoSuchCode, $"{value} is not a code of {codes.Name}.", Suggestion.DidYouMean(value, codes.Codes.Select(known => known.Value)));
        }

        return value;
    }

    /// <summary><c>ranks pending &lt; preliminary &lt; final, corrected</c>: the last group has rank 0, the one before it -1.</summary>
    private Dictionary<string, int> Ranks(SourceText argument, AsClause clause)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        var groups = argument.Split("<").ToList();
        if (groups.Count < 2 || groups.Exists(group => group.IsEmpty))
        {
            context.Problems.Error(argument, MappingFileCodes.Rule, "ranks needs a < between what counts less and what counts more.", Example("ranks"));
            return ranks;
        }

        for (var index = 0; index < groups.Count; index++)
        {
            foreach (var value in Values(groups[index], clause))
            {
                if (!ranks.TryAdd(value, index - groups.Count + 1))
                {
                    context.Problems.Error(groups[index], MappingFileCodes.Rule, $"{value} has two ranks.", "A value stands once.");
                }
            }
        }

        return ranks;
    }

    private static string Example(string rule) => rule switch
    {
        "max" => "For example: max 60.",
        "matches" => "For example: matches '[0-9]{5}'.",
        "default" => "For example: default unknown.",
        "alias" => "For example: alias visit-number.",
        "finds" => "For example: finds placer.",
        "tells apart" => "For example: tells apart fhir.",
        "prefer" => "For example: prefer athenaNet.",
        "one of" => "For example: one of a, b.",
        "closed by" => "For example: closed by cancelled, no_show.",
        "ranks" => "For example: ranks preliminary < final.",
        "counts" => "For example: counts content.",
        "retracted by" => "For example: retracted by deleted.",
        "reopened by" => "For example: reopened by scheduled.",
        _ => "",
    };
}
