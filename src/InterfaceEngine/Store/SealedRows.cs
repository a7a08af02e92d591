using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store;

/// <summary>A <see cref="RowConfirmation"/> with its keyed hashes, made before the writer is asked for.</summary>
internal sealed class SealedConfirmation
{
    public SealedConfirmation(RowConfirmation confirmation, DataKey key)
    {
        (Run, Reader, Position) = (confirmation.Run, confirmation.Reader, confirmation.Position);
        Numbers = new long[confirmation.Rows.Count];
        Hashes = new KeyedHash[confirmation.Rows.Count];
        for (var index = 0; index < Hashes.Length; index++)
        {
            var row = confirmation.Rows[index];
            (Numbers[index], Hashes[index]) = (row.Number, key.Hash(HashKind.Row, row.Fingerprint.Span));
        }
    }

    public EngineId Run { get; }

    public long Reader { get; }

    public long Position { get; }

    public long[] Numbers { get; }

    public KeyedHash[] Hashes { get; }
}

/// <summary>A <see cref="RowChunk"/> as rows of tables.</summary>
internal sealed class SealedChunk
{
    public SealedChunk(RowChunk chunk, UnitSealer sealer, PracticeKeys keys)
    {
        (Run, Reader, Position) = (chunk.Run, chunk.Reader, chunk.Position);
        Rows = new SealedRow[chunk.Rows.Count];

        // Sealing costs about as much as writing, and can be done by all cores at once.
        Parallel.For(0, Rows.Length, index => Rows[index] = Seal(chunk, chunk.Rows[index], sealer, keys));
        Size = Rows.Sum(row => row.Unit.Size);
    }

    private SealedChunk(SealedChunk whole, SealedRow[] rows)
    {
        (Run, Reader, Position, Rows) = (whole.Run, whole.Reader, whole.Position, rows);
        Size = Rows.Sum(row => row.Unit.Size);
    }

    public EngineId Run { get; }

    public long Reader { get; }

    public long Position { get; }

    public SealedRow[] Rows { get; }

    /// <summary>Sealed bytes in all.</summary>
    public int Size { get; }

    /// <summary>Some of its rows.</summary>
    public SealedChunk Of(SealedRow[] rows) => new(this, rows);

    private static SealedRow Seal(RowChunk chunk, RowWrite row, UnitSealer sealer, PracticeKeys keys)
    {
        if (row.Unit.Practice != chunk.Practice || row.Unit.Message?.Batch != chunk.Run || row.Unit.Audit is not null)
        {
            throw new InvalidOperationException($"Row {row.Number} is not of run {chunk.Run}.");
        }

        return new SealedRow(
            row.Number, row.Outcome, sealer.Seal(row.Unit, keys, auditKeys: null), row is { Fingerprint: { } fingerprint, Records.Count: > 0 } ? keys.Hashing.Hash(HashKind.Row, fingerprint.Span) : null, row.Records);
    }
}

/// <param name="Number">In its file, from 1.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Unit">All it does.</param>
/// <param name="Hash">For one that is wholly in force.</param>
/// <param name="Records">The records it speaks of, with their versions.</param>
internal sealed record SealedRow(long Number, RowOutcome Outcome, SealedUnit Unit, KeyedHash? Hash, IReadOnlyList<(EngineId Record, long Version)> Records);
