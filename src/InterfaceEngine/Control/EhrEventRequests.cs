namespace InterfaceEngine.Control;

/// <summary>What a vendor tells of over a connection as it happens, and how that is.</summary>
internal sealed record EhrSubscriptionsRequest(string Connection) : EhrRequest<EhrSubscriptionsAnswer>(Connection);

/// <summary>Tries events that were given up anew, or has them forgotten.</summary>
internal sealed record DecideEhrEventsRequest(string Connection) : EhrRequest<EhrEventsDecidedAnswer>(Connection)
{
    /// <summary>Forgets them: nobody needs them any more. Else they are tried anew.</summary>
    public bool IsDismissal { get; init; }

    /// <summary>One of them, as <see cref="EhrGivenUpEventView.Event"/> names it; null for all.</summary>
    public string? Event { get; init; }
}

/// <param name="Subscriptions">By topic.</param>
/// <param name="Waiting">How many events wait to be worked off.</param>
/// <param name="GivenUp">How many were given up.</param>
internal sealed record EhrSubscriptionsAnswer(string Connection, IReadOnlyList<EhrSubscriptionView> Subscriptions, long Waiting, long GivenUp) : ControlAnswer
{
    /// <summary>When the oldest event that waits came; null when none does.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>The first of those that were given up.</summary>
    public IReadOnlyList<EhrGivenUpEventView> Events { get; init; } = [];

    /// <summary>When what events may have left out was asked for last; null before.</summary>
    public DateTimeOffset? PolledAt { get; init; }

    /// <summary>Why that came to nothing; null when it did not.</summary>
    public string? PollFault { get; init; }

    /// <summary>Something is to be looked at.</summary>
    public bool HasProblem => GivenUp > 0 || PollFault is not null || Subscriptions.Any(one => one.Problem is not null || one.Status is "error" or "off" or "missing");
}

/// <summary>One subscription.</summary>
/// <param name="Topic">As the settings name it.</param>
/// <param name="Status">
/// As the server said it last: <c>requested</c>, <c>active</c>, <c>error</c>, <c>off</c>; <c>not made</c> where it could not be made yet, <c>missing</c> where nobody has tried.
/// </param>
internal sealed record EhrSubscriptionView(string Topic, string Status)
{
    /// <summary>Its id at the server; empty before it is made.</summary>
    public string Id { get; init; } = "";

    /// <summary>When the server ends it; null when it does not.</summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>Every event up to this number came; null where events have no numbers of their own (athenahealth).</summary>
    public long? LastNumber { get; init; }

    /// <summary>How many events did not come and are asked for.</summary>
    public long Missing { get; init; }

    /// <summary>When the server told of something by itself; null when it never did.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>When the server told of something or answered; null when it never did.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>Why it could not be made, or looked after; null when it could.</summary>
    public string? Problem { get; init; }
}

/// <summary>An event that nobody could work off. What it is about is a patient's secret and not said.</summary>
internal sealed record EhrGivenUpEventView(string Event, string Topic, DateTimeOffset ToldAt, int Attempts, string Problem);

/// <param name="Count">How many it was.</param>
internal sealed record EhrEventsDecidedAnswer(string Connection, long Count) : ControlAnswer;
