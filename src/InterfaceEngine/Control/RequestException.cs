namespace InterfaceEngine.Control;

/// <summary>A request that gets a <see cref="FailureAnswer"/>. The message is for the person who asked.</summary>
internal sealed class RequestException : Exception
{
    private RequestException(FailureKind kind, string message)
        : base(message) => Kind = kind;

    public FailureKind Kind { get; }

    public static RequestException Usage(string message) => new(FailureKind.Usage, message);

    public static RequestException NotFound(string message) => new(FailureKind.NotFound, message);

    public static RequestException Refused(string message) => new(FailureKind.Refused, message);
}
