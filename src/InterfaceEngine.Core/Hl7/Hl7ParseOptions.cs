namespace InterfaceEngine.Core.Hl7;

/// <summary>The limits of one message and how to read it when it does not say itself.</summary>
public sealed record Hl7ParseOptions
{
    public static Hl7ParseOptions Default { get; } = new();

    /// <summary>Bytes of one message. Default 32 MiB: a scanned document in an OBX-5. At the limit is accepted.</summary>
    public int MessageBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Segments of one message. Default 10,000.</summary>
    public int SegmentsMax { get; init; } = 10_000;

    /// <summary>Fields of one segment. Default 1,000.</summary>
    public int FieldsMax { get; init; } = 1_000;

    /// <summary>Repetitions of one field. Default 1,000.</summary>
    public int RepetitionsMax { get; init; } = 1_000;

    /// <summary>
    /// Read with when MSH-18 says nothing (or nothing known) and the bytes are not valid UTF-8. Default Windows-1252.
    /// </summary>
    public Hl7CharacterSet FallbackCharacterSet { get; init; } = Hl7CharacterSet.Windows1252;
}
