using System.Buffers;
using System.Security.Cryptography;

namespace InterfaceEngine.Intake.Files;

/// <summary>Some rows that follow one another in a file, as they stand there. Filled by whoever reads the file, then given away.</summary>
/// <param name="isPending">They were looked at before the run broke off, and are not committed: nothing is to be confirmed any more.</param>
internal sealed class FileRowChunk(bool isPending)
{
    /// <summary>The most rows of a chunk: they share two transactions.</summary>
    public const int RowsMax = 500;

    /// <summary>A chunk of more bytes than these ends early.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(128 * 1024);
    private readonly List<(long Number, int Start, int Length)> _rows = new(RowsMax);
    private readonly byte[] _fingerprints = new byte[RowsMax * SHA256.HashSizeInBytes];

    public bool IsPending => isPending;

    public int Count => _rows.Count;

    public bool IsFull => _rows.Count == RowsMax || _bytes.WrittenCount >= BytesMax;

    /// <summary>The number of the last row.</summary>
    public long Last => _rows[^1].Number;

    public void Add(long number, ReadOnlySpan<byte> row, RowFingerprints fingerprints)
    {
        fingerprints.Write(row, _fingerprints.AsSpan(_rows.Count * SHA256.HashSizeInBytes));
        _rows.Add((number, _bytes.WrittenCount, row.Length));
        _bytes.Write(row);
    }

    public long NumberOf(int index) => _rows[index].Number;

    public ReadOnlyMemory<byte> FingerprintOf(int index) => _fingerprints.AsMemory(index * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);

    public ReadOnlySpan<byte> RawOf(int index) => _bytes.WrittenSpan.Slice(_rows[index].Start, _rows[index].Length);
}
