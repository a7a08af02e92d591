using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>Notifications as servers send them, with their proof.</summary>
internal static class Notifications
{
    public const string Secret = "between-us";

    /// <summary>athenahealth's form: signed, numbered within itself.</summary>
    public static string OfAthena(string subscription, params (string Id, string Patient)[] events) => $$$"""
        {"resourceType":"Bundle","type":"history","timestamp":"2026-01-15T11:59:00Z","entry":[{"resource":{"resourceType":"SubscriptionStatus","status":"active","type":"event-notification",
          "eventsSinceSubscriptionStart":"{{{events.Length}}}","eventsInNotification":{{{events.Length}}},"subscription":{"reference":"Subscription/{{{subscription}}}"},
          "notificationEvent":[{{{string.Join(',', events.Select((one, index) => $$$"""
            {"eventNumber":"{{{index + 1}}}","id":"{{{one.Id}}}","timestamp":"2026-01-15T11:58:00Z","focus":{"reference":"Patient/a-195900.E-{{{one.Patient}}}","identifier":{"system":"urn:athenahealth:athenanet:patient:195900","value":"{{{one.Patient}}}"} } }
            """))}}}]}}]}
        """;

    /// <summary>The standard's form for R4.</summary>
    /// <param name="subscription">Its id at the server.</param>
    /// <param name="type">What it is for.</param>
    /// <param name="count">Events since the subscription began.</param>
    /// <param name="events">Number and focus of each.</param>
    public static string OfR4(string subscription, string type, long count, params (long Number, string Focus)[] events) => $$$"""
        {"resourceType":"Bundle","type":"history","timestamp":"2026-01-15T11:59:00Z","entry":[{"resource":{"resourceType":"Parameters","parameter":[
          {"name":"subscription","valueReference":{"reference":"https://fhir.example.org/r4/Subscription/{{{subscription}}}"}},{"name":"status","valueCode":"active"},
          {"name":"type","valueCode":"{{{type}}}"},{"name":"events-since-subscription-start","valueString":"{{{count}}}"}{{{string.Concat(events.Select(one => $$$"""
          ,{"name":"notification-event","part":[{"name":"event-number","valueString":"{{{one.Number.ToString(CultureInfo.InvariantCulture)}}}"},{"name":"timestamp","valueInstant":"2026-01-15T11:58:0{{{(one.Number % 10).ToString(CultureInfo.InvariantCulture)}}}Z"},{"name":"focus","valueReference":{"reference":"{{{one.Focus}}}"}}]}
          """))}}}]}}]}
        """;

    public static (string Name, string Value) Signed(string body, string secret = Secret) =>
        ("X-Hub-Signature", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)))}");
}
