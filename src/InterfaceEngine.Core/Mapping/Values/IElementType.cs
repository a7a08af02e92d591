using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>An <c>As</c> type that reads more of an HL7 element than its first component (CE, XTN, SN).</summary>
internal interface IElementType : IValueType
{
    /// <summary>True when the field after it says the unit.</summary>
    bool HasUnit { get; }

    /// <summary>Reads a field, repetition or component.</summary>
    /// <param name="element">Present, and not <c>""</c>.</param>
    /// <param name="unit">The field after it; absent unless <see cref="HasUnit"/>.</param>
    /// <param name="scope">Where what was noticed is reported.</param>
    string? Read(Hl7Element element, Hl7Element unit, ReadingScope scope);

    /// <summary>What is written into the parts of an HL7 element; by default the text into its first component.</summary>
    /// <returns>Null when HL7 can't say the value, which the scope then knows.</returns>
    IReadOnlyList<ElementPart>? WriteParts(string value, WritingScope scope) => Write(value, scope) is { } text ? [new ElementPart(1, text)] : null;

    /// <summary>Components that may say the same in another way, and are emptied when another value is written beside them.</summary>
    IReadOnlyList<int> Others => [];
}

/// <summary>One part of an element as it is written.</summary>
/// <param name="Component">From 1.</param>
/// <param name="Text">Plain text.</param>
/// <param name="IsUnit">It belongs into the field after the element, which says the unit.</param>
internal readonly record struct ElementPart(int Component, string Text, bool IsUnit = false);
