using InterfaceEngine.Destinations;
using InterfaceEngine.Intake;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>The number that the vendor gives a visit, and gives it anew where it moves it, is the record's everywhere: its first name, its field, and in the change log.</summary>
public sealed class VisitNumbersTests
{
    [Theory]
    [InlineData("athena-real")]
    [InlineData("athena-guide")]
    public async Task A_visit_goes_by_the_number_of_the_place_in_which_it_is(string profile)
    {
        await using var clinic = await AthenaClinic.StartAsync(profile);
        var (slot, next) = (clinic.OpenSlot(), clinic.OpenSlot(8));
        var booked = await clinic.BookAsync(slot);
        await DeliveredAsync(clinic, booked);

        var before = await clinic.VisitAsync(booked.Visit.Id);
        (before.ExternalId, before["external_id"]).Should().Be((slot.Id, slot.Id));

        clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await DeliveredAsync(clinic, await clinic.Desk.ModifyAsync(clinic.Change(booked.Visit.Id) with { Slot = next.Id, Start = next.Start, Provider = next.Provider, Location = next.Department }, default));

        var after = await clinic.VisitAsync(booked.Visit.Id);
        (after.ExternalId, after["external_id"]).Should().Be((next.Id, next.Id));
        after.Find("external_id")!.Cause!.Source.Should().Be(Connected.Id, "the vendor said so");
        after.Aliases.Should().Contain(before.Aliases, "it is found by those that it had");
        var changes = await clinic.Engine.Store.ReadAsync(reader => reader.Changes(clinic.Practice, after, 1), default);
        changes.Single().Fields.Should().ContainSingle(field => field.Name == "external_id").Which.Should().Match<InterfaceEngine.Core.Records.FieldChange>(field => field.Before == slot.Id && field.After == next.Id);
    }

    [Fact]
    public async Task A_visit_without_a_slot_goes_by_the_number_that_comes_back()
    {
        await using var clinic = await AthenaClinic.StartAsync();
        var booked = await clinic.BookAsync(clinic.OpenSlot(), isChosen: false);
        booked.Visit.ExternalId.Should().Be(booked.Visit.Id.ToString(), "the vendor has given none yet");

        await DeliveredAsync(clinic, booked);

        var visit = await clinic.VisitAsync(booked.Visit.Id);
        var number = clinic.Booked().Should().ContainSingle().Subject.Id;
        (visit.ExternalId, visit["external_id"]).Should().Be((number, number));
    }

    private static async Task DeliveredAsync(AthenaClinic clinic, AppointmentOutcome outcome) => (await clinic.DeliverAsync(outcome)).Outcome.Should().Be(AttemptOutcome.Delivered);
}
