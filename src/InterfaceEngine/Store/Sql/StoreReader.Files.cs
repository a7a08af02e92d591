using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <content>Files of rows and their runs.</content>
internal sealed partial class StoreReader
{
    public IReadOnlyList<FileRun> FileRuns(FileRunQuery query, EngineId before, int limit)
    {
        var rows = Statement($"""
            SELECT {FileRunRow.Columns} FROM file_runs WHERE run_id < ?1
            {(query.Practice is null ? "" : "AND practice_id = ?3")} {(query.Source is null ? "" : "AND source = ?4")} {(query.State is null ? "" : "AND state = ?5")}
            ORDER BY run_id DESC LIMIT ?2
            """).Bind(1, before == EngineId.None ? long.MaxValue : before.Value).Bind(2, Limit(limit));
        _ = query.Practice is { } practice ? rows.Bind(3, practice) : rows;
        _ = query.Source is { } source ? rows.Bind(4, source) : rows;
        _ = query.State is { } state ? rows.Bind(5, state.Text()) : rows;
        return ReadFileRuns(rows);
    }

    public FileRun? FileRun(EngineId id) =>
        ReadFileRuns(Statement($"SELECT {FileRunRow.Columns} FROM file_runs WHERE run_id = ?1").Bind(1, id.Value)) is [var run] ? run : null;

    public IReadOnlyList<FileRun> FileRunsOf(string practice, string source, ReadOnlyMemory<byte> content, int limit) => ReadFileRuns(
        Statement($"SELECT {FileRunRow.Columns} FROM file_runs WHERE practice_id = ?1 AND source = ?2 AND content = ?3 ORDER BY run_id DESC LIMIT ?4")
            .Bind(1, practice).Bind(2, source).Bind(3, content.Span).Bind(4, Limit(limit)));

    public IReadOnlyList<PollNote> PollNotes()
    {
        var notes = new List<PollNote>();
        var rows = Statement("SELECT source, due_at, started_at, ended_at, fault, files FROM polls ORDER BY source");
        while (rows.Step())
        {
            notes.Add(new PollNote(rows.Text(0)!, rows.Long(1), rows.Long(2), rows.IsNull(3) ? null : rows.Long(3), rows.Text(4), rows.Int(5)));
        }

        return notes;
    }

    public IReadOnlyList<FileRun> UnbalancedFileRuns(int limit) => ReadFileRuns(Statement($"""
        SELECT {FileRunRow.Columns} FROM file_runs WHERE state IN ('done', 'undone') AND rows <> {FileRunRow.Counted} ORDER BY run_id LIMIT ?1
        """).Bind(1, Limit(limit)));

    public IReadOnlyList<FileDay> FileDays(long since)
    {
        var days = new List<FileDay>();
        var rows = Statement($"""
            SELECT day, source, sum(files), sum(rows), sum(unread),
                sum(created), sum(updated), sum(unchanged), sum(confirmed), sum(refused), sum(held), sum(parked), sum(duplicate)
            FROM (
                SELECT {FileRunRow.InDays} FROM file_runs WHERE received_at >= ?1 AND {FileRunRow.IsCounted}
                UNION ALL SELECT * FROM dropped_files WHERE day >= ?2) days
            GROUP BY day, source ORDER BY day, source
            """).Bind(1, since * LedgerDay.Milliseconds).Bind(2, since);
        while (rows.Step())
        {
            days.Add(new FileDay(rows.Long(0), rows.Text(1)!, rows.Long(2), rows.Long(3), rows.Long(4), FileRunRow.Counts(rows, first: 5)));
        }

        return days;
    }

    public bool HasConfirmedRows(string practice, string source)
    {
        var row = Statement("SELECT 1 FROM file_runs WHERE practice_id = ?1 AND source = ?2 AND position > 0 LIMIT 1").Bind(1, practice).Bind(2, source);
        var hasAny = row.Step();
        row.Reset();
        return hasAny;
    }

    private List<FileRun> ReadFileRuns(SqlStatement rows)
    {
        var runs = new List<FileRun>();
        while (rows.Step())
        {
            runs.Add(FileRunRow.Read(rows, practice => _keys.Find(practice, _database)));
        }

        return runs;
    }
}
