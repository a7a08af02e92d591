using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Visits that a vendor has, once the destination that told it is not in the settings any more.</summary>
public sealed class GoneDestinationsTests : IAsyncLifetime
{
    private static readonly string _gone = $"{AthenaClinic.Destination} was told of this visit, and is no destination of practice 195900 any more, so whoever has the visit would not be told. Nothing was changed: *";

    private AthenaClinic _clinic = null!;

    public async Task InitializeAsync() => _clinic = await AthenaClinic.StartAsync();

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Fact]
    public async Task What_was_told_is_neither_cancelled_nor_moved_behind_the_vendors_back()
    {
        var visit = await DeliveredAsync();

        await RefusedAsync(() => DeskOf().CancelAsync(_clinic.Change(visit.Id), default), _gone);
        await RefusedAsync(() => DeskOf().ModifyAsync(_clinic.Change(visit.Id) with { VisitReason = "Cough" }, default), _gone);

        (await _clinic.VisitAsync(visit.Id)).Version.Should().Be(visit.Version);
        (await _clinic.Desk.CancelAsync(_clinic.Change(visit.Id), default)).Deliveries.Should().ContainSingle("the settings have it again");
    }

    [Fact]
    public async Task Who_is_told_by_messages_is_not_the_vendor_who_was_told_by_calls_unless_somebody_says_so()
    {
        var visit = await DeliveredAsync();
        var desk = DeskOf(new OutboundAddress { Destination = "portal", Practices = [_clinic.Practice] });

        await RefusedAsync(() => desk.CancelAsync(_clinic.Change(visit.Id), default), _gone);

        (await desk.CancelAsync(_clinic.Change(visit.Id) with { Destination = "portal" }, default)).Deliveries.Should().ContainSingle().Which.Destination.Should().Be("portal");
    }

    [Fact]
    public async Task A_destination_that_has_another_name_by_now_is_told()
    {
        var visit = await DeliveredAsync();
        var desk = DeskOf(new OutboundAddress { Destination = "renamed", Practices = [_clinic.Practice], Form = OutboundForm.AthenaNet, Connection = Connected.Id });

        (await desk.CancelAsync(_clinic.Change(visit.Id), default)).Deliveries.Should().ContainSingle().Which.Destination.Should().Be("renamed");
    }

    [Fact]
    public async Task What_is_still_to_be_told_counts_until_it_is_dismissed()
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), isChosen: false);
        await RefusedAsync(() => DeskOf().CancelAsync(_clinic.Change(booked.Visit.Id), default), _gone);

        await _clinic.Engine.DismissAsync((await _clinic.Engine.Store.ReadAsync(reader => reader.Delivery(booked.Deliveries.Single().Id), default))!);
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));

        var cancelled = await DeskOf().CancelAsync(_clinic.Change(booked.Visit.Id), default);
        (cancelled.Visit["status"], cancelled.Deliveries.Count).Should().Be(("cancelled", 0), "nothing was ever told");
    }

    private async Task<StoredRecord> DeliveredAsync()
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());
        (await _clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("booked");
        (await _clinic.Engine.Store.ReadAsync(reader => reader.Delivery(booked.Deliveries.Single().Id), default))!.State.Should().Be(DeliveryState.Delivered);
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        return await _clinic.VisitAsync(booked.Visit.Id);
    }

    /// <summary>The desk of an engine on the same store whose settings have these destinations alone.</summary>
    private AppointmentDesk DeskOf(params OutboundAddress[] addresses) => new(
        new RecordDesk(_clinic.Engine.Store, _clinic.Engine.Core.Mappings, _clinic.Engine.Settings.Practices, addresses, new IdSource(_clinic.Engine.Time, Random.Shared), _clinic.Engine.Time));

    private static async Task RefusedAsync(Func<Task> act, string message) => (await act.Should().ThrowAsync<ChangeRefusedException>()).WithMessage(message);
}
