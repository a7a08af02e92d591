using System.Net;

namespace InterfaceEngine.Ehr.Http;

/// <summary>What a status means to who called.</summary>
internal static class EhrStatuses
{
    public static bool IsGood(HttpStatusCode status) => (int)status is >= 200 and < 300;

    public static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>The fault of an answer that is not good.</summary>
    public static EhrFault FaultOf(EhrAnswer answer) => answer.Status switch
    {
        HttpStatusCode.Unauthorized => EhrFault.Unauthorized,
        // The gateway of athenahealth's older hosts says so of a rate that is used up.
        HttpStatusCode.Forbidden when answer.Header("X-Mashery-Error-Code")?.Contains("OVER_", StringComparison.Ordinal) == true => EhrFault.RateLimited,
        HttpStatusCode.Forbidden => EhrFault.Forbidden,
        HttpStatusCode.NotFound or HttpStatusCode.Gone => EhrFault.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => EhrFault.Conflict,
        HttpStatusCode.TooManyRequests => EhrFault.RateLimited,
        HttpStatusCode.RequestTimeout or (HttpStatusCode)425 => EhrFault.ServerFailed,
        >= HttpStatusCode.InternalServerError => EhrFault.ServerFailed,
        >= HttpStatusCode.BadRequest => EhrFault.Invalid,
        _ => EhrFault.NotUnderstood,
    };
}
