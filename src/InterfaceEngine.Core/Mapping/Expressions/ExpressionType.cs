namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>The kinds of value a formula knows.</summary>
public enum ExpressionKind
{
    Text,
    Number,
    Date,
    Instant,
    Minutes,
    Condition,
    Code,
}

/// <summary>The type of a formula or of a part of it.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Table">The code table of a code, else null.</param>
/// <param name="IsList">Several values, as in <c>race[]</c>: for <c>in</c>, <c>count</c>, <c>join</c> and the presence functions only.</param>
public readonly record struct ExpressionType(ExpressionKind Kind, string? Table = null, bool IsList = false)
{
    public static ExpressionType Text => new(ExpressionKind.Text);

    public static ExpressionType Number => new(ExpressionKind.Number);

    public static ExpressionType Date => new(ExpressionKind.Date);

    public static ExpressionType Instant => new(ExpressionKind.Instant);

    public static ExpressionType Minutes => new(ExpressionKind.Minutes);

    public static ExpressionType Condition => new(ExpressionKind.Condition);

    internal bool IsNumeric => Kind is ExpressionKind.Number or ExpressionKind.Minutes;

    public static ExpressionType Code(string table) => new(ExpressionKind.Code, table);

    /// <summary>
    /// The type of a field with this <c>As</c> cell. A partial date is a date that counts as missing in
    /// comparisons while its day is unknown; a quantity is compared as text.
    /// </summary>
    public static ExpressionType FromAs(string asClause, bool isList = false)
    {
        var words = asClause.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var type = (words.Length > 0 ? words[0] : "") switch
        {
            "date" or "partial" => Date,
            "instant" => Instant,
            "minutes" => Minutes,
            "int" or "decimal" => Number,
            "bool" => Condition,
            "code" when words.Length > 1 => Code(words[1]),
            _ => Text,
        };
        return type with { IsList = isList };
    }

    /// <summary>With its article, for problems: <c>an instant</c>.</summary>
    public override string ToString() => IsList ? "a list" : Kind switch
    {
        ExpressionKind.Number => "a number",
        ExpressionKind.Date => "a date",
        ExpressionKind.Instant => "an instant",
        ExpressionKind.Minutes => "a number of minutes",
        ExpressionKind.Condition => "a condition",
        ExpressionKind.Code => $"a code of {Table}",
        _ => "a text",
    };
}
