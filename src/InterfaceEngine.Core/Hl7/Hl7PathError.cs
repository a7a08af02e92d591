using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>Why a text is not a path.</summary>
/// <param name="Column">Offset into the text, 0 for its first character; its length when the text ends too early.</param>
/// <param name="Reason">What was expected there.</param>
public sealed record Hl7PathError(int Column, string Reason)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"column {Column + 1}: {Reason}");
}
