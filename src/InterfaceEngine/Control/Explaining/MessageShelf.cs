using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control.Explaining;

/// <summary>The stored messages that a record's values came from, each read once. For one question.</summary>
internal sealed class MessageShelf(IStoreReader reader, KeptSets sets)
{
    /// <summary>How far back messages are looked through for what a record held before.</summary>
    public const int SearchedMax = 20_000;

    private const int PageSize = 500;

    private readonly Dictionary<EngineId, (StoredMessage? Message, string? Why)> _messages = [];
    private readonly Dictionary<(EngineId Message, string? Set), ToldMessage?> _told = [];

    /// <summary>The message; null when it is not to be had, and why.</summary>
    public StoredMessage? Find(EngineId id, out string? why)
    {
        if (!_messages.TryGetValue(id, out var known))
        {
            _messages[id] = known = Load(id);
        }

        why = known.Why;
        return known.Message;
    }

    /// <summary>The message read again; null when it, or the set that read it, is not to be had.</summary>
    /// <param name="set">The set; null for the one that is noted for the message.</param>
    public ToldMessage? Tell(EngineId id, string? set, out string? why)
    {
        if (Find(id, out why) is not { } stored)
        {
            return null;
        }

        if (!_told.TryGetValue((id, set), out var told))
        {
            _told[(id, set)] = told = ToldMessage.Read(stored, sets.Find(set ?? stored.MappingSet));
        }

        why = told is null ? $"mapping set {set ?? stored.MappingSet ?? "of it"} is not kept, or can't be loaded by this version" : null;
        return told;
    }

    /// <summary>The messages of before one that changed a record, newest first: what they did is noted with each.</summary>
    public IEnumerable<EngineId> Before(EngineId message, StoredRecord record)
    {
        var id = record.Id.ToString();
        var before = message;
        for (var seen = 0; seen < SearchedMax;)
        {
            var page = reader.Messages(new MessageFilter(record.Practice, null, null, before, PageSize));
            foreach (var one in page)
            {
                if (!one.IsDamaged && Intake.MessageDetail.FromJson(one.Detail).Records.Any(outcome => outcome.Id == id && outcome.Did is not "unchanged"))
                {
                    yield return one.Id;
                }
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            (seen, before) = (seen + page.Count, page[^1].Id);
        }
    }

    private (StoredMessage? Message, string? Why) Load(EngineId id) =>
        !reader.TryMessage(id, out var message) ? (null, $"Message {id} {Views.Damaged}")
        : message is null ? (null, DroppedWords.NoMessage(reader, id).TrimEnd('.'))
        : (message, null);
}
