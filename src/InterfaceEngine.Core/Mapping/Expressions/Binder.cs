using System.Globalization;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>
/// Gives every part of a formula its type and compiles it. Literals, paths and bare code words have no type of
/// their own and take that of what they meet: in <c>status = cancelled</c> the word is a code of the field's
/// table, in <c>HL7:SCH-9 &gt; 15</c> the path is read as a number.
/// </summary>
internal sealed class Binder(string text, ExpressionContext context)
{
    private readonly List<ExpressionField> _fields = [];
    private readonly List<ExpressionPath> _paths = [];

    public string Text => text;

    public ExpressionContext Context => context;

    public IReadOnlyList<ExpressionField> Fields => _fields;

    public IReadOnlyList<ExpressionPath> Paths => _paths;

    /// <summary>True when values of both types can be compared.</summary>
    public static bool IsSame(ExpressionType left, ExpressionType right) => left == right || (left.IsNumeric && right.IsNumeric && !left.IsList && !right.IsList);

    public Bound Bind(Syntax syntax, ExpressionType? expected = null) => syntax switch
    {
        TextSyntax part => Literal(part, expected),
        NumberSyntax part => expected?.Kind == ExpressionKind.Minutes
            ? Bound.Constant(ExpressionValue.OfMinutes(part.Value), ExpressionType.Minutes, part)
            : Bound.Constant(ExpressionValue.OfNumber(part.Value), ExpressionType.Number, part),
        PathSyntax part => Path(part, expected),
        WordSyntax part => Word(part, expected),
        CallSyntax part => Functions.Bind(this, part, expected),
        NotSyntax part => Operators.Not(Condition(part.Operand), part),
        InSyntax part => Operators.In(this, part),
        BinarySyntax { Operator: "and" or "or" } part => Operators.Logic(Condition(part.Left), Condition(part.Right), part),
        BinarySyntax { Operator: "+" or "-" } part => Arithmetic.Bind(this, part),
        BinarySyntax { Operator: "&" } part => Operators.Concatenate(TextLike(part.Left), TextLike(part.Right), part),
        BinarySyntax part => Operators.Compare(this, part),
        _ => throw new InvalidOperationException($"{syntax.GetType().Name} is not bound."),
    };

    /// <summary>A single value; a list field is a problem here.</summary>
    public Bound Value(Syntax syntax, ExpressionType? expected = null)
    {
        var bound = Bind(syntax, expected);
        return bound.Type.IsList
            ? throw ExpressionException.At(syntax, MappingFileCodes.FormulaTypes, $"{syntax.Of(text)} holds several values.", "Ask with in, count or join.")
            : bound;
    }

    /// <summary>
    /// Whether anything is said at all: a field that holds a value counts even where the value cannot be
    /// compared, such as a date without its day.
    /// </summary>
    public Term Stated(Syntax syntax)
    {
        if (syntax is PathSyntax element)
        {
            var path = Note(element);
            return (scope, _) => scope.Says(path) ? Operators.True : ExpressionValue.Missing;
        }

        var bound = Bind(syntax);
        if (syntax is WordSyntax word && context.Find(word.Name) is { } field)
        {
            return (scope, _) => ExpressionValue.Read(ExpressionKind.Text, scope.Field(field).Text);
        }

        return bound.Type.Kind != ExpressionKind.Condition
            ? bound.Term
            : throw ExpressionException.At(syntax, MappingFileCodes.FormulaTypes, $"{syntax.Of(text)} is a condition, which is never missing.", "Join conditions with and, or.");
    }

    public Bound Condition(Syntax syntax) => Of(syntax, ExpressionType.Condition);

    /// <summary>A value of this type, or a problem that says what was found.</summary>
    public Bound Of(Syntax syntax, ExpressionType type)
    {
        var bound = Value(syntax, type);
        return IsSame(bound.Type, type)
            ? bound
            : throw ExpressionException.At(syntax, MappingFileCodes.FormulaTypes, $"{syntax.Of(text)} is {bound.Type}; {type} is needed here.");
    }

    /// <summary>Anything that can be read as text: everything but a condition and a list.</summary>
    public Bound TextLike(Syntax syntax)
    {
        var bound = Value(syntax);
        return bound.Type.Kind != ExpressionKind.Condition
            ? bound
            : throw ExpressionException.At(syntax, MappingFileCodes.FormulaTypes, $"{syntax.Of(text)} is a condition; a text is needed here.");
    }

    /// <summary>
    /// Binds parts that must agree. The one whose type is surest is bound first, and the others take its type.
    /// </summary>
    public Bound[] Same(IReadOnlyList<Syntax> parts, ExpressionType? expected = null)
    {
        var surest = 0;
        for (var i = 1; i < parts.Count; i++)
        {
            if (Certainty(parts[i]) > Certainty(parts[surest]))
            {
                surest = i;
            }
        }

        var result = new Bound[parts.Count];
        result[surest] = Value(parts[surest], expected);
        for (var i = 0; i < parts.Count; i++)
        {
            result[i] ??= Value(parts[i], result[surest].Type);
        }

        return result;
    }

    /// <summary>How sure the type of a part is by itself; a bare word that is no field has none.</summary>
    public int Certainty(Syntax syntax) => syntax switch
    {
        WordSyntax word when !IsKnownWord(word.Name) => 0,
        PathSyntax => 1,
        TextSyntax => 2,
        NumberSyntax => 3,
        CallSyntax { Name: "if", Arguments.Count: 3 } call => Math.Max(Certainty(call.Arguments[1]), Certainty(call.Arguments[2])),
        CallSyntax { Name: "first", Arguments.Count: > 0 } call => call.Arguments.Max(Certainty),
        BinarySyntax { Operator: "+" or "-" } sum => Math.Max(3, Math.Min(4, Certainty(sum.Left) + Certainty(sum.Right))),
        _ => 5,
    };

