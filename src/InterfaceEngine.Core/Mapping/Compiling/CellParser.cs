using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>
/// Reads the cells of the format columns (mapping design §7.1): <c>A or B</c>, <c>A + B</c>, <c>read: A</c>,
/// <c>write: A</c>, <c>'text'</c>; a one-way cell may hold a formula.
/// </summary>
internal sealed class CellParser(PathReader paths, Func<MapFormat?, ExpressionContext> contexts, ProblemList problems)
{
    /// <summary>The cell, or null when it can't be used, which is then reported.</summary>
    /// <param name="suggest">Advice for a place that does not exist.</param>
    public FormatCell? Parse(MapFormat format, SourceText cell, Func<string, PlaceProblem, string> suggest)
    {
        var isRead = !StartsWith(cell, "write:");
        var isWritten = !StartsWith(cell, "read:");
        var isOneWay = !isRead || !isWritten;
        var colon = cell.Text.IndexOf(':', StringComparison.Ordinal) + 1;
        var content = isOneWay ? cell.Trimmed(colon, cell.Text.Length - colon) : cell;
        if (content.IsEmpty)
        {
            problems.Error(cell, MappingFileCodes.PlaceForm, $"{cell.Text} is followed by no place.");
            return null;
        }

        var reference = cell.Reference;
        if (isOneWay && IsFormula(content.Text))
        {
            return Formula(format, content) is { } expression ? new FormatCell([new ExpressionPlace(expression)], reference, isRead, isWritten) : null;
        }

        var places = new List<CellPlace>();
        foreach (var part in content.Split(" or "))
        {
            if (Place(format, part, suggest) is not { } place)
            {
                return null;
            }

            places.Add(place);
        }

        return new FormatCell(places, reference, isRead, isWritten);
    }

    private static bool StartsWith(SourceText cell, string word) => cell.Text.StartsWith(word, StringComparison.Ordinal);

    private CellPlace? Place(MapFormat format, SourceText part, Func<string, PlaceProblem, string> suggest)
    {
        if (part.Text.Length > 1 && part.Text[0] == '\'' && part.Text[^1] == '\'')
        {
            return new LiteralPlace(CodesFileRow.Unquoted(part.Text));
        }

        var joined = new List<CellPlace>();
        foreach (var piece in part.Split(" + "))
        {
            var place = paths.Read(format, piece.Text, out var problem);
            if (place is null)
            {
                Report(piece, problem!, suggest);
                return null;
            }

            joined.Add(place);
        }

        return joined switch
        {
            [var one] => one,
            [Hl7Place, ..] => new Hl7Place([.. joined.Cast<Hl7Place>().Select(place => place.Path)]),
            [CsvPlace, ..] => new CsvPlace([.. joined.Cast<CsvPlace>().SelectMany(place => place.Columns)]),
            _ => new JsonPlace([.. joined.Cast<JsonPlace>().SelectMany(place => place.Paths)]),
        };
    }

    private void Report(SourceText piece, PlaceProblem problem, Func<string, PlaceProblem, string> suggest)
    {
        var start = Math.Clamp(problem.Offset, 0, piece.Text.Length);
        var at = piece.Part(start, Math.Clamp(problem.Length, 0, piece.Text.Length - start));
        var help = problem.Code == MappingFileCodes.NoSuchPlace && suggest(piece.Text, problem) is { Length: > 0 } better ? better : problem.Help;
        problems.Error(at, problem.Code, problem.Text, help);
    }

    private Expression? Formula(MapFormat format, SourceText content)
    {
        if (Expression.TryParse(content.Text, contexts(format), out var expression, out var problem))
        {
            return expression;
        }

        FormulaProblems.Report(content, problem, problems);
        return null;
    }

    /// <summary>A call, a comparison or a joining <c>&amp;</c> outside selectors and quotes: no place has one.</summary>
    private static bool IsFormula(string text)
    {
        var depth = 0;
        var quote = default(char);
        foreach (var character in text)
        {
            if (quote != default)
            {
                quote = character == quote ? default : quote;
            }
            else if (character is '\'' or '"')
            {
                quote = character;
            }
            else if (character is '[' or ']')
            {
                depth += character == '[' ? 1 : -1;
            }
            else if (depth == 0 && character is '(' or '&' or '=' or '<' or '>')
            {
                return true;
            }
        }

        return false;
    }
}
