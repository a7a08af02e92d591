using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Appointments made on our side, over a real store and the shipped mappings: the change, its message and its audit are one.</summary>
public sealed class AppointmentDeskTests : IAsyncLifetime
{
    private static readonly AuditEntry _audit = new("maria", "appointments", "1959", null, "the patient called");

    private TestEngine _engine = null!;

    private AppointmentDesk Desk => _engine.Core.Appointments;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync(settings => settings with
        {
            Destinations =
            [
                At(new OutboundAddress { Destination = "portal", Practices = ["195900"], SendingApplication = "PRACTICESTUDIO", ReceivingApplication = "PORTAL", MoveEvent = "SIU^S13" }),
                At(new OutboundAddress { Destination = "athena", Practices = ["1959"], SendingApplication = "PRACTICESTUDIO", ReceivingApplication = "ATHENA", SendingFacility = "PSSERVER", ReceivingFacility = "ATHENANET" }),
            ],
        });
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "1", 0, GuideMessages.Doe()));

        static DestinationSettings At(OutboundAddress address) => new("mllp", address, new MllpDestinationOptions(), new DeliveryOptions());
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_booking_is_stored_under_an_id_of_ours_and_queues_its_message()
    {
        var booked = await Desk.BookAsync(Booking(), default);

        var visit = (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle().Subject;
        BookingNames.Told(visit.Aliases).Should().Equal(new RecordAlias("appointment", "placer", visit.Id.ToString()));
        Fields(visit, "provider_id", "location_id", "appointment_type", "start_time", "end_time", "status", "reason", "placer_id").Should().Equal(
            "prov-johnson", "loc-main", "telehealth", "2026-12-01T15:00:00Z", "2026-12-01T15:15:00Z", "scheduled", "Follow-up", visit.Id.ToString());
        var delivery = await DeliveryAsync(booked.Deliveries.Single().Id);
        (delivery.Destination, delivery.Event, delivery.State, delivery.Record).Should().Be(("athena", "SIU^S12", DeliveryState.Waiting, visit.Id));
        var sent = Hl7Message.Parse(delivery.Body);
        sent.ControlId.Should().Be(delivery.Id.ToString(), "the reply is matched by it");
        At(sent, "SCH-1").Should().Be(visit.Id.ToString());
        sent.Find("SCH").Field(2).IsEmpty.Should().BeTrue("athenahealth has not given its number yet");
        At(sent, "SCH-11").Should().Be("^^^20261201090000^20261201091500");
        At(sent, "PID-3").Should().Be("12345^^^ATHENA^MRN");
    }

    [Fact]
    public async Task The_change_log_and_the_audit_say_who_and_why()
    {
        var booked = await Desk.BookAsync(Booking(), default);

        var (changes, audit) = await _engine.Store.ReadAsync(reader => (reader.Changes("1959", reader.Record("1959", booked.Visit.Id)!, 10), reader.Audit("1959", 10)), default);
        changes.Single().Fields.Select(field => field.Name).Should().Contain(["start_time", "provider_id", "placer_id"]);
        var entry = audit[0];
        (entry.Actor, entry.Reason, entry.Subject).Should().Be(("maria", "the patient called", $"appointment {booked.Visit.Id}"));
        booked.Visit.Find("start_time")!.Cause!.Source.Should().Be("command:appointments book");
    }

    [Fact]
    public async Task The_same_key_again_is_answered_with_the_visit_that_is_there_and_tells_nobody_twice()
    {
        var first = await Desk.BookAsync(Booking() with { Key = "web-7" }, default);
        var before = await DeliveriesAsync();

        var again = await Desk.BookAsync(Booking() with { Key = "web-7" }, default);

        (again.IsRepeat, again.Visit.Id, again.Changes.Count, again.Deliveries.Count).Should().Be((true, first.Visit.Id, 0, 0));
        first.IsRepeat.Should().BeFalse();
        (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle().Which["start_time"].Should().Be(first.Visit["start_time"]);
        (await DeliveriesAsync()).Should().Be(before);
        (await Desk.BookAsync(Booking() with { Key = "web-8", Start = "2026-12-03 09:00" }, default)).Visit.Id.Should().NotBe(first.Visit.Id);
    }

    [Fact]
    public async Task A_repeat_is_audited_since_it_tells_of_a_visit()
    {
        var first = await Desk.BookAsync(Booking() with { Key = "web-7" }, default);

        await Desk.BookAsync(Booking() with { Key = "web-7" }, default);

        var row = (await _engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default))[0];
        (row.Actor, row.Subject).Should().Be(("maria", $"appointment {first.Visit.Id}, made before"));
        row.Records.Should().Equal(first.Visit.Id);
    }

    [Fact]
    public async Task A_key_under_which_something_else_is_said_is_refused_and_not_taken_for_a_repeat()
    {
        var first = await Desk.BookAsync(Booking() with { Key = "web-7" }, default);

        await Refused(() => Desk.BookAsync(Booking() with { Key = "web-7", Start = "2026-12-08 11:00" }, default), $"This key is that of another booking, appointment {first.Visit.Id}.*");
        await Refused(() => Desk.BookAsync(Booking() with { Key = "web-7", VisitReason = "Another" }, default), "This key is that of another booking*");
        (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle();
    }

    [Fact]
    public async Task Two_callers_who_number_their_bookings_alike_do_not_stand_in_each_others_way()
    {
        var booking = Booking() with { Key = "1" };
        var first = await Desk.BookAsync(booking, default);

        var second = await Desk.BookAsync(booking with { Start = "2026-12-08 11:00", Audit = booking.Audit with { Actor = "kiosk" } }, default);

        (second.IsRepeat, second.Visit.Id == first.Visit.Id).Should().Be((false, false));
    }

    [Fact]
    public async Task Without_keys_the_same_patient_at_the_same_time_is_one_visit_in_whatever_words()
    {
        var booking = Booking() with { IsOnce = true };
        var first = await Desk.BookAsync(booking, default);
        var patient = (await _engine.RecordsAsync("1959", "patient")).Single(one => one.Id.ToString() == first.Visit["patient_id"]);

        var again = await Desk.BookAsync(booking with { Start = "2026-12-01 15:00+00:00", Patient = patient.Id.ToString(), VisitReason = "in other words" }, default);
        var other = await Desk.BookAsync(booking with { Start = "2026-12-01 11:00" }, default);

        (again.IsRepeat, again.Visit.Id).Should().Be((true, first.Visit.Id), "9:00 by the clinic's clock is 15:00 UTC");
        other.IsRepeat.Should().BeFalse();
    }

    [Fact]
    public async Task A_visit_that_was_cancelled_or_moved_does_not_stand_for_one_that_is_wanted_again()
    {
        var booking = Booking() with { IsOnce = true };
        var cancelled = (await Desk.BookAsync(booking, default)).Visit.Id;
        await Desk.CancelAsync(new AppointmentChange { Practice = "1959", Visit = cancelled.ToString(), Audit = booking.Audit }, default);
        var moved = (await Desk.BookAsync(booking, default)).Visit.Id;
        await Desk.ModifyAsync(new AppointmentChange { Practice = "1959", Visit = moved.ToString(), Start = "2026-12-01 16:00", Audit = booking.Audit }, default);
        var standing = await Desk.BookAsync(booking, default);

        (await Desk.BookAsync(booking, default)).Should().BeEquivalentTo(new { IsRepeat = true, Visit = new { standing.Visit.Id } });
        new[] { cancelled, moved, standing.Visit.Id }.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Bookings_without_keys_at_the_same_moment_are_one_visit()
    {
        var booked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Desk.BookAsync(Booking() with { IsOnce = true }, default))));

        booked.Select(outcome => outcome.Visit.Id).Distinct().Should().ContainSingle();
        booked.Count(outcome => !outcome.IsRepeat).Should().Be(1);
    }

    [Fact]
    public async Task Bookings_of_one_key_at_the_same_moment_are_one_visit()
    {
        var booked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Desk.BookAsync(Booking() with { Key = "web-7" }, default))));

        booked.Select(outcome => outcome.Visit.Id).Distinct().Should().ContainSingle();
        booked.Count(outcome => !outcome.IsRepeat).Should().Be(1);
        (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle();
    }

    [Fact]
    public async Task A_key_survives_a_restart_and_the_echo_of_its_visit()
    {
        var ours = (await Desk.BookAsync(Booking() with { Key = "web-7" }, default)).Visit.Id;
        await _engine.AcceptAsync(GuideMessages.Siu("S12", "2", 5, $"{ours}|900001||||||90|15|min|^^^20261201090000", GuideMessages.Doe(), "AIL|1||1", "AIP|1||12345"));

        await _engine.RestartAsync();

        (await Desk.BookAsync(Booking() with { Key = "web-7" }, default)).Should().BeEquivalentTo(new { IsRepeat = true, Visit = new { Id = ours } });
    }

    [Fact]
    public async Task A_key_of_another_patients_visit_and_one_that_is_none_book_nothing()
    {
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "77", 1, GuideMessages.Doe("20099", "MARY", "ROE", "19910101")));
        await Desk.BookAsync(Booking() with { Key = "web-7" }, default);

        await Refused(() => Desk.BookAsync(Booking() with { Key = "web-7", Patient = "20099" }, default), "This key is that of another patient's visit.*");
        await Refused(() => Desk.BookAsync(Booking() with { Key = "" }, default), "A key has 1 to 100 characters*");
        await Refused(() => Desk.BookAsync(Booking() with { Key = new string('k', 101) }, default), "A key has 1 to 100 characters*");
        (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle();
    }

    [Fact]
    public async Task Athenahealths_echo_finds_our_visit_adds_its_number_and_sends_nothing_back()
    {
        var ours = (await Desk.BookAsync(Booking(), default)).Visit.Id.ToString();
        var before = await DeliveriesAsync();

        // Minute precision and a clock that is behind ours: the echo is older than the booking it repeats.
        var echo = GuideMessages.Siu("S12", "2", 5, $"{ours}|900001||||||90|15|min|^^^20261201090000^20261201091500||||||||||||||Booked", GuideMessages.Doe(), "AIL|1||1", "AIP|1||12345");
        (await _engine.AcceptAsync(echo)).State.Should().Be(MessageState.Applied);
        var later = GuideMessages.Siu("S14", "3", 30, "|900001||||||90|15|min|^^^20261201100000^20261201101500||||||||||||||Booked", GuideMessages.Doe(), "AIL|1||1", "AIP|1||12345")
            .Replace("20260105093000", "20260202093000");
        _engine.Time.Advance(TimeSpan.FromDays(2));
        await _engine.AcceptAsync(later);

        var visit = (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle("the echo of our booking is no second visit").Subject;
        BookingNames.Told(visit.Aliases).Select(alias => $"{alias.System} {alias.Value}").Should().Equal("athenahealth 900001", $"placer {ours}");
        (visit.ExternalId, visit["external_id"]).Should().Be(("900001", "900001"));
        visit["start_time"].Should().Be("2026-12-01T16:00:00Z", "athenahealth's own number alone finds it later");
        (await DeliveriesAsync()).Should().Be(before, "what came from athenahealth is never sent back to it");
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("placer")]
    [InlineData("filler")]
    public async Task A_visit_is_changed_by_any_of_its_numbers(string by)
    {
        var visit = (await Desk.BookAsync(Booking(), default)).Visit;
        await _engine.AcceptAsync(GuideMessages.Siu("S12", "2", 5, $"{visit.Id}|900001||||||90|15|min|^^^20261201090000", GuideMessages.Doe(), "AIL|1||1", "AIP|1||12345"));
        _engine.Time.Advance(TimeSpan.FromMinutes(1));

        var changed = await Desk.ModifyAsync(Change(by == "filler" ? "900001" : visit.Id.ToString()) with { Start = "2026-12-01 11:00" }, default);

        Fields(changed.Visit, "start_time", "end_time").Should().Equal(["2026-12-01T17:00:00Z", "2026-12-01T17:15:00Z"], "a start that moves alone keeps the length");
        var sent = Hl7Message.Parse((await DeliveryAsync(changed.Deliveries.Single().Id)).Body);
        (sent.EventType, At(sent, "SCH-1"), At(sent, "SCH-2"), At(sent, "SCH-11")).Should().Be(("SIU^S14", visit.Id.ToString(), "900001", "^^^20261201110000^20261201111500"));
    }

    [Fact]
    public async Task A_removed_reason_is_written_as_a_deletion_and_what_was_never_there_is_not()
    {
        var visit = (await Desk.BookAsync(Booking(), default)).Visit;
        _engine.Time.Advance(TimeSpan.FromMinutes(1));

        var changed = await Desk.ModifyAsync(Change(visit.Id.ToString()) with { VisitReason = "" }, default);

        var sent = Hl7Message.Parse((await DeliveryAsync(changed.Deliveries.Single().Id)).Body);
        Encoding.ASCII.GetString(sent.Find("SCH").Field(7).Raw).Should().Be("\"\"");
        sent.Find("NTE").IsPresent.Should().BeFalse();
    }

    [Fact]
    public async Task A_cancelled_visit_goes_out_as_S15_and_can_neither_be_changed_nor_cancelled_again()
    {
        var visit = (await Desk.BookAsync(Booking(), default)).Visit;
        _engine.Time.Advance(TimeSpan.FromMinutes(1));

        var cancelled = await Desk.CancelAsync(Change(visit.Id.ToString()), default);

        cancelled.Visit["status"].Should().Be("cancelled");
        var sent = Hl7Message.Parse((await DeliveryAsync(cancelled.Deliveries.Single().Id)).Body);
        (sent.EventType, At(sent, "SCH-25")).Should().Be(("SIU^S15", "Cancelled"));
        await Refused(() => Desk.CancelAsync(Change(visit.Id.ToString()), default), "The appointment is cancelled: book another.");
        await Refused(() => Desk.ModifyAsync(Change(visit.Id.ToString()) with { Minutes = 30 }, default), "The appointment is cancelled: book another.");
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "patient", "There is no such patient*" },
        { "provider", "There is no such provider in the practice's providers.ref.md: prov-johnson, prov-rivera." },
        { "location", "There is no such location*" },
        { "type", "There is no such appointment_type in the code table appt-type: *telehealth*" },
        { "minutes", "A visit is 1 to 1440 minutes long." },
        { "start", "A start is written 2026-12-01 09:00*" },
        { "skipped", "This time does not exist in America/Chicago*" },
        { "twice", "This time happens twice in America/Chicago: say which with an offset, *-05:00* or *-06:00*" },
        { "destination", "south is no destination of practice 1959 (athena)." },
        { "far", "A visit begins within 5 years: is the year right?" },
        { "last", "A visit begins within 5 years: is the year right?" },
        { "last with an offset", "A visit begins within 5 years: is the year right?" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_the_tables_do_not_know_is_refused_and_nothing_is_stored(string what, string message)
    {
        var booking = Booking();
        booking = what switch
        {
            "patient" => booking with { Patient = "99" },
            "provider" => booking with { Provider = "who" },
            "location" => booking with { Location = "where" },
            "type" => booking with { Type = "what" },
            "minutes" => booking with { Minutes = 0 },
            "start" => booking with { Start = "tomorrow" },
            "skipped" => booking with { Start = "2026-03-08 02:30" },
            "twice" => booking with { Start = "2026-11-01 01:30" },
            "far" => booking with { Start = "2031-02-02 09:00" },
            "last" => booking with { Start = "9999-12-31 23:59" },
            "last with an offset" => booking with { Start = "9999-12-31 23:59-06:00" },
            _ => booking with { Destination = "south" },
        };

        await Refused(() => Desk.BookAsync(booking, default), message);

        (await _engine.RecordsAsync("1959", "appointment")).Should().BeEmpty();
        (await DeliveriesAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("2026-11-01 01:30-05:00", "2026-11-01T06:30:00Z")]
    [InlineData("2026-11-02 01:30", "2026-11-02T07:30:00Z")]
    public async Task A_time_is_taken_by_the_clinics_clock_or_by_its_offset(string start, string expected) =>
        (await Desk.BookAsync(Booking() with { Start = start }, default)).Visit["start_time"].Should().Be(expected);

    /// <summary>It is 06:00 of 1 February at the clinic.</summary>
    [Theory]
    [InlineData("2026-01-31 23:59", false)]
    [InlineData("2020-12-01 09:00", false)]
    [InlineData("2026-02-01 00:00", true)]
    [InlineData("2026-02-01 05:45", true)]
    public async Task A_visit_is_neither_booked_nor_moved_to_a_day_that_is_over_and_earlier_today_is_well(string start, bool isWell)
    {
        const string over = "The visit would begin on a day that is over. Nothing was changed: choose another time.";
        var booked = await Desk.BookAsync(Booking(), default);
        _engine.Time.Advance(TimeSpan.FromMinutes(1));
        Task<AppointmentOutcome> BookAsync() => Desk.BookAsync(Booking() with { Start = start, Provider = "mrivera" }, default);
        Task<AppointmentOutcome> MoveAsync() => Desk.ModifyAsync(Change(booked.Visit.Id.ToString()) with { Start = start }, default);

        if (isWell)
        {
            (await BookAsync()).Visit["start_time"].Should().Be((await MoveAsync()).Visit["start_time"]);
        }
        else
        {
            await Refused(BookAsync, over);
            await Refused(MoveAsync, over);
        }
    }

    [Fact]
    public async Task A_visit_that_was_is_still_changed_in_everything_but_its_day_and_its_booking_said_again_is_answered()
    {
        var booked = await Desk.BookAsync(Booking() with { Key = "web-7", Start = "2026-02-01 09:00" }, default);
        _engine.Time.Advance(TimeSpan.FromDays(2));

        var noted = await Desk.ModifyAsync(Change(booked.Visit.Id.ToString()) with { Start = "2026-02-01 09:00", Note = "Came late" }, default);
        var again = await Desk.BookAsync(Booking() with { Key = "web-7", Start = "2026-02-01 09:00" }, default);

        noted.Visit["notes"].Should().Be("Came late");
        (again.IsRepeat, again.Visit.Id).Should().Be((true, booked.Visit.Id));
    }

    [Fact]
    public async Task A_time_that_a_local_time_cannot_tell_is_not_sent()
    {
        // The second 01:30 of that night; the receiver would take the first.
        await Refused(() => Desk.BookAsync(Booking() with { Start = "2026-11-01 01:30-06:00" }, default), "It can't be told to athena, so nothing was changed. MAP607 start_time: *");

        (await _engine.RecordsAsync("1959", "appointment")).Should().BeEmpty("the change and its message are one");
    }

    [Fact]
    public async Task What_is_so_already_is_neither_stored_nor_sent()
    {
        var visit = (await Desk.BookAsync(Booking(), default)).Visit;

        await Refused(() => Desk.ModifyAsync(Change(visit.Id.ToString()) with { Minutes = 15 }, default), "It is so already*");

        (await DeliveriesAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Changes_of_one_visit_at_the_same_time_are_all_made_and_all_told()
    {
        var visit = (await Desk.BookAsync(Booking(), default)).Visit;

        await Task.WhenAll(
            Task.Run(() => Desk.ModifyAsync(Change(visit.Id.ToString()) with { Note = "Bring films" }, default)),
            Task.Run(() => Desk.ModifyAsync(Change(visit.Id.ToString()) with { Provider = "prov-rivera" }, default)),
            Task.Run(() => Desk.ModifyAsync(Change(visit.Id.ToString()) with { Minutes = 45 }, default)));

        var after = (await _engine.RecordsAsync("1959", "appointment")).Single();
        Fields(after, "notes", "provider_id", "end_time").Should().Equal("Bring films", "prov-rivera", "2026-12-01T15:45:00Z");
        (await DeliveriesAsync()).Should().Be(4);
    }

    [Fact]
    public async Task Our_change_is_later_than_a_message_whose_clock_ran_ahead()
    {
        var visit = (await Desk.BookAsync(Booking(), default)).Visit;
        _engine.Time.Advance(TimeSpan.FromMinutes(1));
        var ahead = GuideMessages.Siu("S14", "2", 0, $"{visit.Id}|900001||||||90|15|min|^^^20261201100000^20261201101500", GuideMessages.Doe(), "AIL|1||1", "AIP|1||12345")
            .Replace("20260105090000", "20260201060400");
        await _engine.AcceptAsync(ahead);

        var changed = await Desk.ModifyAsync(Change(visit.Id.ToString()) with { Start = "2026-12-01 13:00" }, default);

        changed.Visit["start_time"].Should().Be("2026-12-01T19:00:00Z");
    }

    [Fact]
    public async Task A_destination_may_want_a_move_told_as_S13_and_other_changes_as_S14()
    {
        await _engine.AcceptAsync(TestEngine.Sample("athena-a04.hl7"), TestEngine.Athena);
        var patient = (await _engine.RecordsAsync("195900", "patient")).Single();
        var visit = (await Desk.BookAsync(Booking() with { Practice = "195900", Patient = patient.Id.ToString(), Provider = "27" }, default)).Visit;
        var change = new AppointmentChange { Practice = "195900", Visit = visit.Id.ToString(), Audit = _audit };
        _engine.Time.Advance(TimeSpan.FromMinutes(1));

        var moved = await Desk.ModifyAsync(change with { Start = "2026-12-02 09:00" }, default);
        var longer = await Desk.ModifyAsync(change with { Minutes = 30 }, default);

        (moved.Deliveries.Single().Event, longer.Deliveries.Single().Event).Should().Be(("SIU^S13", "SIU^S14"));
        At(Hl7Message.Parse(moved.Deliveries.Single().Body), "MSH-9").Should().Be("SIU^S13");
    }

    [Fact]
    public async Task A_practice_without_a_destination_books_and_tells_nobody()
    {
        await using var alone = await TestEngine.StartAsync();
        await alone.AcceptAsync(GuideMessages.Adt("A04", "1", 0, GuideMessages.Doe()));

        var booked = await alone.Core.Appointments.BookAsync(Booking(), default);

        booked.Deliveries.Should().BeEmpty();
        (await alone.RecordsAsync("1959", "appointment")).Should().ContainSingle();
    }

    private static AppointmentChange Booking() => new()
    {
        Practice = "1959",
        Patient = "12345",
        Start = "2026-12-01 09:00",
        Minutes = 15,
        Type = "telehealth",
        Provider = "jjohnson",
        Location = "loc-main",
        VisitReason = "Follow-up",
        Audit = _audit,
    };

    private static AppointmentChange Change(string visit) => new() { Practice = "1959", Visit = visit, Audit = _audit };

    private static IEnumerable<string?> Fields(StoredRecord record, params string[] names) => names.Select(name => record[name]);

    private static string At(Hl7Message message, string path) => Hl7Path.Parse(path).Get(message).Decode();

    private static async Task Refused(Func<Task> act, string message) =>
        (await act.Should().ThrowAsync<ChangeRefusedException>()).WithMessage(message);

    private Task<StoredDelivery> DeliveryAsync(EngineId id) => _engine.Store.ReadAsync(reader => reader.Delivery(id)!, default).AsTask();

    private Task<long> DeliveriesAsync() => _engine.Store.ReadAsync(reader => reader.DeliveryCounts().Sum(count => count.Count), default).AsTask();
}

/// <summary>Small edits of a message's text.</summary>
internal static class MessageEdits
{
    public static byte[] Replace(this byte[] message, string from, string to) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message).Replace(from, to, StringComparison.Ordinal));
}
