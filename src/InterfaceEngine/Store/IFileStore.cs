using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// Files of rows. A run is one reading of one file; it is a batch (<see cref="IBatchStore"/>) with more to it: how far it came, what became
/// of its rows, and which rows were confirmed without a message of their own. Rows that say something new, or are bad, are messages of
/// the batch; rows that say what they said the last time are only confirmed.
/// </summary>
internal interface IFileStore
{
    /// <summary>
    /// Begins a run, or goes on with the one that broke off: same practice, source, kind and content, not ended. Whoever begins what another has
    /// begun takes it over: what that one still brings is refused with <see cref="RunLostException"/>.
    /// </summary>
    /// <returns>
    /// The run as it is now, and only a <see cref="FileRunState.Running"/> one may be read: what is held stays <see cref="FileRunState.Held"/>, what a person
    /// decided against stays <see cref="FileRunState.Discarded"/>, and content that came to an end before is noted as <see cref="FileRunState.Known"/>, unless a person
    /// wants it again or the file is newer: it may take back what others have said since. Its event time is what its rows count from.
    /// </returns>
    /// <exception cref="StoreUnavailableException">The store failed: nothing of the file may be taken.</exception>
    Task<FileRun> BeginAsync(FileRunStart start, CancellationToken cancellationToken);

    /// <summary>
    /// Confirms the rows of which the store knows that nothing has changed: the same row was in force when it was last read, by the same source and
    /// mapping set, and nobody has written its records since. One transaction, which also moves the run's position.
    /// </summary>
    /// <returns>
    /// For each row, whether it was confirmed, or settled before, and is not counted again. The others are <see cref="FileRun.Pending"/> now; the same row a
    /// second time in one file is.
    /// </returns>
    /// <exception cref="RunLostException">The run is not running any more, or another's.</exception>
    Task<bool[]> ConfirmAsync(RowConfirmation confirmation, CancellationToken cancellationToken);

    /// <summary>
    /// Commits rows together: one transaction and one sync, a savepoint for each row. A row whose records changed since they were read, or
    /// that breaks a rule of the schema, is left out alone and stays pending; the others, the counts and the position are stored.
    /// </summary>
    /// <returns>
    /// One result for each row, in their order. <see cref="CommitOutcome.Conflict"/> is to be reconciled again, <see cref="CommitOutcome.Broken"/> can't be
    /// stored as it is, and <see cref="CommitOutcome.Duplicate"/> is not pending: it was committed before, and is not counted again.
    /// </returns>
    /// <exception cref="RunLostException">The run is not running any more, or another's: nothing is stored.</exception>
    Task<CommitResult[]> CommitAsync(RowChunk chunk, CancellationToken cancellationToken);

    /// <summary>The run has come to its end, or to a stop. Ends its batch as well.</summary>
    /// <exception cref="RunLostException">The run is not running any more, or another's.</exception>
    /// <exception cref="InvalidOperationException">Rows are pending of one that is said to be done, or its batch has its verdict already and it is not said to have broken off.</exception>
    Task EndAsync(FileRunEnd end, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps what a person decided about a run, audited in the same transaction. Held becomes released or discarded, running (broken off) discarded, done
    /// undone; to release one that has come to an end is to want its content <see cref="FileRun.IsWantedAgain"/>, and its state stays.
    /// </summary>
    /// <returns>False when it is in another state by now.</returns>
    /// <exception cref="ArgumentException">No such decision can be made.</exception>
    Task<bool> DecideAsync(FileDecision decision, CancellationToken cancellationToken);

    /// <summary>Keeps when a source was last looked at, so that a run missed while nobody was there is made up for once.</summary>
    Task NotePollAsync(PollNote note, CancellationToken cancellationToken);
}

/// <param name="Run">Which run.</param>
/// <param name="Practice">Its practice.</param>
/// <param name="From">The state it was seen in.</param>
/// <param name="To">The state it gets.</param>
/// <param name="Audit">Who, and why.</param>
internal sealed record FileDecision(EngineId Run, string Practice, FileRunState From, FileRunState To, AuditEntry Audit);
