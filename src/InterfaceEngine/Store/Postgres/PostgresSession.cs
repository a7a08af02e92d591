using System.Data;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// One transaction of what is not plain, each in a savepoint of its own: it reads what is stored before it writes, so one node at a
/// time runs such things. What is plain goes on meanwhile, and the two meet at the rows of their practices (<see cref="Lock(string)"/>).
/// </summary>
internal sealed class PostgresSession : WriterSession
{
    /// <summary>Any number that nobody else uses.</summary>
    private const long WriterLock = 0x49456E67_0002;

    /// <summary>The key of the first <see cref="StoreLock"/>.</summary>
    private const long FirstLock = 0x49456E67_0010;

    private readonly NpgsqlConnection _connection;
    private readonly SqlStatement _lock;
    private readonly SqlStatement _savepoint;
    private readonly SqlStatement _release;
    private readonly SqlStatement _rollbackTo;
    private readonly StoreOptions _options;
    private NpgsqlTransaction? _transaction;
    private readonly SqlStatement _nextSequence;

    public PostgresSession(PostgresDatabase database, KeyRing keys, StoreOptions options)
        : base(database, keys, options)
    {
        _connection = database.Connection;
        _options = options;
        _savepoint = database.Prepare("SAVEPOINT unit");
        _release = database.Prepare("RELEASE unit");
        _rollbackTo = database.Prepare("ROLLBACK TO unit");
        _lock = database.Prepare("""
            INSERT INTO practice_sequences (practice_id, last) VALUES (?1, 0) ON CONFLICT (practice_id) DO UPDATE SET last = practice_sequences.last
            """);
        _nextSequence = database.Prepare("UPDATE practice_sequences SET last = last + 1 WHERE practice_id = ?1 RETURNING last");
    }

    public override string Node => _options.Node;

    /// <summary>False when the connection broke: nothing of the transaction can be committed any more.</summary>
    public bool IsOpen => _connection.FullState.HasFlag(ConnectionState.Open);

    public override void Lock(StoreLock what) => Take(KeyOf(what));

    /// <summary>The key of an advisory lock. Whoever stores messages holds that of <see cref="StoreLock.Books"/> together with others.</summary>
    public static long KeyOf(StoreLock what) => FirstLock + (long)what;

    public override void Lock(string practice) => _lock.Bind(1, practice).Run();

    public override long NextSequence(string practice)
    {
        _nextSequence.Bind(1, practice).Step();
        var sequence = _nextSequence.Long(0);
        _nextSequence.Reset();
        return sequence;
    }

    public override bool[] ConfirmRows(FileRun run, KeyedHash[] hashes, bool[] isSettled) => ConfirmedRows.Confirm(_transaction!, run, hashes, isSettled);

    public override bool IsOfRow(Exception failure) => failure is PostgresException refused && refused.IsOfRow();

    /// <summary>
    /// This process stores one batch at a time, and none while this session runs: a connection of its name that still has the books
    /// open is one that it has lost sight of.
    /// </summary>
    public override bool MayStillCommit() => Database.Number($"""
        SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.classid = {KeyOf(StoreLock.Books) >> 32} AND l.objid = {KeyOf(StoreLock.Books) & uint.MaxValue} AND l.objsubid = 1
            AND a.datname = current_database() AND a.application_name = current_setting('application_name') AND a.pid <> pg_backend_pid()
        """) > 0;

    /// <summary>Begins a transaction, as the only one of its kind on all nodes.</summary>
    /// <param name="now">Asked for the time once the lock is had: times of such transactions rise as they commit.</param>
    public void Begin(Func<long> now)
    {
        _transaction = _connection.BeginTransaction();
        using (var batch = new NpgsqlBatch(_connection, _transaction))
        {
            // For each other they may wait longer than for a row, which nobody keeps for long.
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SET LOCAL lock_timeout = {(long)_options.StatementTimeout.TotalMilliseconds}"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock({WriterLock})"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SET LOCAL lock_timeout = {(long)_options.LockTimeout.TotalMilliseconds}"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT {PostgresAddress.RequireSync}"));
            batch.ExecuteNonQuery();
        }

        BeginAt(_options.UsesServerTime ? Database.Number("SELECT engine_now()") : now());
        ResumeAfter(sequence: 0);
    }

    public void Commit()
    {
        WriteCounts();
        _transaction!.Commit();
    }

    /// <summary>Ends the transaction without a trace.</summary>
    public void Undo() => _transaction!.Rollback();

    protected override void BeginUnit() => _savepoint.Run();

    protected override void EndUnit() => _release.Run();

    protected override void UndoUnit(bool isAlone)
    {
        if (!IsOpen)
        {
            // The server has undone it, and what broke the connection is to be told, not that it is broken.
            return;
        }

        _rollbackTo.Run();
        _release.Run();
    }

    /// <summary>
    /// Runs what touches leases and nodes only, beside everything else. It needs what every commit needs: a node that could commit
    /// nothing must not be told from the living by its beats.
    /// </summary>
    public T RunApart<T>(long now, Func<WriterSession, T> action)
    {
        using var transaction = _connection.BeginTransaction();
        using (var require = new NpgsqlCommand($"SELECT {PostgresAddress.RequireSync}", _connection, transaction))
        {
            require.ExecuteNonQuery();
        }

        BeginAt(now);
        var result = action(this);
        transaction.Commit();
        return result;
    }

    private void Take(long key)
    {
        using var take = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({key})", _connection);
        take.ExecuteNonQuery();
    }
}
