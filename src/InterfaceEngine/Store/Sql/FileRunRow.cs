using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>A run of a file as its row holds it, read by the writer and by readers.</summary>
internal static class FileRunRow
{
    public const string Columns = """
        run_id, practice_id, source, kind, content, size, rows, event_at, received_at, ended_at, state, is_wanted_again, position, pending,
        created, updated, unchanged, confirmed, refused, held, parked, duplicate, key_version, detail, reader
        """;

    /// <summary>The sum of what became of a run's rows.</summary>
    public const string Counted = "created + updated + unchanged + confirmed + refused + held + parked + duplicate";

    /// <summary>Whether the ledger counts a run among the files that were read.</summary>
    public const string IsCounted = "(state IN ('running', 'done', 'undone') OR position > 0)";

    /// <summary>A run as <c>dropped_files</c> has it, with the columns in that order.</summary>
    public static string InDays { get; } = $"""
        received_at / {LedgerDay.Milliseconds} AS day, source, 1 AS files, rows, CASE WHEN state IN ('done', 'undone') THEN 0 ELSE rows - ({Counted}) END AS unread,
        created, updated, unchanged, confirmed, refused, held, parked, duplicate
        """;

    /// <param name="row">Its row, with <see cref="Columns"/>.</param>
    /// <param name="keysOf">Gives a practice's keys.</param>
    public static FileRun Read(SqlStatement row, Func<string, PracticeKeys?> keysOf)
    {
        var (id, practice) = (row.Long(0), row.Name(1));
        var detail = Open(id, row.Blob(23), row.Int(22), keysOf(practice));
        return new FileRun
        {
            Id = new EngineId(id),
            Practice = practice,
            Source = row.Name(2),
            Kind = row.Name(3),
            Content = row.Blob(4).ToArray(),
            Size = row.Long(5),
            Rows = row.Long(6),
            EventAt = row.Long(7),
            ReceivedAt = row.Long(8),
            EndedAt = row.IsNull(9) ? null : row.Long(9),
            State = FileRunStates.Parse(row.Name(10)),
            IsWantedAgain = row.Long(11) != 0,
            Position = row.Long(12),
            Pending = RowRanges.Parse(row.Text(13)!),
            Counts = Counts(row, first: 14),
            Reader = row.Long(24),
            Detail = detail ?? "",
            IsDamaged = detail is null,
        };
    }

    /// <summary>Eight columns in the order of <see cref="Columns"/>.</summary>
    public static RowCounts Counts(SqlStatement row, int first) => new()
    {
        Created = row.Long(first),
        Updated = row.Long(first + 1),
        Unchanged = row.Long(first + 2),
        Confirmed = row.Long(first + 3),
        Refused = row.Long(first + 4),
        Held = row.Long(first + 5),
        Parked = row.Long(first + 6),
        Duplicate = row.Long(first + 7),
    };

    public static byte[] Seal(long run, string detail, DataKey key) => key.Seal(Identity(run), Encoding.UTF8.GetBytes(detail));

    /// <summary>Null when it was altered, or its key is not kept: that must not hide how the run stands.</summary>
    private static string? Open(long run, ReadOnlySpan<byte> detail, int keyVersion, PracticeKeys? keys)
    {
        try
        {
            return keys is null ? null : Encoding.UTF8.GetString(keys.Version(keyVersion).Open(Identity(run), detail));
        }
        catch (ProtectionException)
        {
            return null;
        }
    }

    private static RowIdentity Identity(long run) => new(SealedKind.FileRun, run);
}
