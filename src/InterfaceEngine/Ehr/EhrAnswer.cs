using System.Net;

namespace InterfaceEngine.Ehr;

/// <summary>A vendor's answer, whole and within its limits. Statuses that mean a failure come as <see cref="EhrException"/>.</summary>
internal sealed record EhrAnswer
{
    public required HttpStatusCode Status { get; init; }

    /// <summary>As it came, unpacked. What it is, its content type does not tell for certain.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>In lower case without its parameters; empty when none was said.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>The server's clock (<c>Date</c>); ours when it said none.</summary>
    public required DateTimeOffset ServerTime { get; init; }

    /// <summary>How long to wait (<c>Retry-After</c>, as seconds or as a date by the server's own clock); null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Every header by its name, whatever its case; the last of several.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>One header; null when it is not there.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The call came to nothing by what this answer is, whatever its status.</summary>
    public EhrException Failure(EhrFault fault, string message) => new(fault, message) { Status = Status, Reply = Body };
}

/// <summary>An answer that is read as it comes: a file of an export.</summary>
internal sealed class EhrStream(EhrAnswer head, Stream content) : IAsyncDisposable
{
    /// <summary>Status and headers; no body.</summary>
    public EhrAnswer Head { get; } = head;

    /// <summary>Unpacked, held to the time-outs and to the limit of its kind. What breaks off throws <see cref="EhrException"/>.</summary>
    public Stream Content { get; } = content;

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>Why a call came to nothing, as far as its caller must tell it apart.</summary>
internal enum EhrFault
{
    /// <summary>The connection is not enabled (its switch, or the date of the agreement).</summary>
    Disabled,

    /// <summary>No such host, nothing listens, TLS failed: nothing was sent.</summary>
    Unreachable,

    /// <summary>It was sent, and no whole answer came: what became of it is not known.</summary>
    Unanswered,

    /// <summary>No token: the server of tokens refused the client, its key or its scopes.</summary>
    TokenRefused,

    /// <summary>401 although the token is new.</summary>
    Unauthorized,

    /// <summary>403: not entitled to this call or practice.</summary>
    Forbidden,

    /// <summary>404, 410.</summary>
    NotFound,

    /// <summary>409, 412: taken meanwhile, or changed meanwhile.</summary>
    Conflict,

    /// <summary>400, 422 and other refusals of what was sent.</summary>
    Invalid,

    /// <summary>200, and the body says that it failed.</summary>
    Refused,

    /// <summary>The rate or the day's quota is used up; see <see cref="EhrException.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>5xx.</summary>
    ServerFailed,

    /// <summary>More bytes, deeper or longer than is taken.</summary>
    TooLarge,

    /// <summary>Another kind of body than was asked for: HTML of a gateway, broken JSON.</summary>
    NotUnderstood,

    /// <summary>An address on a host that the profile does not allow, or a redirect there.</summary>
    ForeignHost,
}

/// <summary>A call came to nothing. The message names connection, endpoint and cause, and holds nothing of a patient and no secret.</summary>
internal sealed class EhrException(EhrFault fault, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public EhrFault Fault { get; } = fault;

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>How long to wait; null when nobody said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The answer as it came, for a store that seals it: it may hold a patient's value, so it never goes to a log.</summary>
    public ReadOnlyMemory<byte> Reply { get; init; }

    /// <summary>Trying again later may help.</summary>
    public bool IsTransient => Fault is EhrFault.Unreachable or EhrFault.Unanswered or EhrFault.RateLimited or EhrFault.ServerFailed;

    /// <summary>What a server says it does not have, or says in a way that is not understood, may be a moment's fault, and not a day's.</summary>
    public bool IsDoubtful => Fault is EhrFault.NotFound or EhrFault.NotUnderstood or EhrFault.Conflict;

    /// <summary>Nothing can be asked for over the connection now, whatever it is: it says nothing of what was asked for.</summary>
    public bool IsOfConnection => Fault is EhrFault.Disabled or EhrFault.TokenRefused or EhrFault.Unauthorized or EhrFault.Unreachable or EhrFault.RateLimited;
}

/// <summary>A vendor's document, and how the maps name it.</summary>
/// <param name="Kind">As the tables list it under Messages: <c>GET /patients/{patientid}</c>, <c>FHIR Observation</c>.</param>
/// <param name="Json">One object, UTF-8.</param>
internal readonly record struct EhrDocument(string Kind, ReadOnlyMemory<byte> Json);
