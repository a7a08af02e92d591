using System.Diagnostics.CodeAnalysis;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>From text to something that runs, or the first problem found.</summary>
internal static class Compiler
{
    public static bool TryCompile(
        string text,
        ExpressionContext context,
        ExpressionType? expected,
        [NotNullWhen(true)] out Expression? expression,
        [NotNullWhen(false)] out ExpressionProblem? problem) =>
        Try(() => Compile(text, new Parser(text, context.BarePaths).Whole(), context, expected), out expression, out problem);

    /// <summary>Runs one step of compiling; its first problem comes out as a result.</summary>
    public static bool Try<T>(Func<T> compile, [NotNullWhen(true)] out T? result, [NotNullWhen(false)] out ExpressionProblem? problem)
        where T : class
    {
        try
        {
            result = compile();
            problem = null;
            return true;
        }
        catch (ExpressionException exception)
        {
            result = null;
            problem = exception.Problem;
            return false;
        }
    }

    public static Expression Compile(string text, Syntax syntax, ExpressionContext context, ExpressionType? expected)
    {
        var binder = new Binder(text, context);
        var bound = binder.Bind(syntax, expected);
        if (expected is { } wanted && !Binder.IsSame(bound.Type, wanted))
        {
            throw ExpressionException.At(syntax, MappingFileCodes.FormulaTypes, $"{syntax.Of(text)} is {bound.Type}; {wanted} is needed here.");
        }

        return new Expression(text, bound.Type, bound.Term, binder.Fields, binder.Paths);
    }
}
