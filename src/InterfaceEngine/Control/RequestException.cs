using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Ehr.Bulk;

namespace InterfaceEngine.Control;

/// <summary>A request that gets a <see cref="FailureAnswer"/>. The message is for the person who asked.</summary>
internal sealed class RequestException : Exception
{
    private RequestException(FailureKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    public FailureKind Kind { get; }

    /// <summary>How long to wait before it is asked again; null when nobody said.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public static RequestException Usage(string message) => new(FailureKind.Usage, message);

    public static RequestException NotFound(string message) => new(FailureKind.NotFound, message);

    public static RequestException Refused(string message) => new(FailureKind.Refused, message);

    /// <summary>
    /// What a vendor did not answer, or refused. What may pass is a failure, so that whoever asks knows to ask again; so is an answer that is not understood, for it says
    /// nothing of what was asked.
    /// </summary>
    public static RequestException Of(EhrException fault)
    {
        var mayPass = fault.IsTransient || fault.Fault is EhrFault.NotUnderstood or EhrFault.TooLarge;
        return new RequestException(mayPass ? FailureKind.Failed : FailureKind.Refused, fault.Message, fault) { RetryAfter = fault.RetryAfter };
    }

    public static RequestException Of(ChangeRefusedException refused)
    {
        var kind = refused.Kind switch
        {
            ChangeRefusal.NotFound => FailureKind.NotFound,
            ChangeRefusal.Changed => FailureKind.Changed,
            ChangeRefusal.Wrong => FailureKind.Usage,
            _ => FailureKind.Refused,
        };
        return new RequestException(kind, refused.Message, refused);
    }

    public static RequestException Of(BulkRefusedException refused) => new(refused.IsWrong ? FailureKind.Usage : FailureKind.Refused, refused.Message, refused);
}
