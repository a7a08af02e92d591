using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// An <c>As</c> type: how a value changes between a format and the canonical form in which it is stored.
/// One instance for each row, shared by all threads.
/// </summary>
public interface IValueType
{
    /// <summary>Reads the text of a CSV cell, or of an HL7 element that has no parts.</summary>
    /// <param name="text">The decoded text; never empty.</param>
    /// <param name="scope">Where what was noticed is reported.</param>
    /// <returns>The canonical value; null when there is none or it can't be taken, which the scope then knows.</returns>
    string? Read(ReadOnlySpan<char> text, ReadingScope scope);

    /// <summary>Writes a stored value as the format has it; what is written is read back as the same value.</summary>
    /// <param name="value">The canonical value.</param>
    /// <param name="scope">Where what can't be written is reported.</param>
    /// <returns>Plain text, not escaped; null when the format can't say it, which the scope then knows.</returns>
    string? Write(string value, WritingScope scope);
}
