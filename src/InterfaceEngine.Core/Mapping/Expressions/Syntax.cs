namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>A part of a formula as written, before its words mean anything. <c>Start</c> and <c>End</c> count from 0.</summary>
internal abstract record Syntax(int Start, int End)
{
    public string Of(string text) => text[Start..End];
}

internal sealed record TextSyntax(int Start, int End, string Value) : Syntax(Start, End);

internal sealed record NumberSyntax(int Start, int End, decimal Value) : Syntax(Start, End);

internal sealed record WordSyntax(int Start, int End, string Name) : Syntax(Start, End);

internal sealed record PathSyntax(int Start, int End, MapFormat Format, string Path) : Syntax(Start, End);

internal sealed record CallSyntax(int Start, int End, string Name, IReadOnlyList<Syntax> Arguments) : Syntax(Start, End);

internal sealed record NotSyntax(int Start, int End, Syntax Operand) : Syntax(Start, End);

/// <summary><c>+ - &amp; = != &lt; &lt;= &gt; &gt;= and or</c>.</summary>
internal sealed record BinarySyntax(int Start, int End, string Operator, Syntax Left, Syntax Right) : Syntax(Start, End);

/// <summary><c>x in (a, b)</c>, or <c>x in race</c> for a list field.</summary>
internal sealed record InSyntax(int Start, int End, Syntax Left, IReadOnlyList<Syntax> Items, bool IsParenthesised) : Syntax(Start, End);
