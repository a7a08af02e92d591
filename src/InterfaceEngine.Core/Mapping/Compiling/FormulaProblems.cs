using InterfaceEngine.Core.Mapping.Expressions;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>Puts a formula's problem at its place in the file.</summary>
internal static class FormulaProblems
{
    public static void Report(SourceText formula, ExpressionProblem problem, ProblemList problems)
    {
        var start = Math.Clamp(problem.Offset, 0, formula.Text.Length);
        var at = formula.Part(start, Math.Clamp(problem.Length, 0, formula.Text.Length - start));
        problems.Error(at, problem.Code, problem.Text, problem.Advice ?? "");
    }
}
