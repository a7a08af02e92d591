using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Support;

/// <summary>Keeps what is logged, so that a test can read it or wait for it.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();

    public IReadOnlyCollection<LogLine> Lines => _lines;

    /// <summary>Ends when an event of this name is logged, or at once if it was.</summary>
    public Task Logged(string name) => Awaited(name).Task.WaitAsync(TimeSpan.FromMinutes(1));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // A log writes the exception's own text too, which is how a value gets into it.
        _lines.Enqueue(new LogLine(logLevel, eventId.Name ?? "", $"{formatter(state, exception)} {exception}".TrimEnd()));
        Awaited(eventId.Name ?? "").TrySetResult();
    }

    private TaskCompletionSource Awaited(string name) =>
        _awaited.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}

internal sealed record LogLine(LogLevel Level, string Name, string Text);
