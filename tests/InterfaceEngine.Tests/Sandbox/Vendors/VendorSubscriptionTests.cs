using System.Net;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

/// <summary>Subscriptions as the Subscriptions R5 Backport guide has them for R4, which the guides' profiles follow.</summary>
public sealed class VendorSubscriptionTests : IAsyncLifetime
{
    private const string End = "2026-02-01T00:00:00Z";

    private VendorClient _client = null!;
    private ScriptedServer _receiver = null!;

    public async Task InitializeAsync()
    {
        _client = await VendorClient.LoggedInAsync("athena-guide", "");
        _receiver = await ScriptedServer.StartAsync();
        _receiver.On("POST /hook", 200, "");
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_handshake_puts_it_on()
    {
        var id = await SubscribeAsync("id-only");
        await _client.ToldAsync(1);

        var told = _receiver.Requests.Single();
        Value(told, "type").Should().Be("handshake");
        Value(told, "events-since-subscription-start").Should().Be("0");
        told.Headers["Authorization"].Should().Be("Bearer ours");
        await StatusIsAsync(id, "active");
    }

    [Fact]
    public async Task A_handshake_that_is_not_answered_well_is_an_error_until_it_is_asked_for_again()
    {
        _receiver.On("POST /closed", 404, "").On("POST /closed", 200, "");
        var id = await SubscribeAsync("id-only", "/closed");
        await _client.ToldAsync(1);
        await StatusIsAsync(id, "error");

        await _client.SendAsync(HttpMethod.Put, $"Subscription/{id}", VendorClient.JsonContent(Subscription("id-only", "/closed"), "application/fhir+json"));
        await _client.ToldAsync(2);

        await StatusIsAsync(id, "active");
    }

    [Theory]
    [InlineData("empty", false, false)]
    [InlineData("id-only", true, false)]
    [InlineData("full-resource", true, true)]
    public async Task An_event_has_its_number_and_what_was_asked_for(string payload, bool hasFocus, bool isWhole)
    {
        await SubscribeAsync(payload);
        await _client.ToldAsync(1);
        await ChangeAsync();
        await _client.ToldAsync(2);

        var told = _receiver.Requests.Last();
        var entries = JsonNode.Parse(told.Body)!["entry"]!.AsArray();
        Value(told, "events-since-subscription-start").Should().Be("1");
        (entries.Count > 1).Should().Be(hasFocus);
        (entries[^1]!["resource"]?["resourceType"]?.GetValue<string>() == "Patient").Should().Be(isWhole);
    }

    [Fact]
    public async Task What_was_lost_is_had_by_its_number()
    {
        var id = await SubscribeAsync("id-only");
        await _client.ToldAsync(1);
        _client.Server.Events.Spoil(EventFault.Lost);
        await ChangeAsync();
        await ChangeAsync();
        await _client.ToldAsync(2);

        var events = (await _client.GetAsync($"Subscription/{id}/$events?eventsSinceNumber=1&eventsUntilNumber=1")).Json;

        Value(_receiver.Requests.Last(), "events-since-subscription-start").Should().Be("2");
        var parameters = events["entry"]![0]!["resource"]!["parameter"]!.AsArray();
        parameters.Single(one => one!["name"]!.GetValue<string>() == "type")!["valueCode"]!.GetValue<string>().Should().Be("query-event");
        parameters.Where(one => one!["name"]!.GetValue<string>() == "notification-event").Should().ContainSingle().Which!["part"]![0]!["valueString"]!.GetValue<string>().Should().Be("1");
    }

    [Fact]
    public async Task A_heartbeat_comes_when_nothing_else_does_and_does_not_count()
    {
        await SubscribeAsync("id-only");
        await _client.ToldAsync(1);
        await StatusIsAsync(JsonNode.Parse((await _client.GetAsync("Subscription")).Body)!["entry"]![0]!["resource"]!["id"]!.GetValue<string>(), "active");

        _client.Time.Advance(TimeSpan.FromSeconds(60));
        await _client.ToldAsync(2);

        Value(_receiver.Requests.Last(), "type").Should().Be("heartbeat");
        Value(_receiver.Requests.Last(), "events-since-subscription-start").Should().Be("0");
    }

    [Fact]
    public async Task It_is_off_when_its_end_is_there()
    {
        // Half a minute: before its first heartbeat.
        var id = await SubscribeAsync("id-only", end: "2026-01-15T12:00:30Z");
        await _client.ToldAsync(1);

        _client.Time.Advance(TimeSpan.FromSeconds(30));

        await StatusIsAsync(id, "off");
    }

    private async Task StatusIsAsync(string id, string status)
    {
        // The answer of the receiver is there before the subscription is put on.
        string? found;
        do
        {
            found = (await _client.GetAsync($"Subscription/{id}/$status")).Json["entry"]![0]!["resource"]!["parameter"]!.AsArray().Single(one => one!["name"]!.GetValue<string>() == "status")!["valueCode"]!.GetValue<string>();
        }
        while (found == "requested" || (found == "error" && status == "active"));
        found.Should().Be(status);
    }

    private async Task<string> SubscribeAsync(string payload, string path = "/hook", string end = End)
    {
        var reply = await _client.SendAsync(HttpMethod.Post, "Subscription", VendorClient.JsonContent(Subscription(payload, path, end), "application/fhir+json"));
        reply.Status.Should().Be(HttpStatusCode.Created, reply.Body);
        return reply.Json["id"]!.GetValue<string>();
    }

    private string Subscription(string payload, string path, string end = End) =>
        $$"""
          {
            "resourceType": "Subscription", "status": "requested", "end": "{{end}}", "reason": "changes", "criteria": "{{_client.Server.Fhir}}/SubscriptionTopic/Patient.update",
            "channel": {
              "type": "rest-hook", "endpoint": "{{_receiver.Address}}{{path}}", "payload": "application/fhir+json", "header": [ "Authorization: Bearer ours" ],
              "extension": [ { "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-heartbeat-period", "valueUnsignedInt": 60 } ],
              "_payload": { "extension": [ { "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content", "valueCode": "{{payload}}" } ] }
            }
          }
          """;

    private Task<VendorReply> ChangeAsync() => _client.PutAsync("/patients/1000000", ("email", $"a{_client.Server.Calls.Count}@example.org"));

    private static string? Value(ScriptedRequest told, string name) =>
        JsonNode.Parse(told.Body)!["entry"]![0]!["resource"]!["parameter"]!.AsArray().Where(one => one!["name"]!.GetValue<string>() == name)
            .Select(one => (one!["valueCode"] ?? one["valueString"])!.GetValue<string>()).SingleOrDefault();
}
