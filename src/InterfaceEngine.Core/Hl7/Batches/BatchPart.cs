using System.Globalization;
using System.Text;

namespace InterfaceEngine.Core.Hl7.Batches;

/// <summary>What a part of a batch is.</summary>
public enum BatchPartKind
{
    /// <summary>One message, or lines that are none: they get their verdict like any other.</summary>
    Message,

    /// <summary>FHS</summary>
    FileHeader,

    /// <summary>BHS</summary>
    BatchHeader,

    /// <summary>BTS</summary>
    BatchTrailer,

    /// <summary>FTS</summary>
    FileTrailer,
}

/// <summary>A message of a batch, or a segment of its envelope.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">Its bytes as they stand, without what lies between messages. The receiver owns them.</param>
/// <param name="IsOversize">The message is larger than the limit: these are its first bytes.</param>
public sealed record BatchPart(BatchPartKind Kind, ReadOnlyMemory<byte> Bytes, bool IsOversize = false)
{
    private const int ControlId = 11;
    private const int ReferenceControlId = 12;

    /// <summary>Where it begins in the stream, in bytes.</summary>
    public long Offset { get; init; }

    /// <summary>BTS-1: how many messages the batch has; FTS-1: how many batches the file has. Null when it is not said, or is no number.</summary>
    public int? Count => Kind is BatchPartKind.BatchTrailer or BatchPartKind.FileTrailer
        && int.TryParse(Field(1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>Of a header: BHS-1, the field separator.</summary>
    public char Separator => (char)Bytes.Span[SegmentName.Length];

    /// <summary>BHS-11 or FHS-11; empty when it is not said.</summary>
    public string BatchControlId => Field(ControlId);

    /// <summary>BHS-12 or FHS-12: a batch that has one answers the batch of that control id. Empty when it is not said.</summary>
    public string AnswersControlId => Field(ReferenceControlId);

    /// <summary>A field of the envelope, as text; empty when it is not there.</summary>
    public string Field(int number)
    {
        if (Bytes.Length <= SegmentName.Length)
        {
            return string.Empty;
        }

        // As in MSH, the first field of a header is the separator itself.
        var ordinal = Kind is BatchPartKind.FileHeader or BatchPartKind.BatchHeader ? number : number + 1;
        return Separators.TryPiece(Bytes.Span, Bytes.Span[SegmentName.Length], ordinal, out var start, out var length)
            ? Encoding.Latin1.GetString(Bytes.Span.Slice(start, length)).Trim()
            : string.Empty;
    }
}
