using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// One transaction of what is not plain: it reads what is stored before it writes, so one node at a time runs such a thing. What
/// is plain goes on meanwhile, and the two meet at the rows of their practices (<see cref="Lock(string)"/>).
/// </summary>
internal sealed class PostgresSession : WriterSession
{
    /// <summary>Any number that nobody else uses.</summary>
    private const long WriterLock = 0x49456E67_0002;

    /// <summary>The key of the first <see cref="StoreLock"/>.</summary>
    private const long FirstLock = 0x49456E67_0010;

    private readonly NpgsqlConnection _connection;
    private readonly SqlStatement _lock;
    private readonly string _node;
    private readonly SqlStatement _nextSequence;

    public PostgresSession(PostgresDatabase database, KeyRing keys, StoreOptions options)
        : base(database, keys, options)
    {
        _connection = database.Connection;
        _node = options.Node;
        _lock = database.Prepare("""
            INSERT INTO practice_sequences (practice_id, last) VALUES (?1, 0) ON CONFLICT (practice_id) DO UPDATE SET last = practice_sequences.last
            """);
        _nextSequence = database.Prepare("UPDATE practice_sequences SET last = last + 1 WHERE practice_id = ?1 RETURNING last");
    }

    public override string Node => _node;

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

    /// <summary>Runs an action in a transaction of its own.</summary>
    /// <param name="now">UTC milliseconds.</param>
    /// <param name="action">False undoes what it wrote.</param>
    public void Run(long now, Func<WriterSession, bool> action)
    {
        using var transaction = _connection.BeginTransaction();
        Take(WriterLock);
        BeginAt(now);
        ResumeAfter(sequence: 0);
        if (action(this))
        {
            WriteCounts();
            transaction.Commit();
        }
    }

    /// <summary>Runs what touches leases and nodes only, beside everything else.</summary>
    public T RunApart<T>(long now, Func<WriterSession, T> action)
    {
        using var transaction = _connection.BeginTransaction();
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
