namespace InterfaceEngine.Protection;

/// <summary>
/// Something sealed can't be opened: it was changed, cut off, moved to another row, or sealed under another key.
/// The message names the row and never its content.
/// </summary>
internal sealed class ProtectionException : Exception
{
    public ProtectionException(string message)
        : base(message)
    {
    }

    public ProtectionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The master key can't be read, made or trusted. The message says where it was looked for and what to do.</summary>
internal sealed class MasterKeyException : Exception
{
    public MasterKeyException(string message)
        : base(message)
    {
    }

    public MasterKeyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
