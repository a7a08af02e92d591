namespace InterfaceEngine.Control;

/// <summary>Begins to take a file of messages. Its bytes follow over the same connection; closing that breaks the file off.</summary>
/// <param name="File">Its name, for people.</param>
/// <param name="Source">As what source it comes; null for a practice's own.</param>
/// <param name="Practice">Whose messages they are, where no source is named.</param>
/// <param name="GivesReplies">Whether the answers are wanted.</param>
internal sealed record BeginImportRequest(string File, string? Source, string? Practice, bool GivesReplies) : ControlRequest<ImportBegunAnswer>;

/// <summary>The next bytes of the file that was begun.</summary>
/// <param name="Bytes">At most <see cref="BytesMax"/>.</param>
internal sealed record ImportPieceRequest(ReadOnlyMemory<byte> Bytes) : ControlRequest<ImportProgressAnswer>(TimeSpan.FromMinutes(10))
{
    /// <summary>How much of a file is sent at a time.</summary>
    public const int BytesMax = 128 * 1024;
}

/// <summary>The file that was begun has ended. The answer comes when all of it is on disk.</summary>
internal sealed record EndImportRequest : ControlRequest<ImportedAnswer>
{
    public EndImportRequest()
        : base(TimeSpan.FromMinutes(10))
    {
    }
}
