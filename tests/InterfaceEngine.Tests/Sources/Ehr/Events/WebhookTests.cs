using System.Net;
using System.Text;
using InterfaceEngine.Api;
using InterfaceEngine.Api.Guides;
using InterfaceEngine.Sources.Ehr.Events;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Api;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>The address that vendors call, over real HTTP and a real store: who is believed, what is kept, and what is answered.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Address = "/api/ehr/athenahealth/events/conn_1";
    private const string Apart = "apart";
    private const string Counted = "counted";

    private static readonly ConnectionKey _apart = new("195900", "conn_1", EventNames.Subscription, Apart);
    private static readonly ConnectionKey _counted = new("195900", "conn_1", EventNames.Subscription, Counted);

    private readonly RecordingLogger<WebhookIntake> _log = new();
    private FailingConnections _store = null!;
    private ApiPlace _place = null!;
    private HttpClient _vendor = null!;

    public async Task InitializeAsync()
    {
        _place = await ApiPlace.StartAsync(parts => parts with
        {
            Connections = [ApiPlace.Connection("conn_1"), ApiPlace.Connection("conn_2")],
            Events = new WebhookIntake(new EventInbox(_store = new FailingConnections(parts.Engine.Store.Connections), parts.Engine.Time), parts.Engine.Time, _log),
        });
        _vendor = _place.With(null);
        await WriteAsync(_apart, new SubscriptionState { Id = "sub-a", Topic = "Patient.update", Secret = Notifications.Secret, IsNumberedApart = true });
        await WriteAsync(_counted, new SubscriptionState { Id = "sub-c", Topic = "Patient", Secret = "counted-secret" });
    }

    public async Task DisposeAsync()
    {
        _vendor.Dispose();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task An_event_is_on_disk_when_it_is_answered()
    {
        (await PostAsync(Notifications.OfAthena("sub-a", ("e1", "1"), ("e2", "2")))).Should().Be(HttpStatusCode.OK);

        (await WaitingAsync()).Select(one => one.Focus).Should().BeEquivalentTo("Patient/a-195900.E-1", "Patient/a-195900.E-2");
        (await StateAsync(_apart)).ToldAt.Should().Be(_place.Engine.Time.GetUtcNow());
    }

    [Theory]
    [InlineData("athenahealth", "Patient/a-195900.E-34772")]
    [InlineData("fhir-r4", "Patient/34772")]
    public async Task What_the_description_of_the_interface_shows_is_taken_as_it_stands(string form, string focus)
    {
        var body = NotificationForms.All.Single(one => one.Name == form).Example;
        var isSigned = form == "athenahealth";
        await WriteAsync(new ConnectionKey("195900", "conn_1", EventNames.Subscription, "described"), new SubscriptionState { Id = "sub-1", Topic = "Patient.update", Secret = "described-secret", IsNumberedApart = isSigned });

        var (status, _) = await _vendor.SendAsync("POST", Address, body, isSigned ? Notifications.Signed(body, "described-secret") : ("X-Subscription-Secret", "described-secret"));

        status.Should().Be(HttpStatusCode.OK);
        (await WaitingAsync()).Select(one => one.Focus).Should().Equal(focus);
    }

    [Fact]
    public async Task A_repeat_is_answered_alike_and_kept_once()
    {
        var body = Notifications.OfAthena("sub-a", ("e1", "1"));
        await PostAsync(body);

        (await PostAsync(body)).Should().Be(HttpStatusCode.OK);
        (await PostAsync(Notifications.OfAthena("sub-a", ("e1", "1"), ("e2", "2")))).Should().Be(HttpStatusCode.OK, "of two events one may be known");

        (await WaitingAsync()).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_replay_of_what_was_worked_off_brings_nothing_back()
    {
        var body = Notifications.OfAthena("sub-a", ("e1", "1"));
        await PostAsync(body);
        var waiting = (await _store.DueAsync(EventNames.WaitingOf("conn_1"), 10, default)).Single();
        await _store.WriteAsync([new ConnectionWrite(waiting.Key, waiting.Version, null), new ConnectionWrite(waiting.Key with { Kind = EventNames.Done }, 0, "{}"u8.ToArray())], default);

        (await PostAsync(body)).Should().Be(HttpStatusCode.OK);

        (await WaitingAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("another-secret")]
    [InlineData(null)]
    public async Task What_is_not_signed_by_the_subscriptions_secret_is_refused_and_not_kept(string? secret)
    {
        var body = Notifications.OfAthena("sub-a", ("e1", "1"));

        var (status, problem) = await _vendor.SendAsync("POST", Address, body, secret is null ? [] : [Notifications.Signed(body, secret)]);

        status.Should().Be(HttpStatusCode.Unauthorized);
        problem.GetProperty("detail").GetString().Should().StartWith("X-Hub-Signature");
        (await WaitingAsync()).Should().BeEmpty();
        _log.Lines.Should().ContainSingle(line => line.Level == LogLevel.Warning && line.Text.Contains("answered 401", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_who_calls_again_and_again_does_not_fill_the_log()
    {
        var body = Notifications.OfAthena("sub-a", ("e1", "1"));
        for (var call = 0; call < 5; call++)
        {
            (await PostAsync(body, signed: false)).Should().Be(HttpStatusCode.Unauthorized);
        }

        _log.Lines.Count(line => line.Level == LogLevel.Warning).Should().Be(1);
        _place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await PostAsync(body, signed: false);
        _log.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Name).Should().Equal("EventsRefused", "EventsRefusedBefore", "EventsRefused");
        _log.Lines.Single(line => line.Name == "EventsRefusedBefore").Text.Should().StartWith("4 more calls for the events of conn_1");
    }

    [Fact]
    public async Task A_body_that_was_changed_on_the_way_does_not_fit_its_signature()
    {
        var body = Notifications.OfAthena("sub-a", ("e1", "1"));

        (await _vendor.SendAsync("POST", Address, body.Replace("E-1", "E-2"), Notifications.Signed(body))).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Whoever_has_the_secret_of_one_subscription_may_not_speak_for_another()
    {
        var body = Notifications.OfR4("sub-c", "event-notification", 1, (1, "Patient/7"));

        (await PostAsync(body)).Should().Be(HttpStatusCode.NotFound, "the signature is that of sub-a");

        (await WaitingAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("X-Subscription-Secret", "counted-secret", HttpStatusCode.OK)]
    [InlineData("Authorization", "Bearer counted-secret", HttpStatusCode.OK)]
    [InlineData("X-Subscription-Secret", "counted-secreT", HttpStatusCode.Unauthorized)]
    [InlineData("X-Api-Key", "counted-secret", HttpStatusCode.Unauthorized)]
    public async Task A_server_after_the_standard_shows_the_header_that_it_was_given(string name, string value, HttpStatusCode status) =>
        (await _vendor.SendAsync("POST", Address, Notifications.OfR4("sub-c", "event-notification", 1, (1, "Patient/7")), (name, value))).Status.Should().Be(status);

    [Fact]
    public async Task Numbers_that_come_in_another_order_are_counted_up_to_the_gap()
    {
        await CountedAsync(1, 1);
        await CountedAsync(4, 4);
        await CountedAsync(3, 3);
        (await StateAsync(_counted)).Should().BeEquivalentTo(new { LastNumber = 1L, HighestNumber = 4L, HasGap = true, Ahead = new[] { 3L, 4L } });

        await CountedAsync(2, 4);

        (await StateAsync(_counted)).Should().BeEquivalentTo(new { LastNumber = 4L, HasGap = false, Ahead = Array.Empty<long>(), GapSince = (DateTimeOffset?)null });
        (await WaitingAsync()).Should().HaveCount(4);
    }

    [Fact]
    public async Task A_heartbeat_shows_that_something_was_lost_and_a_handshake_that_it_is_active()
    {
        await SendCountedAsync(Notifications.OfR4("sub-c", "handshake", 0).Replace("\"active\"", "\"requested\""));
        (await StateAsync(_counted)).Should().BeEquivalentTo(new { Status = "active", HasGap = false });

        await SendCountedAsync(Notifications.OfR4("sub-c", "heartbeat", 2));

        (await StateAsync(_counted)).Should().BeEquivalentTo(new { HasGap = true, HighestNumber = 2L, GapSince = _place.Engine.Time.GetUtcNow() });
    }

    [Fact]
    public async Task A_number_that_is_used_for_another_event_is_another_event()
    {
        await CountedAsync(1, 1);
        await SendCountedAsync(Notifications.OfR4("sub-c", "event-notification", 1, (1, "Patient/8")));

        (await WaitingAsync()).Select(one => one.Focus).Should().BeEquivalentTo("Patient/1", "Patient/8");
    }

    [Theory]
    [InlineData("<html>", HttpStatusCode.BadRequest, "It is no JSON*")]
    [InlineData("""{"resourceType":"Patient"}""", HttpStatusCode.BadRequest, "A Bundle was expected.")]
    public async Task What_is_signed_and_no_notification_is_refused_with_what_was_expected(string body, HttpStatusCode expected, string detail)
    {
        var (status, problem) = await _vendor.SendAsync("POST", Address, body, Notifications.Signed(body));

        status.Should().Be(expected);
        problem.GetProperty("detail").GetString().Should().Match(detail);
    }

    [Fact]
    public async Task A_body_without_end_is_refused_before_it_is_kept_in_memory()
    {
        var body = new string(' ', new ApiOptions().BodyBytesMax + 1);

        (await _vendor.SendAsync("POST", Address, body, Notifications.Signed(body))).Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_sender_repeats_what_the_store_could_not_keep()
    {
        var body = Notifications.OfAthena("sub-a", ("e1", "1"));
        _store.IsFailing = true;
        (await PostAsync(body)).Should().Be(HttpStatusCode.ServiceUnavailable);
        _store.IsFailing = false;

        (await PostAsync(body)).Should().Be(HttpStatusCode.OK);

        (await WaitingAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task A_store_that_hangs_is_not_waited_for()
    {
        _store.Hangs = true;
        var answer = PostAsync(Notifications.OfAthena("sub-a", ("e1", "1")));
        await _store.Hanging;
        _place.Engine.Time.Advance(TimeSpan.FromSeconds(1.5));

        (await answer).Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("/api/ehr/athenahealth/events/conn_9", HttpStatusCode.NotFound)]
    [InlineData("/api/ehr/eclinicalworks/events/conn_1", HttpStatusCode.NotFound)]
    [InlineData("/api/ehr/athenahealth/events/conn_2", HttpStatusCode.Unauthorized)]
    public async Task An_address_of_no_connection_or_of_one_that_is_subscribed_to_nothing_takes_nothing(string address, HttpStatusCode status)
    {
        var body = Notifications.OfAthena("sub-a", ("e1", "1"));

        (await _vendor.SendAsync("POST", address, body, Notifications.Signed(body))).Status.Should().Be(status);
    }

    [Fact]
    public async Task A_notification_of_very_many_events_is_taken_whole_and_once()
    {
        var body = Notifications.OfAthena("sub-a", [.. Enumerable.Range(1, 2_100).Select(number => ($"e{number}", $"{number}"))]);

        (await PostAsync(body)).Should().Be(HttpStatusCode.OK);
        (await PostAsync(body)).Should().Be(HttpStatusCode.OK);

        (await _place.Engine.Store.Connections.DueAsync(EventNames.WaitingOf("conn_1"), 5_000, default)).Should().HaveCount(2_100);
    }

    [Fact]
    public async Task What_was_told_outlives_a_kill()
    {
        await PostAsync(Notifications.OfAthena("sub-a", ("e1", "1")));

        await using var killed = await _place.Engine.KilledAsync();

        (await killed.Store.Connections.DueAsync(EventNames.WaitingOf("conn_1"), 10, default)).Should().ContainSingle();
    }

    [Fact]
    public async Task Many_who_tell_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(1, 12).Select(number => CountedAsync(number, number)));

        (await StateAsync(_counted)).Should().BeEquivalentTo(new { LastNumber = 12L, HighestNumber = 12L });
        (await WaitingAsync()).Should().HaveCount(12);
    }

    private async Task<HttpStatusCode> PostAsync(string body, bool signed = true) => (await _vendor.SendAsync("POST", Address, body, signed ? [Notifications.Signed(body)] : [])).Status;

    private Task CountedAsync(long number, long count) => SendCountedAsync(Notifications.OfR4("sub-c", "event-notification", count, (number, $"Patient/{number}")));

    private async Task SendCountedAsync(string body) =>
        (await _vendor.SendAsync("POST", Address, body, (WebhookIntake.SecretHeader, "counted-secret"))).Status.Should().Be(HttpStatusCode.OK);

    private async Task<List<EventState>> WaitingAsync() => [.. (await _store.DueAsync(EventNames.WaitingOf("conn_1"), 100, default)).Select(one => EventState.Parse(one.Content))];

    private async Task<SubscriptionState> StateAsync(ConnectionKey key) => SubscriptionState.Parse((await _store.FindAsync(key, default)).Content);

    private Task<bool> WriteAsync(ConnectionKey key, SubscriptionState state) => _store.WriteAsync([new ConnectionWrite(key, 0, state.ToJson())], default);
}
