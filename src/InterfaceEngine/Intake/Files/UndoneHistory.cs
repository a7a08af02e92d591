using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>A record's history with what a run did to it, inside one read transaction.</summary>
internal sealed class UndoneHistory
{
    /// <summary>Changes of a record that are looked back at most; a run that lies further back has been overtaken.</summary>
    private const int ChangesMax = 1000;

    private readonly IStoreReader _reader;
    private readonly FileRun _run;
    private readonly Dictionary<EngineId, bool> _ofRun = [];

    private UndoneHistory(IStoreReader reader, FileRun run) => (_reader, _run) = (reader, run);

    /// <returns>The record as it is, and what taking back comes to; null when there is no such record.</returns>
    public static (StoredRecord Record, Undone Undone)? Read(IStoreReader reader, FileRun run, EngineId record, DateTimeOffset now) =>
        new UndoneHistory(reader, run).Read(record, now);

    private (StoredRecord, Undone)? Read(EngineId id, DateTimeOffset now)
    {
        if (_reader.Record(_run.Practice, id) is not { } record)
        {
            return null;
        }

        var changes = _reader.Changes(_run.Practice, record, ChangesMax);
        PastChange[] history = [.. changes.Select(change => new PastChange(change.Message, IsOfRun(change.Message), change.Fields))];
        var first = history.LastOrDefault(change => change.IsUndone)?.Message ?? EngineId.None;
        var withdrawal = new Cause(first, _run.EventAt, FileUndo.Source, record.Fields.FirstOrDefault(field => field.Cause is not null)?.Cause!.MappingSet ?? "");
        return (record, Undoing.Of(record, history, isWhole: changes is [.., { Previous: 0 }], IsOfRun, message => CauseOf(message, withdrawal), withdrawal, now));
    }

    /// <summary>Its message is the run's, and no later file has confirmed since what it said: then it is that file's word as well.</summary>
    private bool IsOfRun(Cause cause) => cause.EventTime <= _run.EventAt && IsOfRun(cause.Message);

    private bool IsOfRun(EngineId message)
    {
        if (message == EngineId.None)
        {
            return false;
        }

        if (!_ofRun.TryGetValue(message, out var isOfRun))
        {
            isOfRun = _reader.BatchMessages(_run.Id, new EngineId(message.Value - 1), 1) is [var next] && next.Id == message;
            _ofRun.Add(message, isOfRun);
        }

        return isOfRun;
    }

    /// <summary>
    /// What an older value counts from. The log does not keep the time of the event, so it is the receipt of its message: before the
    /// file, which came after it. Of a message that is not kept any more nothing else is known than that it came before the file.
    /// </summary>
    private Cause CauseOf(EngineId message, Cause withdrawal) => message != EngineId.None && _reader.Message(message) is { } kept
        ? new Cause(message, Math.Min(kept.ReceivedAt, _run.EventAt - 1), kept.Source, kept.MappingSet ?? "")
        : withdrawal with { Message = message, EventTime = _run.EventAt - 1 };
}
