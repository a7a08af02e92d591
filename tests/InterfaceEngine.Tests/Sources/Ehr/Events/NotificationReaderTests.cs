using System.Text;
using InterfaceEngine.Sources.Ehr.Events;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>Notifications in every form in which servers send them.</summary>
public sealed class NotificationReaderTests
{
    private const string R4 = """
        {"resourceType":"Bundle","type":"history","entry":[
          {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Parameters","parameter":[
            {"name":"subscription","valueReference":{"reference":"https://fhir.example.org/r4/Subscription/sub-7"}},
            {"name":"topic","valueCanonical":"https://fhir.example.org/topics/patient"},
            {"name":"status","valueCode":"active"},
            {"name":"type","valueCode":"TYPE"},
            {"name":"events-since-subscription-start","valueString":"12"},
            {"name":"notification-event","part":[
              {"name":"event-number","valueString":"12"},
              {"name":"timestamp","valueInstant":"2026-03-01T10:00:00Z"},
              {"name":"focus","valueReference":{"reference":"Patient/5"}}]}]},
           "request":{"method":"GET","url":"Subscription/sub-7/$status"},"response":{"status":"200"}},
          {"fullUrl":"https://fhir.example.org/r4/Patient/5","resource":{"resourceType":"Patient","id":"5"}}]}
        """;

    private const string Athena = """
        {"resourceType":"Bundle","type":"history","entry":[
          {"resource":{"resourceType":"SubscriptionStatus","status":"active","type":"event-notification","eventsSinceSubscriptionStart":"1","eventsInNotification":1,
            "subscription":{"reference":"Subscription/9"},"topic":"https://fhir.example.org/SubscriptionTopic/Appointment.schedule",
            "notificationEvent":[{"eventNumber":"1","id":"7b1e","timestamp":"2026-03-01T10:00:00+00:00",
              "focus":{"identifier":{"system":"urn:athenahealth:athenanet:appointment:195900","value":"881"}}}]}},
          {"resource":{"resourceType":"AuditEvent","id":"7b1e","agent":[{"who":{"identifier":{"value":"front"}}}]}}]}
        """;

    [Fact]
    public void A_notification_after_R4_is_read_with_its_numbers_its_focus_and_the_resource_that_came_along()
    {
        var read = Read(R4.Replace("TYPE", "event-notification"));

        read.Should().BeEquivalentTo(new { Kind = NotificationKind.Event, Subscription = "sub-7", Topic = "https://fhir.example.org/topics/patient", Status = "active", EventsSinceStart = 12L });
        read.Events.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Number = 12L, Focus = "Patient/5", At = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero) });
        read.Resources.Should().ContainSingle().Which.Type.Should().Be("Patient");
    }

    [Theory]
    [InlineData("handshake", "Handshake")]
    [InlineData("heartbeat", "Heartbeat")]
    [InlineData("query-status", "Status")]
    [InlineData("query-event", "Recovered")]
    public void What_it_is_for_is_told(string type, string kind) => Read(R4.Replace("TYPE", type)).Kind.ToString().Should().Be(kind);

    [Fact]
    public void Athenahealths_own_form_is_read_by_the_id_of_its_event_and_the_number_of_its_focus()
    {
        var read = Read(Athena);

        read.Subscription.Should().Be("9");
        read.Events.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Number = 1L,
            Id = "7b1e",
            Focus = (string?)null,
            Identifier = new VendorIdentifier("urn:athenahealth:athenanet:appointment:195900", "881"),
        });
        read.Resources.Should().BeEmpty("its AuditEvent says who did it, which is nothing to be stored");
    }

    [Fact]
    public void Numbers_are_read_as_text_and_as_numbers_and_what_is_not_known_is_passed_over()
    {
        var read = Read(Athena.Replace("\"eventsSinceSubscriptionStart\":\"1\"", "\"eventsSinceSubscriptionStart\":34,\"error\":[{}],\"new\":{\"a\":1}"));

        read.EventsSinceStart.Should().Be(34);
    }

    [Fact]
    public void An_empty_payload_says_only_that_something_happened()
    {
        var read = Read("""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"SubscriptionStatus","type":"event-notification","subscription":{"reference":"Subscription/1"},"eventsSinceSubscriptionStart":"3"}}]}""");

        (read.Kind, read.EventsSinceStart, read.Events.Count).Should().Be((NotificationKind.Event, 3, 0));
    }

    [Fact]
    public void What_was_deleted_is_told_by_the_request_of_its_entry()
    {
        var read = Read(R4.Replace("TYPE", "event-notification").Replace("\"resource\":{\"resourceType\":\"Patient\",\"id\":\"5\"}", "\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/5\"}"));

        read.Events.Should().ContainSingle().Which.IsDeletion.Should().BeTrue();
    }

    [Fact]
    public void Events_without_numbers_end_at_the_count_of_all()
    {
        var read = Read("""{"resourceType":"Bundle","timestamp":"2026-03-01T10:00:00Z","entry":[{"resource":{"resourceType":"SubscriptionStatus","type":"event-notification","eventsSinceSubscriptionStart":9,"notificationEvent":[{},{}]}}]}""");

        read.Events.Select(one => one.Number).Should().Equal(8, 9);
        read.Events.Should().OnlyContain(one => one.At == new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), "the bundle says when");
    }

    [Fact]
    public void A_notification_of_nothing_and_without_a_count_is_an_event_of_which_nothing_is_known()
    {
        var read = Read("""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"SubscriptionStatus","type":"event-notification"}}]}""");

        read.Events.Should().ContainSingle().Which.Focus.Should().BeNull();
    }

    [Theory]
    [InlineData("<html>", "It is no JSON*line 1.")]
    [InlineData("[]", "A Bundle was expected.")]
    [InlineData("""{"resourceType":"Patient"}""", "A Bundle was expected.")]
    [InlineData("""{"resourceType":"Bundle"}""", "The Bundle's first entry was expected to be a SubscriptionStatus*")]
    [InlineData("""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"SubscriptionStatus","type":"gossip"}}]}""", "Its type was expected to be handshake, heartbeat,*")]
    public void What_is_no_notification_is_refused_with_what_was_expected(string body, string message)
    {
        var read = () => Read(body);

        read.Should().Throw<NotificationException>().WithMessage(message);
    }

    [Fact]
    public void A_body_without_end_of_depth_is_refused()
    {
        var deep = () => Read(new string('[', 100));

        deep.Should().Throw<NotificationException>();
    }

    private static Notification Read(string body) => NotificationReader.Read(Encoding.UTF8.GetBytes(body));
}
