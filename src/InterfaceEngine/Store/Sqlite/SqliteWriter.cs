using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>
/// The one writer. Units that wait together share one transaction and one sync; a unit that fails is undone by its
/// own savepoint. When nobody is writing, whoever brings a unit commits it on the spot, so that a lone sender waits
/// for no other thread; what comes meanwhile is the writer thread's, which goes on until nothing waits.
/// </summary>
internal sealed class SqliteWriter : IStoreWriter, IDisposable
{
    private readonly SqliteSession _session;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly Queue<WriterJob> _waiting = new();
    private readonly SemaphoreSlim _room;

    /// <summary>Somebody is writing: the writer thread, or a caller who found nobody at it.</summary>
    private bool _isOwned;

    /// <summary>The writing is the writer thread's now.</summary>
    private bool _isHandedOver;

    private bool _isClosing;
    private int _pagesInLog;
    private DateTimeOffset _cutNotBefore;
    private StoreCounters _counters;

    public SqliteWriter(SqliteSession session, StoreOptions options, TimeProvider time)
    {
        _session = session;
        _options = options;
        _time = time;
        _room = new SemaphoreSlim(options.QueueUnitsMax);
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
        _thread.Start();
    }

    public StoreCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return _counters;
            }
        }
    }

    public Task<T> RunAsync<T>(Func<WriterSession, T> action, CancellationToken cancellationToken) =>
        RunAsync(new ActionJob<T>(action), cancellationToken);

    public Task<T> RunApartAsync<T>(Func<WriterSession, T> action, CancellationToken cancellationToken) => RunAsync(action, cancellationToken);

    /// <summary>Waits for a place in the queue, and then for the sync.</summary>
    public async Task<T> RunAsync<T>(WriterJob<T> job, CancellationToken cancellationToken)
    {
        if (!_room.Wait(0, CancellationToken.None))
        {
            await _room.WaitAsync(cancellationToken);
        }

        if (Enqueue(job))
        {
            if (job is CommitJob)
            {
                CommitHere();
            }
            else
            {
                // What is no commit may take its time, which is not the asking thread's.
                HandOver();
            }
        }

        return await job.Answer;
    }

    /// <summary>Takes no more, commits what waits, and returns when the thread has ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    /// <returns>True when nobody was writing: the caller is the writer now.</returns>
    private bool Enqueue(WriterJob job)
    {
        lock (_gate)
        {
            if (_isClosing)
            {
                _room.Release();
                throw new StoreUnavailableException("The store is closed.");
            }

            _waiting.Enqueue(job);
            return !_isOwned && (_isOwned = true);
        }
    }

    /// <summary>One transaction on the caller's own thread. What came meanwhile, and a checkpoint, are left to the writer thread.</summary>
    private void CommitHere()
    {
        var batch = new List<WriterJob>();
        lock (_gate)
        {
            TakeBatch(batch);
        }

        Commit(batch);
        _room.Release(batch.Count);
        _pagesInLog += _session.Database.TakePagesWritten();
        lock (_gate)
        {
            _isHandedOver = _waiting.Count > 0 || _pagesInLog >= _options.CheckpointPages;
            _isOwned = _isHandedOver;
            if (_isHandedOver || _isClosing)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void HandOver()
    {
        lock (_gate)
        {
            _isHandedOver = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        var batch = new List<WriterJob>(_options.BatchUnitsMax);
        while (WaitForHandOver())
        {
            do
            {
                CheckpointWhenDue();
            }
            while (CommitNext(batch));
        }
    }

    /// <returns>False when the writer is closed and nothing is left to do.</returns>
    private bool WaitForHandOver()
    {
        lock (_gate)
        {
            while (!_isHandedOver)
            {
                if (_isClosing && !_isOwned)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    /// <returns>False when nothing waits: the writing is nobody's again.</returns>
    private bool CommitNext(List<WriterJob> batch)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _isHandedOver = false;
                _isOwned = false;
                return false;
            }

            TakeBatch(batch);
        }

        Commit(batch);
        _room.Release(batch.Count);
        _pagesInLog += _session.Database.TakePagesWritten();
        return true;
    }

    private void TakeBatch(List<WriterJob> batch)
    {
        batch.Clear();
        var bytes = 0L;
        while (batch.Count < _options.BatchUnitsMax && _waiting.TryPeek(out var next) && (batch.Count == 0 || bytes + next.Size <= _options.BatchBytesMax))
        {
            bytes += next.Size;
            batch.Add(_waiting.Dequeue());
        }
    }

    private void Commit(List<WriterJob> batch)
    {
        var failure = TryCommit(batch);
        if (failure is not null)
        {
            // A passing fault does not cost the senders their connections; a full disk fails again at once.
            Add(new StoreCounters { Retries = 1 });
            failure = TryCommit(batch);
        }

        if (failure is not null)
        {
            Add(new StoreCounters { Failures = batch.Count });
            foreach (var job in batch)
            {
                job.Fail(new StoreUnavailableException($"The store could not commit, and nothing of this unit is stored: {failure.Message}.", failure));
            }

            return;
        }

        CountOutcomes(batch);
        foreach (var job in batch)
        {
            if (job.Failure is { } own)
            {
                job.Fail(own);
            }
            else
            {
                job.Complete();
            }
        }
    }

    /// <summary>One transaction over all jobs. A failure of the whole is given back, with nothing of any job stored.</summary>
    private Exception? TryCommit(List<WriterJob> batch)
    {
        var mark = _session.Mark;
        try
        {
            _session.Begin(_time.GetUtcNow().ToUnixTimeMilliseconds());
            foreach (var job in batch)
            {
                RunJob(job, isAlone: batch.Count == 1);
            }

            _session.Commit();
            return null;
        }
        catch (Exception failure)
        {
            _session.Mark = mark;
            Rollback();
            return failure;
        }
    }

    /// <summary>
    /// What is the job's own fault, or that of the rows it touches, fails it alone; what leaves the others in doubt
    /// fails the transaction.
    /// </summary>
    private void RunJob(WriterJob job, bool isAlone)
    {
        job.Failure = null;
        try
        {
            _session.TryUnit(job.Run, isAlone);
        }
        catch (Exception failure) when (failure is not SqliteFault { IsOfTheWhole: true } && !_session.Database.IsIdle)
        {
            job.Failure = failure is SqliteFault { IsDamage: true }
                ? new StoreUnavailableException($"The store is damaged, and nothing of this unit is stored: {failure.Message}.", failure)
                : failure;
        }
    }

    private void Rollback()
    {
        try
        {
            _session.Rollback();
        }
        catch (SqliteFault)
        {
            // The transaction is gone either way: BEGIN says so if it is not.
        }
    }

    private void CheckpointWhenDue()
    {
        if (_pagesInLog < _options.CheckpointPages)
        {
            return;
        }

        try
        {
            var pages = _session.Database.Checkpoint();
            _pagesInLog = 0;
            Add(new StoreCounters { Checkpoints = 1 });
            if ((long)pages * SqliteFile.PageBytes > _options.LogBytesMax)
            {
                CutLog();
            }
        }
        catch (SqliteFault)
        {
            // Nothing is lost, for the log is kept, and the next batch tries again. Whatever the reason: thrown on, it
            // would end the process from this thread, while commits into the log may still work.
            _pagesInLog = _options.CheckpointPages;
            Add(new StoreCounters { CheckpointFailures = 1 });
        }
    }

    /// <summary>
    /// Readers that overlap keep the log from beginning anew, however often it is moved: then it grows for as long as they come. So
    /// commits wait for those that are there, which is short; one that takes long is waited for once in a while.
    /// </summary>
    private void CutLog()
    {
        var now = _time.GetUtcNow();
        if (now < _cutNotBefore)
        {
            return;
        }

        var isCut = _session.Database.TryCutLog(_options.LogWait, SqliteFile.BusyTimeout);
        _cutNotBefore = isCut ? default : now + _options.LogPause;
        Add(isCut ? new StoreCounters { LogCuts = 1 } : new StoreCounters { LogCutsMissed = 1 });
    }

    private void CountOutcomes(List<WriterJob> batch)
    {
        var counted = new StoreCounters { Transactions = 1 };
        foreach (var job in batch)
        {
            counted += job.Failure is null ? job.Counted : default;
        }

        Add(counted);
    }

    private void Add(StoreCounters more)
    {
        lock (_gate)
        {
            _counters += more;
        }
    }
}
