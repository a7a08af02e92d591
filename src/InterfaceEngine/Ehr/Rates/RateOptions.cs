using NodaTime;

namespace InterfaceEngine.Ehr.Rates;

/// <summary>How often a connection may call. All windows slide: no span of a window's length holds more calls than it allows, whenever it begins.</summary>
internal sealed record RateOptions
{
    /// <summary>Calls within any second; 0 for no limit.</summary>
    public int PerSecond { get; init; }

    /// <summary>Calls within any <see cref="BurstWindow"/>; 0 for no limit.</summary>
    public int Burst { get; init; }

    /// <summary>Default: 2 s.</summary>
    public TimeSpan BurstWindow { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Calls within any minute; 0 for no limit.</summary>
    public int PerMinute { get; init; }

    /// <summary>Calls of one day; 0 for no limit.</summary>
    public int PerDay { get; init; }

    /// <summary>
    /// How much of <see cref="PerDay"/>, in percent, no synchronisation or export takes: without it a night of them would leave no call for a booking until the
    /// day begins anew. Default: 5.
    /// </summary>
    public int DayReservePercent { get; init; } = 5;

    /// <summary>In which zone a day begins. Default: UTC.</summary>
    public DateTimeZone ResetZone { get; init; } = DateTimeZone.Utc;

    /// <summary>Requests for tokens within any minute, which count as calls as well; 0 for no limit of their own.</summary>
    public int TokensPerMinute { get; init; }

    /// <summary>
    /// How much longer than said a window is taken to be, in percent: what leaves evenly spaced arrives a little closer or wider. Default: 1, which
    /// costs a hundredth of the rate.
    /// </summary>
    public int SlackPercent { get; init; } = 1;

    /// <summary>The longest that a call waits for its turn; one that would wait longer is given back as <see cref="EhrFault.RateLimited"/>. Default: 60 s.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Calls that wait at the same time; one more is given back. Default: 10,000.</summary>
    public int WaitingMax { get; init; } = 10_000;

    /// <summary>A 429 that says no time holds until the next full minute, as eClinicalWorks has it; otherwise pauses double from one second on.</summary>
    public bool IsBareLimitToTheMinute { get; init; }

    /// <summary>Headers that say how much is left, each with the one that says until when. Matched whatever their case.</summary>
    public IReadOnlyList<RateHeaders> Headers { get; init; } = RateHeaders.Known;

    /// <summary>For people, e.g. <c>8 requests/second</c>.</summary>
    public string InWords => PerSecond > 0 ? $"{PerSecond} requests/second" : PerMinute > 0 ? $"{PerMinute} requests/minute" : "no limit";
}

/// <param name="Remaining">How much is left, or, with <paramref name="Allotted"/>, how much is used.</param>
/// <param name="Reset">When it begins anew: seconds from now, seconds since 1970, or a date; null where it is not said.</param>
/// <param name="Allotted">How much there is, where the first says how much is used; null where it says what is left.</param>
/// <param name="IsOfDay">It counts the day's calls.</param>
internal sealed record RateHeaders(string Remaining, string? Reset, string? Allotted = null, bool IsOfDay = false)
{
    /// <summary>Those that gateways are known to use.</summary>
    public static IReadOnlyList<RateHeaders> Known { get; } =
    [
        new("X-RateLimit-Remaining", "X-RateLimit-Reset"),
        new("RateLimit-Remaining", "RateLimit-Reset"),
        new("X-Plan-Quota-Current", "X-Plan-Quota-Reset", "X-Plan-Quota-Allotted", IsOfDay: true),
        new("X-Plan-Qps-Current", null, "X-Plan-Qps-Allotted"),
    ];
}
