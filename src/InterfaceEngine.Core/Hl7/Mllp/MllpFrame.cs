namespace InterfaceEngine.Core.Hl7.Mllp;

/// <summary>How a frame ended.</summary>
public enum MllpFrameKind
{
    /// <summary>With <c>FS CR</c>, within the limit.</summary>
    Whole,

    /// <summary>With <c>FS CR</c>, but it is larger than the limit: only its head was kept.</summary>
    Oversize,

    /// <summary>
    /// A new frame began inside it. Its end never came, so it must not be acknowledged; nothing of it is kept.
    /// </summary>
    CutOff,
}

/// <summary>One frame from the wire.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Body">
/// The body without framing; the head of an oversize one; empty for one that was cut off. The receiver owns it:
/// the bytes are never reused.
/// </param>
/// <param name="Length">How many bytes the body had on the wire.</param>
public readonly record struct MllpFrame(MllpFrameKind Kind, ReadOnlyMemory<byte> Body, long Length);
