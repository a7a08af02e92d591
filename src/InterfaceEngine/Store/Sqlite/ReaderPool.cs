using System.Threading.Channels;
using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>A few connections that only read. They never move the write-ahead log, and their transactions are short.</summary>
internal sealed class ReaderPool : IStoreReaders, IDisposable
{
    private readonly Func<SqliteDatabase> _open;
    private readonly KeyRing _keys;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<ReaderConnection> _free = Channel.CreateUnbounded<ReaderConnection>();
    private readonly List<ReaderConnection> _all = [];

    /// <param name="open">Opens a reading connection.</param>
    /// <param name="keys">Opens what is read.</param>
    /// <param name="options">How many.</param>
    /// <param name="time">The clock.</param>
    public ReaderPool(Func<SqliteDatabase> open, KeyRing keys, StoreOptions options, TimeProvider time)
    {
        _time = time;
        _open = open;
        _keys = keys;
        _options = options;
    }

    /// <summary>Runs a question in a read transaction of its own.</summary>
    /// <exception cref="StoreUnavailableException">No connection could be opened, or reading failed.</exception>
    public async ValueTask<T> ReadAsync<TState, T>(TState state, Func<StoreReader, TState, T> question, CancellationToken cancellationToken)
    {
        ReaderConnection? connection = null;
        try
        {
            connection = await TakeAsync(cancellationToken);
            return connection.Read(state, question);
        }
        catch (SqliteFault failure)
        {
            throw new StoreUnavailableException($"The store can't be read: {failure.Message}.", failure);
        }
        finally
        {
            if (connection is not null)
            {
                _free.Writer.TryWrite(connection);
            }
        }
    }

    /// <summary>Called when no question runs any more.</summary>
    public void Dispose()
    {
        _free.Writer.TryComplete();
        lock (_all)
        {
            foreach (var connection in _all)
            {
                connection.Dispose();
            }
        }
    }

    private ValueTask<ReaderConnection> TakeAsync(CancellationToken cancellationToken)
    {
        if (_free.Reader.TryRead(out var free))
        {
            return ValueTask.FromResult(free);
        }

        lock (_all)
        {
            if (_all.Count < _options.ReadersMax && !_free.Reader.Completion.IsCompleted)
            {
                var made = Open();
                _all.Add(made);
                return ValueTask.FromResult(made);
            }
        }

        return _free.Reader.ReadAsync(cancellationToken);
    }

    private ReaderConnection Open()
    {
        var database = _open();
        try
        {
            return new ReaderConnection(database, _keys, _options, _time);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private sealed class ReaderConnection : IDisposable
    {
        private readonly SqliteDatabase _database;
        private readonly StoreReader _reader;
        private readonly SqliteStatement _begin;
        private readonly SqliteStatement _end;

        public ReaderConnection(SqliteDatabase database, KeyRing keys, StoreOptions options, TimeProvider time)
        {
            _database = database;
            _reader = new StoreReader(database, keys, options) { Time = time };
            _begin = database.Prepare("BEGIN");
            _end = database.Prepare("COMMIT");
        }

        public T Read<TState, T>(TState state, Func<StoreReader, TState, T> question)
        {
            _begin.Run();
            var isRead = false;
            try
            {
                var answer = question(_reader, state);
                isRead = true;
                return answer;
            }
            finally
            {
                if (!isRead)
                {
                    _reader.Reset();
                }

                if (!_database.IsIdle)
                {
                    _end.Run();
                }
            }
        }

        public void Dispose() => _database.Dispose();
    }
}
