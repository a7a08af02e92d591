namespace InterfaceEngine.Sandbox.Vendors.Events;

/// <summary>One subscription of a client.</summary>
internal sealed class EventSubscription
{
    public required string Id { get; init; }

    public required string Practice { get; init; }

    /// <summary>The last part of the topic's address: <c>Patient.update</c>.</summary>
    public required string Topic { get; init; }

    public required string TopicAddress { get; init; }

    public required Uri Endpoint { get; init; }

    /// <summary>With which notifications are signed; empty for none.</summary>
    public string Secret { get; init; } = "";

    /// <summary><c>empty</c>, <c>id-only</c> or <c>full-resource</c>.</summary>
    public string Payload { get; init; } = "id-only";

    /// <summary>What goes along with each notification.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>How often something is sent when there is nothing to tell; zero for never.</summary>
    public TimeSpan Heartbeat { get; init; }

    public DateTimeOffset? End { get; init; }

    /// <summary><c>requested</c>, <c>active</c>, <c>error</c> or <c>off</c>.</summary>
    public string Status { get; set; } = "requested";

    /// <summary>What happened since it began, in order; the first has number 1.</summary>
    public List<VendorEvent> Events { get; } = [];

    public DateTimeOffset LastSent { get; set; }

    /// <summary>It tells of events now.</summary>
    public bool IsOn(DateTimeOffset now) => Status is "active" or "requested" && (End is not { } end || now < end);
}

/// <summary>One thing that happened, of one subscription.</summary>
/// <param name="Number">Since the subscription began.</param>
/// <param name="Id">Unlike any other.</param>
internal sealed record VendorEvent(long Number, string Id, VendorChange Change, DateTimeOffset At);
