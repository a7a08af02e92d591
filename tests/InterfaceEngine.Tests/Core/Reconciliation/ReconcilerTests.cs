using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using static InterfaceEngine.Tests.Core.Reconciliation.Tables;

namespace InterfaceEngine.Tests.Core.Reconciliation;

public sealed class ReconcilerTests
{
    private static readonly (string, string?)[] _john =
        [("external_id", "12345"), ("first_name", "JOHN"), ("last_name", "DOE"), ("date_of_birth", "1980-05-15")];

    private static IncomingRecord John(Verb verb, params (string, string?)[] more) => Says(Patient, verb, [.. _john, .. more]);

    [Fact]
    public void A_new_record_takes_what_was_said_and_defaults_for_the_rest()
    {
        var result = Reconciler.Reconcile("1959", null, John(Verb.Create), At(1), new EngineId(7));

        result.Outcome.Should().Be(ReconciledOutcome.Created);
        result.Next!.Version.Should().Be(1);
        result.Next.Id.Should().Be(new EngineId(7));
        result.Next["last_name"].Should().Be("DOE");
        result.Next["gender"].Should().Be("unknown");
        result.Next.Find("gender")!.Cause.Should().BeNull("a default ranks below any event");
        result.NewAliases.Should().Equal(new RecordAlias("patient", "athenahealth", "12345"));
    }

    [Fact]
    public void What_stands_in_for_an_unknown_code_is_taken_only_where_nothing_is_stored()
    {
        var known = Stored(Says(Patient, Verb.Create, ("external_id", "1"), ("first_name", "A"), ("last_name", "B"), ("date_of_birth", "1980-05-15"), ("gender", "female")), At(1));
        var guess = new IncomingField(Patient.Find("gender")!, FieldValue.Of("other"), new CellReference("test.map.md", 1, 1), ByteRange.None, IsDefault: true);
        var update = new IncomingRecord
        {
            Definition = Patient,
            Verb = Verb.Update,
            Format = "HL7 v2",
            Aliases = known.Aliases,
            Fields = [guess],
        };

        Reconciler.Reconcile("1959", known, update, At(2), default).Outcome.Should().Be(ReconciledOutcome.Unchanged);

        var empty = Stored(Says(Coverage, Verb.Create, ("plan_id", "1")), At(1));
        var member = new IncomingRecord
        {
            Definition = Coverage,
            Verb = Verb.Update,
            Format = "HL7 v2",
            Aliases = empty.Aliases,
            Fields = [guess with { Definition = Coverage.Find("member_id")! }],
        };
        var taken = Reconciler.Reconcile("1959", empty, member, At(2), default).Next!;
        taken["member_id"].Should().Be("other");
        taken.Find("member_id")!.Cause.Should().BeNull("it ranks below any event");
    }

    [Fact]
    public void A_record_with_a_time_of_its_own_counts_at_that_and_not_at_its_messages()
    {
        var stored = Stored(Says(Coverage, Verb.Create, ("plan_id", "1"), ("member_id", "new")), At(2));
        var older = new IncomingRecord
        {
            Definition = Coverage,
            Verb = Verb.CreateOrUpdate,
            Format = "FHIR R4",
            Aliases = stored.Aliases,
            Fields = Says(Coverage, Verb.Update, ("member_id", "old")).Fields,
            EventTime = At(1).EventTime,
        };

        Reconciler.Reconcile("1959", stored, older, At(3), default).Outcome.Should().Be(ReconciledOutcome.Unchanged);
        Reconciler.Reconcile("1959", stored, older.WithAliases(older.Aliases), At(3), default).Outcome.Should().Be(ReconciledOutcome.Unchanged);
        Reconciler.Reconcile("1959", null, older, At(3), new EngineId(7)).Next!.Find("member_id")!.Cause!.EventTime.Should().Be(At(1).EventTime);
    }

    [Fact]
    public void Every_missing_required_field_of_a_new_record_is_named()
    {
        var result = Reconciler.Reconcile("1959", null, Says(Patient, Verb.Create, ("external_id", "1"), ("first_name", "A")), At(1), new EngineId(7));

        result.Outcome.Should().Be(ReconciledOutcome.Refused);
        result.Next.Should().BeNull();
        result.Notes.Select(note => note.Field).Should().Equal("last_name", "date_of_birth");
    }

