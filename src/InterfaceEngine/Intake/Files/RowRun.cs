using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake.Files;

/// <summary>What all rows of one run have in common. One mapping set reads them all, though another may be swapped in meanwhile.</summary>
internal sealed record RowRun(FileRun Run, Practice Practice, LiveMapping Live)
{
    /// <summary>
    /// Rows of another file of the source that was made at the very same time were taken, whatever became of its run, so that what it said can't be told from what this
    /// one says by the time alone. The message of a value tells it then; that a row of this run confirmed a value can't be told.
    /// </summary>
    public required bool HasTwin { get; init; }

    /// <summary>Any row of the source may be known to be unchanged.</summary>
    public required bool MayConfirm { get; init; }

    /// <inheritdoc cref="OfferedFile.NotBefore"/>
    public long NotBefore { get; init; }

    /// <summary>Nobody waits for an answer to a row: what is bad is kept for a person.</summary>
    public SourceBinding Binding { get; } = new()
    {
        Name = Run.Source,
        Practices = [Run.Practice],
        BadContent = BadContentPolicy.Quarantine,
        UnmappedEvent = UnmappedEventPolicy.Refuse,
    };

    public DateTimeOffset ReceivedAt { get; } = DateTimeOffset.FromUnixTimeMilliseconds(Run.ReceivedAt);

    public Instant EventAt { get; } = Instant.FromUnixTimeMilliseconds(Run.EventAt);

    public Arrival Arrival(EngineId id, long number, ReadOnlyMemory<byte> body) => new(id, ReceivedAt, Binding, body)
    {
        Number = new SourceNumber(0, number, ReceivedAt),
        Batch = Run.Id,
        Row = new RowOrigin(Run.Id, Run.Kind, EventAt),
    };

    /// <summary>Whether another row of this run has written a value.</summary>
    public bool IsWritten(Cause cause) => cause.Source == Run.Source && cause.EventTime == Run.EventAt && cause.Message.Value > Run.Id.Value;

    /// <summary>Whether another row of this run has written a value, or confirmed it: ids rise, and the run's is older than its rows'.</summary>
    public bool IsOwn(Cause cause) =>
        IsWritten(cause) || (!HasTwin && cause.Source == Run.Source && cause.EventTime == Run.EventAt);
}
