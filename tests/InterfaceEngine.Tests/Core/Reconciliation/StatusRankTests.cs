using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using static InterfaceEngine.Tests.Core.Reconciliation.Tables;

namespace InterfaceEngine.Tests.Core.Reconciliation;

/// <summary>Rules <c>ranks</c> and <c>retracted by</c> and header <c>former:</c>, on an observation in small.</summary>
public sealed class StatusRankTests
{
    private static readonly RecordDefinition _observation = new("observation", "athenahealth",
    [
        Field("code"),
        new FieldDefinition
        {
            Name = "status", Unit = "status", As = "code observation-status",
            Ranks = new Dictionary<string, int> { ["pending"] = -2, ["preliminary"] = -1, ["final"] = 0 },
            RetractingValues = ["deleted", "wrong_patient"],
        },
        Field("value.text", unit: "value"),
        Field("value.unit", unit: "value"),
        Field("former_value.text", unit: "former_value"),
        Field("former_value.unit", unit: "former_value"),
    ], ListKind.Partial)
    {
        Former = new FormerUnit("value", [("value.text", "former_value.text"), ("value.unit", "former_value.unit")]),
    };

    [Fact]
    public void A_preliminary_value_never_replaces_a_final_one_however_late()
    {
        var result = Reconciler.Reconcile("1959", Stored(Says("final", "5.4"), At(1)), Says("preliminary", "6.0"), At(9), default);

        result.Outcome.Should().Be(ReconciledOutcome.Unchanged);
        result.Next.Should().BeNull("nothing is written");
        result.Notes.Should().ContainSingle().Which.Should().Match<ReconciliationNote>(note => note.Code == ReconciliationCodes.Outranked && note.Field == "status");
    }

    [Fact]
    public void A_final_value_replaces_a_preliminary_one_however_early()
    {
        var record = After((Says("preliminary", "6.0"), At(9)), (Says("final", "5.4"), At(1, message: 10)));

        record["value.text"].Should().Be("5.4");
        record["status"].Should().Be("final");
    }

    [Fact]
    public void Among_equals_the_time_decides() =>
        After((Says("final", "2"), At(2)), (Says("final", "1"), At(1, message: 3)))["value.text"].Should().Be("2");

    [Theory]
    [InlineData("amended")]
    [InlineData(null)]
    public void A_status_that_is_not_named_ranks_highest(string? status)
    {
        var record = After((Says("preliminary", "1"), At(5)), (Says(status, "2"), At(1, message: 6)), (Says("preliminary", "3"), At(9)));

        record["value.text"].Should().Be("2");
    }

    [Fact]
    public void What_a_final_result_left_unsaid_a_preliminary_one_fills()
    {
        (string, string?)[] final = [("code", "GLU"), ("status", "final")];

        After((Tables.Says(_observation, Verb.CreateOrUpdate, final), At(2)), (Says("preliminary", "1"), At(1, message: 3)))["value.text"].Should().Be("1");
    }

    [Fact]
    public void A_correction_keeps_the_former_value_on_the_record()
    {
        var record = After((Says("final", "5.4"), At(1)), (Says("corrected", "4.5"), At(2)));

        record["value.text"].Should().Be("4.5");
        record["former_value.text"].Should().Be("5.4");
        record["former_value.unit"].Should().Be("mmol/L");
        record.Find("former_value.text")!.Cause.Should().Be(At(1), "it says when the former value was sent");
    }

    [Fact]
    public void A_correction_is_listed_among_the_changes_with_both_values()
    {
        var result = Reconciler.Reconcile("1959", Stored(Says("final", "5.4"), At(1)), Says("corrected", "4.5"), At(2), default);

        result.Changes.Select(change => (change.Name, change.Before, change.After)).Should().Equal(
            ("status", "final", "corrected"), ("value.text", "5.4", "4.5"), ("former_value.text", null, "5.4"), ("former_value.unit", null, "mmol/L"));
    }

    [Fact]
    public void The_same_value_again_is_no_former_value()
    {
        var record = After((Says("preliminary", "5.4"), At(1)), (Says("final", "5.4"), At(2)));

        record["former_value.text"].Should().BeNull();
        record.Find("former_value.text").Should().BeNull();
    }

    [Fact]
    public void A_final_value_does_not_show_what_was_preliminary()
    {
        var record = After((Says("preliminary", "1"), At(1)), (Says("preliminary", "2"), At(2)), (Says("final", "3"), At(3)), (Says("preliminary", "4"), At(4)));

        record["value.text"].Should().Be("3");
        record.Find("former_value.text").Should().BeNull();
    }

