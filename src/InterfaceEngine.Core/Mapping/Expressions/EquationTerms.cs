using System.Diagnostics.CodeAnalysis;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>The three fields of an equation, <c>end_time = start_time + duration</c>: any one follows from the others.</summary>
/// <param name="Sum">Left of the equals sign.</param>
/// <param name="Left">First of the sum.</param>
/// <param name="Right">Second of the sum.</param>
public sealed record EquationTerms(ExpressionField Sum, ExpressionField Left, ExpressionField Right)
{
    public static bool TryParse(
        string text,
        ExpressionContext context,
        [NotNullWhen(true)] out EquationTerms? equation,
        [NotNullWhen(false)] out ExpressionProblem? problem) =>
        Compiler.Try(() => Parse(text, context), out equation, out problem);

    private static EquationTerms Parse(string text, ExpressionContext context)
    {
        var syntax = new Parser(text, barePaths: null).Whole();

        // Binding it as a comparison finds unknown fields and types that cannot be added or compared.
        _ = Compiler.Compile(text, syntax, context, ExpressionType.Condition);
        if (syntax is BinarySyntax
            {
                Operator: "=",
                Left: WordSyntax sum,
                Right: BinarySyntax { Operator: "+", Left: WordSyntax left, Right: WordSyntax right },
            }
            && context.Find(sum.Name) is { } sumField
            && context.Find(left.Name) is { } leftField
            && context.Find(right.Name) is { } rightField)
        {
            return new EquationTerms(sumField, leftField, rightField);
        }

        throw ExpressionException.At(syntax, MappingFileCodes.Formula, "An equation has three fields and is written a = b + c.");
    }
}
