using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Values;

/// <summary>
/// <c>attachment</c>: binary content, kept outside the record, which holds its id, media type and size. It is read
/// from an HL7 element by <see cref="Hl7AttachmentReader"/>; a text cannot be one.
/// </summary>
public sealed class AttachmentType : IValueType
{
    /// <summary>As an <c>As</c> cell writes it.</summary>
    public const string Name = "attachment";

    private AttachmentType()
    {
    }

    public static AttachmentType Instance { get; } = new();

    public string? Read(ReadOnlySpan<char> text, ReadingScope scope)
    {
        scope.Refuse(MappingCodes.Content, "an attachment comes in a field of a message, not as a text.", text.ToString());
        return null;
    }

    public string? Write(string value, WritingScope scope)
    {
        scope.Refuse(WritingCodes.Value, "the content of an attachment is not in the record.", value, "the content of an attachment is not in the record.");
        return null;
    }
}
