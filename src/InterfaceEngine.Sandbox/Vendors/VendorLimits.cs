namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>How often a client may ask. Zero is no limit.</summary>
public sealed record VendorLimits
{
    public static VendorLimits None { get; } = new();

    /// <summary>Calls in any second.</summary>
    public int PerSecond { get; init; }

    /// <summary>Calls in any two seconds.</summary>
    public int PerTwoSeconds { get; init; }

    /// <summary>Calls in a minute of the clock.</summary>
    public int PerMinute { get; init; }

    /// <summary>Calls in a day, which begins at midnight in Greenwich.</summary>
    public int PerDay { get; init; }

    /// <summary>Calls for a token in a minute of the clock.</summary>
    public int TokensPerMinute { get; init; }

    /// <summary>What answers say of the limit.</summary>
    public RateHeaders Headers { get; init; }

    /// <summary>A refusal says how long to wait.</summary>
    public bool HasRetryAfter { get; init; }
}

/// <summary>The names under which answers tell of the limit.</summary>
public enum RateHeaders
{
    /// <summary>Nothing is said.</summary>
    None,

    /// <summary><c>X-RateLimit-Limit</c>, <c>X-RateLimit-Remaining</c>, <c>X-RateLimit-Reset</c>: the guides'.</summary>
    XRateLimit,

    /// <summary><c>RateLimit-Limit</c>, <c>RateLimit-Remaining</c>, <c>RateLimit-Reset</c>.</summary>
    RateLimit,

    /// <summary><c>X-Plan-Qps-Allotted</c>, <c>X-Plan-Qps-Current</c>, <c>X-Plan-Quota-Allotted</c>, <c>X-Plan-Quota-Current</c>.</summary>
    Plan,
}
