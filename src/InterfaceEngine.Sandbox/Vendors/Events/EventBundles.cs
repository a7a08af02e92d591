using System.Globalization;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Events;

/// <summary>Notifications as they are sent: athenahealth's own form, and that of the Subscriptions R5 Backport guide for R4.</summary>
internal static class EventBundles
{
    private const string Stem = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";

    /// <summary>athenahealth's: a <c>SubscriptionStatus</c> although the server is R4, numbers that count within this bundle alone, and who did it.</summary>
    public static JsonObject OfAthena(EventSubscription subscription, IReadOnlyList<VendorEvent> events, DateTimeOffset now, FhirIds ids)
    {
        var entries = new JsonArray(new JsonObject
        {
            ["fullUrl"] = $"urn:uuid:{Guid.NewGuid()}",
            ["resource"] = new JsonObject
            {
                ["resourceType"] = "SubscriptionStatus",
                ["status"] = "active",
                ["type"] = "event-notification",
                ["eventsSinceSubscriptionStart"] = Text(events.Count),
                ["eventsInNotification"] = events.Count,
                ["subscription"] = Reference("Subscription", subscription.Id),
                ["topic"] = subscription.TopicAddress,
                ["notificationEvent"] = new JsonArray([.. events.Select((one, index) => new JsonObject
                {
                    ["eventNumber"] = Text(index + 1),
                    ["id"] = one.Id,
                    ["timestamp"] = Instant(one.At),
                    ["focus"] = Focus(subscription, one.Change, ids),
                })]),
            },
            ["request"] = new JsonObject { ["method"] = "GET", ["url"] = $"Subscription/{subscription.Id}/$status" },
            ["response"] = new JsonObject { ["status"] = "200" },
        });
        foreach (var one in events)
        {
            entries.Add(new JsonObject { ["fullUrl"] = $"urn:uuid:{one.Id}", ["resource"] = Audit(subscription, one, ids) });
        }

        return new JsonObject { ["resourceType"] = "Bundle", ["type"] = "history", ["timestamp"] = Instant(now), ["entry"] = entries };
    }

    /// <summary>The guide's.</summary>
    /// <param name="subscription">Whose.</param>
    /// <param name="type"><c>handshake</c>, <c>heartbeat</c>, <c>event-notification</c>, <c>query-status</c> or <c>query-event</c>.</param>
    /// <param name="events">What is told of; none in a handshake and a heartbeat.</param>
    /// <param name="now">The server's time.</param>
    /// <param name="root">Of FHIR.</param>
    /// <param name="find">Finds a resource that is told of whole.</param>
    public static JsonObject OfGuide(EventSubscription subscription, string type, IReadOnlyList<VendorEvent> events, DateTimeOffset now, string root, Func<string, string, FhirResource?> find)
    {
        var parameters = new JsonArray(
            Parameter("subscription", "valueReference", new JsonObject { ["reference"] = $"{root}/Subscription/{subscription.Id}" }),
            Parameter("status", "valueCode", subscription.Status),
            Parameter("type", "valueCode", type),
            Parameter("events-since-subscription-start", "valueString", Text(subscription.Events.Count)));
        if (subscription.Payload != "empty")
        {
            parameters.Insert(1, Parameter("topic", "valueCanonical", subscription.TopicAddress));
        }

        foreach (var one in events)
        {
            var parts = new JsonArray(Parameter("event-number", "valueString", Text(one.Number)), Parameter("timestamp", "valueInstant", Instant(one.At)));
            if (subscription.Payload != "empty")
            {
                parts.Add(Parameter("focus", "valueReference", new JsonObject { ["reference"] = $"{root}/{TypeOf(one.Change)}/{one.Change.Id}" }));
            }

            parameters.Add(new JsonObject { ["name"] = "notification-event", ["part"] = parts });
        }

        var entries = new JsonArray(new JsonObject
        {
            ["fullUrl"] = $"urn:uuid:{Guid.NewGuid()}",
            ["resource"] = new JsonObject { ["resourceType"] = "Parameters", ["meta"] = Profile("backport-subscription-status-r4"), ["parameter"] = parameters },
            ["request"] = new JsonObject { ["method"] = "GET", ["url"] = $"{root}/Subscription/{subscription.Id}/$status" },
            ["response"] = new JsonObject { ["status"] = "200" },
        });
        foreach (var one in subscription.Payload == "empty" ? [] : events)
        {
            var (resourceType, id) = (TypeOf(one.Change), one.Change.Id);
            var entry = new JsonObject { ["fullUrl"] = $"{root}/{resourceType}/{id}", ["request"] = new JsonObject { ["method"] = "PUT", ["url"] = $"{resourceType}/{id}" }, ["response"] = new JsonObject { ["status"] = "200" } };
            if (subscription.Payload == "full-resource" && find(resourceType, id) is { } resource)
            {
                entry["resource"] = resource.Body.DeepClone();
            }

            entries.Add(entry);
        }

        return new JsonObject { ["resourceType"] = "Bundle", ["meta"] = Profile("backport-subscription-notification-r4"), ["type"] = "history", ["timestamp"] = Instant(now), ["entry"] = entries };
    }

    private static JsonObject Audit(EventSubscription subscription, VendorEvent one, FhirIds ids) => new()
    {
        ["resourceType"] = "AuditEvent",
        ["id"] = one.Id,
        ["type"] = new JsonObject { ["system"] = "https://fhir.athena.io/CodeSystem/SubscriptionTopic", ["code"] = subscription.Topic },
        ["recorded"] = Instant(one.At),
        ["agent"] = new JsonArray(new JsonObject { ["who"] = new JsonObject { ["identifier"] = new JsonObject { ["value"] = "frontdesk" } }, ["requestor"] = true }),
        ["source"] = new JsonObject { ["observer"] = Reference("Organization", ids.Organization) },
        ["entity"] = new JsonArray(new JsonObject { ["what"] = Focus(subscription, one.Change, ids) }),
        ["extension"] = new JsonArray(new JsonObject { ["url"] = FhirIds.DepartmentExtension, ["valueReference"] = Reference("Organization", ids.Department(one.Change.Department)) }),
    };

    /// <summary>What there is no resource of has the vendor's own number alone.</summary>
    private static JsonObject Focus(EventSubscription subscription, VendorChange change, FhirIds ids)
    {
        var kind = change.Feed switch { "patients" => "patient", "appointments" => "appointment", _ => "labresult" };
        var focus = new JsonObject { ["identifier"] = new JsonObject { ["system"] = $"urn:athenahealth:athenanet:{kind}:{subscription.Practice}", ["value"] = change.Id } };
        if (kind == "patient")
        {
            focus["reference"] = $"Patient/{ids.Patient(change.Id)}";
        }

        return focus;
    }

    private static string TypeOf(VendorChange change) => change.Feed switch { "patients" => "Patient", "appointments" => "Appointment", "labresults" => "DiagnosticReport", _ => change.Feed };

    private static JsonObject Profile(string name) => new() { ["profile"] = new JsonArray(Stem + name) };

    private static JsonObject Parameter(string name, string element, JsonNode value) => new() { ["name"] = name, [element] = value };

    private static JsonObject Reference(string type, string id) => new() { ["reference"] = $"{type}/{id}" };

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
