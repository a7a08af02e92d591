using InterfaceEngine.Sandbox.Chance;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>A way in which one answer goes wrong.</summary>
public enum VendorFault
{
    /// <summary>Does nothing and does not answer until the client hangs up.</summary>
    Hang,

    /// <summary>Does what was asked and does not answer until the client hangs up.</summary>
    HangAfterDoing,

    /// <summary>Hangs up without doing anything.</summary>
    Drop,

    /// <summary>Does what was asked and hangs up.</summary>
    DropAfterDoing,

    /// <summary>500 with an error in JSON; nothing was done.</summary>
    ServerError,

    /// <summary>502 with a gateway's HTML; nothing was done.</summary>
    BadGateway,

    /// <summary>503 with <c>Retry-After</c>; nothing was done.</summary>
    Unavailable,

    /// <summary>503 with an OperationOutcome whose issue is <c>transient</c>.</summary>
    Transient,

    /// <summary>500 with an OperationOutcome: of an export's polling, it failed for good.</summary>
    JobFailed,

    /// <summary>429 with <c>Retry-After</c>.</summary>
    RateLimited,

    /// <summary>429 that says nothing more.</summary>
    RateLimitedBare,

    /// <summary>401 although the token is good.</summary>
    Unauthorized,

    /// <summary>403: the client was not granted the call.</summary>
    Forbidden,

    /// <summary>200 with a gateway's plain text in place of JSON; nothing was done.</summary>
    GatewayText,

    /// <summary>200 with <c>success: false</c>; nothing was done.</summary>
    NotSuccess,

    /// <summary>The right body under <c>text/html</c>.</summary>
    WrongContentType,

    /// <summary>Half of the body, and then the connection ends.</summary>
    Truncated,

    /// <summary>The body byte by byte, with pauses.</summary>
    SlowDrip,

    /// <summary>A redirect to another host.</summary>
    RedirectElsewhere,

    /// <summary>A body that does not end.</summary>
    Endless,

    /// <summary>A million lists, each in the one before.</summary>
    DeepJson,
}

/// <summary>Which of the next calls go wrong. Safe for concurrent use.</summary>
/// <param name="options">Those that do so by themselves.</param>
public sealed class VendorFaults(VendorFaultOptions options)
{
    private readonly Lock _lock = new();
    private readonly List<(string Endpoint, VendorFault Fault, int Skip, int Times)> _waiting = [];
    private readonly Dictionary<VendorFault, int> _counts = [];
    private readonly Dictionary<string, int> _calls = [];
    private int _byChance;

    /// <summary>How often each came about; one that comes after the doing counts once that is done.</summary>
    public IReadOnlyDictionary<VendorFault, int> Counts
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<VendorFault, int>(_counts);
            }
        }
    }

    /// <summary>Spoils the next calls of an endpoint.</summary>
    /// <param name="endpoint">Its name, e.g. <c>PUT /appointments/{appointmentid}</c>, <c>GET Observation</c>, <c>POST token</c>, <c>GET file</c>; <c>*</c> for any.</param>
    /// <param name="fault">How.</param>
    /// <param name="times">How many of them.</param>
    /// <param name="skip">How many go well before.</param>
    public void Add(string endpoint, VendorFault fault, int times = 1, int skip = 0)
    {
        lock (_lock)
        {
            _waiting.Add((endpoint, fault, skip, times));
        }
    }

    /// <summary>Takes back what was added.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
        }
    }

    internal VendorFault? Take(string endpoint)
    {
        lock (_lock)
        {
            return TakeAdded(endpoint) ?? TakeByChance(endpoint);
        }
    }

    /// <summary>What was taken has come about; null counts nothing.</summary>
    internal void Count(VendorFault? fault)
    {
        if (fault is not { } taken)
        {
            return;
        }

        lock (_lock)
        {
            _counts[taken] = _counts.GetValueOrDefault(taken) + 1;
        }
    }

    private VendorFault? TakeAdded(string endpoint)
    {
        for (var index = 0; index < _waiting.Count; index++)
        {
            var (name, fault, skip, times) = _waiting[index];
            if (name != "*" && name != endpoint)
            {
                continue;
            }

            if (skip > 0)
            {
                _waiting[index] = (name, fault, skip - 1, times);
                continue;
            }

            if (times > 1)
            {
                _waiting[index] = (name, fault, 0, times - 1);
            }
            else
            {
                _waiting.RemoveAt(index);
            }

            return fault;
        }

        return null;
    }

    private VendorFault? TakeByChance(string endpoint)
    {
        if (options.Chances.Count == 0 || _byChance >= options.FaultsMax)
        {
            return null;
        }

        var call = _calls[endpoint] = _calls.GetValueOrDefault(endpoint) + 1;
        foreach (var (fault, chance) in options.Chances)
        {
            if (Scatter.Fraction(Scatter.Of(options.Seed, (int)fault, call, Scatter.Of(endpoint))) < chance)
            {
                _byChance++;
                return fault;
            }
        }

        return null;
    }
}
