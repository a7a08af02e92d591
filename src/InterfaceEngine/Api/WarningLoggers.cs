using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Api;

/// <summary>
/// What the web server itself logs, from warnings on. Below, it writes whole addresses, and behind the question mark of one a patient's name may
/// stand.
/// </summary>
internal sealed class WarningLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new WarningLogger(loggers.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The engine's own loggers write what is logged.");

    public void Dispose()
    {
        // They are the engine's, and go on.
    }

    private sealed class WarningLogger(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
