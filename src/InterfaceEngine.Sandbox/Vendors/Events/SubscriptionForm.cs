using System.Globalization;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Events;

/// <summary>Reads what a client wants to be told of, and holds it to the rules of who is asked.</summary>
internal static class SubscriptionForm
{
    private const string Tenant = "ah-practice=Organization/a-1.Practice-";

    /// <param name="body">The resource.</param>
    /// <param name="vendor">Who is asked.</param>
    /// <param name="secret">Of the header <c>X-Hub-Secret</c>; empty for none.</param>
    /// <param name="id">Of the subscription, when it is one.</param>
    /// <param name="wrong">What is wrong with it; null for nothing.</param>
    /// <returns>Null when something is wrong.</returns>
    public static EventSubscription? Read(JsonObject body, VendorContext vendor, string secret, string id, out string? wrong)
    {
        var isAthenas = vendor.Profile is { IsAthena: true, IsGuide: false };
        var channel = body["channel"];
        var criteria = (string?)body["criteria"] ?? "";
        var topic = criteria.Split('/')[^1];
        var payload = Extension(channel?["_payload"], "backport-payload-content", "valueCode") ?? "";
        var filter = Extension(body["_criteria"], "backport-filter-criteria", "valueString") ?? "";
        var practice = filter.StartsWith(Tenant, StringComparison.Ordinal) ? filter[Tenant.Length..] : "";
        var isEndpoint = Uri.TryCreate((string?)channel?["endpoint"], UriKind.Absolute, out var endpoint);
        var hasEnd = DateTimeOffset.TryParse((string?)body["end"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end);
        wrong = (string?)body["status"] != "requested" ? "status: 'requested' is expected."
            : (string?)channel?["type"] != "rest-hook" ? "channel.type: 'rest-hook' is expected."
            : !EventTopics.All.Contains(topic) ? $"criteria: '{topic}' is no topic."
            : !isEndpoint || !IsAllowed(endpoint!) ? "channel.endpoint: an https address is expected."
            : payload is not ("empty" or "id-only" or "full-resource") ? "channel.payload: its backport-payload-content is expected."
            : isAthenas && payload != "id-only" ? "channel.payload: 'id-only' alone is given."
            : isAthenas && secret.Length == 0 ? "X-Hub-Secret is required."
            : isAthenas && !vendor.Practices.ContainsKey(practice) ? "criteria: ah-practice is to be a practice of this client."
            : isAthenas && !hasEnd ? "end is required."
            : hasEnd && end <= vendor.Now ? "end is over."
            : null;
        if (wrong is not null)
        {
            return null;
        }

        var headers = channel?["header"]?.AsArray().Select(header => ((string?)header ?? "").Split(':', 2)).Where(parts => parts.Length == 2).Select(parts => (parts[0].Trim(), parts[1].Trim()));
        return new EventSubscription
        {
            Id = id,
            Practice = isAthenas ? practice : vendor.Practices.Keys.First(),
            Topic = topic,
            TopicAddress = criteria,
            Endpoint = endpoint!,
            Secret = secret,
            Payload = payload,
            Headers = [.. headers ?? []],
            Heartbeat = TimeSpan.FromSeconds(int.TryParse(Extension(channel, "backport-heartbeat-period", "valueUnsignedInt"), out var seconds) ? seconds : 0),
            End = hasEnd ? end : null,
        };
    }

    /// <summary>Over the network only encrypted; on this machine as it comes.</summary>
    private static bool IsAllowed(Uri endpoint) => endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback);

    private static string? Extension(JsonNode? element, string name, string value) =>
        element?["extension"]?.AsArray().FirstOrDefault(one => ((string?)one!["url"])?.EndsWith($"/{name}", StringComparison.Ordinal) == true)?[value]?.ToString();
}
