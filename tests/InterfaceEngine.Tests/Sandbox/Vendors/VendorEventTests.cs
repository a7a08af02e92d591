using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

/// <summary>Notifications in athenahealth's own form, taken by a plain server.</summary>
public sealed class VendorEventTests : IAsyncLifetime
{
    private const string Secret = "between-us";
    private const string Scope = $"{VendorClient.AthenaScope} system/Subscription.read system/Subscription.write system/SubscriptionTopic.read";

    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(10);

    private VendorClient _client = null!;
    private ScriptedServer _receiver = null!;

    public async Task InitializeAsync()
    {
        _client = await VendorClient.LoggedInAsync(scope: Scope);
        _receiver = await ScriptedServer.StartAsync();
        _receiver.On("POST /hook", 200, "");
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_change_is_told_of_under_a_signature_of_the_bytes()
    {
        await SubscribeAsync("Patient.update");
        await ChangeAsync("1000000");
        await _client.ToldAsync(1);

        var told = _receiver.Requests.Single();
        var bundle = JsonNode.Parse(told.Body)!;
        var status = bundle["entry"]![0]!["resource"]!;
        told.Headers["X-Hub-Signature"].Should().Be(Signature(Secret, told.Body));
        status["resourceType"]!.GetValue<string>().Should().Be("SubscriptionStatus");
        status["notificationEvent"]![0]!["eventNumber"]!.GetValue<string>().Should().Be("1");
        status["notificationEvent"]![0]!["focus"]!["reference"]!.GetValue<string>().Should().Be("Patient/a-195900.E-1000000");
        bundle["entry"]![1]!["resource"]!["id"]!.GetValue<string>().Should().Be(status["notificationEvent"]![0]!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Numbers_count_within_one_bundle_alone()
    {
        await SubscribeAsync("Patient.update");
        await ChangeAsync("1000000");
        await _client.ToldAsync(1);
        await ChangeAsync("1000001");
        await _client.ToldAsync(2);

        _receiver.Requests.Select(one => JsonNode.Parse(one.Body)!["entry"]![0]!["resource"]!["eventsSinceSubscriptionStart"]!.GetValue<string>()).Should().Equal("1", "1");
    }

    [Fact]
    public async Task An_appointment_is_told_of_by_its_number_alone()
    {
        await SubscribeAsync("Appointment.schedule");
        var slot = _client.Server.At(practice => practice.Schedule.Appointments.First(one => one.Status == VendorAppointment.Open).Id);
        await _client.PutAsync($"/appointments/{slot}", ("patientid", "1000000"), ("appointmenttypeid", "82"));
        await _client.ToldAsync(1);

        var focus = JsonNode.Parse(_receiver.Requests.Single().Body)!["entry"]![0]!["resource"]!["notificationEvent"]![0]!["focus"]!.AsObject();
        focus.Should().NotContainKey("reference");
        focus["identifier"]!.ToJsonString().Should().Be($$"""{"system":"urn:athenahealth:athenanet:appointment:195900","value":"{{slot}}"}""");
    }

    [Theory]
    [InlineData(EventFault.WrongSignature)]
    [InlineData(EventFault.NoSignature)]
    public async Task A_notification_can_be_signed_wrongly(EventFault fault)
    {
        await SubscribeAsync("Patient.update");
        _client.Server.Events.Spoil(fault);
        await ChangeAsync("1000000");
        await _client.ToldAsync(1);

        _receiver.Requests.Single().Headers.GetValueOrDefault("X-Hub-Signature").Should().NotBe(Signature(Secret, _receiver.Requests.Single().Body));
    }

    [Fact]
    public async Task A_notification_can_come_twice_and_not_at_all()
    {
        await SubscribeAsync("Patient.update");
        _client.Server.Events.Spoil(EventFault.Lost);
        await ChangeAsync("1000000");
        _client.Server.Events.Spoil(EventFault.Twice);
        await ChangeAsync("1000001");
        await _client.ToldAsync(2);

        _receiver.Requests.Select(one => one.Body).Distinct().Should().ContainSingle().Which.Should().Contain("1000001");
    }

    [Fact]
    public async Task What_was_held_back_comes_the_last_first()
    {
        await SubscribeAsync("Patient.update");
        _client.Server.Events.Hold();
        await ChangeAsync("1000000");
        await ChangeAsync("1000001");

        await _client.Server.ReleaseEventsAsync();

        _receiver.Requests.Select(one => one.Body.Contains("1000001", StringComparison.Ordinal)).Should().Equal(true, false);
    }

    [Fact]
    public async Task What_is_not_taken_is_sent_again()
    {
        _receiver.On("POST /busy", 503, "").On("POST /busy", 200, "");
        await SubscribeAsync("Patient.update", "/busy");
        await ChangeAsync("1000000");

        // No time passes before it is answered for the first time.
        await _client.ToldAsync(1);
        await UntilTakenAsync();

        _client.Server.Events.Sent[0].Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        _receiver.Requests.Select(one => one.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task What_is_not_taken_within_two_seconds_is_sent_again()
    {
        var isAnswered = new TaskCompletionSource();
        _receiver.On("POST /slow", _ => isAnswered.Task).On("POST /slow", 200, "");
        await SubscribeAsync("Patient.update", "/slow");
        await ChangeAsync("1000000");

        await UntilTakenAsync();
        isAnswered.SetResult();

        _client.Server.Events.Sent[0].Status.Should().BeNull();
        _receiver.Requests.Select(one => one.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task What_is_not_taken_within_an_hour_comes_when_the_vendor_replays_it()
    {
        var status = HttpStatusCode.ServiceUnavailable;
        _receiver.On("POST /gone", context =>
        {
            context.Response.StatusCode = (int)status;
            return Task.CompletedTask;
        });
        await SubscribeAsync("Patient.update", "/gone");
        await ChangeAsync("1000000");
        await AdvanceUntilAsync(_ => _client.Server.EventsNotTaken > 0, TimeSpan.FromMinutes(2), _moment);

        status = HttpStatusCode.OK;
        var given = _client.Time.GetUtcNow() + TimeSpan.FromHours(4);
        await AdvanceUntilAsync(_ => _client.Time.GetUtcNow() > given, TimeSpan.FromMinutes(10), _moment);
        _client.Server.Events.Sent.Should().NotContain(one => one.Status == HttpStatusCode.OK);
        _client.Server.ReplayEvents();

        await UntilTakenAsync();
        _receiver.Requests.Select(one => one.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task A_subscription_is_listed_and_ended()
    {
        var id = await SubscribeAsync("Patient.update");

        (await _client.GetAsync("Subscription")).Body.Should().Contain(id);
        (await _client.SendAsync(HttpMethod.Delete, $"Subscription/{id}")).Status.Should().Be(HttpStatusCode.NoContent);
        await ChangeAsync("1000000");

        (await _client.GetAsync("Subscription")).Json["entry"]!.AsArray().Should().BeEmpty();
        _receiver.Requests.Should().BeEmpty();
        (await _client.GetAsync("SubscriptionTopic")).Body.Should().Contain("Patient.update").And.Contain("Appointment.check-in");
    }

    [Theory]
    [InlineData("Patient.create\"", "Patient.nonsense\"", "criteria")]
    [InlineData("id-only", "full-resource", "payload")]
    [InlineData("Practice-195900", "Practice-7", "ah-practice")]
    [InlineData("requested", "active", "status")]
    [InlineData("http://127.0.0.1", "http://somewhere.example", "endpoint")]
    [InlineData("2026-02-01", "2026-01-01", "end")]
    public async Task A_subscription_that_breaks_a_rule_is_refused(string part, string other, string named)
    {
        var body = Subscription("Patient.create", "/hook").Replace(part, other, StringComparison.Ordinal);

        var reply = await _client.SendAsync(HttpMethod.Post, "Subscription", VendorClient.JsonContent(body, "application/fhir+json"), ("X-Hub-Secret", Secret));

        reply.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        reply.Json["issue"]![0]!["diagnostics"]!.GetValue<string>().Should().Contain(named);
    }

    [Fact]
    public async Task A_subscription_without_a_secret_is_refused()
    {
        var reply = await _client.SendAsync(HttpMethod.Post, "Subscription", VendorClient.JsonContent(Subscription("Patient.create", "/hook"), "application/fhir+json"));

        reply.Body.Should().Contain("X-Hub-Secret");
    }

    /// <summary>
    /// Moves time on until a notification was taken: how soon a timer is set after what it waits for, nobody knows, so an attempt of the second kind may be
    /// one too late as well. The two seconds in which it is to be answered are one in truth.
    /// </summary>
    private Task UntilTakenAsync() => AdvanceUntilAsync(sent => sent.Any(one => one.Status == HttpStatusCode.OK), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(250));

    private async Task AdvanceUntilAsync(Func<IReadOnlyList<VendorNotification>, bool> isSo, TimeSpan step, TimeSpan pause)
    {
        while (!isSo(_client.Server.Events.Sent))
        {
            _client.Time.Advance(step);
            await Task.Delay(pause);
        }
    }

    private async Task<string> SubscribeAsync(string topic, string path = "/hook")
    {
        var reply = await _client.SendAsync(HttpMethod.Post, "Subscription", VendorClient.JsonContent(Subscription(topic, path), "application/fhir+json"), ("X-Hub-Secret", Secret));
        reply.Status.Should().Be(HttpStatusCode.Created, reply.Body);
        return reply.Json["id"]!.GetValue<string>();
    }

    private string Subscription(string topic, string path) =>
        $$"""
          {
            "resourceType": "Subscription", "status": "requested", "end": "2026-02-01T00:00:00Z", "reason": "changes", "criteria": "{{_client.Server.Fhir}}/SubscriptionTopic/{{topic}}",
            "_criteria": { "extension": [ { "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria", "valueString": "ah-practice=Organization/a-1.Practice-195900" } ] },
            "channel": {
              "type": "rest-hook", "endpoint": "{{_receiver.Address}}{{path}}", "payload": "application/fhir+json",
              "_payload": { "extension": [ { "url": "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content", "valueCode": "id-only" } ] }
            }
          }
          """;

    private Task<VendorReply> ChangeAsync(string patient) => _client.PutAsync($"/patients/{patient}", ("email", $"a{_client.Server.Calls.Count}@example.org"));

    private static string Signature(string secret, string body) => $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)))}";
}
