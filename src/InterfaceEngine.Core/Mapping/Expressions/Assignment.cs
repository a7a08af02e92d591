using System.Diagnostics.CodeAnalysis;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>What a <c>Sets</c> cell sets: <c>status = cancelled</c>.</summary>
/// <param name="Field">The field that is set.</param>
/// <param name="Value">What it is set to, of the field's type.</param>
/// <param name="Offset">Where it starts in the cell.</param>
public sealed record Assignment(ExpressionField Field, Expression Value, int Offset)
{
    /// <summary>Reads a whole cell: assignments separated by semicolons.</summary>
    public static bool TryParse(
        string text,
        ExpressionContext context,
        [NotNullWhen(true)] out IReadOnlyList<Assignment>? assignments,
        [NotNullWhen(false)] out ExpressionProblem? problem) =>
        Compiler.Try(() => Parse(text, context), out assignments, out problem);

    private static IReadOnlyList<Assignment> Parse(string text, ExpressionContext context) =>
        [.. new Parser(text, barePaths: null).List().Select(syntax => Read(text, syntax, context))];

    private static Assignment Read(string text, Syntax syntax, ExpressionContext context)
    {
        if (syntax is not BinarySyntax { Operator: "=", Left: WordSyntax name } assignment)
        {
            throw ExpressionException.At(syntax, MappingFileCodes.Formula, "An assignment is written field = value.");
        }

        var field = context.Find(name.Name) ?? throw ExpressionException.At(
            name,
            MappingFileCodes.NoSuchField,
            $"{name.Name} is not a field of {context.RecordType}.",
            Suggestion.Advice(name.Name, context.Fields.Select(known => known.Name)));
        return new Assignment(field, Compiler.Compile(text, assignment.Right, context, field.Type with { IsList = false }), syntax.Start);
    }
}
