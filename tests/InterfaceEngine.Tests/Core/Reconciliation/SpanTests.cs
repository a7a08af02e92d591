using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using static InterfaceEngine.Tests.Core.Reconciliation.Tables;

namespace InterfaceEngine.Tests.Core.Reconciliation;

/// <summary>A visit that is moved by its start alone keeps its length.</summary>
public sealed class SpanTests
{
    private static readonly RecordDefinition _visit = new("appointment", "athenahealth",
        [Field("external_id", isKey: true), Field("start_time", isRequired: true), Field("end_time", isRequired: true), Field("notes")])
    {
        Spans = [new FieldSpan("start_time", "end_time")],
    };

    [Theory]
    [InlineData("2023-06-15T15:30:00Z", "2023-06-15T16:00:00Z")]
    [InlineData("2023-06-14T23:45:00Z", "2023-06-15T00:15:00Z")]
    [InlineData("2023-06-15T15:30:00.5Z", "2023-06-15T16:00:00.5Z")]
    public void A_start_that_moves_alone_takes_the_end_along(string start, string end)
    {
        var moved = Reconciler.Reconcile("1959", Booked(), Visit(("start_time", start)), At(2), default);

        moved.Next!["end_time"].Should().Be(end);
        moved.Next.Find("end_time")!.Cause.Should().Be(At(2));
        moved.Next.Find("end_time")!.Cell.Should().Be(moved.Next.Find("start_time")!.Cell);
        moved.Changes.Select(change => (change.Name, change.After)).Should().Equal(("start_time", start), ("end_time", end));
        moved.Notes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Code = ReconciliationCodes.EndMoved, Field = "end_time", NeedsPerson = false });
    }

    [Fact]
    public void An_end_that_was_said_is_taken_as_it_is() =>
        Reconciler.Reconcile("1959", Booked(), Visit(("start_time", "2023-06-15T15:00:00Z"), ("end_time", "2023-06-15T16:30:00Z")), At(2), default)
            .Should().BeEquivalentTo(new { Notes = Array.Empty<ReconciliationNote>() }).And.Match<Reconciled>(one => one.Next!["end_time"] == "2023-06-15T16:30:00Z");

    [Fact]
    public void A_clear_of_the_required_end_does_not_leave_it_before_the_start() =>
        Reconciler.Reconcile("1959", Booked(), Visit(("start_time", "2023-06-15T15:00:00Z"), ("end_time", null)), At(2), default)
            .Next!["end_time"].Should().Be("2023-06-15T15:30:00Z");

    [Fact]
    public void The_same_start_again_moves_nothing()
    {
        var again = Reconciler.Reconcile("1959", Booked(), Visit(("start_time", "2023-06-15T14:00:00Z")), At(2), default);

        again.Outcome.Should().Be(ReconciledOutcome.Unchanged);
        again.Notes.Should().BeEmpty();
    }

    [Fact]
    public void An_older_start_moves_nothing()
    {
        var late = Reconciler.Reconcile("1959", Booked(5), Visit(("start_time", "2023-06-15T15:00:00Z")), At(2), default);

        late.Next.Should().BeNull();
        late.Notes.Should().ContainSingle().Which.Code.Should().Be(ReconciliationCodes.Stale);
    }

    [Fact]
    public void A_visit_that_only_fills_moves_nothing() =>
        Reconciler.Reconcile("1959", Booked(), Says(_visit, Verb.Fill, ("external_id", "1"), ("start_time", "2023-06-15T15:00:00Z")), At(2), default)
            .Changes.Should().BeEmpty();

    [Fact]
    public void The_order_of_arrival_does_not_matter()
    {
        var booked = (Visit(("start_time", "2023-06-15T14:00:00Z"), ("end_time", "2023-06-15T14:30:00Z")), At(1, 1));
        var moved = (Visit(("start_time", "2023-06-15T15:00:00Z")), At(2, 2));
        var ended = (Visit(("end_time", "2023-06-15T16:00:00Z")), At(3, 3));
        var again = (Visit(("start_time", "2023-06-15T15:30:00Z")), At(4, 4));
        var expected = After(booked, moved, ended, again);

        expected["end_time"].Should().Be("2023-06-15T16:30:00Z");
        After(booked, ended, moved)["end_time"].Should().Be(After(booked, moved, ended)["end_time"]);
        After(booked, again, moved)["end_time"].Should().Be("2023-06-15T16:00:00Z").And.Be(After(booked, moved, again)["end_time"]);
    }

    private static IncomingRecord Visit(params (string, string?)[] said) => Says(_visit, Verb.Update, [("external_id", "1"), .. said]);

    private static StoredRecord Booked(int minute = 1) => Stored(Visit(("start_time", "2023-06-15T14:00:00Z"), ("end_time", "2023-06-15T14:30:00Z")), At(minute));
}
