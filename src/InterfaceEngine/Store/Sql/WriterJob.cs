namespace InterfaceEngine.Store.Sql;

/// <summary>Something that waits for the writer: it runs in a savepoint of its own and is answered after the sync.</summary>
internal abstract class WriterJob
{
    /// <summary>Sealed bytes it brings.</summary>
    public virtual int Size => 0;

    /// <summary>What it did, for the status; asked once it is committed.</summary>
    public virtual StoreCounters Counted => default;

    /// <summary>Why it failed alone; set by the writer.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Runs on the writer's thread; possibly again when the transaction had to be. False undoes what it wrote.</summary>
    public abstract bool Run(WriterSession session);

    /// <summary>Called after the sync.</summary>
    public abstract void Complete();

    /// <summary>Called when nothing of it is stored.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>A job with an answer.</summary>
internal abstract class WriterJob<T> : WriterJob
{
    // The writer must not run its callers' code.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    protected T Result { get; set; } = default!;

    public override void Complete() => _answer.TrySetResult(Result);

    public void Complete(T result) => _answer.TrySetResult(result);

    public override void Fail(Exception failure) => _answer.TrySetException(failure);
}

/// <summary>One unit.</summary>
internal sealed class CommitJob(SealedUnit unit) : WriterJob<CommitResult>
{
    public SealedUnit Unit => unit;

    public override int Size => unit.Size;

    public override StoreCounters Counted => Of(Result.Outcome);

    public static StoreCounters Of(CommitOutcome outcome) => outcome switch
    {
        CommitOutcome.Committed => new StoreCounters { Units = 1 },
        CommitOutcome.Conflict or CommitOutcome.OutOfSequence => new StoreCounters { Conflicts = 1 },
        CommitOutcome.Broken => new StoreCounters { Failures = 1 },
        _ => new StoreCounters { Duplicates = 1 },
    };

    public override bool Run(WriterSession session)
    {
        Result = session.Units.Write(unit);
        return Result.Outcome == CommitOutcome.Committed;
    }
}

/// <summary>Something of the store's own.</summary>
internal sealed class ActionJob<T>(Func<WriterSession, T> action) : WriterJob<T>
{
    public override bool Run(WriterSession session)
    {
        Result = action(session);
        return true;
    }
}
