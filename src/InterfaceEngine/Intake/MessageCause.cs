using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>Says why a message needs somebody, by what decided its verdict.</summary>
internal static class MessageCause
{
    /// <summary>Null for a message that needs nobody.</summary>
    public static CauseWrite? Of(Verdict verdict)
    {
        if (verdict.State is not (MessageState.Refused or MessageState.Quarantined or MessageState.Held or MessageState.Parked))
        {
            return null;
        }

        var decided = verdict.State == MessageState.Parked ? Details.Parked : verdict.State == MessageState.Held ? Details.Held : Details.Refused;
        var note = verdict.Detail.Notes.FirstOrDefault(note => note.Severity == decided) ?? (verdict.Detail.Notes is [var first, ..] ? first : null);
        return new CauseWrite(verdict.State, verdict.Code ?? note?.Code ?? "", note?.Place, note?.Cell, note?.Reason ?? verdict.Text ?? "");
    }
}
