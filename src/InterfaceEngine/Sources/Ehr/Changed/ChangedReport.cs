using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Sources.Ehr.Changed;

/// <summary>What one look at a feed brought.</summary>
/// <param name="Feed">Its name.</param>
internal sealed record ChangedReport(string Feed)
{
    /// <summary>Rows that were new to the vendor's account of what it handed out.</summary>
    public long Rows { get; init; }

    /// <summary>Rows that had been handed out before and were asked for again.</summary>
    public long Again { get; init; }

    /// <summary>Of all of them those that are no record: open slots.</summary>
    public long LeftOut { get; init; }

    public long Created { get; init; }

    public long Updated { get; init; }

    public long Refused { get; init; }

    /// <summary>Everything that was handed out until then is on disk, by the vendor's clock.</summary>
    public DateTimeOffset? Until { get; init; }

    public ChangedReport With(int leftOut, IReadOnlyList<FileOutcome> outcomes) => this with
    {
        LeftOut = LeftOut + leftOut,
        Created = Created + outcomes.Sum(outcome => outcome.Run.Counts.Created),
        Updated = Updated + outcomes.Sum(outcome => outcome.Run.Counts.Updated),
        Refused = Refused + outcomes.Sum(outcome => outcome.Run.Counts.Refused),
    };
}
