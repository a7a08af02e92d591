using System.Text.Json;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>One event that waits to be worked off, or was given up.</summary>
internal sealed record EventState
{
    public required string Topic { get; init; }

    /// <summary>See <see cref="NotifiedEvent.Focus"/>.</summary>
    public string? Focus { get; init; }

    public VendorIdentifier? Identifier { get; init; }

    /// <summary>See <see cref="NotifiedEvent.IsDeletion"/>.</summary>
    public bool IsDeletion { get; init; }

    /// <summary>The resource that came along; null when it is to be read.</summary>
    public string? Resource { get; init; }

    /// <summary>When it happened, by the server's clock; null when it did not say.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>When it came.</summary>
    public DateTimeOffset ToldAt { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>Why the last attempt came to nothing; null before. No patient data.</summary>
    public string? Problem { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, EventJson.Default.EventState);

    public static EventState Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, EventJson.Default.EventState)!;
}
