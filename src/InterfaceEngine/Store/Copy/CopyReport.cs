namespace InterfaceEngine.Store.Copy;

/// <summary>What a copy is doing.</summary>
internal enum CopyPhase
{
    /// <summary>Rows go where there are none yet.</summary>
    Copying,

    /// <summary>Both ends are read and compared, and what differs is copied again.</summary>
    Comparing,
}

/// <summary>How far a copy is.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Table">Where it is.</param>
/// <param name="Rows">Rows of the source that are done in this phase, of all tables.</param>
/// <param name="Total">How many there were when the phase began.</param>
internal sealed record CopyProgress(CopyPhase Phase, string Table, long Rows, long Total);

/// <summary>One table, as both ends have it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SourceRows">Rows that were read at the source.</param>
/// <param name="TargetRows">Rows that were read at the target.</param>
/// <param name="Sha256">Over the rows' hashes at the source: the same content has the same, in whichever database it lies.</param>
/// <param name="Mended">Rows of ranges that differed and were copied again; of those that are gone at the source, the target's.</param>
/// <param name="Differences">Ranges that differ.</param>
internal sealed record CopiedTable(string Name, long SourceRows, long TargetRows, string Sha256, long Mended, IReadOnlyList<string> Differences);

/// <summary>What a comparison found.</summary>
/// <param name="Source">Where the rows came from.</param>
/// <param name="Target">Where they went.</param>
/// <param name="Copied">Rows that this run copied before it compared.</param>
/// <param name="Tables">Every table.</param>
internal sealed record CopyReport(string Source, string Target, long Copied, IReadOnlyList<CopiedTable> Tables)
{
    /// <summary>Months that have no part of their own in the target, and why. Their rows are there, and are dropped row by row when they are old.</summary>
    public IReadOnlyList<string> NoParts { get; init => field = value ?? []; } = [];

    public bool IsEqual => Tables.All(table => table.Differences.Count == 0);

    public long Rows => Tables.Sum(table => table.SourceRows);

    public long Mended => Tables.Sum(table => table.Mended);
}
