namespace InterfaceEngine.Core.Mapping;

/// <summary>A compiled expression of <c>Checks</c>, <c>When</c>, <c>Sets</c>, <c>Equations</c> or a one-way cell.</summary>
public sealed class Expression
{
    internal Expression(string text) => Text = text;

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    public override string ToString() => Text;
}
