using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Ehr.Fhir;
using static InterfaceEngine.Ehr.Fhir.FhirJson;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>
/// Reads notifications: a Bundle whose first entry says the subscription's status, as R4's <c>Parameters</c>, as R4B's or R5's <c>SubscriptionStatus</c>, or in
/// athenahealth's form of it. What it does not know it passes over (FHIR Subscriptions R5 Backport 1.1.0; athenahealth event notifications 0.11).
/// </summary>
internal static class NotificationReader
{
    private const int DepthMax = 64;

    /// <exception cref="NotificationException">It is none.</exception>
    public static Notification Read(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        var bundle = document.RootElement;
        if (Text(bundle, "resourceType") is not "Bundle")
        {
            throw new NotificationException("A Bundle was expected.");
        }

        var entries = Items(bundle, "entry").ToList();
        var resources = entries.ConvertAll(entry => Member(entry, "resource")).FindAll(resource => resource.ValueKind == JsonValueKind.Object);
        var status = resources.FirstOrDefault(resource => Text(resource, "resourceType") is "SubscriptionStatus" or "Parameters");
        var said = Text(status, "resourceType") switch
        {
            "SubscriptionStatus" => OfStatus(status),
            "Parameters" => OfParameters(status),
            _ => throw new NotificationException("The Bundle's first entry was expected to be a SubscriptionStatus, or Parameters that say as much."),
        };
        // athenahealth tells of each event once more as an AuditEvent: it holds who did it, and nothing to be stored.
        return said with
        {
            Events = Completed(said, Deleted(entries), Time(Text(bundle, "timestamp"))),
            Resources = [.. resources.Select(FhirResource.Of).OfType<FhirResource>().Where(resource => resource.Type is not ("SubscriptionStatus" or "Parameters" or "AuditEvent"))],
        };
    }

    /// <summary>
    /// Events with what the bundle as a whole says of them: their numbers, which end at the count of all (Backport, "Event Numbering"), when it was made, and what
    /// was deleted. One that tells of nothing, and has no count by which it could be asked for, is an event of which nothing is known.
    /// </summary>
    private static List<NotifiedEvent> Completed(Notification said, HashSet<string> deleted, DateTimeOffset? madeAt)
    {
        var events = said.Kind == NotificationKind.Event && said.Events.Count == 0 && said.EventsSinceStart is null ? [new NotifiedEvent()] : said.Events;
        var first = said.Kind == NotificationKind.Event ? said.EventsSinceStart - events.Count + 1 : null;
        return [.. events.Select((one, index) => one with
        {
            Number = one.Number ?? (first > 0 ? first + index : null),
            At = one.At ?? madeAt,
            IsDeletion = DeletedResource.Parse(one.Focus ?? "") is { } focus && deleted.Contains($"{focus.Type}/{focus.Id}"),
        })];
    }

    private static HashSet<string> Deleted(List<JsonElement> entries) =>
    [
        .. entries.Where(entry => Text(Member(entry, "request"), "method") == "DELETE")
            .Select(entry => DeletedResource.Parse(Text(Member(entry, "request"), "url") ?? "")).OfType<DeletedResource>().Select(one => $"{one.Type}/{one.Id}"),
    ];

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = DepthMax });
        }
        catch (JsonException broken)
        {
            throw new NotificationException($"It is no JSON, or deeper than {DepthMax} levels, at line {broken.LineNumber + 1}.");
        }
    }

    private static Notification OfStatus(JsonElement status) => new(KindOf(Text(status, "type")))
    {
        Subscription = IdOf(Text(Member(status, "subscription"), "reference")),
        Topic = Text(status, "topic"),
        Status = Text(status, "status"),
        EventsSinceStart = Number(status, "eventsSinceSubscriptionStart"),
        Events =
        [
            .. Items(status, "notificationEvent").Select(one => new NotifiedEvent
            {
                Number = Number(one, "eventNumber"),
                Id = Text(one, "id"),
                At = Time(Text(one, "timestamp")),
                Focus = Text(Member(one, "focus"), "reference"),
                Identifier = IdentifierOf(Member(one, "focus")),
            }),
        ],
    };

    private static Notification OfParameters(JsonElement parameters)
    {
        var named = Items(parameters, "parameter").ToLookup(one => Text(one, "name") ?? "");
        return new Notification(KindOf(Value(named["type"])))
        {
            Subscription = IdOf(Text(Member(named["subscription"].FirstOrDefault(), "valueReference"), "reference")),
            Topic = Value(named["topic"]),
            Status = Value(named["status"]),
            EventsSinceStart = Number(Value(named["events-since-subscription-start"])),
            Events = [.. named["notification-event"].Select(OfParts)],
        };
    }

    private static NotifiedEvent OfParts(JsonElement one)
    {
        var parts = Items(one, "part").ToLookup(part => Text(part, "name") ?? "");
        var focus = Member(parts["focus"].FirstOrDefault(), "valueReference");
        return new NotifiedEvent
        {
            Number = Number(Value(parts["event-number"])),
            Id = Text(one, "id"),
            At = Time(Value(parts["timestamp"])),
            Focus = Text(focus, "reference"),
            Identifier = IdentifierOf(focus),
        };
    }

    private static NotificationKind KindOf(string? type) => type switch
    {
        "handshake" => NotificationKind.Handshake,
        "heartbeat" => NotificationKind.Heartbeat,
        "event-notification" => NotificationKind.Event,
        "query-status" => NotificationKind.Status,
        "query-event" => NotificationKind.Recovered,
        _ => throw new NotificationException("Its type was expected to be handshake, heartbeat, event-notification, query-status or query-event."),
    };

    /// <summary>The id behind <c>Subscription/</c>, whatever stands before it.</summary>
    private static string? IdOf(string? reference) => reference?[(reference.LastIndexOf('/') + 1)..] is { Length: > 0 } id ? id : null;

    private static VendorIdentifier? IdentifierOf(JsonElement focus)
    {
        var identifier = Member(focus, "identifier");
        return Text(identifier, "system") is { } system && Text(identifier, "value") is { } value ? new VendorIdentifier(system, value) : null;
    }

    /// <summary>The value of the first parameter, whatever its type.</summary>
    private static string? Value(IEnumerable<JsonElement> parameters)
    {
        if (parameters.FirstOrDefault() is not { ValueKind: JsonValueKind.Object } parameter)
        {
            return null;
        }

        var value = parameter.EnumerateObject().FirstOrDefault(property => property.Name.StartsWith("value", StringComparison.Ordinal)).Value;
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;
    }

    /// <summary>A number, which R5 writes as text because it may be larger than JSON's are.</summary>
    private static long? Number(JsonElement one, string name) =>
        Member(one, name) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } number ? Number(number.ToString()) : null;

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
