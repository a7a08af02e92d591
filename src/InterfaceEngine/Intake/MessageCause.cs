using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>Says why a message needs somebody, by what decided its verdict.</summary>
internal static class MessageCause
{
    private const int PageRows = 64;

    /// <summary>Null for a message that needs nobody.</summary>
    public static CauseWrite? Of(Verdict verdict) => Of(verdict.State, verdict.Code, verdict.Text, verdict.Detail);

    /// <summary>
    /// Gives messages that stood still before causes were kept the cause that their notes tell, so that the error queue shows
    /// them. Run at each start; once they all have theirs there is nothing to do.
    /// </summary>
    /// <returns>Messages that can't be read, since they were altered outside the engine; they are tried again at the next start.</returns>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public static async Task<IReadOnlyList<EngineId>> GiveAsync(IEngineStore store, CancellationToken cancellationToken)
    {
        var unreadable = new List<EngineId>();
        var page = await store.ReadAsync(reader => reader.Uncaused(EngineId.None, PageRows), cancellationToken);
        while (page.Count > 0)
        {
            foreach (var id in page)
            {
                try
                {
                    var message = await store.ReadAsync(reader => reader.Message(id), cancellationToken);
                    var cause = message is null ? null : Of(message.State, message.Code, null, MessageDetail.FromJson(message.Detail));
                    await store.CommitAsync(new CommitUnit { Practice = message?.Practice, CauseOf = id, Cause = cause }, cancellationToken);
                }
                catch (ProtectionException)
                {
                    unreadable.Add(id);
                }
            }

            var last = page[^1];
            page = await store.ReadAsync(reader => reader.Uncaused(last, PageRows), cancellationToken);
        }

        return unreadable;
    }

    private static CauseWrite? Of(MessageState state, string? code, string? text, MessageDetail detail)
    {
        if (state is not (MessageState.Refused or MessageState.Quarantined or MessageState.Held or MessageState.Parked))
        {
            return null;
        }

        var decided = state == MessageState.Parked ? Details.Parked : state == MessageState.Held ? Details.Held : Details.Refused;
        var note = detail.Notes.FirstOrDefault(note => note.Severity == decided) ?? (detail.Notes is [var first, ..] ? first : null);
        return new CauseWrite(state, code ?? note?.Code ?? "", note?.Place, note?.Cell, note?.Reason ?? text ?? "");
    }
}
