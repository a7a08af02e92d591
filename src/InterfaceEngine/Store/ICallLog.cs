namespace InterfaceEngine.Store;

/// <summary>
/// Calls between the engine and vendors, and those that others make to the engine's own interface: which endpoint, when, how long, what came of it.
/// Never a patient's value: of an address only its template is kept (<c>GET /patients/{patientid}</c>), of a body only its size.
/// </summary>
internal interface ICallLog
{
    /// <summary>Keeps calls. They are written together some time later; what is not written when the engine is killed is lost, for nothing depends on it.</summary>
    void Note(CallEntry call);

    /// <summary>Calls, newest first, those too that this process noted just now.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    Task<IReadOnlyList<StoredCall>> ReadAsync(CallQuery query, CancellationToken cancellationToken);
}

/// <summary>The store's log of calls, as whoever looks after the store sees it.</summary>
internal interface ICallStore : ICallLog
{
    /// <summary>Calls that were not kept since the start: more came than could be written, or the store failed.</summary>
    long Lost { get; }

    /// <summary>Drops calls that are older. Returns how many; at most <paramref name="limit"/>.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    Task<int> DropAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

/// <summary>One call.</summary>
internal sealed record CallEntry
{
    /// <summary>Whose; null for a call that speaks of no practice, or of several.</summary>
    public required string? Practice { get; init; }

    /// <summary>The connection's id for a call to a vendor, <c>api</c> for one to the engine.</summary>
    public required string Connection { get; init; }

    /// <summary>Method and template, e.g. <c>GET /patients/{patientid}</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The HTTP status; 0 when there was no answer.</summary>
    public required int Status { get; init; }

    /// <summary>Why there was no answer, or why it was no good, in a word without patient data, e.g. <c>timed out</c>; null when all is well.</summary>
    public string? Fault { get; init; }

    /// <summary>UTC milliseconds.</summary>
    public required long At { get; init; }

    public required int Milliseconds { get; init; }

    /// <summary>In bytes.</summary>
    public long Sent { get; init; }

    /// <summary>In bytes.</summary>
    public long Received { get; init; }

    /// <summary>What both sides name the call by in their logs (<c>X-Request-Id</c>); null when they do not.</summary>
    public string? RequestId { get; init; }

    /// <summary>Who asked: the name of an API key, <c>engine</c>, or an account.</summary>
    public required string Actor { get; init; }
}

/// <param name="Id">Rises with time.</param>
internal sealed record StoredCall(long Id, CallEntry Call);

internal sealed record CallQuery
{
    /// <summary>Null for all.</summary>
    public string? Connection { get; init; }

    /// <summary>The practices whose calls are wanted; null for all. Calls of no practice are given with null alone.</summary>
    public IReadOnlyList<string>? Practices { get; init; }

    /// <summary>A part of the endpoint, whatever its case; null for all.</summary>
    public string? Endpoint { get; init; }

    /// <summary>From this time on, UTC milliseconds.</summary>
    public long? From { get; init; }

    /// <summary>Before this time, UTC milliseconds.</summary>
    public long? Until { get; init; }

    /// <summary>Only calls that failed: no answer, or a status of 400 and more.</summary>
    public bool IsFailedOnly { get; init; }

    /// <summary>Only those with a smaller id: where the page before ended. 0 for the first.</summary>
    public long Before { get; init; }

    public int Limit { get; init; } = 100;
}
