using System.Net;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>A whole engine as its settings start it, and a vendor's stand-in: nobody but they does anything.</summary>
public sealed class EventsOfEngineTests
{
    [Theory]
    [InlineData("athena-real", "195900")]
    [InlineData("ecw-guide", "1959")]
    public async Task An_engine_subscribes_by_itself_and_takes_over_what_changes(string profile, string practice)
    {
        await using var vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = profile, People = 20, Limits = VendorLimits.None }, TimeProvider.System);
        var listens = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        await using var engine = await RunningEngine.StartAsync(settings => settings with { Api = new ApiOptions { Listens = listens }, Connections = [Options(vendor, profile, practice, listens)] });
        await RunningEngine.UntilAsync(async () => (await engine.AskAsync(new EhrSubscriptionsRequest(Connected.Id) { Actor = "maria" })).Subscriptions.All(one => one.Status == "active"));

        vendor.At(house =>
        {
            house.Patients[0].Person = house.Patients[0].Person with { LastName = "Abernathy" };
            house.Tell("UpdatePatient", house.Patients[0]);
            return true;
        });

        await RunningEngine.UntilAsync(async () => (await engine.ListedAsync(practice, "patient")).Any(record => record["last_name"] == "Abernathy"));
        (await engine.AskAsync(new EhrSubscriptionsRequest(Connected.Id) { Actor = "maria" })).GivenUp.Should().Be(0);
    }

    [RequiresProgramFact(PostgresServer.Program)]
    public async Task What_one_node_is_told_the_other_reads_and_takes_in_once()
    {
        await using var vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = "athena-real", People = 20, Limits = VendorLimits.None }, TimeProvider.System);
        var listens = new IPEndPoint(IPAddress.Loopback, Ports.Free());

        // The first one has the duties, and the vendor calls the second.
        await using var nodes = await TwoNodes.StartAsync(change: settings => settings with
        {
            Api = settings.Node.Name == "two" ? new ApiOptions { Listens = listens } : new ApiOptions(),
            Connections = [Options(vendor, "athena-real", "195900", listens)],
        });
        var store = nodes.One.Core.Store;
        var events = nodes.One.Core.Vendor(Connected.Id).Events();
        await RunningEngine.UntilAsync(async () => (await events.Inbox.SubscriptionsAsync(nodes.One.Core.Connections[Connected.Id].Options, default)).Any(one => one.State.Id.Length > 0));

        vendor.At(house =>
        {
            house.Patients[0].Person = house.Patients[0].Person with { LastName = "Abernathy" };
            house.Tell("UpdatePatient", house.Patients[0]);
            return true;
        });

        await RunningEngine.UntilAsync(async () => (await store.ReadAsync(reader => reader.Records("195900", "patient", EngineId.None, 10), default)).Any(record => record["last_name"] == "Abernathy"));
        await RunningEngine.UntilAsync(async () => (await events.Queue.WaitingAsync(default)).Count == 0);
        (await store.ReadAsync(reader => reader.Leases(), default)).Should().Contain(lease => lease.Name == $"duty/events {Connected.Id}" && lease.Owner == nodes.One.Core.Node.Identity.Owner);
        vendor.Calls.Count(call => call.Endpoint == "GET /patients/{patientid}").Should().Be(1);

        // A vendor that waits for an answer longer than two seconds tells of it again.
        await Soon.HoldsAsync(() => vendor.Events.Sent.Should().Contain(one => one.Status == HttpStatusCode.OK));
        vendor.Events.Sent.Select(one => one.Body).Distinct().Should().ContainSingle();
    }

    private static ConnectionOptions Options(VendorServer vendor, string profile, string practice, IPEndPoint listens) => EventPlace.OptionsOf(vendor, profile, practice) with
    {
        Events = new EventOptions { Topics = ["Patient.update"], Callback = EventPlace.CallbackOf(profile, $"http://{listens}"), Heartbeat = TimeSpan.FromSeconds(10) },
    };
}
