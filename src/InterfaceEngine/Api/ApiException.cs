using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api;

/// <summary>A call that gets a problem for its answer. The detail is for whoever called: what was found, and what was expected.</summary>
internal sealed class ApiException(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>The kind of problem in a few words, the same for all of its kind; stands in the log of calls.</summary>
    public string Title { get; } = title;

    /// <summary>How long to wait before another call; null where waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ApiException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, "The request makes no sense", detail);

    public static ApiException NotFound(string detail) => new(StatusCodes.Status404NotFound, "There is no such thing", detail);

    public static ApiException Forbidden(string detail) => new(StatusCodes.Status403Forbidden, "Not allowed", detail);

    public static ApiException Refused(string detail) => new(StatusCodes.Status409Conflict, "Understood, and not done", detail);

    public static ApiException Changed(string detail) => new(StatusCodes.Status412PreconditionFailed, "Changed meanwhile", detail);

    public static ApiException Unavailable(string detail, TimeSpan? retryAfter = null) => new(StatusCodes.Status503ServiceUnavailable, "Not available now", detail) { RetryAfter = retryAfter };
}
