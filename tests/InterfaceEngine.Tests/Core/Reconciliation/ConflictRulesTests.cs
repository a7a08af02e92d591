using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using static InterfaceEngine.Tests.Core.Reconciliation.Tables;

namespace InterfaceEngine.Tests.Core.Reconciliation;

/// <summary>Who wins where two sources differ: the newer event, the source that is named first, or a person.</summary>
public sealed class ConflictRulesTests
{
    private const string FrontDesk = "front-desk";
    private const string Nightly = "nightly";

    private static readonly ConflictRule _deskFirst = ConflictRule.Of([FrontDesk, Nightly]);

    [Fact]
    public void Without_a_rule_the_newer_event_wins_whoever_says_it()
    {
        var record = After(ConflictRules.None, (Phone("1"), At(1, FrontDesk)), (Phone("2"), At(2, Nightly)));

        record["phone_home"].Should().Be("2");
    }

    [Fact]
    public void A_source_that_is_named_first_keeps_its_value_against_a_newer_one_and_it_is_noted()
    {
        var stored = After(Rules("phone_home", _deskFirst), (Phone("1"), At(1, FrontDesk)));

        var result = Reconcile(stored, Phone("2"), At(9, Nightly), Rules("phone_home", _deskFirst));

        (result.Next ?? stored)["phone_home"].Should().Be("1");
        result.Notes.Should().ContainSingle().Which.Should().Match<ReconciliationNote>(note =>
            note.Code == ReconciliationCodes.SourceOutdone && note.Reason == "another source comes before its own by the practice's settings. 1 field kept.");
        result.Differences.Should().ContainSingle().Which.Should().Be(new FieldDifference("phone_home", "1", "2", DifferenceReason.Source, At(1, FrontDesk)));
    }

    [Fact]
    public void A_source_that_is_named_first_takes_the_place_of_a_newer_value()
    {
        var result = Reconcile(Stored(Phone("2"), At(9, Nightly)), Phone("1"), At(1, FrontDesk), Rules("phone_home", _deskFirst));

        result.Next!["phone_home"].Should().Be("1");
        result.Differences.Should().ContainSingle().Which.Reason.Should().Be(DifferenceReason.Preferred);
    }

    [Fact]
    public void A_source_that_is_not_named_comes_last_and_among_those_the_newer_wins()
    {
        var rules = Rules("phone_home", ConflictRule.Of([FrontDesk]));

        After(rules, (Phone("1"), At(5, "portal")), (Phone("2"), At(6, Nightly)))["phone_home"].Should().Be("2");
        After(rules, (Phone("1"), At(1, FrontDesk)), (Phone("2"), At(6, Nightly)))["phone_home"].Should().Be("1");
    }

    [Fact]
    public void A_unit_is_won_or_lost_as_a_whole()
    {
        var stored = Stored(Patient(("address.line1", "12 Elm St"), ("address.line2", "Apt 4B"), ("address.city", "Dallas")), At(1, FrontDesk));

        var result = Reconcile(stored, Patient(("address.line1", "456 Oak Ave"), ("address.line2", null), ("address.city", "Dallas")), At(2, Nightly), Rules("address", _deskFirst));

        (result.Next ?? stored).Fields.Where(field => field.Name.StartsWith("address", StringComparison.Ordinal)).Select(field => field.Value).Should().Equal("12 Elm St", "Apt 4B", "Dallas");
        result.Differences.Select(difference => difference.Field).Should().Equal("address.line1", "address.line2");
    }

    [Fact]
    public void The_rule_of_a_field_comes_before_that_of_its_type()
    {
        var rules = new ConflictRules(new Dictionary<(string, string?), ConflictRule> { [("patient", null)] = _deskFirst, [("patient", "email")] = ConflictRule.Newest });
        var stored = Stored(Patient(("phone_home", "1"), ("email", "a@example.org")), At(1, FrontDesk));

        var next = Reconcile(stored, Patient(("phone_home", "2"), ("email", "b@example.org")), At(2, Nightly), rules).Next!;

        (next["phone_home"], next["email"]).Should().Be(("1", "b@example.org"));
    }

    [Fact]
    public void A_change_by_another_source_waits_for_a_person_and_the_rest_applies()
    {
        var rules = Rules("phone_home", ConflictRule.Hold);
        var stored = Stored(Patient(("phone_home", "1"), ("email", "a@example.org")), At(1, FrontDesk));

        var result = Reconcile(stored, Patient(("phone_home", "2"), ("email", "b@example.org")), At(2, Nightly), rules);

        (result.Next!["phone_home"], result.Next["email"]).Should().Be(("1", "b@example.org"));
        result.Notes.Should().ContainSingle().Which.Should().Match<ReconciliationNote>(note => note.NeedsPerson && note.Field == "phone_home"
            && note.Code == ReconciliationCodes.HeldChange && note.Reason == "phone_home was written by another source, and a change of it waits for a person. Kept.");
        result.Differences.Select(difference => (difference.Field, difference.Reason)).Should().Equal(("phone_home", DifferenceReason.Held), ("email", DifferenceReason.Newer));
    }

