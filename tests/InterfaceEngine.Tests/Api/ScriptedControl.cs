using InterfaceEngine.Control;

namespace InterfaceEngine.Tests.Api;

/// <summary>Answers requests of a kind as a test says, keeps what was asked, and passes everything else on to the engine.</summary>
internal sealed class ScriptedControl(IControl engine) : IControl
{
    private readonly Dictionary<Type, Func<ControlRequest, ControlAnswer>> _answers = [];

    public List<ControlRequest> Asked { get; } = [];

    public ScriptedControl On<TRequest>(Func<TRequest, ControlAnswer> answer)
        where TRequest : ControlRequest
    {
        _answers[typeof(TRequest)] = request => answer((TRequest)request);
        return this;
    }

    /// <summary>The only request of a kind that was asked.</summary>
    public TRequest The<TRequest>() => Asked.OfType<TRequest>().Single();

    public Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        Asked.Add(request);
        return _answers.TryGetValue(request.GetType(), out var answer) ? Task.FromResult(answer(request)) : engine.AskAsync(request, cancellationToken);
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
