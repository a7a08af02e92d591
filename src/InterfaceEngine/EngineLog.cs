using System.Globalization;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>Sets up the log: a file for each day and, where the settings say so, the console.</summary>
internal static class EngineLog
{
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";
    private const string ShortLine = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>How much of the log a crash may lose. What was acknowledged is in the store, not here.</summary>
    private static readonly TimeSpan _flushInterval = TimeSpan.FromSeconds(1);

    /// <summary>Dispose the factory to write what is still to be written.</summary>
    /// <param name="usesConsole">False for commands, whose output is their own.</param>
    public static ILoggerFactory Open(LogSettings settings, bool usesConsole)
    {
        MakePrivate(settings.Folder);
        var log = new LoggerConfiguration()
            .MinimumLevel.Is(settings.Level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.File(
                Path.Combine(settings.Folder, "engine-.log"),
                outputTemplate: Line,
                formatProvider: CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true,
                fileSizeLimitBytes: settings.FileBytesMax,
                buffered: true,
                flushToDiskInterval: _flushInterval,
                retainedFileCountLimit: settings.FilesKept);
        foreach (var category in settings.DebuggedCategories)
        {
            log = log.MinimumLevel.Override(category, LogEventLevel.Debug);
        }

        if (usesConsole && settings.ShowsOnConsole)
        {
            // One line a message is for the file: on a screen it would slow a busy engine and hide what matters.
            log = log.WriteTo.Console(LogEventLevel.Warning, outputTemplate: ShortLine, formatProvider: CultureInfo.InvariantCulture);
        }

        return new SerilogLoggerFactory(log.CreateLogger(), dispose: true);
    }

    /// <summary>The log may be the first to make the data folder, which the store wants for its owner alone.</summary>
    private static void MakePrivate(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (Path.GetDirectoryName(folder) is { } parent)
        {
            MakePrivate(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