    [Fact]
    public void A_held_change_applies_once_a_person_has_accepted_it()
    {
        var stored = Stored(Patient(("address.line1", "12 Elm St"), ("address.line2", "Apt 4B")), At(1, FrontDesk));
        var said = Patient(("address.line1", "456 Oak Ave"), ("address.line2", null));

        var next = Reconciler.Reconcile("1959", stored, said, At(2, Nightly), default, Acceptance.OfChange("address"), Rules("address", ConflictRule.Hold)).Next!;

        (next["address.line1"], next["address.line2"]).Should().Be(("456 Oak Ave", null));
        next.Find("address.line1")!.Cause!.Source.Should().Be(Nightly);
    }

    [Fact]
    public void Who_wrote_a_value_may_change_it_and_another_that_says_the_same_does_not_become_its_writer()
    {
        var rules = Rules("phone_home", ConflictRule.Hold);

        var record = After(rules, (Phone("1"), At(1, FrontDesk)), (Phone("1"), At(2, Nightly)), (Phone("3"), At(3, FrontDesk)));

        record["phone_home"].Should().Be("3");
    }

    [Fact]
    public void What_nobody_has_written_is_filled_by_any_source() =>
        After(Rules("phone_home", ConflictRule.Hold), (Patient(("email", "a@example.org")), At(1, FrontDesk)), (Phone("2"), At(2, Nightly)))["phone_home"].Should().Be("2");

    [Fact]
    public void An_older_change_by_another_source_is_ignored_and_asks_nobody()
    {
        var result = Reconcile(Stored(Phone("2"), At(5, FrontDesk)), Phone("1"), At(1, Nightly), Rules("phone_home", ConflictRule.Hold));

        result.Notes.Should().ContainSingle().Which.Code.Should().Be(ReconciliationCodes.Stale);
    }

    [Fact]
    public void The_end_of_a_visit_by_another_source_waits_for_a_person_too()
    {
        var stored = Stored(Says(Appointment, Verb.Create, ("external_id", "9"), ("patient_id", "P"), ("start_time", "T"), ("status", "scheduled")), At(1, FrontDesk));

        var result = Reconcile(stored, Says(Appointment, Verb.CreateOrUpdate, ("external_id", "9"), ("status", "cancelled")), At(2, Nightly), Rules("status", ConflictRule.Hold, "appointment"));

        (result.Next ?? stored)["status"].Should().Be("scheduled");
        result.Notes.Should().ContainSingle().Which.Code.Should().Be(ReconciliationCodes.HeldChange);
    }

    /// <summary>Law L7 with precedence: four events of three sources at four times, in all 24 orders, with units, ends and clears.</summary>
    [Fact]
    public void Whatever_the_order_of_arrival_the_sources_settings_decide_the_same()
    {
        string[] sources = [FrontDesk, Nightly, "portal"];
        string?[] statuses = ["scheduled", "checked_in", "cancelled", "no_show"];
        var rules = new ConflictRules(new Dictionary<(string, string?), ConflictRule> { [("appointment", null)] = _deskFirst, [("appointment", "notes")] = ConflictRule.Of([Nightly]) });
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            var events = Enumerable.Range(1, 4).Select(minute => (
                Says(
                    Appointment, random.Next(4) == 0 ? Verb.Create : Verb.CreateOrUpdate,
                    ("external_id", "9"), ("patient_id", "P"), ("start_time", $"T{random.Next(3)}"), ("status", statuses[random.Next(4)]), ("notes", random.Next(3) == 0 ? null : $"N{random.Next(3)}")),
                At(minute, sources[random.Next(3)]))).ToArray();
            var expected = Values(After(rules, events));
            foreach (var order in Orders(events))
            {
                Values(After(rules, [.. order])).Should().Be(expected, "seed {0}, order {1}", seed, string.Join(' ', order.Select(one => one.Item2.Message.Value)));
            }
        }

        static string Values(StoredRecord record) => string.Join(", ", record.Fields
            .OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{field.Name}={field.Value}@{field.Cause?.EventTime}"));
    }

    private static ConflictRules Rules(string unit, ConflictRule rule, string type = "patient") => new(new Dictionary<(string, string?), ConflictRule> { [(type, unit)] = rule });

    private static Cause At(int minute, string source) => Tables.At(minute) with { Source = source };

    private static IncomingRecord Phone(string phone) => Patient(("phone_home", phone));

    private static IncomingRecord Patient(params (string, string?)[] said) => Says(
        Tables.Patient, Verb.CreateOrUpdate, [("external_id", "1"), ("first_name", "A"), ("last_name", "B"), ("date_of_birth", "1980-01-01"), .. said]);

    private static Reconciled Reconcile(StoredRecord stored, IncomingRecord incoming, Cause cause, ConflictRules rules) =>
        Reconciler.Reconcile("1959", stored, incoming, cause, default, conflicts: rules);

    private static StoredRecord After(ConflictRules rules, params (IncomingRecord Incoming, Cause Cause)[] messages)
    {
        StoredRecord? stored = null;
        foreach (var (incoming, cause) in messages)
        {
            stored = Reconciler.Reconcile("1959", stored, incoming, cause, new EngineId(1000), conflicts: rules).Next ?? stored;
        }

        return stored!;
    }
}
