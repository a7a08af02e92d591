using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>
/// Reads the cells of the format columns (mapping design §7.1): <c>A or B</c>, <c>A + B</c>, <c>read: A</c>,
/// <c>write: A</c>, <c>read: A; write: B</c>, <c>'text'</c>, <c>A like 'frame'</c>. A cell that is only read may hold a formula; one that is
/// only written may say what is written: <c>write: A = formula</c>.
/// </summary>
internal sealed class CellParser(PathReader paths, Func<MapFormat?, ExpressionContext> contexts, string? practice, ProblemList problems)
{
    private const string Like = " like '";

    /// <summary>The cell, or null when it can't be used, which is then reported.</summary>
    /// <param name="suggest">Advice for a place that does not exist.</param>
    public FormatCell? Parse(MapFormat format, SourceText cell, Func<string, PlaceProblem, string> suggest)
    {
        var isRead = !StartsWith(cell, "write:");
        var isWritten = !StartsWith(cell, "read:");
        if (isRead && isWritten)
        {
            return Places(format, cell, suggest) is { } places ? new FormatCell(places, cell.Reference) : null;
        }

        if (Content(cell).IsEmpty)
        {
            problems.Error(cell, MappingFileCodes.PlaceForm, $"{cell.Text} is followed by no place.");
            return null;
        }

        if (!isRead)
        {
            return Written(format, Content(cell), suggest) is { } written ? new FormatCell([written], cell.Reference, IsRead: false) : null;
        }

        var halves = cell.Split(";");
        if (halves.Count == 2 && StartsWith(halves[1], "write:"))
        {
            var (read, elsewhere) = (Read(format, Content(halves[0]), suggest), Written(format, Content(halves[1]), suggest));
            return read is null || elsewhere is null ? null : new FormatCell(read, cell.Reference) { WrittenElsewhere = elsewhere };
        }

        return Read(format, Content(cell), suggest) is { } only ? new FormatCell(only, cell.Reference, IsWritten: false) : null;
    }

    /// <summary>What stands behind <c>read:</c> or <c>write:</c>.</summary>
    private static SourceText Content(SourceText cell)
    {
        var colon = cell.Text.IndexOf(':', StringComparison.Ordinal) + 1;
        return cell.Trimmed(colon, cell.Text.Length - colon);
    }

    private List<CellPlace>? Read(MapFormat format, SourceText content, Func<string, PlaceProblem, string> suggest)
    {
        return !IsFormula(content.Text) ? Places(format, content, suggest)
            : Formula(content, contexts(format)) is { } expression ? [new ExpressionPlace(expression)] : null;
    }

    /// <summary>A place, with or without what is written there.</summary>
    private CellPlace? Written(MapFormat format, SourceText content, Func<string, PlaceProblem, string> suggest)
    {
        var halves = content.Split(" = ");
        if (halves.Count == 0)
        {
            problems.Error(content, MappingFileCodes.PlaceForm, "write: names no place.", "Write the place before what is written there: write: SCH-20.1 = 'PRACTICESTUDIO'.");
            return null;
        }

        if (halves[0].Text.StartsWith('\'') || (halves.Count == 1 && IsFormula(content.Text)))
        {
            problems.Error(content, MappingFileCodes.PlaceForm, "write: says what is written but not where.", "Write the place before it: write: SCH-20.1 = 'PRACTICESTUDIO'.");
            return null;
        }

        var place = Place(format, halves[0], suggest);
        if (place is null || halves.Count == 1)
        {
            return place;
        }

        var start = content.Text.IndexOf(" = ", StringComparison.Ordinal) + 3;
        return Formula(content.Trimmed(start, content.Text.Length - start), contexts(null)) is { } value ? new AssignedPlace(place, value) : null;
    }

    private List<CellPlace>? Places(MapFormat format, SourceText content, Func<string, PlaceProblem, string> suggest)
    {
        var places = new List<CellPlace>();
        foreach (var part in content.Split(" or "))
        {
            if (Place(format, part, suggest) is not { } place)
            {
                return null;
            }

            places.Add(place);
        }

        return places;
    }

    private static bool StartsWith(SourceText cell, string word) => cell.Text.StartsWith(word, StringComparison.Ordinal);

    private CellPlace? Place(MapFormat format, SourceText part, Func<string, PlaceProblem, string> suggest)
    {
        if (part.Text.Length > 1 && part.Text[0] == '\'' && part.Text[^1] == '\'')
        {
            return new LiteralPlace(CodesFileRow.Unquoted(part.Text));
        }

        if (part.Text.IndexOf(Like, StringComparison.Ordinal) is > 0 and var at)
        {
            return Framed(format, part.Trimmed(0, at), part.Trimmed(at + Like.Length - 1, part.Text.Length - at - Like.Length + 1), suggest);
        }

        var joined = new List<CellPlace>();
        foreach (var piece in part.Split(" + "))
        {
            var place = paths.Read(format, piece.Text, out var problem);
            if (problem is not null)
            {
                Report(piece, problem, suggest);
            }

            if (place is null)
            {
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

    /// <summary><c>id like 'a-{practice}.E-{}'</c>: one place of a document, and what stands round the id there.</summary>
    private JsonPlace? Framed(MapFormat format, SourceText path, SourceText frame, Func<string, PlaceProblem, string> suggest)
    {
        if (format is MapFormat.Hl7 or MapFormat.Csv)
        {
            problems.Error(frame, MappingFileCodes.PlaceForm, $"a place in {format.Title()} has no frame.", "Write it under As, where it holds for every format: text like 'a-{practice}.E-{}'.");
            return null;
        }

        // A cell that was saved while it was typed may end with the first quote.
        var isQuoted = frame.Text.Length > 2 && frame.Text[^1] == '\'';
        var template = isQuoted ? frame.Text[1..^1].Replace("''", "'", StringComparison.Ordinal) : "";
        if (!IdFrame.IsFrame(template))
        {
            problems.Error(frame, MappingFileCodes.PlaceForm, $"{frame.Text} is not a frame.", "A frame is quoted and holds {} once, where the id stands; {practice} is the practice's id: like 'a-{practice}.E-{}'.");
            return null;
        }

        return Place(format, path, suggest) switch
        {
            JsonPlace { Paths.Count: 1 } place => place with { Frame = new IdFrame(template, practice ?? "") },
            null => null,
            _ => NoFrame(frame),
        };
    }

    private JsonPlace? NoFrame(SourceText frame)
    {
        problems.Error(frame, MappingFileCodes.PlaceForm, "only one place can have a frame (like).", "Of several, write each with its own: A like 'x-{}' or B like 'y-{}'.");
        return null;
    }

    private void Report(SourceText piece, PlaceProblem problem, Func<string, PlaceProblem, string> suggest)
    {
        var start = Math.Clamp(problem.Offset, 0, piece.Text.Length);
        var at = piece.Part(start, Math.Clamp(problem.Length, 0, piece.Text.Length - start));
        var help = problem.Code == MappingFileCodes.NoSuchPlace && suggest(piece.Text, problem) is { Length: > 0 } better ? better : problem.Help;
        if (problem.IsWarning)
        {
            problems.Warning(at, problem.Code, problem.Text, help);
        }
        else
        {
            problems.Error(at, problem.Code, problem.Text, help);
        }
    }

    private Expression? Formula(SourceText content, ExpressionContext context)
    {
        if (Expression.TryParse(content.Text, context, out var expression, out var problem))
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