    [Fact]
    public void A_clear_of_a_required_field_does_not_make_a_new_record()
    {
        var result = Reconciler.Reconcile("1959", null, Says(Patient, Verb.Create, [.. _john[..3], ("date_of_birth", null)]), At(1), new EngineId(7));

        result.Outcome.Should().Be(ReconciledOutcome.Refused);
    }

    [Fact]
    public void An_update_of_an_unknown_record_makes_it_and_says_so()
    {
        var result = Reconciler.Reconcile("1959", null, John(Verb.Update), At(1), new EngineId(7));

        result.Outcome.Should().Be(ReconciledOutcome.Created);
        result.Notes.Should().ContainSingle().Which.Code.Should().Be(ReconciliationCodes.UpdateOfUnknown);
    }

    [Fact]
    public void A_create_of_a_known_record_updates_it_and_says_so()
    {
        var result = Reconciler.Reconcile("1959", Stored(John(Verb.Create), At(1)), John(Verb.Create, ("email", "a@example.org")), At(2), default);

        result.Outcome.Should().Be(ReconciledOutcome.Updated);
        result.Notes.Should().ContainSingle().Which.Should().Match<ReconciliationNote>(note =>
            note.Code == ReconciliationCodes.CreateOfKnown && note.Reason == "a create of a patient that is known: it was updated.");
    }

    [Fact]
    public void A_change_that_a_person_decides_is_kept_back_and_said()
    {
        var definition = new RecordDefinition("patient", "athenahealth", [Field("external_id", isKey: true), new FieldDefinition { Name = "email", Unit = "email", As = "text", IsReviewedOnChange = true }]);
        var stored = Stored(Says(definition, Verb.Create, ("external_id", "1"), ("email", "a@example.org")), At(1));

        var result = Reconciler.Reconcile("1959", stored, Says(definition, Verb.Update, ("external_id", "1"), ("email", "b@example.org")), At(2), default);

        stored["email"].Should().Be("a@example.org");
        (result.Next ?? stored)["email"].Should().Be("a@example.org");
        result.Notes.Should().ContainSingle().Which.Should().Match<ReconciliationNote>(note =>
            note.NeedsPerson && note.Code == ReconciliationCodes.ReviewedChange && note.Reason == "email would change, which a person decides. Kept.");
    }

    [Fact]
    public void Where_another_source_is_preferred_the_others_only_fill_what_is_empty()
    {
        var definition = new RecordDefinition("patient", "athenahealth", [Field("external_id", isKey: true), new FieldDefinition { Name = "email", Unit = "email", As = "text", PreferredFormat = "athenaNet" }]);
        var empty = Stored(Says(definition, Verb.Create, ("external_id", "1")), At(1));

        var filled = Reconciler.Reconcile("1959", empty, Says(definition, Verb.Update, ("external_id", "1"), ("email", "a@example.org")), At(2), default).Next!;
        var kept = Reconciler.Reconcile("1959", filled, Says(definition, Verb.Update, ("external_id", "1"), ("email", "b@example.org")), At(3), default).Next;

        filled["email"].Should().Be("a@example.org");
        (kept ?? filled)["email"].Should().Be("a@example.org");
    }

    [Fact]
    public void What_is_absent_is_kept_and_what_is_cleared_is_removed()
    {
        var record = After(
            (John(Verb.Create, ("phone_home", "+1"), ("email", "a@b")), At(1)),
            (John(Verb.Update, ("email", null)), At(2)));

        record["phone_home"].Should().Be("+1");
        record["email"].Should().BeNull();
        record.Find("email")!.Cause.Should().Be(At(2), "a cleared field keeps its clock");
    }

    [Fact]
    public void A_clear_never_removes_a_required_field()
    {
        var stored = Stored(John(Verb.Create), At(1));

        var result = Reconciler.Reconcile("1959", stored, Says(Patient, Verb.Update, ("external_id", "12345"), ("last_name", null)), At(2), default);

        (result.Next ?? stored)["last_name"].Should().Be("DOE");
        result.Notes.Should().ContainSingle().Which.Code.Should().Be(ReconciliationCodes.RequiredKept);
    }

