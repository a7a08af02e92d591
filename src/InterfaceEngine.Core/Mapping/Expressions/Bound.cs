namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>
/// A compiled part of a formula. <paramref name="isCheck"/> asks for three-valued answers: a comparison with a
/// missing value is then missing instead of true or false.
/// </summary>
internal delegate ExpressionValue Term(IExpressionScope scope, bool isCheck);

/// <summary>A part of a formula with its type.</summary>
/// <param name="Term">What computes it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Syntax">Where it stands.</param>
/// <param name="Format">The format whose raw value it is, for the code functions; null for our own values.</param>
internal sealed record Bound(Term Term, ExpressionType Type, Syntax Syntax, MapFormat? Format = null)
{
    public static Bound Constant(ExpressionValue value, ExpressionType type, Syntax syntax) => new((_, _) => value, type, syntax);
}