    [Fact]
    public void A_value_made_final_without_being_sent_again_does_not_show_what_was_preliminary()
    {
        var record = After(
            (Says("preliminary", "1"), At(1)), (Says("preliminary", "2"), At(2)), (Tables.Says(_observation, Verb.CreateOrUpdate, ("code", "GLU"), ("status", "final")), At(3)));

        record["value.text"].Should().Be("2");
        record.Find("value.text")!.Cause.Should().Be(At(2), "it keeps its own time, with the rank of what made it final");
        record.Find("former_value.text").Should().BeNull();
    }

    [Fact]
    public void A_deleted_result_keeps_its_value_and_says_since_when_it_is_withdrawn()
    {
        var record = After((Says("final", "5.4"), At(1)), (Says("deleted", "5.4"), At(2)));

        record["value.text"].Should().Be("5.4");
        record[Retraction.RetractedAt].Should().Be("1970-01-01T00:02:00Z");
    }

    [Fact]
    public void A_result_sent_again_after_it_was_deleted_is_no_longer_withdrawn() =>
        After((Says("deleted", "5.4"), At(1)), (Says("final", "5.4"), At(2)))[Retraction.RetractedAt].Should().BeNull();

    [Fact]
    public void A_result_that_is_first_heard_of_when_deleted_is_made_withdrawn() =>
        After((Says("wrong_patient", "5.4"), At(1)))[Retraction.RetractedAt].Should().Be("1970-01-01T00:01:00Z");

    [Fact]
    public void Applying_a_message_twice_writes_nothing_more()
    {
        var record = After((Says("final", "5.4"), At(1)), (Says("corrected", "4.5"), At(2)), (Says("deleted", "4.5"), At(3)));

        Reconciler.Reconcile("1959", record, Says("final", "5.4"), At(1), default).Next.Should().BeNull();
        Reconciler.Reconcile("1959", record, Says("deleted", "4.5"), At(3), default).Next.Should().BeNull();
    }

    [Fact]
    public void A_rule_that_is_taken_out_leaves_nothing_that_ranks_above_every_message()
    {
        var plain = new RecordDefinition("observation", "athenahealth", [Field("code"), Field("status"), Field("value.text", unit: "value"), Field("value.unit", unit: "value")]);

        Reconciler.Reconcile("1959", Stored(Says("final", "5.4"), At(1)), Tables.Says(plain, Verb.Update, ("code", "GLU"), ("value.text", "6")), At(2), default)
            .Next!["value.text"].Should().Be("6");
    }

    /// <summary>Preliminary twice, final, corrected twice with a value gone in between, deleted: every order of arrival ends in one state.</summary>
    [Fact]
    public void Every_order_of_arrival_ends_in_one_state()
    {
        (IncomingRecord Incoming, Cause Cause)[] messages =
        [
            (Says("preliminary", "1"), At(1)), (Says("final", "2"), At(3)), (Says("preliminary", "3"), At(4)),
            (Says("corrected", null), At(5)), (Says("corrected", "2"), At(6)), (Says("deleted", "2"), At(7)),
        ];
        var expected = State(After(messages));

        expected.Should().Be("code GLU@7/0, former_value.text @5/0, former_value.unit @5/0, retracted_at 1970-01-01T00:07:00Z@7/0, status deleted@7/0, value.text 2@7/0, value.unit mmol/L@7/0");
        foreach (var order in Orders(messages))
        {
            State(After([.. order])).Should().Be(expected, "of {0}", string.Join(" ", order.Select(one => one.Cause.Message.Value)));
        }
    }

    [Fact]
    public void Final_corrected_and_preliminary_in_every_order_show_what_was_corrected()
    {
        (IncomingRecord, Cause)[] messages = [(Says("preliminary", "1"), At(1)), (Says("final", "2"), At(2)), (Says("corrected", "3"), At(3)), (Says("preliminary", "4"), At(4))];

        Orders(messages).Select(order => After([.. order])).Should().OnlyContain(record =>
            record["value.text"] == "3" && record["former_value.text"] == "2" && record["status"] == "corrected");
    }

    private static IncomingRecord Says(string? status, string? value)
    {
        List<(string, string?)> said = [("code", "GLU")];
        if (status is not null)
        {
            said.Add(("status", status));
        }

        return Tables.Says(_observation, Verb.CreateOrUpdate, [.. said, ("value.text", value), ("value.unit", value is null ? null : "mmol/L")]);
    }

    private static string State(StoredRecord record) => string.Join(", ", record.Fields
        .OrderBy(field => field.Name, StringComparer.Ordinal)
        .Select(field => $"{field.Name} {field.Value}@{field.Cause!.EventTime / 60_000}/{field.Cause.Rank}"));
}