    [Fact]
    public void An_older_event_never_overwrites_a_newer_one_and_the_rest_of_it_applies()
    {
        var stored = After(
            (John(Verb.Create, ("phone_home", "+1")), At(1)),
            (John(Verb.Update, ("phone_home", "+3")), At(3)));

        var result = Reconciler.Reconcile("1959", stored, Says(Patient, Verb.Update, ("external_id", "12345"), ("phone_home", "+2"), ("email", "a@b")), At(2), default);

        result.Next!["phone_home"].Should().Be("+3");
        result.Next["email"].Should().Be("a@b");
        result.Notes.Should().ContainSingle(note => note.Code == ReconciliationCodes.Stale)
            .Which.Reason.Should().Contain("1 field ignored as stale, 1 applied");
    }

    [Fact]
    public void A_unit_is_older_or_newer_as_a_whole()
    {
        var stored = After(
            (John(Verb.Create, ("address.line1", "12 Elm St"), ("address.line2", "Apt 4B")), At(1)),
            (John(Verb.Update, ("address.line1", "456 Oak Ave"), ("address.line2", null)), At(3)));

        var late = Reconciler.Reconcile("1959", stored, John(Verb.Update, ("address.line1", "9 Old Rd"), ("address.line2", "Apt 1"), ("address.city", "Elsewhere")), At(2), default);

        var record = late.Next ?? stored;
        record["address.line1"].Should().Be("456 Oak Ave");
        record["address.line2"].Should().BeNull();
        record["address.city"].Should().BeNull("a city of an older address does not belong to the newer one");
    }

    [Fact]
    public void A_value_said_again_advances_the_clock()
    {
        var record = After(
            (John(Verb.Create, ("phone_home", "+1")), At(1)),
            (John(Verb.Update, ("phone_home", "+1")), At(5)),
            (John(Verb.Update, ("phone_home", "+2")), At(3)));

        record["phone_home"].Should().Be("+1");
    }

    [Fact]
    public void Events_of_one_time_are_taken_in_their_order_of_arrival()
    {
        var stored = After((John(Verb.Create, ("phone_home", "+1")), At(1, message: 10)), (John(Verb.Update, ("phone_home", "+2")), At(1, message: 11)));
        stored["phone_home"].Should().Be("+2");

        After((John(Verb.Create), At(0, 1)), (John(Verb.Update, ("phone_home", "+2")), At(1, 11)), (John(Verb.Update, ("phone_home", "+1")), At(1, 10)))["phone_home"]
            .Should().Be("+2", "a replay keeps the place it arrived in");
    }

    [Fact]
    public void The_same_message_twice_changes_nothing_and_writes_nothing()
    {
        var stored = Stored(John(Verb.Create, ("phone_home", "+1")), At(1));

        var again = Reconciler.Reconcile("1959", stored, John(Verb.Create, ("phone_home", "+1")), At(1), default);

        again.Outcome.Should().Be(ReconciledOutcome.Unchanged);
        again.Next.Should().BeNull();
    }

    [Theory]
    [InlineData("JOHN", "John", "John")]
    [InlineData("John", "JOHN", "John")]
    [InlineData("John", "Jon", "Jon")]
    [InlineData("McDonald", "Mcdonald", "McDonald")]
    public void A_change_of_letter_case_only_counts_when_the_stored_name_is_all_capitals(string before, string after, string expected)
    {
        After((Says(Patient, Verb.Create, ("external_id", "1"), ("first_name", before), ("last_name", "D"), ("date_of_birth", "1980-01-01")), At(1)),
            (Says(Patient, Verb.Update, ("external_id", "1"), ("first_name", after)), At(2)))["first_name"].Should().Be(expected);
    }

    [Fact]
    public void Family_name_and_birth_date_that_both_contradict_are_held_and_nothing_is_applied()
    {
        var stored = Stored(John(Verb.Create), At(1));
        var other = Says(Patient, Verb.Update, ("external_id", "12345"), ("first_name", "MARY"), ("last_name", "POE"), ("date_of_birth", "1991-01-01"));

        var result = Reconciler.Reconcile("1959", stored, other, At(2), default);

        result.Outcome.Should().Be(ReconciledOutcome.Held);
        result.Next.Should().BeNull();
        result.Notes.Should().ContainSingle().Which.Should().Match<ReconciliationNote>(note =>
            note.NeedsPerson && note.Code == ReconciliationCodes.Contradiction && !note.Reason.Contains("POE"));

        Reconciler.Reconcile("1959", stored, other, At(2), default, Acceptance.OfContradiction).Next!["last_name"].Should().Be("POE");
    }

