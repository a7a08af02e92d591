namespace InterfaceEngine.Intake;

/// <summary>What the engine puts up with from messages, whatever source they come by.</summary>
internal sealed record MessageOptions
{
    /// <summary>How long a message waits for a patient whom nobody has sent before a person is told. Default: 30 days.</summary>
    public TimeSpan ParkedFor { get; init; } = TimeSpan.FromDays(30);
}
