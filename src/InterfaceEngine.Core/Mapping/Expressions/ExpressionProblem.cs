namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>Why a formula cannot be used, found when it is parsed.</summary>
/// <param name="Code">
/// <c>MAP201</c> a path does not exist · <c>MAP203</c> not a field · <c>MAP220</c> no such code table ·
/// <c>MAP221</c> not a code of the table · <c>MAP350</c> types that do not go together · <c>MAP351</c> not
/// written as a formula · <c>MAP352</c> no such function, or its arguments · <c>MAP353</c> a pattern or time
/// zone that cannot be used.
/// </param>
/// <param name="Text">What is wrong, as one sentence.</param>
/// <param name="Offset">Where it starts in the formula, from 0; at most its length.</param>
/// <param name="Length">How many characters it covers; 0 at the end of the formula.</param>
/// <param name="Advice">What to do, e.g. <c>Did you mean phone_mobile?</c>; null when there is nothing to add.</param>
public sealed record ExpressionProblem(string Code, string Text, int Offset, int Length, string? Advice = null);

/// <summary>Carries a problem out of the recursion of parser and binder; never leaves this room.</summary>
internal sealed class ExpressionException(ExpressionProblem problem) : Exception(problem.Text)
{
    public ExpressionProblem Problem { get; } = problem;

    public static ExpressionException At(Syntax syntax, string code, string text, string? advice = null) =>
        new(new ExpressionProblem(code, text, syntax.Start, syntax.End - syntax.Start, advice));
}
