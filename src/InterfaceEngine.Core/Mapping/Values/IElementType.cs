using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;

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
}
