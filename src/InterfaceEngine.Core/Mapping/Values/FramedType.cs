using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>A type whose text stands in a frame (<c>like 'a-{practice}.E-{}'</c>), in a format or, under <c>As</c>, in all of them.</summary>
/// <param name="inner">The type of what stands in the frame.</param>
/// <param name="frame">The frame.</param>
/// <param name="isAlone">Nothing else may stand there; otherwise a text without the frame is as if there were none, and the cell's next place counts.</param>
internal sealed class FramedType(IValueType inner, IdFrame frame, bool isAlone) : IValueType
{
    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        text = text.Trim();
        if (frame.TryTake(ref text))
        {
            return inner.Read(text, scope);
        }

        if (frame.IsOfAnotherPractice(text))
        {
            scope.Refuse(MappingCodes.Frame, "an id of another practice.", text.ToString());
        }
        else if (isAlone && !text.IsEmpty)
        {
            scope.Refuse(MappingCodes.Frame, "not an id in its frame.", text.ToString());
        }

        return null;
    }

    public string? Write(string value, WritingScope scope) => inner.Write(value, scope) is { } id ? frame.Around(id) : null;

    /// <summary>The type as a cell's place has it.</summary>
    /// <param name="type">The row's type.</param>
    /// <param name="frame">The place's frame; null when it has none.</param>
    /// <param name="isAlone">It is the cell's last place.</param>
    public static IValueType Of(IValueType type, IdFrame? frame, bool isAlone) => frame is null ? type : new FramedType(type, frame, isAlone);
}
