using InterfaceEngine.Ehr.Fhir;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>What a server says when it calls a subscription's endpoint, whichever of the forms it came in.</summary>
/// <param name="Kind">What it is for.</param>
internal sealed record Notification(NotificationKind Kind)
{
    /// <summary>The subscription's id at the server (<c>Subscription/…</c>); null when it does not say.</summary>
    public string? Subscription { get; init; }

    /// <summary>The topic's canonical address; null when it does not say.</summary>
    public string? Topic { get; init; }

    /// <summary>The subscription's status as the server sees it: <c>active</c>, <c>error</c>, <c>off</c>; null when it does not say.</summary>
    public string? Status { get; init; }

    /// <summary>How many events there were since the subscription began, these among them; null when it does not say.</summary>
    public long? EventsSinceStart { get; init; }

    public IReadOnlyList<NotifiedEvent> Events { get; init; } = [];

    /// <summary>Resources that came along, as they are: of the payload <c>full-resource</c>.</summary>
    public IReadOnlyList<FhirResource> Resources { get; init; } = [];
}

/// <summary>What a notification is for (FHIR Subscriptions R5 Backport, subscription notification type).</summary>
internal enum NotificationKind
{
    /// <summary>Asks whether anybody is there.</summary>
    Handshake,

    /// <summary>Nothing happened, and the server is well.</summary>
    Heartbeat,

    /// <summary>Something happened.</summary>
    Event,

    /// <summary>The answer to <c>$status</c>.</summary>
    Status,

    /// <summary>The answer to <c>$events</c>.</summary>
    Recovered,
}

/// <summary>One event.</summary>
internal sealed record NotifiedEvent
{
    /// <summary>Its number among the subscription's events; null when it has none. athenahealth's count within one bundle alone.</summary>
    public long? Number { get; init; }

    /// <summary>Its id, by which a repeat is known where numbers say nothing; null when it has none.</summary>
    public string? Id { get; init; }

    /// <summary>When it happened, as the server wrote it; null when it does not say.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What it is about: <c>Patient/12</c>; null when only <see cref="Identifier"/> says it, or nothing does.</summary>
    public string? Focus { get; init; }

    /// <summary>What it is about by the vendor's own number; null when it has none.</summary>
    public VendorIdentifier? Identifier { get; init; }

    /// <summary>The notification says itself that what it is about was deleted.</summary>
    public bool IsDeletion { get; init; }
}

/// <param name="System">E.g. <c>urn:athenahealth:athenanet:appointment:195900</c>.</param>
internal sealed record VendorIdentifier(string System, string Value);

/// <summary>A body that is no notification. The message says what was found and what was expected, and holds nothing of a patient.</summary>
internal sealed class NotificationException(string message) : Exception(message);
