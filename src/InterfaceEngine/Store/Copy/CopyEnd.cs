using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Copy;

/// <summary>
/// One end of a copy: a store as its rows, sealed as they are. Used by one thread at a time. What both databases say in the same
/// words stands here.
/// </summary>
internal abstract class CopyEnd : IDisposable
{
    private readonly Dictionary<string, SqlStatement> _statements = [];

    /// <param name="database">Closed with the end.</param>
    /// <param name="place">For people, without secrets.</param>
    protected CopyEnd(SqlDatabase database, string place)
    {
        Database = database;
        Place = place;
    }

    public string Place { get; }

    /// <summary>Its practices, in an order that is the same everywhere: a practice has no row without a key.</summary>
    public IReadOnlyList<string> Practices
    {
        get
        {
            var practices = new List<string>();
            for (var rows = Statement("SELECT DISTINCT practice_id FROM practice_keys"); rows.Step();)
            {
                practices.Add(rows.Text(0)!);
            }

            practices.Sort(string.CompareOrdinal);
            return practices;
        }
    }

    /// <summary>Tells one store from another wherever it lies: the engine's own wrapped key. Null while there is none.</summary>
    public string? Identity
    {
        get
        {
            var row = Statement("SELECT wrapped FROM practice_keys WHERE practice_id = '' AND version = 1");
            if (!row.Step())
            {
                return null;
            }

            var identity = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(row.Blob(0)));
            row.Reset();
            return identity;
        }
    }

    /// <summary>What keeps engines from opening this store; null when nothing does.</summary>
    public StoreMark? Mark => StoreMark.Read(Database);

    protected SqlDatabase Database { get; }

    /// <summary>From when the oldest is that lies in months; null where there is nothing yet.</summary>
    public DateTimeOffset? Oldest
    {
        get
        {
            var message = Database.Number("SELECT min(message_id) FROM messages");
            var change = Database.Number("SELECT min(committed_at) FROM changes");
            var week = Database.Number("SELECT min(week) FROM receipts");
            var times = ((long[])[message == 0 ? 0 : IdSource.TimeOf(new EngineId(message)).ToUnixTimeMilliseconds(), change, ReceiptWeeks.Start(week)]).Where(time => time > 0);
            return times.Any() ? DateTimeOffset.FromUnixTimeMilliseconds(times.Min()) : null;
        }
    }

    public long Count(StoreTable table) => Database.Number($"SELECT count(*) FROM {table.Name}");

    public bool IsEmpty(StoreTable table) => Database.Number($"SELECT count(*) FROM (SELECT 1 FROM {table.Name} LIMIT 1) AS one") == 0;

    /// <summary>Cuts what follows a key into ranges of so many rows; the last goes to the end, whatever is added there.</summary>
    public IEnumerable<CopyRange> Ranges(StoreTable table, string? practice, CopyKey? after, int rows)
    {
        foreach (var through in Boundaries(new CopyRange(table, practice, after, null), rows))
        {
            yield return new CopyRange(table, practice, after, through);
            after = through;
        }

        yield return new CopyRange(table, practice, after, null);
    }

    /// <summary>Makes room, where a database wants it to be made, for what came since then.</summary>
    /// <returns>What none could be made for, and why: it is kept all the same.</returns>
    public abstract IReadOnlyList<string> MakeRoom(DateTimeOffset oldest, DateTimeOffset now);

    /// <summary>After it was filled: what a database learns of its tables only with time, it learns now.</summary>
    public abstract void Learn();

    /// <summary>The rows of a range in the order of their key. Each is valid until the next.</summary>
    public abstract IEnumerable<CopyRow> Read(CopyRange range);

    /// <summary>
    /// Puts rows in the place of a range's, and notes how far the copy is, in one step: a range that was cut short is written again.
    /// Of tables whose rows are never changed only what is missing is added.
    /// </summary>
    public abstract void Replace(CopyRange range, IEnumerable<CopyRow> rows, string progress);

    /// <summary>Keeps engines from opening this store, and those that have it open from writing: only a copy that fills it may. Null lets them again.</summary>
    public abstract void SetMark(StoreMark? mark);

    /// <summary>Sees to it that no engine works on the store.</summary>
    /// <exception cref="StoreOpenException">One does.</exception>
    public abstract void RefuseEngines();

    /// <summary>Writes a row of the audit.</summary>
    /// <param name="audit">Who does what, and why.</param>
    /// <param name="masterKey">Opens the keys of the audit's chain.</param>
    /// <param name="now">UTC milliseconds.</param>
    public abstract void Note(AuditEntry audit, MasterKey masterKey, long now);

    /// <summary>The last change of each practice, as far as this store knows.</summary>
    public Dictionary<string, long> LastChanges()
    {
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var rows = Statement("""
            SELECT k.practice_id, (SELECT max(c.sequence) FROM changes c WHERE c.practice_id = k.practice_id), (SELECT s.last FROM practice_sequences s WHERE s.practice_id = k.practice_id)
            FROM (SELECT DISTINCT practice_id FROM practice_keys) k
            """); rows.Step();)
        {
            last[rows.Text(0)!] = Math.Max(rows.IsNull(1) ? 0 : rows.Long(1), rows.IsNull(2) ? 0 : rows.Long(2));
        }

        return last;
    }

    /// <summary>Counts on from what another store knows, so that no change gets a number that was given before.</summary>
    public void RaiseLastChanges(IEnumerable<KeyValuePair<string, long>> last)
    {
        foreach (var (practice, sequence) in last)
        {
            Statement("""
                INSERT INTO practice_sequences (practice_id, last) VALUES (?1, ?2)
                ON CONFLICT (practice_id) DO UPDATE SET last = CASE WHEN practice_sequences.last > excluded.last THEN practice_sequences.last ELSE excluded.last END
                """).Bind(1, practice).Bind(2, sequence).Run();
        }
    }

    public virtual void Dispose() => Database.Dispose();

    /// <summary>The keys that end each so many rows of a range.</summary>
    protected abstract IEnumerable<CopyKey> Boundaries(CopyRange range, int rows);

    /// <summary>The columns of a key as they are ordered by.</summary>
    protected abstract string Ordered(StoreColumn column);

    /// <summary>Finds what is of a practice by the database's own key.</summary>
    protected abstract string FoundByPractice { get; }

    protected string Order(StoreTable table) => string.Join(", ", table.Key.Select(Ordered));

    /// <summary>The words after WHERE; <see cref="Bind"/> binds what they ask for.</summary>
    protected string Condition(CopyRange range)
    {
        var (table, next) = (range.Table, 1);
        var terms = new List<string>();
        if (range.Practice is not null)
        {
            terms.Add($"{StoreTable.Practice} = ?{next++}");
        }
        else if (table.IsFoundByPractice && FoundByPractice.Length > 0)
        {
            terms.Add(FoundByPractice);
        }

        foreach (var (key, sign) in ((CopyKey?, string)[])[(range.After, ">"), (range.Through, "<=")])
        {
            if (key is not null)
            {
                terms.Add($"({Order(table)}) {sign} ({string.Join(", ", table.Key.Select(_ => $"?{next++}"))})");
            }
        }

        return terms.Count == 0 ? "" : $"WHERE {string.Join(" AND ", terms)}";
    }

    /// <returns>The number of the parameter that follows.</returns>
    protected static int Bind(CopyRange range, SqlStatement statement)
    {
        var next = 1;
        if (range.Practice is not null)
        {
            statement.Bind(next++, range.Practice);
        }

        foreach (var key in (CopyKey?[])[range.After, range.Through])
        {
            if (key is not null)
            {
                key.Bind(range.Table, statement, next);
                next += key.Values.Count;
            }
        }

        return next;
    }

    /// <summary>A statement that is kept with the end.</summary>
    protected SqlStatement Statement(string sql) => _statements.TryGetValue(sql, out var known) ? known : _statements[sql] = Database.Prepare(sql);

    protected static string Columns(StoreTable table) => string.Join(", ", table.Columns.Select(column => column.Name));
}
