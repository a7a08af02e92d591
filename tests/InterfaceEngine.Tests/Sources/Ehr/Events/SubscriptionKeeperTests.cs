using InterfaceEngine.Ehr;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.Events;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>The life of subscriptions at a vendor's stand-in: made, kept, renewed, recovered and ended.</summary>
public sealed class SubscriptionKeeperTests
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    [Theory]
    [InlineData("athena-real", true)]
    [InlineData("athena-guide", false)]
    [InlineData("ecw-guide", false)]
    public async Task Each_topic_has_one_subscription_with_a_secret_of_its_own(string profile, bool isNumberedApart)
    {
        await using var place = await EventPlace.SubscribedAsync(profile, "Patient.update", "Patient.create");
        await place.KeepSoonAsync();

        var kept = await place.SubscriptionsAsync();
        kept.Select(one => one.Topic).Should().BeEquivalentTo("Patient.update", "Patient.create");
        kept.Select(one => one.Secret).Should().OnlyHaveUniqueItems();
        kept.Should().OnlyContain(one => one.Status == "active" && one.IsNumberedApart == isNumberedApart && one.Problem == null);
        (await place.Calls.ListAsync(default)).Keys.Should().BeEquivalentTo(kept.Select(one => one.Id));
    }

    [Fact]
    public async Task A_connection_that_wants_nothing_asks_nothing()
    {
        await using var place = await EventPlace.StartAsync("athena-real");
        var nothing = new ConnectionEventsOf(place, place.Options with { Events = new EventOptions() });

        await nothing.Keeper.KeepAsync(default);

        place.Vendor.Calls.Should().BeEmpty();
        await nothing.DisposeAsync();
    }

    [Fact]
    public async Task What_is_not_wanted_any_more_is_ended()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real", "Patient.update", "Patient.create");
        var less = new ConnectionEventsOf(place, place.Options with { Events = place.Options.Events with { Topics = ["Patient.create"] } });

        await less.Keeper.KeepAsync(default);

        (await place.SubscriptionsAsync()).Select(one => one.Topic).Should().Equal("Patient.create");
        (await place.Calls.ListAsync(default)).Should().ContainSingle();
        await less.DisposeAsync();
    }

    [Fact]
    public async Task A_subscription_is_renewed_before_its_end_and_no_moment_is_without_one()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        var first = (await place.SubscriptionAsync()).Id;

        await place.KeepAfterAsync(_day * 21);
        (await place.SubscriptionAsync()).Id.Should().Be(first, "more than a quarter of its time is left");
        await place.KeepAfterAsync(_day * 2);
        (await place.SubscriptionsAsync()).Should().HaveCount(2);
        place.Rename(0, "Abernathy");
        await place.ToldAsync(2);
        await place.WorkAsync();
        place.Vendor.Calls.Count(call => call.Endpoint == "GET /patients/{patientid}").Should().Be(1, "both told of the same change");

        await place.KeepAfterAsync(_day * 4);

        (await place.SubscriptionAsync()).Id.Should().NotBe(first);
        (await place.Calls.ListAsync(default)).Keys.Should().Equal((await place.SubscriptionAsync()).Id);
    }

    [Fact]
    public async Task One_that_the_server_gives_for_a_shorter_time_is_renewed_in_that_time()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        var state = await place.SubscriptionAsync();
        state.End.Should().Be(place.Time.GetUtcNow() + place.Options.Events.Lasts);
        await ChangeAsync(place, kept => kept with { End = kept.Begun + TimeSpan.FromHours(8) });

        await place.KeepAfterAsync(TimeSpan.FromHours(5));
        (await place.SubscriptionsAsync()).Should().ContainSingle();
        await place.KeepAfterAsync(TimeSpan.FromHours(1.5));

        (await place.SubscriptionsAsync()).Should().HaveCount(2);
    }

    [Fact]
    public async Task An_event_that_was_lost_is_asked_for_by_its_number()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-guide");
        place.Vendor.Events.Spoil(EventFault.Lost);
        place.Rename(0, "Abernathy");
        await UntilAsync(() => place.Vendor.Events.Spoiled == 1);
        place.Rename(1, "Other");
        await place.ToldAsync(2);
        (await place.SubscriptionAsync()).Should().BeEquivalentTo(new { HasGap = true, HighestNumber = 2L });

        await place.KeepSoonAsync();
        await place.WorkAsync();

        (await place.SubscriptionAsync()).Should().BeEquivalentTo(new { HasGap = false, LastNumber = 2L });
        (await place.FamiliesAsync()).Should().BeEquivalentTo("Abernathy", "Other");
    }

    [Fact]
    public async Task A_heartbeat_tells_of_the_last_event_that_was_lost()
    {
        await using var place = await EventPlace.SubscribedAsync("ecw-guide");
        place.Vendor.Events.Spoil(EventFault.Lost);
        place.Rename(0, "Abernathy");
        await UntilAsync(() => place.Vendor.Events.Spoiled == 1);
        await HeartbeatAsync(place, 2);
        (await place.SubscriptionAsync()).HasGap.Should().BeTrue();

        await place.KeepSoonAsync();
        await place.WorkAsync();

        (await place.FamiliesAsync()).Should().Equal("Abernathy");
    }

    [Fact]
    public async Task What_the_server_does_not_have_any_more_is_asked_for_with_everything_else()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-guide");
        await place.MeetAsync(0);
        place.Vendor.Events.Spoil(EventFault.Lost);
        place.Rename(0, "Abernathy");
        await UntilAsync(() => place.Vendor.Events.Spoiled == 1);
        place.Rename(1, "Other");
        await place.ToldAsync(2);
        place.Vendor.Faults.Add("GET Subscription/{id}/$events", VendorFault.GatewayText);

        await place.KeepSoonAsync();
        (await place.SubscriptionAsync()).HasGap.Should().BeFalse();
        (await place.Events.Poll.LookAsync(default)).Should().BeTrue("it is due");

        (await place.Events.Poll.StateAsync(default)).Should().Be(new PollState { EndedAt = place.Time.GetUtcNow() });
        (await place.FamiliesAsync()).Should().Contain("Abernathy");
        (await place.Events.Poll.LookAsync(default)).Should().BeFalse("an hour lies between two times");
    }

    [Fact]
    public async Task A_server_that_gave_us_up_is_asked_to_go_on_and_for_what_was_missed()
    {
        await using var place = await EventPlace.StartAsync("athena-guide");
        place.WebhookStore.IsFailing = true;
        await place.Keeper.KeepAsync(default);
        await place.ToldAsync(1);
        await UntilAsync(async () => (await place.Calls.ListAsync(default)).Values.Single() == "error");
        place.WebhookStore.IsFailing = false;

        // It goes on to say that it is well, and that comes before it is asked.
        await HeartbeatAsync(place, 2);
        await HeartbeatAsync(place, 3);
        await place.Keeper.KeepAsync(default);
        await UntilAsync(async () => (await place.SubscriptionAsync()).Status == "active");

        (await place.SubscriptionAsync()).Problem.Should().BeNull();
        place.Vendor.Calls.Count(call => call.Endpoint == "PUT Subscription/{id}").Should().Be(1);
        (await place.Events.Poll.LookAsync(default)).Should().BeTrue("what happened meanwhile was told to nobody");
    }

    [Fact]
    public async Task A_silent_server_that_is_well_is_asked_and_left_alone()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-guide");
        var state = await place.SubscriptionAsync();
        await ChangeAsync(place, kept => kept with { SeenAt = place.Time.GetUtcNow() - TimeSpan.FromHours(1) });

        await place.KeepSoonAsync();
        await place.KeepSoonAsync();

        place.Vendor.Calls.Count(call => call.Endpoint == "GET Subscription/{id}/$status").Should().Be(1);
        (await place.SubscriptionAsync()).Should().BeEquivalentTo(new { state.Id, Status = "active" });
    }

    [Theory]
    [InlineData("athena-real")]
    [InlineData("athena-guide")]
    public async Task One_that_the_server_has_forgotten_is_made_anew_and_what_was_missed_asked_for(string profile)
    {
        await using var place = await EventPlace.SubscribedAsync(profile);
        var first = (await place.SubscriptionAsync()).Id;
        await place.Calls.DeleteAsync(first, default);

        // A heartbeat that was on its way may come in between, and then the silence begins with it.
        await place.KeepAfterAsync(TimeSpan.FromHours(2));
        await place.KeepAfterAsync(TimeSpan.FromHours(2));

        (await place.SubscriptionAsync()).Id.Should().NotBe(first);
        (await place.Events.Poll.LookAsync(default)).Should().BeTrue();
    }

    [Fact]
    public async Task What_calls_us_and_is_not_known_is_ended()
    {
        await using var place = await EventPlace.StartAsync("athena-real");
        await place.Calls.CreateAsync(new SubscriptionState { Id = "", Topic = "Patient.create", Secret = "s", End = place.Time.GetUtcNow() + _day }, default);

        await place.Keeper.KeepAsync(default);

        (await place.Calls.ListAsync(default)).Keys.Should().Equal((await place.SubscriptionAsync()).Id);
    }

    [Fact]
    public async Task An_engine_that_is_killed_while_it_subscribes_leaves_one_subscription()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        await ChangeAsync(place, kept => kept with { Id = "" });

        await place.NewKeeper().KeepAsync(default);

        var state = await place.SubscriptionAsync();
        (await place.Calls.ListAsync(default)).Keys.Should().Equal(state.Id);
    }

    [Fact]
    public async Task A_subscription_that_is_refused_says_why_and_is_tried_anew_after_a_pause()
    {
        await using var place = await EventPlace.StartAsync("athena-real");
        place.Vendor.Faults.Add("POST Subscription", VendorFault.ServerError);
        await place.Keeper.KeepAsync(default);
        (await place.SubscriptionAsync()).Should().BeEquivalentTo(new { Id = "", Problem = "conn_1 POST /Subscription: 500." });
        await place.KeepSoonAsync();
        place.Vendor.Calls.Count(call => call.Endpoint == "POST Subscription").Should().Be(1, "it is waited for some minutes");

        await place.KeepAfterAsync(TimeSpan.FromMinutes(5));

        (await place.SubscriptionAsync()).Should().BeEquivalentTo(new { Status = "active", Problem = (string?)null });
    }

    /// <summary>The vendor says that it is well, and has been answered: nothing of it is under way any more.</summary>
    /// <param name="place">Where.</param>
    /// <param name="attempts">How often the vendor has told something by then.</param>
    private static async Task HeartbeatAsync(EventPlace place, int attempts)
    {
        place.Time.Advance(EventPlace.Heartbeat);
        await place.ToldAsync(attempts);
    }

    private static Task UntilAsync(Func<Task<bool>> isSo) => RunningEngine.UntilAsync(isSo);

    private static Task UntilAsync(Func<bool> isSo) => RunningEngine.UntilAsync(() => Task.FromResult(isSo()));

    private static async Task ChangeAsync(EventPlace place, Func<SubscriptionState, SubscriptionState> change)
    {
        var (document, state) = (await place.Events.Inbox.SubscriptionsAsync(place.Options, default)).Single();
        (await place.Store.WriteAsync([new ConnectionWrite(document.Key, document.Version, change(state).ToJson())], default)).Should().BeTrue();
    }

    /// <summary>The same place under other settings.</summary>
    private sealed class ConnectionEventsOf(EventPlace place, ConnectionOptions options) : IAsyncDisposable
    {
        private readonly EhrConnection _connection = InterfaceEngine.Tests.Ehr.Connected.To(options, place.Time, place.Store);

        public SubscriptionKeeper Keeper => new(_connection, place.Store, place.Events.Inbox, place.Events.Poll, place.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<SubscriptionKeeper>.Instance);

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
