using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>A run of a file as its row holds it, read by the writer and by readers.</summary>
internal static class FileRunRow
{
    public const string Columns = """
        run_id, practice_id, source, kind, content, size, rows, event_at, received_at, ended_at, state, is_wanted_again, position, pending,
        created, updated, unchanged, confirmed, refused, held, parked, duplicate, key_version, detail
        """;

    /// <summary>The sum of what became of a run's rows.</summary>
    public const string Counted = "created + updated + unchanged + confirmed + refused + held + parked + duplicate";

    /// <param name="row">Its row, with <see cref="Columns"/>.</param>
    /// <param name="keysOf">Gives a practice's keys.</param>
    /// <exception cref="ProtectionException">Its detail was altered outside the engine.</exception>
    public static FileRun Read(SqlStatement row, Func<string, PracticeKeys> keysOf)
    {
        var (id, practice) = (row.Long(0), row.Name(1));
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
            Counts = new RowCounts
            {
                Created = row.Long(14),
                Updated = row.Long(15),
                Unchanged = row.Long(16),
                Confirmed = row.Long(17),
                Refused = row.Long(18),
                Held = row.Long(19),
                Parked = row.Long(20),
                Duplicate = row.Long(21),
            },
            Detail = Encoding.UTF8.GetString(keysOf(practice).Version(row.Int(22)).Open(Identity(id), row.Blob(23))),
        };
    }

    public static byte[] Seal(long run, string detail, DataKey key) => key.Seal(Identity(run), Encoding.UTF8.GetBytes(detail));

    private static RowIdentity Identity(long run) => new(SealedKind.FileRun, run);
}
