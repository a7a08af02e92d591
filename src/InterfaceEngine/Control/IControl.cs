namespace InterfaceEngine.Control;

/// <summary>Whoever answers requests: the engine within this process, or a running one through its socket.</summary>
internal interface IControl : IAsyncDisposable
{
    /// <summary>The answer, or a <see cref="FailureAnswer"/>.</summary>
    /// <exception cref="ControlException">A running engine can't be talked to.</exception>
    Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken);
}

/// <summary>A running engine can't be talked to; the message says where and what to do.</summary>
internal sealed class ControlException : Exception
{
    public ControlException(string message)
        : base(message)
    {
    }

    public ControlException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
