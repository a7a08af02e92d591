namespace InterfaceEngine.Store;

/// <param name="Source">The source, or export.</param>
/// <param name="DueAt">The time of the schedule it was for, UTC milliseconds.</param>
/// <param name="StartedAt">UTC milliseconds.</param>
/// <param name="EndedAt">UTC milliseconds; null while it is under way.</param>
/// <param name="Fault">Why it failed, for people and logs; null when it did not. No patient data.</param>
/// <param name="Files">How many files it took.</param>
internal sealed record PollNote(string Source, long DueAt, long StartedAt, long? EndedAt, string? Fault, int Files)
{
    /// <summary>The time of a schedule that was met last; null when none was. One that failed, or broke off, was not met and is due again.</summary>
    /// <param name="store">Keeps the notes.</param>
    /// <param name="work">The source, or export.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<DateTimeOffset?> FindMetAsync(IEngineStore store, string work, CancellationToken cancellationToken)
    {
        var notes = await store.LookAsync(reader => reader.PollNotes(), cancellationToken);
        return notes.FirstOrDefault(note => note.Source == work) is { } last ? DateTimeOffset.FromUnixTimeMilliseconds(last.Fault is null ? last.DueAt : last.DueAt - 1) : null;
    }
}
