using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// The rank of what a message says of a record, from the field with the rule <c>ranks</c>. The rank comes before the time in
/// every clock of the record, so messages in any order end in one state: what a final result leaves unsaid
/// a preliminary one may still fill, and nothing else.
/// </summary>
internal static class StatusRank
{
    /// <summary>
    /// The cause with the rank of the record's status. A status that is not said counts as one that is not named: highest. One that
    /// was sent and that nobody knows claims nothing: it ranks as what is stored, or lowest when nothing is.
    /// </summary>
    public static Cause Ranked(Cause cause, IncomingRecord incoming, StoredRecord? stored)
    {
        if (incoming.Definition.Ranked is not { } field)
        {
            return cause;
        }

        var rank = incoming.HasUnreadStatus ? stored?.Fields.Max(held => held.Cause?.Rank) ?? field.Ranks.Values.Min()
            : incoming[field.Name].Text is { } said ? field.Ranks.GetValueOrDefault(said) : 0;
        return rank == 0 ? cause : cause with { Rank = rank };
    }

    /// <summary>The cause of one field: what a cancellation itself means (T11 of a document) does not wait for a status that ranks high enough.</summary>
    public static Cause Of(IncomingField field, Cause cause, Verb verb) =>
        verb == Verb.Cancel && field.IsOfEvent && cause.Rank != 0 ? cause with { Rank = 0 } : cause;
}
