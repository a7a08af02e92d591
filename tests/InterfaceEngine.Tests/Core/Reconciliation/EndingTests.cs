using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using static InterfaceEngine.Tests.Core.Reconciliation.Tables;

namespace InterfaceEngine.Tests.Core.Reconciliation;

/// <summary>Rule <c>closed by</c> with events that come late: a row of a file and a document tell a state, and nobody knows of which event.</summary>
public sealed class EndingTests
{
    [Fact]
    public void A_cancel_that_comes_after_a_newer_update_ends_the_visit_all_the_same()
    {
        var record = After((Booked, At(1)), (Row("checked_in"), At(3)), (Cancelled, At(2)));

        record["status"].Should().Be("cancelled");
        record.Find("status")!.Cause!.EventTime.Should().Be(At(2).EventTime, "it ended then");
    }

    [Fact]
    public void A_row_that_says_cancelled_is_the_cancel_it_tells_of() =>
        After((Booked, At(1)), (Row("checked_in"), At(3)), (Row("cancelled"), At(2)))["status"].Should().Be("cancelled");

    [Fact]
    public void A_cancel_older_than_a_booking_that_was_outdone_by_a_row_ends_nothing() =>
        After((Row("checked_in"), At(3)), (Booked, At(2)), (Cancelled, At(1)))["status"].Should().Be("checked_in");

    [Fact]
    public void An_update_that_was_kept_back_counts_once_the_booking_before_it_comes()
    {
        var kept = After((Cancelled, At(1)), (Row("checked_in"), At(3)));
        kept["status"].Should().Be("cancelled");

        var result = Reconciler.Reconcile("1959", kept, Booked, At(2), default);

        result.Next!["status"].Should().Be("checked_in");
        result.Next.Find("status")!.Cause.Should().Be(At(3));
        result.Changes.Should().Contain(change => change.Name == "status" && change.Before == "cancelled" && change.After == "checked_in");
    }

    [Fact]
    public void What_was_kept_back_is_said_and_told_again_writes_nothing()
    {
        var kept = After((Cancelled, At(1)), (Row("checked_in"), At(3)));

        Reconciler.Reconcile("1959", kept, Row("checked_in"), At(3), default).Next.Should().BeNull();
        Reconciler.Reconcile("1959", kept, Row("arrived"), At(4), default).Notes.Should().ContainSingle(note => note.Code == ReconciliationCodes.Closed);
    }

    [Fact]
    public void A_row_that_cancels_an_unknown_visit_needs_no_more_than_a_cancel_does()
    {
        var result = Reconciler.Reconcile("1959", null, Says(Appointment, Verb.CreateOrUpdate, ("external_id", "9"), ("status", "cancelled")), At(1), new EngineId(1000));

        result.Outcome.Should().Be(ReconciledOutcome.Created);
        result.Next!["status"].Should().Be("cancelled");
    }

    [Fact]
    public void A_record_from_before_this_was_kept_is_taken_as_told_by_a_booking()
    {
        var old = After((Row("scheduled"), At(2)));
        old.Find("status" + Ending.Decided).Should().BeNull();

        Reconciler.Reconcile("1959", old, Cancelled, At(1), default).Outcome.Should().Be(ReconciledOutcome.Unchanged);
    }

    /// <summary>Four events of every kind at four times, in all 24 orders: one state, and nothing but it.</summary>
    [Fact]
    public void Every_order_of_arrival_ends_in_the_same_record()
    {
        (Verb Verb, string? Status)[] kinds =
        [
            (Verb.Create, "scheduled"), (Verb.Reschedule, "scheduled"), (Verb.Cancel, "cancelled"), (Verb.Update, "checked_in"), (Verb.Update, "arrived"),
            (Verb.CreateOrUpdate, "cancelled"), (Verb.CreateOrUpdate, "no_show"), (Verb.CreateOrUpdate, "checked_in"), (Verb.CreateOrUpdate, "scheduled"),
            (Verb.CreateOrUpdate, null), (Verb.Update, ""),
        ];
        for (var seed = 1; seed <= 400; seed++)
        {
            var random = new Random(seed);
            var events = Enumerable.Range(1, 4).Select(minute => (Of(kinds[random.Next(kinds.Length)]), At(minute))).ToArray();
            var expected = State(After(events));
            foreach (var order in Orders(events))
            {
                State(After([.. order])).Should().Be(expected, "seed {0}, order {1}", seed, string.Join(' ', order.Select(one => one.Item2.Message.Value)));
            }
        }

        static IncomingRecord Of((Verb Verb, string? Status) kind)
        {
            List<(string, string?)> said = [("external_id", "9"), ("patient_id", "P"), ("start_time", "T")];
            if (kind.Status is { } status)
            {
                said.Add(("status", status.Length == 0 ? null : status));
            }

            return Says(Appointment, kind.Verb, [.. said]);
        }
    }

    private static IncomingRecord Booked => Says(Appointment, Verb.Create, ("external_id", "9"), ("patient_id", "P"), ("start_time", "T"), ("status", "scheduled"));

    private static IncomingRecord Cancelled => Says(Appointment, Verb.Cancel, ("external_id", "9"), ("status", "cancelled"));

    private static IncomingRecord Row(string status) =>
        Says(Appointment, Verb.CreateOrUpdate, ("external_id", "9"), ("patient_id", "P"), ("start_time", "T"), ("status", status));

    private static string State(StoredRecord record) => string.Join(", ", record.Fields
        .Where(field => field.Name.StartsWith("status", StringComparison.Ordinal))
        .OrderBy(field => field.Name, StringComparer.Ordinal)
        .Select(field => $"{field.Name} {field.Value}@{field.Cause?.EventTime / 60_000}"));
}
