using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>The text of HL7 elements, without a string where none is kept.</summary>
internal static class Hl7Text
{
    /// <summary>What nearly every value fits; longer ones are decoded into a string.</summary>
    public const int BufferLength = 64;

    /// <summary>The text of an element that has no parts, or of its first.</summary>
    /// <returns>False, after it was reported, when its bytes are no text.</returns>
    public static bool TryGet(Hl7Element element, Span<char> buffer, ReadingScope scope, out ReadOnlySpan<char> text)
    {
        var first = element.SubComponent(1);
        if (first.TryCopy(buffer, out var length))
        {
            text = buffer[..length];
            return true;
        }

        var isWhole = TryDecode(first, scope, out var decoded);
        text = decoded;
        return isWhole;
    }

    /// <summary>The whole element as one text.</summary>
    /// <returns>False, after it was reported, when its bytes are no text.</returns>
    public static bool TryDecode(Hl7Element element, ReadingScope scope, out string text)
    {
        var isWhole = element.TryDecode(out text);
        if (!isWhole)
        {
            RefuseUndecodable(text, scope);
        }

        return isWhole;
    }

    /// <summary>The value holds bytes that are no text: a sign in their place would alter it in silence.</summary>
    public static void RefuseUndecodable(string found, ReadingScope scope) =>
        scope.Refuse(MappingCodes.Undecodable, "bytes that are no text in the message's character set.", found);

    /// <summary>Reads an element with a type that takes text.</summary>
    public static string? Read(IValueType type, Hl7Element element, ReadingScope scope)
    {
        Span<char> buffer = stackalloc char[BufferLength];
        return TryGet(element, buffer, scope, out var text) && !text.IsEmpty ? type.Read(text, scope) : null;
    }
}
