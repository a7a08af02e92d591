using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake;

/// <summary>A patient is with one provider once at a time, whoever books it and under whatever key.</summary>
public sealed class VisitTimeTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    private AppointmentDesk Desk => _engine.Core.Appointments;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "1", 0, GuideMessages.Doe()));
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_second_visit_at_this_time_is_refused_with_the_one_that_stands()
    {
        var first = (await Desk.BookAsync(Booking("web-1"), default)).Visit.Id;

        await Refused(() => Desk.BookAsync(Booking("web-2"), default), $"The patient has a visit with this provider at this time already, appointment {first}. Nothing was booked: change that one, or choose another time.");
        (await Desk.BookAsync(Booking("web-1"), default)).IsRepeat.Should().BeTrue("who says the same by its key is answered");
        (await Desk.BookAsync(Booking("web-3") with { Provider = "jjohnson" }, default)).IsRepeat.Should().BeFalse("another provider is another visit");
        (await Desk.BookAsync(Booking("web-4") with { Start = "2026-12-01 09:15" }, default)).IsRepeat.Should().BeFalse("so is another time");
    }

    [Fact]
    public async Task Of_many_that_are_booked_at_once_one_is()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
        {
            try
            {
                return (await Desk.BookAsync(Booking($"web-{number}"), default)).Visit;
            }
            catch (ChangeRefusedException)
            {
                return null;
            }
        })));

        made.Should().ContainSingle(visit => visit != null);
        (await _engine.RecordsAsync("1959", "appointment")).Should().ContainSingle();
    }

    [Fact]
    public async Task A_visit_is_not_moved_to_where_the_patient_is_already()
    {
        var first = (await Desk.BookAsync(Booking("web-1"), default)).Visit.Id;
        var second = (await Desk.BookAsync(Booking("web-2") with { Start = "2026-12-01 11:00" }, default)).Visit.Id;
        Task<AppointmentOutcome> MoveAsync(string start) => Desk.ModifyAsync(new AppointmentChange { Practice = "1959", Visit = second.ToString(), Start = start, Audit = Audit }, default);

        await Refused(() => MoveAsync("2026-12-01 09:00"), $"The patient has a visit with this provider at this time already, appointment {first}. Nothing was changed: *");
        await MoveAsync("2026-12-01 12:00");
        await MoveAsync("2026-12-01 11:00");
        await Desk.ModifyAsync(new AppointmentChange { Practice = "1959", Visit = second.ToString(), VisitReason = "Cough", Audit = Audit }, default);
    }

    [Fact]
    public async Task A_time_is_free_again_when_its_visit_was_cancelled_or_moved_away()
    {
        var first = (await Desk.BookAsync(Booking("web-1"), default)).Visit.Id;
        await Desk.CancelAsync(new AppointmentChange { Practice = "1959", Visit = first.ToString(), Audit = Audit }, default);
        var second = (await Desk.BookAsync(Booking("web-2"), default)).Visit.Id;
        await Desk.ModifyAsync(new AppointmentChange { Practice = "1959", Visit = second.ToString(), Start = "2026-12-01 12:00", Audit = Audit }, default);

        var third = (await Desk.BookAsync(Booking("web-3"), default)).Visit;

        BookingNames.Told(third.Aliases).Should().HaveCount(2, "its key and our number: what is kept to compare is told to nobody");
        await Refused(() => Desk.BookAsync(Booking("web-4"), default), $"*appointment {third.Id}.*");
    }

    [Fact]
    public async Task A_visit_under_an_id_that_was_merged_into_the_patients_stands_there_too()
    {
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "2", 1, GuideMessages.Doe(id: "77", given: "JON")));
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "3", 2, GuideMessages.Doe(id: "78", given: "JAY")));
        var first = (await Desk.BookAsync(Booking("web-1") with { Patient = "78" }, default)).Visit.Id;
        var other = (await Desk.BookAsync(Booking("web-2") with { Start = "2026-12-01 11:00" }, default)).Visit.Id;
        await _engine.AcceptAsync(GuideMessages.Adt("A40", "4", 3, GuideMessages.Doe(id: "77", given: "JON"), "MRG|78^^^ATHENA^MRN"));
        await _engine.AcceptAsync(GuideMessages.Adt("A40", "5", 4, GuideMessages.Doe(), "MRG|77^^^ATHENA^MRN"));

        await Refused(() => Desk.BookAsync(Booking("web-3"), default), $"*at this time already, appointment {first}. Nothing was booked: *");
        await Refused(() => Desk.ModifyAsync(new AppointmentChange { Practice = "1959", Visit = other.ToString(), Start = "2026-12-01 09:00", Audit = Audit }, default), $"*appointment {first}. Nothing was changed: *");
        await Refused(() => Desk.ModifyAsync(new AppointmentChange { Practice = "1959", Visit = first.ToString(), Start = "2026-12-01 11:00", Audit = Audit }, default), $"*appointment {other}. Nothing was changed: *");
        (await Desk.BookAsync(Booking("web-4") with { Start = "2026-12-01 13:00" }, default)).IsRepeat.Should().BeFalse("another time is free");
    }

    private static AuditEntry Audit => new("maria", "appointments", "1959", null, "the patient called");

    private static AppointmentChange Booking(string key) => new()
    {
        Practice = "1959",
        Patient = "12345",
        Start = "2026-12-01 09:00",
        Minutes = 15,
        Type = "telehealth",
        Provider = "54321",
        Location = "1",
        Key = key,
        Audit = Audit,
    };

    private static async Task Refused(Func<Task> act, string message) => (await act.Should().ThrowAsync<ChangeRefusedException>()).WithMessage(message);
}
