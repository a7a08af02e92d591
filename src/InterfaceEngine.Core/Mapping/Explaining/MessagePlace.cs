using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Explaining;

/// <summary>A place of a message that says something.</summary>
/// <param name="Text">As people write it: <c>PID-14</c>, <c>PID-13[#2].4</c>, <c>column Phone</c>, <c>name[1].given[1]</c>.</param>
/// <param name="Range">Where its bytes stand; <see cref="ByteRange.None"/> for a column of a row.</param>
/// <param name="Raw">What stands there, as it was sent.</param>
public sealed record MessagePlace(string Text, ByteRange Range, string Raw);

/// <summary>A place that a field's cell could have meant, and did not take.</summary>
/// <param name="Place">The place.</param>
/// <param name="Field">The field that has it instead; null when none has.</param>
/// <param name="Cell">The cell that decided it: that of the other field, or the line under <c>Not mapped</c>; null when nothing says a word of it.</param>
/// <param name="Why">Under <c>Not mapped</c>, the reason.</param>
public sealed record OtherPlace(MessagePlace Place, string? Field, CellReference? Cell, string Why);
