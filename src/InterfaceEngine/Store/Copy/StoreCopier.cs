using System.Security.Cryptography;

namespace InterfaceEngine.Store.Copy;

/// <summary>
/// Copies a store's rows and compares them, range by range in the order of each table's key. It knows nothing of how rows come to
/// change: whatever a running engine did meanwhile, new rows, changed ones and deleted ones, makes a range differ, and the range is
/// copied again. So it is right for every table, those included that will only be thought of later.
/// </summary>
/// <param name="source">Where the rows are.</param>
/// <param name="target">Where they go.</param>
/// <param name="report">Is told how far it is, after each range.</param>
internal sealed class StoreCopier(CopyEnd source, CopyEnd target, Action<CopyProgress> report)
{
    /// <summary>Rows of a range: what is copied in one transaction, and copied again when one of them differs.</summary>
    public int RangeRows { get; init; } = 4000;

    /// <summary>Fills the target from where it stands.</summary>
    /// <returns>How many rows were copied.</returns>
    public long Fill(CancellationToken cancellationToken)
    {
        var position = CopyPosition.Read(target.Mark!.Progress);
        if (position == CopyPosition.End)
        {
            return 0;
        }

        var copied = 0L;
        var isThere = position is null ? 0 : StoreTables.All.Sum(target.Count);
        var total = StoreTables.All.Sum(source.Count);
        foreach (var (table, practice) in Parts(source.Practices))
        {
            var after = default(CopyKey);
            if (position is not null)
            {
                if (position.Table != table.Name || position.Practice != practice)
                {
                    continue;
                }

                after = position.Through is null ? null : new CopyKey(position.Through);
                position = null;
                if (after is null)
                {
                    continue;
                }
            }

            foreach (var range in source.Ranges(table, practice, after, RangeRows))
            {
                cancellationToken.ThrowIfCancellationRequested();
                copied += Copy(range, CopyPosition.Of(range));
                report(new CopyProgress(CopyPhase.Copying, table.Name, isThere + copied, total));
            }
        }

        target.Learn();
        target.SetMark(target.Mark! with { Progress = CopyPosition.End.ToString() });
        return copied;
    }

    /// <summary>Reads both ends and compares them, row by row by their hashes.</summary>
    /// <param name="mayMend">What differs is copied again.</param>
    /// <param name="isQuiet">Nobody writes meanwhile: what differs in the end is a difference, and so is a row that no range holds.</param>
    /// <param name="copied">Rows that were copied before, for the report.</param>
    /// <param name="cancellationToken">Ends it between two ranges.</param>
    public CopyReport Compare(bool mayMend, bool isQuiet, long copied, CancellationToken cancellationToken)
    {
        var tables = new List<CopiedTable>();
        var (rows, total) = (0L, StoreTables.All.Sum(source.Count));
        IReadOnlyList<string> practices = [.. source.Practices.Union(target.Practices).Order(StringComparer.Ordinal)];
        foreach (var parts in Parts(practices).GroupBy(part => part.Table))
        {
            var account = new TableAccount(parts.Key);
            foreach (var range in parts.SelectMany(part => source.Ranges(part.Table, part.Practice, null, RangeRows)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (here, there) = Digests(range);
                if (mayMend && here != there)
                {
                    account.Mended += Math.Max(there.Rows, Copy(range, CopyPosition.End));
                    (here, there) = Digests(range);
                }

                account.Add(here, there);
                if (here != there && (isQuiet || !mayMend))
                {
                    account.Differences.Add(range.ToString());
                }

                rows += here.Rows;
                report(new CopyProgress(CopyPhase.Comparing, parts.Key.Name, rows, total));
            }

            if (isQuiet)
            {
                account.Check(source.Count(parts.Key), target.Count(parts.Key));
            }

            tables.Add(account.Close());
        }

        return new CopyReport(source.Place, target.Place, copied, tables);
    }

    private static IEnumerable<(StoreTable Table, string? Practice)> Parts(IReadOnlyList<string> practices) =>
        StoreTables.All.SelectMany(table => table.IsByPractice ? practices.Select(practice => (table, (string?)practice)) : [(table, null)]);

    private long Copy(CopyRange range, CopyPosition position)
    {
        var rows = 0L;
        target.Replace(range, Counted(), position.ToString());
        return rows;

        IEnumerable<CopyRow> Counted()
        {
            foreach (var row in source.Read(range))
            {
                rows++;
                yield return row;
            }
        }
    }

    private (RangeDigest Here, RangeDigest There) Digests(CopyRange range)
    {
        // The ends are two databases, each with a connection of its own.
        var both = Task.WhenAll(Task.Run(() => Digest(source, range)), Task.Run(() => Digest(target, range))).GetAwaiter().GetResult();
        return (both[0], both[1]);
    }

    private static RangeDigest Digest(CopyEnd end, CopyRange range)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> ofRow = stackalloc byte[SHA256.HashSizeInBytes];
        var rows = 0L;
        foreach (var row in end.Read(range))
        {
            row.Hash(ofRow);
            hash.AppendData(ofRow);
            rows++;
        }

        return new RangeDigest(rows, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>The rows of a range and the hash over their hashes.</summary>
    private readonly record struct RangeDigest(long Rows, string Sha256);

    /// <summary>
    /// What was found of a table. Its hash goes over the hashes of its ranges: equal rows fall into equal ranges, so it is the same for the
    /// same content.
    /// </summary>
    private sealed class TableAccount(StoreTable table)
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _sourceRows;
        private long _targetRows;

        public long Mended { get; set; }

        public List<string> Differences { get; } = [];

        public void Add(RangeDigest source, RangeDigest target)
        {
            _sourceRows += source.Rows;
            _targetRows += target.Rows;
            if (source.Rows > 0)
            {
                _hash.AppendData(Convert.FromHexString(source.Sha256));
            }
        }

        public void Check(long sourceRows, long targetRows)
        {
            if (sourceRows != _sourceRows || targetRows != _targetRows)
            {
                Differences.Add($"{table.Name}: of {sourceRows} rows {_sourceRows} were read at the source, and of {targetRows} {_targetRows} at the target; the rest is of no practice that has a key");
            }
        }

        public CopiedTable Close()
        {
            using (_hash)
            {
                return new CopiedTable(table.Name, _sourceRows, _targetRows, Convert.ToHexStringLower(_hash.GetHashAndReset()), Mended, Differences);
            }
        }
    }
}
