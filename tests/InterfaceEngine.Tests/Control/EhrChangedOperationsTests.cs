using InterfaceEngine.Control;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Bulk;

namespace InterfaceEngine.Tests.Control;

public sealed class EhrChangedOperationsTests
{
    private const string Problem = "GET /appointments/changed: the status is 200, and the answer says that it was not done.";

    [Fact]
    public async Task A_look_says_what_each_feed_brought_and_the_connection_how_far_it_is()
    {
        await using var place = await AthenaPlace.StartAsync();
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        await AskAsync<EhrChangedAnswer>(control, new EhrChangedRequest(Connected.Id) { Actor = "anna" });
        place.Change(0, 1);
        place.Vendor.Faults.Add("GET /appointments/changed", VendorFault.NotSuccess);

        var answer = await AskAsync<EhrChangedAnswer>(control, new EhrChangedRequest(Connected.Id) { Actor = "anna" });

        answer.Feeds.Select(feed => (feed.Feed, feed.Rows, feed.Created)).Should().Equal(("patients", 2, 2), ("appointments", 0, 0), ("labresults", 0, 0), ("chart/healthhistory/problems", 0, 0));
        answer.Feeds.Select(feed => feed.Problem).Should().Equal(null, Problem, null, null);
        var feeds = (await AskAsync<ConnectionsAnswer>(control, new ListConnectionsRequest { Actor = "anna" })).Connections.Single().Feeds;
        feeds[0].Should().Be(new ChangedFeedView("patients", place.Clock.GetUtcNow(), place.Clock.GetUtcNow(), false, null));
        feeds[1].Should().Match<ChangedFeedView>(feed => !feed.IsOpen && feed.Problem == Problem && feed.RowsAt == null);
        (await AskAsync<AuditAnswer>(control, new ListAuditRequest(AthenaPlace.Practice) { Actor = "anna" })).Entries.Select(entry => entry.Action).Should().Contain("ehr changed");
    }

    [Fact]
    public async Task One_feed_is_looked_at_alone_and_what_was_handed_out_is_had_again()
    {
        await using var place = await AthenaPlace.StartAsync();
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        var one = new EhrChangedRequest(Connected.Id) { Actor = "anna", Feed = "patients" };
        await AskAsync<EhrChangedAnswer>(control, one);
        place.Change(0);
        await AskAsync<EhrChangedAnswer>(control, one);

        var again = await AskAsync<EhrChangedAnswer>(control, one with { Again = place.Clock.GetUtcNow() - TimeSpan.FromDays(7) });

        again.Feeds.Should().ContainSingle().Which.Should().Match<EhrChangedView>(feed => feed.Feed == "patients" && feed.Rows == 0 && feed.Again == 1 && feed.Created == 0);
    }

    [Fact]
    public async Task A_connection_that_follows_none_a_feed_that_it_does_not_follow_and_another_practices_are_refused()
    {
        await using var place = await AthenaPlace.StartAsync();
        await using var control = new EngineOperations(place.Engine.Core.Parts());
        await using var other = await BulkPlace.StartAsync();
        await using var none = new EngineOperations(other.Engine.Core.Parts());

        (await AskAsync<FailureAnswer>(control, new EhrChangedRequest(Connected.Id) { Actor = "anna", Feed = "providers" })).Message.Should().StartWith("providers is no feed that conn_1 follows: patients, ");
        (await AskAsync<FailureAnswer>(control, new EhrChangedRequest(Connected.Id) { Actor = "anna", Practices = ["1959"] })).Kind.Should().Be(FailureKind.NotFound);
        (await AskAsync<FailureAnswer>(none, new EhrChangedRequest(Connected.Id) { Actor = "anna" })).Message.Should().Be("conn_1 follows no feed of what changed: name them in Connections:conn_1:Changed:Feeds.");
    }

    private static async Task<T> AskAsync<T>(EngineOperations control, ControlRequest request)
        where T : ControlAnswer => (await control.AskAsync(request, default)).Should().BeOfType<T>().Which;
}
