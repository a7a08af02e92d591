namespace InterfaceEngine.Destinations.Mllp;

/// <summary>An MLLP receiver: where it is, and what its replies mean.</summary>
internal sealed record MllpDestinationOptions
{
    public MllpClientOptions Client { get; init; } = new();

    /// <summary>The rows of the settings, in order; the table's own follow.</summary>
    public IReadOnlyList<ReplyRule> Replies { get; init; } = [];

    /// <summary>How often one message is tried where its row says neither how often nor how long. Default 10.</summary>
    public int AttemptsMax { get; init; } = 10;

    /// <summary>How long one message is tried where its row says neither how often nor how long. Default 24 hours.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What AR and CR get where no row says otherwise.</summary>
    public RetryLimit Limit => new(AttemptsMax, RetryFor);
}
