using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>What messages do to records: order, holds, parking, lists, and who is never taken for whom.</summary>
public sealed class RecordsOfMessagesTests : IAsyncLifetime
{
    private const string Slot = "^^^20260112090000^20260112093000";

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Two_practices_with_the_same_patient_id_never_meet()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe(id: "34772")));
        await _engine.AcceptAsync(TestEngine.Sample("athena-a08.hl7"), TestEngine.Athena);

        (await _engine.RecordAsync("1959", "patient", "34772"))!["first_name"].Should().Be("JOHN");
        (await _engine.RecordAsync("195900", "patient", "34772"))!["first_name"].Should().Be("JANE");
    }

    [Fact]
    public async Task Twins_and_a_father_and_son_of_one_name_stay_apart()
    {
        foreach (var sample in new[] { "guide-a04-twin-one.hl7", "guide-a04-twin-two.hl7", "guide-a04-senior.hl7", "guide-a04-junior.hl7" })
        {
            (await _engine.AcceptAsync(TestEngine.Sample(sample))).State.Should().Be(MessageState.Applied);
        }

        (await _engine.RecordsAsync("1959", "patient")).Should().HaveCount(4);
    }

    [Fact]
    public async Task An_id_given_to_somebody_else_is_held_until_a_person_accepts_it()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));

        var held = await _engine.AcceptAsync(Adt("A08", "2", 2, Doe(given: "MARY", family: "POE", birth: "19910101")));

        held.State.Should().Be(MessageState.Held);
        (await _engine.RecordAsync("1959", "patient", "12345"))!["last_name"].Should().Be("DOE");
        var item = (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 10), default)).Should().ContainSingle().Subject;
        item.Kind.Should().Be("held");

        await _engine.Core.Intake.ReplayAsync(held.Message, Acceptance.OfContradiction, new AuditEntry("test", "review accept", "1959", null, "seen"), default);

        (await _engine.RecordAsync("1959", "patient", "12345"))!["last_name"].Should().Be("POE");
        (await _engine.MessageAsync(held)).State.Should().Be(MessageState.Applied);
    }

    [Fact]
    public async Task A_held_message_that_is_accepted_late_does_not_overtake_what_came_after_it()
    {
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe(rest: "|||||(217)555-0101")));
        var held = await _engine.AcceptAsync(Adt("A08", "2", 2, Doe(family: "POE", birth: "19910101", rest: "|||||(217)555-0102")));
        await _engine.AcceptAsync(Adt("A08", "3", 3, Doe(rest: "|||||(217)555-0103")));

        await _engine.Core.Intake.ReplayAsync(held.Message, Acceptance.OfContradiction, null, default);

        (await _engine.RecordAsync("1959", "patient", "12345"))!["phone_home"].Should().Be("+12175550103");
    }

    [Fact]
    public async Task A_booking_is_booked_modified_and_cancelled_in_any_order_of_arrival()
    {
        byte[][] day =
        [
            Siu("S12", "1", 1, $"|9001||||563^Follow-up|Follow-up|82^Office|30|minutes|{Slot}||||||||||||||Booked", Doe(), "AIP|1||54321^JOHNSON", "AIL|1||1^CLINIC"),
            Siu("S14", "2", 2, "|9001||||563^Follow-up|Headache|82^Office|30|minutes|^^^20260112100000^20260112103000||||||||||||||Booked", Doe(), "AIP|1||54321^JOHNSON", "AIL|1||1^CLINIC"),
            Siu("S15", "3", 3, $"|9001||||563^Follow-up|Headache|82^Office|30|minutes|^^^20260112100000^20260112103000||||||||||||||Cancelled", Doe(), "AIP|1||54321^JOHNSON", "AIL|1||1^CLINIC"),
        ];
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (var order in orders)
        {
            await using var engine = await TestEngine.StartAsync();
            foreach (var index in order)
            {
                await engine.AcceptAsync(day[index]);
            }

            var visit = (await engine.RecordAsync("1959", "appointment", "9001"))!;
            visit["status"].Should().Be("cancelled", string.Join(',', order));
            visit["start_time"].Should().Be("2026-01-12T16:00:00Z", "ten in Chicago, " + string.Join(',', order));
            visit["patient_id"].Should().Be((await engine.RecordAsync("1959", "patient", "12345"))!.Id.ToString());
        }
    }

    [Fact]
    public async Task A_cancel_for_an_unknown_visit_is_kept_and_a_late_booking_does_not_revive_it()
    {
        await _engine.AcceptAsync(Siu("S15", "1", 5, "|9002", Doe()));
        await _engine.AcceptAsync(Siu("S12", "2", 1, $"|9002||||||82^Office|30|minutes|{Slot}", Doe(), "AIP|1||54321", "AIL|1||1"));

        (await _engine.RecordAsync("1959", "appointment", "9002"))!["status"].Should().Be("cancelled");
    }

    [Fact]
    public async Task A_visit_that_changes_its_patient_is_held()
    {
        await _engine.AcceptAsync(Siu("S12", "1", 1, $"|9003||||||82^Office|30|minutes|{Slot}", Doe(), "AIP|1||54321", "AIL|1||1"));

        var receipt = await _engine.AcceptAsync(Siu("S14", "2", 2, $"|9003||||||82^Office|30|minutes|{Slot}", Doe(id: "777", given: "ANN"), "AIP|1||54321", "AIL|1||1"));

        receipt.State.Should().Be(MessageState.Held);
        (await _engine.RecordAsync("1959", "patient", "777")).Should().BeNull("a message applies whole or not at all");
    }

    [Fact]
    public async Task The_PID_of_a_booking_makes_an_unknown_patient_and_only_fills_a_known_one()
    {
        await _engine.AcceptAsync(Siu("S12", "1", 1, $"|9004||||||82^Office|30|minutes|{Slot}", Doe(id: "888", rest: "|||||(217)555-0100"), "AIP|1||54321", "AIL|1||1"));
        (await _engine.RecordAsync("1959", "patient", "888"))!["phone_home"].Should().Be("+12175550100");

        await _engine.AcceptAsync(Siu("S12", "2", 2, $"|9005||||||82^Office|30|minutes|{Slot}", Doe(id: "888", given: "JACK", rest: "|||||(217)555-0199||ENG"), "AIP|1||54321", "AIL|1||1"));

        var patient = (await _engine.RecordAsync("1959", "patient", "888"))!;
        patient["first_name"].Should().Be("JOHN");
        patient["phone_home"].Should().Be("+12175550100");
        patient["preferred_language"].Should().Be("en");
    }

    [Fact]
    public async Task An_echo_is_recognised_by_the_placers_id()
    {
        await _engine.AcceptAsync(Siu("S12", "1", 1, $"PS-1|||||||82^Office|30|minutes|{Slot}", Doe(), "AIP|1||54321", "AIL|1||1"));
        await _engine.AcceptAsync(Siu("S12", "2", 2, $"PS-1|9006||||||82^Office|30|minutes|{Slot}", Doe(), "AIP|1||54321", "AIL|1||1"));

        (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle()
            .Which.Aliases.Should().Contain(new RecordAlias("appointment", "athenahealth", "9006"));
    }

    [Fact]
    public async Task A_full_list_ends_what_it_no_longer_names_and_a_message_without_the_segment_says_nothing()
    {
        const string blue = "IN1|1|BC123^BLUE|BLUEINS|BLUE|||||G1|||||DOE^JOHN|SELF||||||||||||||||||||BC1";
        const string aetna = "IN1|1|AET^AETNA|AET|AETNA|||||G2|||||DOE^JOHN|SELF||||||||||||||||||||AET1";
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe(), blue));
        await _engine.AcceptAsync(Adt("A08", "2", 2, Doe()));
        (await _engine.RecordsAsync("1959", "coverage")).Should().ContainSingle().Which["ended_at"].Should().BeNull();

        await _engine.AcceptAsync(Adt("A08", "3", 3, Doe(), aetna));

        var coverages = await _engine.RecordsAsync("1959", "coverage");
        coverages.Should().HaveCount(2);
        coverages.Single(one => one["member_id"] == "BC1")["ended_at"].Should().Be("2026-01-05T15:03:00Z");
        coverages.Single(one => one["member_id"] == "AET1")["ended_at"].Should().BeNull();
    }

    [Fact]
    public async Task A_message_that_refers_to_a_patient_nobody_has_sent_parks_and_resumes_by_itself()
    {
        var map = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "mappings/athenahealth/profiles/guide/appointment.map.md"));
        await using var engine = await TestEngine.StartAsync(("athenahealth/profiles/guide/appointment.map.md", map.Replace("PID-3[4=ATHENA?,5=MRN?].1", "ZPT-1", StringComparison.Ordinal)));
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Store.Signals.Raised += signal => woken.TrySetResult();

        var parked = await engine.AcceptAsync(Siu("S12", "1", 1, $"|9008||||||82^Office|30|minutes|{Slot}", null, "ZPT|12345", "AIP|1||54321", "AIL|1||1"));

        parked.State.Should().Be(MessageState.Parked);
        MessageDetail.FromJson((await engine.MessageAsync(parked)).Detail).Notes.Should().Contain(note => note.Code == Details.PatientAwaited && note.Reason == "waits for a patient whom nobody has sent yet.");
        System.Text.Encoding.UTF8.GetString(parked.Reply.Span).Should().Contain("MSA|AA|1");
        (await engine.RecordAsync("1959", "appointment", "9008")).Should().BeNull();

        await engine.AcceptAsync(Adt("A04", "2", 2, Doe()));
        await woken.Task.WaitAsync(TimeSpan.FromMinutes(1));
        (await engine.MessageAsync(parked)).State.Should().Be(MessageState.Ready, "what waits is in the store, so a crash forgets nothing");

        await engine.RestartAsync();
        var resumed = new ReadyMessages(engine.Store, engine.Core.Intake, engine.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<ReadyMessages>.Instance);
        await resumed.ResumeAsync(default);

        (await engine.MessageAsync(parked)).State.Should().Be(MessageState.Applied);
        (await engine.RecordAsync("1959", "appointment", "9008"))!["patient_id"].Should().Be((await engine.RecordAsync("1959", "patient", "12345"))!.Id.ToString());
    }

    [Fact]
    public async Task Unknown_providers_and_codes_are_stored_or_kept_and_listed_for_a_person()
    {
        await _engine.AcceptAsync(Siu("S12", "1", 1, $"|9007||||||NEW^Unheard of|30|minutes|{Slot}", Doe(rest: "||Martian"), "AIP|1||99999^NOBODY", "AIL|1||42"));

        (await _engine.RecordAsync("1959", "appointment", "9007"))!["provider_id"].Should().Be("99999");
        var kinds = (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 20), default)).Select(item => item.Kind);
        kinds.Should().Contain(["unknown code", "unknown provider", "unknown location"]);
    }

    [Fact]
    public async Task Many_updates_of_one_patient_at_once_end_in_the_newest()
    {
        await _engine.AcceptAsync(Adt("A04", "0", 0, Doe()));

        await Task.WhenAll(Enumerable.Range(1, 40).Select(minute => Task.Run(() =>
            _engine.AcceptAsync(Adt("A08", $"M{minute}", minute, Doe(rest: $"|||||(217)555-{1000 + minute}"))))));

        (await _engine.RecordAsync("1959", "patient", "12345"))!["phone_home"].Should().Be("+12175551040");
    }
}
