using InterfaceEngine.Ehr;
using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>What somebody wants synchronised.</summary>
internal sealed record SyncRequest
{
    public bool IncludeStandard { get; init; } = true;

    public bool IncludeEnhanced { get; init; } = true;

    /// <summary>Of the vendor's enhanced types those that are wanted; null for all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Null goes on where the last one ended.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>One patient alone, by our id or the vendor's; null for all that are known.</summary>
    public string? Patient { get; init; }
}

/// <summary>What came.</summary>
internal sealed record SyncReport(IReadOnlyList<SyncedType> Types)
{
    public long Fetched => Types.Sum(type => type.Fetched);

    /// <summary>Why a type that should have come did not; null when all did.</summary>
    public string? Fault => Types.FirstOrDefault(type => type.HasFailed) is { } failed ? $"{failed.Type}: {failed.Skipped}" : null;

    /// <summary>Why the vendor could not be asked any further; null when it could.</summary>
    public EhrException? Stopped { get; init; }

    /// <summary>What people should know of it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where the next one goes on: the earliest of its types.</summary>
    public DateTimeOffset? Until => Types.Min(type => type.Until);
}

/// <summary>One type of it.</summary>
internal sealed record SyncedType(string Type, bool IsEnhanced)
{
    public long Fetched { get; init; }

    public long Created { get; init; }

    public long Updated { get; init; }

    public long Refused { get; init; }

    /// <summary>They contradict what is known: a person decides.</summary>
    public long Held { get; init; }

    /// <summary>They wait for a patient of whom nobody has told yet.</summary>
    public long Parked { get; init; }

    /// <summary>Why it was not asked for, or not to its end; no patient data.</summary>
    public string? Skipped { get; init; }

    /// <summary>It should have been asked for.</summary>
    public bool HasFailed { get; init; }

    /// <summary>Where its next run goes on.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>With a page of it.</summary>
    public SyncedType With(int fetched, IReadOnlyList<FileOutcome> outcomes) => this with
    {
        Fetched = Fetched + fetched,
        Created = Created + outcomes.Sum(outcome => outcome.Run.Counts.Created),
        Updated = Updated + outcomes.Sum(outcome => outcome.Run.Counts.Updated),
        Refused = Refused + outcomes.Sum(outcome => outcome.Run.Counts.Refused),
        Held = Held + outcomes.Sum(outcome => outcome.Run.Counts.Held),
        Parked = Parked + outcomes.Sum(outcome => outcome.Run.Counts.Parked),
    };
}