    [Theory]
    [InlineData("JANE", "2010-01-01", ReconciledOutcome.Held)]
    [InlineData("JON", "2010-01-01", ReconciledOutcome.Held)]
    [InlineData("JANE", "1980-05-15", ReconciledOutcome.Updated)]
    [InlineData("John", "2010-01-01", ReconciledOutcome.Updated)]
    [InlineData("Jo", "2010-01-01", ReconciledOutcome.Updated)]
    [InlineData("JOHN PAUL", "2010-01-01", ReconciledOutcome.Updated)]
    public void Somebody_else_of_the_family_is_told_from_a_corrected_birth_date(string firstName, string birthDate, ReconciledOutcome expected)
    {
        var said = Says(Patient, Verb.Update, ("external_id", "12345"), ("first_name", firstName), ("last_name", "DOE"), ("date_of_birth", birthDate));

        Reconciler.Reconcile("1959", Stored(John(Verb.Create), At(1)), said, At(2), default).Outcome.Should().Be(expected);
    }

    [Theory]
    [InlineData("SMITH", "1980-05-15")]
    [InlineData("doe", "1990-01-01")]
    [InlineData("D'OE", "1990-01-01")]
    public void One_of_the_two_may_change(string lastName, string birthDate)
    {
        var stored = Stored(John(Verb.Create), At(1));

        Reconciler.Reconcile("1959", stored, Says(Patient, Verb.Update, ("external_id", "12345"), ("last_name", lastName), ("date_of_birth", birthDate)), At(2), default)
            .Outcome.Should().NotBe(ReconciledOutcome.Held);
    }

    [Fact]
    public void Filling_makes_an_unknown_record_and_otherwise_fills_only_what_is_empty()
    {
        var stored = Stored(John(Verb.Create, ("address.line1", "12 Elm St"), ("phone_home", null)), At(1));

        var record = Reconciler.Reconcile("1959", stored, John(Verb.Fill, ("gender", "male"), ("address.line1", "9 Other St"), ("address.city", "X"), ("phone_home", "+9"), ("email", null)), At(2), default).Next!;

        record["gender"].Should().Be("male", "a default is not a value somebody gave");
        record["address.line1"].Should().Be("12 Elm St");
        record["address.city"].Should().BeNull("a unit that holds something is left alone as a whole");
        record["phone_home"].Should().Be("+9");

        Reconciler.Reconcile("1959", null, John(Verb.Fill), At(2), new EngineId(3)).Outcome.Should().Be(ReconciledOutcome.Created);
    }

    [Fact]
    public void Another_external_id_of_a_record_is_an_alias_and_not_a_change()
    {
        var stored = Stored(John(Verb.Create), At(1));

        var result = Reconciler.Reconcile("1959", stored, Says(Patient, Verb.Update, ("external_id", "777")), At(2), default);

        result.Next!["external_id"].Should().Be("12345");
        result.NewAliases.Should().ContainSingle().Which.Value.Should().Be("777");
        result.Next.Aliases.Should().HaveCount(2);
    }

    [Fact]
    public void A_cancel_of_an_unknown_visit_is_stored_and_a_late_booking_does_not_revive_it()
    {
        var cancel = Reconciler.Reconcile("1959", null, Says(Appointment, Verb.Cancel, ("external_id", "9"), ("status", "cancelled")), At(5), new EngineId(4));
        cancel.Outcome.Should().Be(ReconciledOutcome.Created, "a cancel is exempt from required fields");

        var booking = Reconciler.Reconcile("1959", cancel.Next, Says(Appointment, Verb.Create, ("external_id", "9"), ("patient_id", "P"), ("start_time", "T"), ("status", "scheduled")), At(3), default);

        booking.Next!["status"].Should().Be("cancelled");
        booking.Next["start_time"].Should().Be("T");
    }