    private bool IsKnownWord(string name) => name is "today" or "true" or "false" || context.Find(name) is not null;

    private Bound Literal(TextSyntax literal, ExpressionType? expected)
    {
        switch (expected)
        {
            case { Kind: ExpressionKind.Code, Table: { } table }:
                return Code(literal, table, literal.Value)
                    ?? throw ExpressionException.At(literal, MappingFileCodes.NoSuchCode, $"'{literal.Value}' is not a code of {table}.", Suggestion.Advice(literal.Value, Table(literal, table).Codes.Select(code => code.Value)));
            case { Kind: ExpressionKind.Date or ExpressionKind.Instant } type:
                var value = ExpressionValue.Read(type.Kind, literal.Value);
                var form = type.Kind == ExpressionKind.Date ? "'2023-06-15'" : "'2023-06-15T14:00:00Z'";
                return value.IsMissing
                    ? throw ExpressionException.At(literal, MappingFileCodes.FormulaTypes, $"'{literal.Value}' is not {type}.", $"Write, for example, {form}.")
                    : Bound.Constant(value, type with { IsList = false }, literal);
            default:
                return Bound.Constant(ExpressionValue.OfText(literal.Value), ExpressionType.Text, literal);
        }
    }

    private Bound Path(PathSyntax syntax, ExpressionType? expected)
    {
        var bound = Element(syntax);
        if (expected is { Kind: ExpressionKind.Number or ExpressionKind.Minutes or ExpressionKind.Date } type)
        {
            var raw = bound.Term;
            var kind = type.Kind;
            return bound with { Type = type with { IsList = false }, Term = (scope, isCheck) => ReadPath(kind, raw(scope, isCheck).Text) };
        }

        return bound;
    }

    /// <summary>A path as raw text, with its place noted.</summary>
    private Bound Element(PathSyntax syntax)
    {
        var path = Note(syntax);
        return new Bound((scope, _) => scope.First(path) is { Length: > 0 } found ? ExpressionValue.OfText(found) : ExpressionValue.Missing, ExpressionType.Text, syntax, syntax.Format);
    }

    public ExpressionPath Note(PathSyntax syntax)
    {
        var place = context.Paths(syntax.Format, syntax.Path, out var wrong);
        if (wrong is not null)
        {
            throw ExpressionException.At(syntax, MappingFileCodes.NoSuchPlace, wrong);
        }

        var path = new ExpressionPath(syntax.Format, syntax.Path, place, syntax.Start);
        _paths.Add(path);
        return path;
    }

    private Bound Word(WordSyntax word, ExpressionType? expected)
    {
        switch (word.Name)
        {
            case "today":
                return new Bound((scope, _) => ExpressionValue.OfDate(scope.Today.ToDateOnly()), ExpressionType.Date, word);
            case "true" or "false":
                return Bound.Constant(ExpressionValue.OfCondition(word.Name == "true"), ExpressionType.Condition, word);
        }

        if (context.Find(word.Name) is { } field)
        {
            if (!_fields.Contains(field))
            {
                _fields.Add(field);
            }

            var kind = field.Type.IsList ? ExpressionKind.Text : field.Type.Kind;
            return new Bound((scope, _) => ExpressionValue.Read(kind, scope.Field(field).Text), field.Type, word);
        }

        if (expected is { Kind: ExpressionKind.Code, Table: { } table })
        {
            return Code(word, table, word.Name) ?? throw ExpressionException.At(
                word,
                MappingFileCodes.NoSuchField,
                $"{word.Name} is neither a field of {context.RecordType} nor a code of {table}.",
                Suggestion.Advice(word.Name, Table(word, table).Codes.Select(code => code.Value).Concat(context.Fields.Select(known => known.Name))));
        }

        throw ExpressionException.At(
            word,
            MappingFileCodes.NoSuchField,
            $"{word.Name} is not a field of {context.RecordType}.",
            Suggestion.Advice(word.Name, context.Fields.Select(known => known.Name)) ?? $"A text is written in quotes: '{word.Name}'.");
    }

    public CodeTable Table(Syntax syntax, string name) =>
        context.Codes(name) ?? throw ExpressionException.At(syntax, MappingFileCodes.NoSuchTable, $"there is no code table '{name}'.");

    private Bound? Code(Syntax syntax, string table, string code) =>
        Table(syntax, table).Find(code) is { } found ? Bound.Constant(ExpressionValue.OfCode(found.Value), ExpressionType.Code(table), syntax) : null;

    /// <summary>A raw value read as what it is compared with: dates as 2023-06-15 or 20230615, time of day dropped.</summary>
    private static ExpressionValue ReadPath(ExpressionKind kind, string? raw)
    {
        if (kind != ExpressionKind.Date || raw is null)
        {
            return ExpressionValue.Read(kind, raw?.Trim());
        }

        var isIso = raw.Length >= 10 && raw[4] == '-';
        var day = raw.AsSpan(0, Math.Min(raw.Length, isIso ? 10 : 8));
        return DateOnly.TryParseExact(day, isIso ? "yyyy-MM-dd" : "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? ExpressionValue.OfDate(date)
            : ExpressionValue.Missing;
    }
}
