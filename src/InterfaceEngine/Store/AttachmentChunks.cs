using InterfaceEngine.Protection;

namespace InterfaceEngine.Store;

/// <summary>
/// How an attachment is cut into chunks. Each is sealed with its attachment's own id, its number and how many there are,
/// so that none can be swapped, repeated or left out.
/// </summary>
internal static class AttachmentChunks
{
    /// <summary>Content of one chunk; only the last is shorter.</summary>
    public const int Bytes = DataKey.ChunkBytes;

    public static int CountOf(long size) => (int)Math.Max(1, (size + Bytes - 1) / Bytes);

    /// <param name="attachment">The attachment's own id.</param>
    /// <param name="number">From 0.</param>
    /// <param name="count">How many there are.</param>
    public static RowIdentity Identity(long attachment, int number, int count) =>
        new(SealedKind.Attachment, attachment, ((long)count << 32) | (uint)number);
}
