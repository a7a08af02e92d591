using InterfaceEngine.Core.Mapping.Reading;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>A message as the tables write it.</summary>
/// <param name="Body">The bytes, each segment ended by CR, without framing. Not to be sent when it is refused.</param>
/// <param name="Notes">Everything that was noticed, with the deciding cells.</param>
public sealed record WrittenMessage(ReadOnlyMemory<byte> Body, IReadOnlyList<MappingNote> Notes)
{
    /// <summary>Something can't be written: nothing may be sent.</summary>
    public bool IsRefused => Notes.Any(note => note.Severity == NoteSeverity.Reject);
}
