namespace InterfaceEngine.Core.Hl7;

/// <summary>A value can't be written where a path says. The text names the place and the reason, never the value.</summary>
public sealed class Hl7WriteException(string reason, string? path = null) : Exception(path is null ? reason : $"{path}: {reason}")
{
    /// <summary>Why, without the place.</summary>
    public string Reason { get; } = reason;

    /// <summary>The path that was to be written.</summary>
    public string? Path { get; } = path;
}
