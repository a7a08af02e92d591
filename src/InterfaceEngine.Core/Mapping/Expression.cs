using System.Diagnostics.CodeAnalysis;
using InterfaceEngine.Core.Mapping.Expressions;

namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// A formula of a mapping file (mapping design §8): a <c>Checks</c> or <c>When</c> condition, the value of a
/// <c>Sets</c>, a one-way cell. Typed when it is parsed; once parsed it always evaluates, never throws, and
/// gives the same answer for the same message on any day.
/// </summary>
public sealed class Expression
{
    private readonly Term _term;

    internal Expression(string text, ExpressionType type, Term term, IReadOnlyList<ExpressionField> fields, IReadOnlyList<ExpressionPath> paths)
    {
        Text = text;
        Type = type;
        Fields = fields;
        Paths = paths;
        _term = term;
    }

    /// <summary>The formula as written.</summary>
    public string Text { get; }

    public ExpressionType Type { get; }

    /// <summary>Every field it reads, once each.</summary>
    public IReadOnlyList<ExpressionField> Fields { get; }

    /// <summary>Every place in a message or row it reads, in the order written.</summary>
    public IReadOnlyList<ExpressionPath> Paths { get; }

    /// <summary>Parses a formula of any type.</summary>
    public static bool TryParse(
        string text,
        ExpressionContext context,
        [NotNullWhen(true)] out Expression? expression,
        [NotNullWhen(false)] out ExpressionProblem? problem) =>
        Compiler.TryCompile(text, context, expected: null, out expression, out problem);

    /// <summary>Parses a formula that must give true or false, e.g. a check; anything else is a problem.</summary>
    public static bool TryParseCondition(
        string text,
        ExpressionContext context,
        [NotNullWhen(true)] out Expression? expression,
        [NotNullWhen(false)] out ExpressionProblem? problem) =>
        Compiler.TryCompile(text, context, ExpressionType.Condition, out expression, out problem);

    /// <summary>The value. Two-valued: a comparison with a missing value is true or false, never missing.</summary>
    public ExpressionValue Evaluate(IExpressionScope scope) => _term(scope, isCheck: false);

    /// <summary>True when the condition holds; a missing value does not.</summary>
    public bool Holds(IExpressionScope scope) => _term(scope, isCheck: false).IsTrue;

    /// <summary>
    /// The verdict of a check. It fails only when it is false whatever the missing values might be: a missing
    /// operand gives <see cref="CheckResult.NotSaid"/>, unless the check itself asks with <c>present(…)</c>.
    /// </summary>
    public CheckResult Check(IExpressionScope scope)
    {
        var value = _term(scope, isCheck: true);
        return value.IsMissing ? CheckResult.NotSaid : value.IsTrue ? CheckResult.Holds : CheckResult.Fails;
    }

    public override string ToString() => Text;
}

/// <summary>What a check found.</summary>
public enum CheckResult
{
    Holds,
    Fails,

    /// <summary>A value it needs is missing, so it does not fire.</summary>
    NotSaid,
}