    [Theory]
    [InlineData(Verb.Update, "checked_in", "cancelled")]
    [InlineData(Verb.Update, "scheduled", "scheduled")]
    [InlineData(Verb.Create, "checked_in", "checked_in")]
    [InlineData(Verb.Reschedule, "scheduled", "scheduled")]
    [InlineData(Verb.Cancel, "no_show", "no_show")]
    public void Only_a_booking_a_move_or_an_outright_booked_revives_a_cancelled_visit(Verb verb, string said, string expected)
    {
        var booked = Says(Appointment, Verb.Create, ("external_id", "9"), ("patient_id", "P"), ("start_time", "T"), ("status", "scheduled"));
        var cancelled = Says(Appointment, Verb.Cancel, ("external_id", "9"), ("status", "cancelled"));

        After((booked, At(1)), (cancelled, At(2)), (Says(Appointment, verb, ("external_id", "9"), ("status", said)), At(3)))["status"].Should().Be(expected);
    }

    [Fact]
    public void An_update_without_a_status_leaves_a_cancelled_visit_cancelled()
    {
        After(
            (Says(Appointment, Verb.Create, ("external_id", "9"), ("patient_id", "P"), ("start_time", "T")), At(1)),
            (Says(Appointment, Verb.Cancel, ("external_id", "9"), ("status", "cancelled")), At(2)),
            (Says(Appointment, Verb.Update, ("external_id", "9"), ("notes", "N")), At(3)))["status"].Should().Be("cancelled");
    }

    [Fact]
    public void An_update_that_would_bring_a_closed_visit_back_is_told_that_it_does_not()
    {
        var cancelled = Stored(Says(Appointment, Verb.Cancel, ("external_id", "9"), ("status", "cancelled")), At(1));

        var result = Reconciler.Reconcile("1959", cancelled, Says(Appointment, Verb.Update, ("external_id", "9"), ("status", "checked_in")), At(2), default);

        result.Notes.Should().ContainSingle().Which.Should().Match<ReconciliationNote>(note =>
            note.Code == ReconciliationCodes.Closed && note.Reason == "the appointment is closed and an update does not bring it back. Kept.");
    }

    [Fact]
    public void Fewer_items_of_one_key_than_before_are_applied_and_put_before_a_person()
    {
        var several = Says(Patient, Verb.Create, ("external_id", "1"), ("first_name", "A"), ("last_name", "B"), ("date_of_birth", "1980-01-01"));
        several.Repeats = 2;

        var result = Reconciler.Reconcile("1959", Stored(several, At(1)), Says(Patient, Verb.Update, ("external_id", "1"), ("email", "a@example.org")), At(2), default);

        result.Next!["email"].Should().Be("a@example.org");
        result.Notes.Should().ContainSingle().Which.Should().Match<ReconciliationNote>(note => note.NeedsPerson && note.Code == ReconciliationCodes.FewerRepeats
            && note.Reason == "fewer patient items of one key than a message before, which told them apart by their order only: the first was taken to be meant. It was applied; a person should look at it.");
    }

    [Fact]
    public void A_visit_that_changes_its_patient_is_held()
    {
        var stored = Stored(Says(Appointment, Verb.Create, ("external_id", "9"), ("patient_id", "P"), ("start_time", "T")), At(1));

        var result = Reconciler.Reconcile("1959", stored, Says(Appointment, Verb.Update, ("external_id", "9"), ("patient_id", "Q")), At(2), default);

        result.Outcome.Should().Be(ReconciledOutcome.Held);
        result.Notes.Should().ContainSingle().Which.Code.Should().Be(ReconciliationCodes.SealedChange);
    }

    /// <summary>
    /// Law L7: any order of arrival gives the same state. Random messages over three event times and several fields,
    /// applied in every rotation; letter-case rules and closed states are left out, for they look at the stored value.
    /// </summary>
    [Fact]
    public void Any_order_of_arrival_ends_in_the_same_record()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var messages = Enumerable.Range(1, 4).Select(minute => (
                John(Verb.CreateOrUpdate,
                    [.. new[] { "gender", "phone_home", "email" }.Where(_ => random.Next(2) == 0).Select(name => (name, random.Next(3) == 0 ? null : $"v{random.Next(3)}"))]),
                At(minute))).ToArray();
            var expected = Values(After(messages));

            for (var rotation = 1; rotation < messages.Length; rotation++)
            {
                var rotated = messages.Skip(rotation).Concat(messages.Take(rotation)).ToArray();
                Values(After(rotated)).Should().Equal(expected, $"seed {seed}, rotation {rotation}");
            }
        }

        static string[] Values(StoredRecord record) =>
            [.. record.Fields.Where(field => field.Value is not null).OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{field.Name}={field.Value}@{field.Cause?.EventTime}")];
    }
}
