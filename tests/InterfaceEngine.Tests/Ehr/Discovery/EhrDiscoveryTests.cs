using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Events;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Ehr.Discovery;

/// <summary>What an engine asks a server once a day, by itself.</summary>
public sealed class EhrDiscoveryTests
{
    [Fact]
    public async Task A_server_of_FHIR_is_asked_where_the_connection_uses_it()
    {
        await using var server = await ServerAsync();
        await using var connection = Connected.To(Connected.Options(server.Address), new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        using var stopping = new CancellationTokenSource();

        var looking = connection.Discovery.RunAsync(stopping.Token);

        await Soon.HoldsAsync(() => server.Requests.Should().Contain(request => request.Path == "/fhir/r4/metadata"));
        await stopping.CancelAsync();
        await looking.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_server_of_FHIR_is_not_asked_where_charts_come_by_athenaNet_alone()
    {
        await using var server = await ServerAsync();
        var options = Connected.Options(server.Address) with { Sync = new SyncOptions { Chart = ChartInterface.Rest } };
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var connection = Connected.To(options, time);
        using var stopping = new CancellationTokenSource();

        var looking = connection.Discovery.RunAsync(stopping.Token);
        time.Advance(TimeSpan.FromDays(1));
        await stopping.CancelAsync();
        await looking.ContinueWith(_ => { }, TaskScheduler.Default);

        server.Requests.Should().BeEmpty();
        (await connection.Discovery.ReportAsync(default)).Capabilities.Should().NotBeNull("somebody who asks is answered");
        (options with { Events = new EventOptions { Topics = ["Patient.update"] } }).UsesFhir.Should().BeTrue();
        (options with { Dialect = new EhrDialect { Booking = BookingForm.Fhir } }).UsesFhir.Should().BeTrue();
        (options with { Fhir = null }).UsesFhir.Should().BeFalse();
    }

    private static async Task<ScriptedServer> ServerAsync()
    {
        var server = await ScriptedServer.StartAsync();
        return server.On("GET /fhir/r4/metadata", 200, """{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server","resource":[{"type":"Patient","interaction":[{"code":"search-type"}]}]}]}""");
    }
}
