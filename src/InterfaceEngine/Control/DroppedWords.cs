using System.Globalization;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>What people are told of what retention has dropped.</summary>
internal static class DroppedWords
{
    /// <summary>There is no such message, and whether it may have been dropped.</summary>
    public static async Task<RequestException> NoMessageAsync(IEngineStore store, EngineId id, CancellationToken cancellationToken) =>
        RequestException.NotFound(await store.LookAsync(reader => NoMessage(reader, id), cancellationToken));

    public static string NoMessage(IStoreReader reader, EngineId id) =>
        reader.Dropped(DroppedKind.Messages, IdSource.TimeOf(id).ToUnixTimeMilliseconds()) is { } drop
            ? $"There is no message {id} any more: {Words(DroppedKind.Messages, drop)}."
            : $"There is no message {id}.";

    /// <summary>There is no such run, and whether it may have been dropped.</summary>
    public static async Task<RequestException> NoRunAsync(IEngineStore store, EngineId id, string what, CancellationToken cancellationToken) => RequestException.NotFound(
        await store.LookAsync(reader => reader.Dropped(DroppedKind.Runs, IdSource.TimeOf(id).ToUnixTimeMilliseconds()), cancellationToken) is { } drop
            ? $"There is no {what} {id} any more: {Words(DroppedKind.Runs, drop)}."
            : $"There is no {what} {id}.");

    /// <summary>Why a record's history does not go back to its beginning; null when it does, or when more of it is kept than was asked for.</summary>
    public static string? Earlier(IStoreReader reader, StoredRecord record, IReadOnlyList<StoredChange> changes, int limit)
    {
        var isWhole = changes.Count == 0 ? record.ChangedSequence == 0 : changes[^1].Previous == 0;
        return isWhole || changes.Count == limit || reader.Drops().FirstOrDefault(sum => sum.What == DroppedKind.Changes) is not { } sum ? null : Words(DroppedKind.Changes, sum.Last);
    }

    public static string Words(DroppedKind what, Drop drop) =>
        string.Create(CultureInfo.InvariantCulture, $"{what.Text()} of before {Day(drop.Before)} were dropped by retention on {Day(drop.At)}");

    private static string Day(long milliseconds) => LedgerDay.Text(LedgerDay.Of(milliseconds));
}
