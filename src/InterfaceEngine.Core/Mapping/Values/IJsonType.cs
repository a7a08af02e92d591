using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>An <c>As</c> type that FHIR may say with an object of several parts (Coding, CodeableConcept, Quantity).</summary>
internal interface IJsonType : IValueType
{
    /// <summary>Reads an object.</summary>
    /// <param name="item">The object.</param>
    /// <param name="scope">Where what was noticed is reported.</param>
    /// <returns>The canonical value; null when there is none or it can't be taken, which the scope then knows.</returns>
    string? Read(JsonItem item, ReadingScope scope);

    /// <summary>Writes a value into an object; what else the object says stays.</summary>
    /// <param name="value">The canonical value.</param>
    /// <param name="target">An object of the type, new or there before.</param>
    /// <param name="type">Its FHIR type: <c>Coding</c>, <c>CodeableConcept</c>, <c>Quantity</c>.</param>
    /// <param name="scope">Where what can't be written is reported.</param>
    /// <returns>False, after it was reported, when the format can't say the value.</returns>
    bool Write(string value, JsonDraft target, string type, WritingScope scope);
}
