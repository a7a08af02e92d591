using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Flows;

/// <summary>The ledger of a connection and of a destination that is told over it: also after documents that were refused and bookings that are held, everything is accounted for.</summary>
public sealed class ConnectionLedgerTests
{
    [Fact]
    public async Task What_a_connection_brings_and_what_is_told_over_it_is_accounted_for_refused_and_held_or_not()
    {
        await using var place = await FlowPlace.StartAsync("athena-real");
        var (good, wrong) = place.Vendor.At(practice =>
        {
            var born = practice.Patients[2];
            born.Person = born.Person with { Born = new DateOnly(2199, 1, 1) };
            practice.Tell("UpdatePatient", born);
            return (practice.Patients[0].Person, born.Person);
        });
        await place.ExportedAsync();
        await place.TypeAsync("ehr", "sync", FlowPlace.Connection, "--no-enhanced");

        // One into a slot, and one for a time at which there is none: at night.
        var slot = (await place.TypeAsync("ehr", "slots", FlowPlace.Connection, "--from", Day(7), "--until", Day(14), "--limit", "1")).GetProperty("slots")[0].GetProperty("id").GetString()!;
        await place.TypeAsync("ehr", "book", FlowPlace.Connection, "--slot", slot, "--patient", good.Id, "--because", "the patient called");
        var nowhere = await place.AskAsync(
            "POST", "/api/appointments", $$"""{ "patient": "{{place.Vendor.At(practice => practice.Patients[1].Person.Id)}}", "start": "{{Day(30)}}T03:00:00", "minutes": 15, "type": "any_15", "provider": "prov-smith", "location": "loc-main" }""",
            ("Idempotency-Key", "call-2"));
        await RunningEngine.UntilAsync(async () => (await StatesAsync(place)).SetEquals(["delivered 1", "held 1"]));

        var ledger = await place.TypeAsync("ledger", "--full");

        ledger.GetProperty("isBalanced").GetBoolean().Should().BeTrue();
        ledger.GetProperty("differences").GetArrayLength().Should().Be(0);
        var files = ledger.GetProperty("files").EnumerateArray().Single(source => source.GetProperty("source").GetString() == FlowPlace.Connection);
        files.GetProperty("missing").GetInt64().Should().Be(0);
        files.GetProperty("left").GetInt64().Should().Be(0);
        files.GetProperty("refused").GetInt64().Should().BeGreaterThan(0, "{0} was born in the future", wrong.Id);
        files.GetProperty("parked").GetInt64().Should().BeGreaterThan(0, "what hangs on a patient who was refused waits");
        var told = ledger.GetProperty("destinations").EnumerateArray().Single();
        (told.GetProperty("destination").GetString(), told.GetProperty("queued").GetInt64()).Should().Be((FlowPlace.Destination, 2));
        told.GetProperty("states").EnumerateObject().Where(state => state.Value.GetInt64() > 0).Select(state => $"{state.Name} {state.Value.GetInt64()}").Should().BeEquivalentTo("delivered 1", "held 1");
        (await place.RecordsAsync("appointment")).Should().HaveCount(2);
        nowhere.GetProperty("deliveries").GetArrayLength().Should().Be(1);
    }

    private static string Day(int days) => DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<HashSet<string>> StatesAsync(FlowPlace place) =>
        [.. (await place.Engine.Core.Store.ReadAsync(reader => reader.DeliveryCounts(), default)).GroupBy(count => count.State).Select(group => $"{group.Key.ToString().ToLowerInvariant()} {group.Sum(count => count.Count)}")];
}
