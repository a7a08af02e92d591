namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>
/// <c>+</c> and <c>-</c>: numbers; minutes; an instant with minutes; the minutes between two instants; the days
/// between two dates. What leaves the range of a type is missing.
/// </summary>
internal static class Arithmetic
{
    public static Bound Bind(Binder binder, BinarySyntax syntax)
    {
        var isPlus = syntax.Operator == "+";
        var (left, right) = Operands(binder, syntax);
        var type = ResultOf(left.Type, right.Type, isPlus) ?? throw Mismatch(binder, syntax, left.Type, right.Type, isPlus);
        var (first, second) = (left.Term, right.Term);
        Func<decimal, decimal, ExpressionValue> compute = (type.Kind, left.Type.Kind) switch
        {
            (ExpressionKind.Instant, ExpressionKind.Instant) => (a, b) => ExpressionValue.OfInstant(a + ((isPlus ? b : -b) * TimeSpan.TicksPerMinute)),
            (ExpressionKind.Instant, _) => (a, b) => ExpressionValue.OfInstant((a * TimeSpan.TicksPerMinute) + b),
            (ExpressionKind.Minutes, ExpressionKind.Instant) => (a, b) => ExpressionValue.OfMinutes((a - b) / TimeSpan.TicksPerMinute),
            (ExpressionKind.Minutes, _) => (a, b) => ExpressionValue.OfMinutes(isPlus ? a + b : a - b),
            _ => (a, b) => ExpressionValue.OfNumber(isPlus ? a + b : a - b),
        };
        return new Bound((scope, isCheck) => Compute(first(scope, isCheck), second(scope, isCheck), compute), type, syntax);
    }

    /// <summary>The type of a sum or difference, or null when there is none.</summary>
    public static ExpressionType? ResultOf(ExpressionType left, ExpressionType right, bool isPlus) => (left.Kind, right.Kind) switch
    {
        _ when left.IsList || right.IsList => null,
        (ExpressionKind.Number, ExpressionKind.Number) => ExpressionType.Number,
        _ when left.IsNumeric && right.IsNumeric => ExpressionType.Minutes,
        (ExpressionKind.Instant, ExpressionKind.Minutes) => ExpressionType.Instant,
        (ExpressionKind.Minutes, ExpressionKind.Instant) when isPlus => ExpressionType.Instant,
        (ExpressionKind.Instant, ExpressionKind.Instant) when !isPlus => ExpressionType.Minutes,
        (ExpressionKind.Date, ExpressionKind.Date) when !isPlus => ExpressionType.Number,
        _ => null,
    };

    /// <summary>Beside an instant, a plain number and a path are minutes; otherwise a path is a number.</summary>
    private static (Bound Left, Bound Right) Operands(Binder binder, BinarySyntax syntax)
    {
        if (binder.Certainty(syntax.Left) >= binder.Certainty(syntax.Right))
        {
            var left = binder.Value(syntax.Left, IsLoose(syntax.Left) ? ExpressionType.Number : null);
            return (left, binder.Value(syntax.Right, Beside(left.Type, syntax.Right)));
        }

        var right = binder.Value(syntax.Right);
        return (binder.Value(syntax.Left, Beside(right.Type, syntax.Left)), right);
    }

    private static ExpressionType? Beside(ExpressionType type, Syntax other) => type.Kind switch
    {
        ExpressionKind.Instant when IsLoose(other) => ExpressionType.Minutes,
        ExpressionKind.Date when other is PathSyntax or TextSyntax => ExpressionType.Date,
        ExpressionKind.Number or ExpressionKind.Minutes when IsLoose(other) => type,
        _ => null,
    };

    private static bool IsLoose(Syntax syntax) => syntax is PathSyntax or NumberSyntax;

    private static ExpressionValue Compute(in ExpressionValue left, in ExpressionValue right, Func<decimal, decimal, ExpressionValue> compute)
    {
        if (left.IsMissing || right.IsMissing)
        {
            return ExpressionValue.Missing;
        }

        try
        {
            return compute(left.Number, right.Number);
        }
        catch (OverflowException)
        {
            // Only two numbers near the largest decimal get here.
            return ExpressionValue.Missing;
        }
    }

    /// <summary>The problem stands at the right operand, the first place where the sum goes wrong.</summary>
    private static ExpressionException Mismatch(Binder binder, BinarySyntax syntax, ExpressionType left, ExpressionType right, bool isPlus) =>
        ExpressionException.At(
            syntax.Right,
            MappingFileCodes.FormulaTypes,
            isPlus ? $"{syntax.Of(binder.Text)}: {left} and {right} cannot be added." : $"{syntax.Of(binder.Text)}: {right} cannot be taken from {left}.");
}
