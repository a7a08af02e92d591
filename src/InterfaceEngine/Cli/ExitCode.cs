namespace InterfaceEngine.Cli;

/// <summary>How a command ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The data was refused, the check failed, or it could not be done.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the settings are wrong.</summary>
    public const int Usage = 2;
}

/// <summary>The command line can't be carried out as it stands. The message says what to write instead.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>It was understood and could not be done; the message is for the person.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
