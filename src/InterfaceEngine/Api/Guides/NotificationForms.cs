namespace InterfaceEngine.Api.Guides;

/// <summary>The notifications that vendors send, as the description of the interface shows them: what of each is read, and one as an example, of nobody.</summary>
internal static class NotificationForms
{
    private const string Kinds = """["handshake","heartbeat","event-notification","query-status","query-event"]""";

    public static IReadOnlyList<ApiForm> All { get; } =
    [
        new ApiForm(
            "athenahealth",
            "athenahealth's event notifications, and servers that tell a SubscriptionStatus (R4B, R5): a Bundle whose first entry says what happened. athenahealth signs it by X-Hub-Signature.",
            Bundle($$"""
                {
                  "type": "object",
                  "required": ["resourceType", "type"],
                  "properties": {
                    "resourceType": { "const": "SubscriptionStatus" },
                    "status": { "type": "string" },
                    "type": { "enum": {{Kinds}} },
                    "eventsSinceSubscriptionStart": { "type": ["string", "integer"] },
                    "subscription": { "type": "object", "properties": { "reference": { "type": "string" } } },
                    "topic": { "type": "string" },
                    "notificationEvent": {
                      "type": "array",
                      "maxItems": 1000,
                      "items": {
                        "type": "object",
                        "properties": {
                          "eventNumber": { "type": ["string", "integer"] },
                          "id": { "type": "string" },
                          "timestamp": { "type": "string", "format": "date-time" },
                          "focus": {
                            "type": "object",
                            "properties": {
                              "reference": { "type": "string" },
                              "identifier": { "type": "object", "properties": { "system": { "type": "string" }, "value": { "type": "string" } } }
                            }
                          }
                        }
                      }
                    }
                  }
                }
                """),
            """
            {
              "resourceType": "Bundle",
              "type": "history",
              "timestamp": "2026-02-01T12:00:00Z",
              "entry": [
                {
                  "resource": {
                    "resourceType": "SubscriptionStatus",
                    "status": "active",
                    "type": "event-notification",
                    "eventsSinceSubscriptionStart": "1",
                    "subscription": { "reference": "Subscription/sub-1" },
                    "topic": "https://api.platform.athenahealth.com/fhir/r4/SubscriptionTopic/Patient.update",
                    "notificationEvent": [
                      {
                        "eventNumber": "1",
                        "id": "5b1e6f0a-0000-4000-8000-000000000001",
                        "timestamp": "2026-02-01T11:59:59Z",
                        "focus": {
                          "reference": "Patient/a-195900.E-34772",
                          "identifier": { "system": "urn:athenahealth:athenanet:patient:195900", "value": "34772" }
                        }
                      }
                    ]
                  }
                }
              ]
            }
            """),
        new ApiForm(
            "fhir-r4",
            "A notification after the FHIR Subscriptions R5 Backport guide for R4: a Bundle whose first entry says the same as Parameters. Its sender shows the subscription's secret (X-Subscription-Secret, or Authorization: Bearer).",
            Bundle("""
                {
                  "type": "object",
                  "required": ["resourceType", "parameter"],
                  "properties": {
                    "resourceType": { "const": "Parameters" },
                    "parameter": {
                      "type": "array",
                      "description": "subscription, topic, status, type, events-since-subscription-start, and notification-event for each event.",
                      "contains": { "type": "object", "properties": { "name": { "const": "type" } }, "required": ["name", "valueCode"] },
                      "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {
                          "name": { "type": "string" },
                          "part": {
                            "type": "array",
                            "description": "Of a notification-event: event-number, timestamp and focus.",
                            "items": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } }
                          }
                        }
                      }
                    }
                  }
                }
                """),
            """
            {
              "resourceType": "Bundle",
              "type": "history",
              "timestamp": "2026-02-01T12:00:00Z",
              "entry": [
                {
                  "resource": {
                    "resourceType": "Parameters",
                    "parameter": [
                      { "name": "subscription", "valueReference": { "reference": "https://fhir.example.org/r4/Subscription/sub-1" } },
                      { "name": "topic", "valueCanonical": "https://fhir.example.org/r4/SubscriptionTopic/Patient.update" },
                      { "name": "status", "valueCode": "active" },
                      { "name": "type", "valueCode": "event-notification" },
                      { "name": "events-since-subscription-start", "valueString": "1" },
                      {
                        "name": "notification-event",
                        "part": [
                          { "name": "event-number", "valueString": "1" },
                          { "name": "timestamp", "valueInstant": "2026-02-01T11:59:59Z" },
                          { "name": "focus", "valueReference": { "reference": "Patient/34772" } }
                        ]
                      }
                    ]
                  }
                }
              ]
            }
            """),
    ];

    /// <summary>What stands beside the entry that says what happened is read where a vendor sends its resources along, and passed over else.</summary>
    private static string Bundle(string status) => $$"""
        {
          "type": "object",
          "required": ["resourceType", "entry"],
          "properties": {
            "resourceType": { "const": "Bundle" },
            "type": { "type": "string" },
            "timestamp": { "type": "string", "format": "date-time" },
            "entry": {
              "type": "array",
              "items": { "type": "object" },
              "contains": { "type": "object", "required": ["resource"], "properties": { "resource": {{status}} } }
            }
          }
        }
        """;
}
