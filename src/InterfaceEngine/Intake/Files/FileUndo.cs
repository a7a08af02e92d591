using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// Takes back what a file's run has changed, where nothing newer wrote: values get back what they were, records that the run made are
/// marked as withdrawn until somebody says them again. Each record by itself, so that it keeps nobody waiting; broken off, it goes on when it is asked
/// again.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="definitions">What a practice's maps keep.</param>
/// <param name="time">The clock.</param>
internal sealed class FileUndo(IEngineStore store, Func<string, IReadOnlyList<RecordDefinition>> definitions, TimeProvider time)
{
    /// <summary>What its changes come from.</summary>
    public const string Source = Cause.CommandPrefix + "files undo";

    private const int MessagesInPage = 500;
    private const int AttemptsMax = 5;

    /// <param name="run">One that is done.</param>
    /// <param name="isTrial">Only say what would become of it.</param>
    /// <param name="cancellationToken">Ends it between two pages of records.</param>
    /// <exception cref="StoreUnavailableException">The store failed; what was taken back stays so.</exception>
    public async Task<FileUndone> RunAsync(FileRun run, bool isTrial, CancellationToken cancellationToken)
    {
        var ofType = definitions(run.Practice).ToDictionary(definition => definition.Type, StringComparer.Ordinal);
        var seen = new HashSet<EngineId>();
        var sum = new FileUndone();
        for (var after = EngineId.None; ;)
        {
            var page = await store.LookAsync(reader => reader.BatchMessages(run.Id, after, MessagesInPage), cancellationToken);
            if (page.Count == 0)
            {
                return sum;
            }

            after = page[^1].Id;
            var records = page.Where(message => message.State == MessageState.Applied && !message.IsDamaged)
                .SelectMany(message => MessageDetail.FromJson(message.Detail).Records).Select(record => EngineId.TryParse(record.Id, out var id) ? id : EngineId.None)
                .Where(id => id != EngineId.None && seen.Add(id)).ToList();
            foreach (var undone in await Task.WhenAll(records.Select(record => UndoAsync(run, record, ofType, isTrial, cancellationToken))))
            {
                sum.Add(undone);
            }
        }
    }

    private async Task<UndoneRecord?> UndoAsync(FileRun run, EngineId record, Dictionary<string, RecordDefinition> definitions, bool isTrial, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await store.LookAsync(reader => UndoneHistory.Read(reader, run, record, time.GetUtcNow()), cancellationToken) is not { } found)
            {
                return null;
            }

            var (stored, undone) = found;
            var outcome = new UndoneRecord(stored.Type, stored.ExternalId, undone.Result?.Changes.Count ?? 0, undone.IsWithdrawn, undone.Left);
            if (undone.Result is null || isTrial)
            {
                return outcome;
            }

            // A type that no map keeps any more can't be sought anew by what it held: it stays as it is.
            if (!definitions.TryGetValue(stored.Type, out var definition) || attempt == AttemptsMax)
            {
                return outcome with { Restored = 0, IsWithdrawn = false, Left = [.. undone.Result.Changes.Select(change => change.Name)] };
            }

            var work = new RecordWork(definition, stored);
            work.Take(undone.Result);
            var result = await store.CommitAsync(new CommitUnit { Practice = run.Practice, Records = [work.ToWrite()!] }, cancellationToken);
            if (result.Outcome == CommitOutcome.Committed)
            {
                return outcome;
            }
        }
    }
}

/// <summary>What became of one record.</summary>
/// <param name="Type">Its type.</param>
/// <param name="ExternalId">The id people know.</param>
/// <param name="Restored">Fields that got back what they held.</param>
/// <param name="IsWithdrawn">The run had made it.</param>
/// <param name="Left">Fields that stay, since somebody has written them since.</param>
internal sealed record UndoneRecord(string Type, string ExternalId, int Restored, bool IsWithdrawn, IReadOnlyList<string> Left);

/// <summary>What became of all of a run's records.</summary>
internal sealed class FileUndone
{
    /// <summary>Records that are named of those that stay as they are.</summary>
    private const int LeftMax = 100;

    private readonly List<UndoneRecord> _left = [];

    /// <summary>Records of which values got back what they were.</summary>
    public long Restored { get; private set; }

    public long RestoredFields { get; private set; }

    /// <summary>Records that the run had made.</summary>
    public long Withdrawn { get; private set; }

    /// <summary>Records of which something stays, because somebody has written it since.</summary>
    public long LeftCount { get; private set; }

    /// <summary>The first of those.</summary>
    public IReadOnlyList<UndoneRecord> Left => _left;

    public void Add(UndoneRecord? record)
    {
        if (record is null)
        {
            return;
        }

        Withdrawn += record.IsWithdrawn ? 1 : 0;
        Restored += record is { IsWithdrawn: false, Restored: > 0 } ? 1 : 0;
        RestoredFields += record.IsWithdrawn ? 0 : record.Restored;
        if (record.Left.Count > 0)
        {
            LeftCount++;
            if (_left.Count < LeftMax)
            {
                _left.Add(record);
            }
        }
    }
}
