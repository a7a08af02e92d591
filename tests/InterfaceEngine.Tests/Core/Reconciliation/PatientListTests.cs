using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using static InterfaceEngine.Tests.Core.Reconciliation.Tables;

namespace InterfaceEngine.Tests.Core.Reconciliation;

public sealed class PatientListTests
{
    private static IncomingRecord Plan(string id) => Says(Coverage, Verb.CreateOrUpdate, ("plan_id", id), ("member_id", "M"));

    [Fact]
    public void What_a_full_list_no_longer_names_ends_at_the_events_time()
    {
        var first = Stored(Plan("A"), At(1), id: 1);
        var second = Stored(Plan("B"), At(1), id: 2);

        var ended = PatientList.End([first, second], new HashSet<EngineId> { first.Id }, At(60));

        ended.Should().ContainSingle().Which.Next!["ended_at"].Should().Be("1970-01-01T01:00:00Z");
        ended[0].Next!.Id.Should().Be(second.Id);
        ended[0].Next!["plan_id"].Should().Be("B", "nothing is deleted");
        ended[0].Next!.Version.Should().Be(2);
    }

    [Fact]
    public void An_older_list_does_not_end_what_a_newer_message_named()
    {
        var newer = Stored(Plan("A"), At(5), id: 1);

        PatientList.End([newer], new HashSet<EngineId>(), At(3)).Should().BeEmpty();
    }

    [Fact]
    public void An_item_that_has_ended_does_not_end_again()
    {
        var ended = PatientList.End([Stored(Plan("A"), At(1), id: 1)], new HashSet<EngineId>(), At(2))[0].Next!;

        PatientList.End([ended], new HashSet<EngineId>(), At(3)).Should().BeEmpty();
    }

    [Fact]
    public void An_item_named_again_has_not_ended()
    {
        var ended = PatientList.End([Stored(Plan("A"), At(1), id: 1)], new HashSet<EngineId>(), At(2))[0].Next!;

        Reconciler.Reconcile("1959", ended, Plan("A"), At(3), default).Next!["ended_at"].Should().BeNull();
        (Reconciler.Reconcile("1959", ended, Plan("A"), At(1, 7), default).Next ?? ended)["ended_at"].Should().NotBeNull("an older list does not bring it back");
    }

    [Fact]
    public void An_item_made_by_an_older_list_than_the_newest_is_made_as_ended()
    {
        var other = PatientList.Listed(Reconciler.Reconcile("1959", null, Plan("A"), At(5), new EngineId(1)), At(5)).Next!;
        var late = Reconciler.Reconcile("1959", null, Plan("B"), At(3), new EngineId(2));

        var made = PatientList.EndIfSuperseded(late, [other], At(3)).Next!;

        made["ended_at"].Should().Be("1970-01-01T00:05:00Z");
        PatientList.EndIfSuperseded(late, [], At(3)).Next!["ended_at"].Should().BeNull();
    }

    [Fact]
    public void A_newer_message_that_named_some_items_only_does_not_end_an_item_at_its_birth()
    {
        var confirmed = PatientList.Listed(Reconciler.Reconcile("1959", null, Plan("A"), At(1), new EngineId(1)), At(1)).Next!;
        confirmed = Reconciler.Reconcile("1959", confirmed, Plan("A"), At(5), default).Next!;
        var late = Reconciler.Reconcile("1959", null, Plan("B"), At(3), new EngineId(2));

        PatientList.EndIfSuperseded(late, [confirmed], At(3)).Next!["ended_at"].Should().BeNull("the last whole list is that of the first minute");
    }
}
