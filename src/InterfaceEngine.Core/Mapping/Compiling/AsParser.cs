using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>Reads <c>As</c> cells (mapping design §7.3, §21).</summary>
internal sealed class AsParser(MapContext context)
{
    /// <summary>Every type.</summary>
    public static IReadOnlyList<string> Types { get; } =
        ["text", "name", "lines", "date", "partial date", "time", "instant", "minutes", "postcode", "phone", "email", "code", "ref", "int", "decimal", "bool", "quantity", "attachment"];

    private static readonly AsClause _text = new("text", null, null, null, null);

    /// <summary>The clause; plain text when the cell can't be used, which is then reported.</summary>
    public AsClause Parse(MergedRow row)
    {
        if (row.Cell(MapColumn.As) is { } cell)
        {
            return Parse(cell);
        }

        if (row.Chain(MapColumn.As) is { Count: > 0 } chain)
        {
            context.Problems.Error(chain[^1], MappingFileCodes.As, $"the As of {row.Field} can't be removed.", "An empty cell inherits it.");
            return _text;
        }

        var guess = Guess(row);
        context.Problems.Warning(row.First.Name, MappingFileCodes.NoAs, $"{row.Field} has no As; it is read as text.", guess);
        return _text;
    }

    private AsClause Parse(SourceText cell)
    {
        var (head, frame) = TakeFrame(cell);
        var words = head.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["code", var name]:
                return new AsClause("code", Table(head, name), null, null, Frame(frame, isId: false));
            case ["ref", var kind]:
                CheckKind(head, kind);
                return new AsClause("ref", null, kind, context.References.GetValueOrDefault(kind), Frame(frame, isId: true));
            case ["code"]:
                context.Problems.Error(head, MappingFileCodes.As, "code needs a code table.", "For example: code sex.");
                return _text;
            case ["ref"]:
                context.Problems.Error(head, MappingFileCodes.As, "ref needs the kind of record it names.", "For example: ref patient.");
                return _text;
            case [var own] when own.StartsWith("x:", StringComparison.Ordinal):
                context.Problems.Error(head, MappingFileCodes.As, $"no codec '{own[2..]}' is registered.", "An x: type is compiled C# with Read, Write and Generate, which the host registers.");
                return _text;
        }

        var type = string.Join(' ', words);
        if (type is not "code" and not "ref" && Types.Contains(type))
        {
            return new AsClause(type, null, null, null, Frame(frame, isId: type == "text"));
        }

        var near = Suggestion.DidYouMean(type, Types);
        context.Problems.Error(head, MappingFileCodes.As, $"there is no As '{type}'.", near.Length > 0 ? near : $"It is one of {Suggestion.Or(Types)}.");
        return _text;
    }

    private static (SourceText Head, SourceText? Frame) TakeFrame(SourceText cell)
    {
        var at = cell.Text.IndexOf(" like ", StringComparison.Ordinal);
        return at < 0 ? (cell, null) : (cell.Trimmed(0, at), cell.Trimmed(at + 6, cell.Text.Length - at - 6));
    }

    private string? Frame(SourceText? frame, bool isId)
    {
        if (frame is null)
        {
            return null;
        }

        var text = frame.Text;
        var isQuoted = text.Length > 2 && text[0] == '\'' && text[^1] == '\'';
        var inner = isQuoted ? text[1..^1] : "";
        if (!isId)
        {
            context.Problems.Error(frame, MappingFileCodes.As, "only text and ref can have a frame (like).");
        }
        else if (!isQuoted || !IdFrame.IsFrame(inner))
        {
            context.Problems.Error(frame, MappingFileCodes.As, $"{text} is not a frame.", "A frame is quoted and holds {} once, where the id stands; {practice} is the practice's id: like 'a-{practice}.E-{}'.");
        }
        else
        {
            return inner.Replace("{practice}", context.VendorNumber ?? "", StringComparison.Ordinal);
        }

        return null;
    }

    private CodeTable? Table(SourceText cell, string name)
    {
        if (context.Codes.TryGetValue(name, out var table))
        {
            return table;
        }

        var near = Suggestion.Nearest(name, context.Codes.Keys);
        context.Problems.Error(cell, MappingFileCodes.NoSuchTable, $"there is no code table '{name}'.",
            near is null ? $"A code table is a file codes/{name}.codes.md."
            : $"Did you mean {near} ({MappingProblem.Folder}{context.CodeFiles[near][0].Markdown.Path})?");
        return null;
    }

    private void CheckKind(SourceText cell, string kind)
    {
        if (!context.Kinds.Contains(kind))
        {
            var near = Suggestion.DidYouMean(kind, context.Kinds);
            context.Problems.Error(cell, MappingFileCodes.NoSuchKind, $"there is no kind of record '{kind}'.", near.Length > 0 ? near : $"It is one of {Suggestion.Or([.. context.Kinds.Order(StringComparer.Ordinal)])}.");
        }
    }

    /// <summary>What the notes or the name of a row without <c>As</c> hint at, as the guide's own appendix has them.</summary>
    private string Guess(MergedRow row)
    {
        var notes = row.Cell(MapColumn.Notes)?.Text ?? "";
        string? type = notes.Contains("YYYY", StringComparison.OrdinalIgnoreCase) ? "date"
            : notes.Contains("E.164", StringComparison.OrdinalIgnoreCase) ? "phone"
            : notes.Contains("UTC", StringComparison.OrdinalIgnoreCase) ? "instant"
            : notes.StartsWith("Mapped", StringComparison.OrdinalIgnoreCase) && row.Field.EndsWith("_id", StringComparison.Ordinal) ? $"ref {row.Field[..^3]}"
            : notes.StartsWith("Mapped", StringComparison.OrdinalIgnoreCase) ? $"code {NearestTable(row)}"
            : null;
        if (notes.StartsWith("Calculated", StringComparison.OrdinalIgnoreCase))
        {
            return $"The note says \"{notes}\": give {row.Field} its type, and write {row.Field} = a + b under Equations; what it is found from may be a row in brackets, such as (duration).";
        }

        return type is not null ? $"The note says \"{notes}\": write {type}?"
            : row.Field == "email" ? "By its name: write email?"
            : row.Field.EndsWith("_name", StringComparison.Ordinal) || row.Field is "address.line1" or "address.line2" or "address.city" ? "By its name: write name, of which a change of letter case alone is no change?"
            : "Write text if that is right.";
    }

    /// <summary>A table of the field's name, or of the vendor's name for it, or one whose name holds it, is held by it or abbreviates it: <c>appt-status</c> for <c>status</c>, <c>appt-type</c> for <c>appointment_type</c>.</summary>
    private string NearestTable(MergedRow row)
    {
        var name = row.Field.Replace('_', '-');
        var tables = context.Codes.Keys.Order(StringComparer.Ordinal).ToList();
        return tables.Find(table => table == name)
            ?? tables.Find(table => table == row.Cell(MapColumn.AthenaNet)?.Text)
            ?? tables.Find(table => name.Contains(table, StringComparison.Ordinal) || table.Contains(name, StringComparison.Ordinal))
            ?? tables.Find(table => table[0] == name[0] && table[(table.LastIndexOf('-') + 1)..] == name[(name.LastIndexOf('-') + 1)..])
            ?? Suggestion.Nearest(name, tables)
            ?? name;
    }
}
