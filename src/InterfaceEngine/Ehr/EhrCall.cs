namespace InterfaceEngine.Ehr;

/// <summary>One call to a vendor, as its callers see it. What is about HTTP and not about the call (token, rate, retries, time-outs) is the connection's business.</summary>
internal sealed record EhrCall
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>Which of the vendor's interfaces it is of.</summary>
    public EhrInterface Of { get; init; } = EhrInterface.Rest;

    /// <summary>The call by which the maps, the log and the metrics know it, e.g. <c>/patients/{patientid}</c>. Holds no value.</summary>
    public required string Template { get; init; }

    /// <summary>Method and template, by which it is known wherever no value may stand: <c>GET /patients/{patientid}</c>.</summary>
    public string Endpoint => $"{Method} {Template}";

    /// <summary>Values of the template's placeholders.</summary>
    public IReadOnlyDictionary<string, string> Path { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// An address that the vendor gave (a next page, a polling address, a file), used byte for byte in place of the template; null when the template is filled.
    /// The connection refuses one whose host the profile does not allow.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>Names and values behind the question mark, in order; a name may come more than once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>Fields of the body, which is encoded as the profile asks (form or JSON); null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Fields { get; init; }

    /// <summary>A body as it is to be sent; null for none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Of <see cref="Body"/>.</summary>
    public string ContentType { get; init; } = "application/fhir+json";

    /// <summary>What is asked for; null takes the interface's own (<c>application/json</c>, <c>application/fhir+json</c>).</summary>
    public string? Accept { get; init; }

    /// <summary>Further headers, e.g. <c>Prefer: respond-async</c>, <c>If-Match</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Who goes first when the rate is short.</summary>
    public CallPriority Priority { get; init; } = CallPriority.Sync;

    /// <summary>
    /// Whether it may be sent again when it is not known what became of it. By default what only reads may. A call that changes something is sent
    /// once: its caller looks first, then says so again.
    /// </summary>
    public bool? MayRepeat { get; init; }

    /// <summary>Whether the token goes along. False for files that ask for none (<c>requiresAccessToken: false</c>).</summary>
    public bool HasToken { get; init; } = true;

    /// <summary>The scopes it needs, behind one another; null takes the connection's. A token is had for each.</summary>
    public string? Scope { get; init; }

    /// <summary>
    /// "Too many" as an answer speaks of this call alone and not of the rate: an export is under way already, or its state was asked for too often. The others go on.
    /// </summary>
    public bool IsRefusedAlone { get; init; }

    /// <summary>Who asks, for the log: the name of an API key, an account, or <c>engine</c>.</summary>
    public string Actor { get; init; } = "engine";
}

/// <summary>A vendor's interfaces.</summary>
internal enum EhrInterface
{
    /// <summary>athenaNet's.</summary>
    Rest,

    /// <summary>FHIR R4.</summary>
    Fhir,
}

/// <summary>Who goes first when the rate is short: the first of these.</summary>
internal enum CallPriority
{
    /// <summary>Somebody waits at the telephone.</summary>
    Booking,

    /// <summary>A person's question. Its answer is waited for no longer than <see cref="Http.EhrHttpLimits.QuestionTimeout"/>.</summary>
    Interactive,

    /// <summary>An event that just came, what the server says of itself: soon, though nobody waits.</summary>
    Prompt,

    /// <summary>A schedule's.</summary>
    Sync,

    /// <summary>An export's polling and files.</summary>
    Bulk,

    /// <summary>The contents of documents, which nobody waits for.</summary>
    Attachment,
}
