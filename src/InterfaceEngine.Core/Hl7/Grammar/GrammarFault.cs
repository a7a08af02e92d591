using System.Globalization;

namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>One place where a message departs from the grammar. The text is what was found and expected, never a value.</summary>
/// <param name="Segment">The segment's name.</param>
/// <param name="Occurrence">Which segment of that name, from 1.</param>
/// <param name="Field">The field, from 1; null when it is about the segment.</param>
/// <param name="Component">The component, from 1; null when it is about the field.</param>
/// <param name="Code">
/// Table 0357: 100 for segments, 101 for what is missing, 102 for types, 103 for tables. The table has no code for a value
/// that is too long or a field that may not repeat: both are told as 102, with a text that says so.
/// </param>
/// <param name="Text">Found and expected.</param>
/// <param name="IsWarning">It is told, and no reason to refuse the message.</param>
public sealed record GrammarFault(string Segment, int Occurrence, int? Field, int? Component, int Code, string Text, bool IsWarning = false)
{
    /// <summary>The place as people write it: <c>PID-5</c>, <c>IN1[2]-36.1</c>.</summary>
    public string Place => string.Create(
        CultureInfo.InvariantCulture,
        $"{Segment}{(Occurrence > 1 ? $"[{Occurrence}]" : "")}{(Field is null ? "" : $"-{Field}")}{(Component is null ? "" : $".{Component}")}");

    /// <summary>As ERR tells it.</summary>
    public Hl7Fault ToFault() => new(Segment, Occurrence, Field, Component, Code, Text);

    public override string ToString() => $"{Place}: {Text}";
}
