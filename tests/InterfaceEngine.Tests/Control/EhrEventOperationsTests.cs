using InterfaceEngine.Control;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Events;

namespace InterfaceEngine.Tests.Control;

/// <summary>What people see of subscriptions and events, and what they decide.</summary>
public sealed class EhrEventOperationsTests
{
    [Fact]
    public async Task A_topic_is_shown_with_its_status_its_numbers_and_when_it_was_heard_of()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-guide");
        place.Rename(0, "Abernathy");
        await place.ToldAsync(2);

        var shown = await AskAsync<EhrSubscriptionsAnswer>(place, new EhrSubscriptionsRequest(Connected.Id) { Actor = "maria" });

        shown.Subscriptions.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Topic = "Patient.update",
            Status = "active",
            LastNumber = 1L,
            Missing = 0L,
            ToldAt = place.Time.GetUtcNow(),
            Problem = (string?)null,
        });
        (shown.Waiting, shown.WaitingSince, shown.GivenUp, shown.HasProblem).Should().Be((1, place.Time.GetUtcNow(), 0, false));
    }

    [Fact]
    public async Task A_topic_that_nobody_subscribed_to_yet_is_missing()
    {
        await using var place = await EventPlace.StartAsync("athena-guide");

        var shown = await AskAsync<EhrSubscriptionsAnswer>(place, new EhrSubscriptionsRequest(Connected.Id) { Actor = "maria" });

        shown.Subscriptions.Should().Equal(new EhrSubscriptionView("Patient.update", "missing"));
        shown.HasProblem.Should().BeTrue();
    }

    [Fact]
    public async Task An_event_that_was_given_up_says_why_and_not_whom_it_is_about_and_is_tried_anew_when_somebody_says_so()
    {
        await using var place = await GivenUpAsync();
        var shown = await AskAsync<EhrSubscriptionsAnswer>(place, new EhrSubscriptionsRequest(Connected.Id) { Actor = "maria" });
        var given = shown.Events.Should().ContainSingle().Subject;
        (given.Topic, given.Attempts).Should().Be(("Patient.update", 1));
        given.Problem.Should().Contain("GET /patients/{patientid}");
        (shown.GivenUp, shown.HasProblem).Should().Be((1, true));

        var decided = await AskAsync<EhrEventsDecidedAnswer>(place, new DecideEhrEventsRequest(Connected.Id) { Actor = "maria", Reason = "the vendor is well again" });
        await place.WorkAsync();

        decided.Count.Should().Be(1);
        (await place.FamiliesAsync()).Should().Equal("Abernathy");
        (await AskAsync<EhrSubscriptionsAnswer>(place, new EhrSubscriptionsRequest(Connected.Id) { Actor = "maria" })).GivenUp.Should().Be(0);
    }

    [Fact]
    public async Task An_event_that_nobody_needs_is_forgotten()
    {
        await using var place = await GivenUpAsync();
        var name = (await AskAsync<EhrSubscriptionsAnswer>(place, new EhrSubscriptionsRequest(Connected.Id) { Actor = "maria" })).Events[0].Event;

        await AskAsync<EhrEventsDecidedAnswer>(place, new DecideEhrEventsRequest(Connected.Id) { Actor = "maria", Reason = "seen to by hand", IsDismissal = true, Event = name });

        (await place.Events.Queue.GivenUpAsync(default).ToListAsync()).Should().BeEmpty();
        (await place.WaitingAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("conn_9", null)]
    [InlineData("conn_1", "0123")]
    public async Task What_is_not_there_is_not_found(string connection, string? name)
    {
        await using var place = await EventPlace.StartAsync("athena-guide");

        (await AskAsync<FailureAnswer>(place, new DecideEhrEventsRequest(connection) { Actor = "maria", Event = name })).Kind.Should().Be(FailureKind.NotFound);
    }

    [Fact]
    public async Task Whoever_may_not_speak_of_the_practice_is_told_of_nothing()
    {
        await using var place = await EventPlace.StartAsync("athena-guide");

        (await AskAsync<FailureAnswer>(place, new EhrSubscriptionsRequest(Connected.Id) { Actor = "maria", Practices = ["195900"] })).Kind.Should().Be(FailureKind.NotFound);
    }

    private static async Task<EventPlace> GivenUpAsync()
    {
        var place = await EventPlace.SubscribedAsync("athena-real");
        place.Rename(0, "Abernathy");
        await place.ToldAsync(1);
        place.Vendor.Faults.Add("GET /patients/{patientid}", VendorFault.NotSuccess);
        await place.WorkAsync();
        return place;
    }

    private static async Task<TAnswer> AskAsync<TAnswer>(EventPlace place, ControlRequest request)
        where TAnswer : ControlAnswer
    {
        await using var operations = place.Operations;
        return (await operations.AskAsync(request, default)).Should().BeOfType<TAnswer>().Subject;
    }
}
