namespace InterfaceEngine.Store;

/// <summary>What became of a run's rows. They are counted in the transactions that store them.</summary>
internal readonly record struct RowCounts
{
    /// <summary>At least one record is new.</summary>
    public long Created { get; init; }

    public long Updated { get; init; }

    /// <summary>Read, and nothing changed.</summary>
    public long Unchanged { get; init; }

    /// <summary>Known to be unchanged without reading it: no message is kept of it.</summary>
    public long Confirmed { get; init; }

    /// <summary>Refused or quarantined: they are in the rejects file.</summary>
    public long Refused { get; init; }

    public long Held { get; init; }

    /// <summary>They wait for their patient.</summary>
    public long Parked { get; init; }

    /// <summary>The same row stands in the file more than once.</summary>
    public long Duplicate { get; init; }

    /// <summary>Those of which a message is kept.</summary>
    public long Stored => Total - Confirmed;

    public long Total => Created + Updated + Unchanged + Confirmed + Refused + Held + Parked + Duplicate;

    public static RowCounts operator +(RowCounts left, RowCounts right) => new()
    {
        Created = left.Created + right.Created,
        Updated = left.Updated + right.Updated,
        Unchanged = left.Unchanged + right.Unchanged,
        Confirmed = left.Confirmed + right.Confirmed,
        Refused = left.Refused + right.Refused,
        Held = left.Held + right.Held,
        Parked = left.Parked + right.Parked,
        Duplicate = left.Duplicate + right.Duplicate,
    };

    /// <summary>With one more row of an outcome.</summary>
    public RowCounts With(RowOutcome outcome) => outcome switch
    {
        RowOutcome.Created => this with { Created = Created + 1 },
        RowOutcome.Updated => this with { Updated = Updated + 1 },
        RowOutcome.Unchanged => this with { Unchanged = Unchanged + 1 },
        RowOutcome.Refused => this with { Refused = Refused + 1 },
        RowOutcome.Held => this with { Held = Held + 1 },
        RowOutcome.Parked => this with { Parked = Parked + 1 },
        _ => this with { Duplicate = Duplicate + 1 },
    };
}

/// <summary>What became of one row.</summary>
internal enum RowOutcome
{
    Created,
    Updated,
    Unchanged,
    Refused,
    Held,
    Parked,
    Duplicate,
}
