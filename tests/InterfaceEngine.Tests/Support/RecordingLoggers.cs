using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Support;

/// <summary>Keeps what all parts of an engine log, in one place.</summary>
internal sealed class RecordingLoggers : ILoggerFactory
{
    public RecordingLogger<EngineHost> All { get; } = new();

    public IReadOnlyCollection<LogLine> Lines => All.Lines;

    public ILogger CreateLogger(string categoryName) => All;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("What is logged is kept here, and goes nowhere else.");

    public void Dispose()
    {
    }
}
