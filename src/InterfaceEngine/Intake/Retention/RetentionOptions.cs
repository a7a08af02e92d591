namespace InterfaceEngine.Intake.Retention;

/// <summary>How long things are kept. Null, the default of all but calls: for ever.</summary>
internal sealed record RetentionOptions
{
    /// <summary>Messages that are finished, from their receipt. At least as long as a resend is recognised.</summary>
    public TimeSpan? Messages { get; init; }

    /// <summary>The history of records; the records themselves are kept.</summary>
    public TimeSpan? Changes { get; init; }

    /// <summary>What a resend is recognised by. At least as long as it is.</summary>
    public TimeSpan? Receipts { get; init; }

    /// <summary>Deliveries that are delivered or dismissed, from when they were.</summary>
    public TimeSpan? Deliveries { get; init; }

    /// <summary>Batches, files of rows and answers of vendors, from their end; at least as long as messages, so that these are never without what brought them.</summary>
    public TimeSpan? Runs { get; init; }

    /// <summary>What was called of vendors, and by programs. Default: 90 days.</summary>
    public TimeSpan Calls { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The hour of the day (UTC) after which what is too old is dropped, once a day. Default: 3.</summary>
    public int AtHour { get; init; } = 3;
}
