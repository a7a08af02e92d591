using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Tests.Ehr.AthenaNet;

/// <summary>An answer that does not say whose it is says nothing: an empty one is no open slot, and no visit that does not stand.</summary>
public sealed class NumberedAnswersTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;
    private AthenaNetClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new AthenaNetClient(Connected.To(_server));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[{}]")]
    [InlineData("""{"appointmentid":null,"patientid":{}}""")]
    public async Task A_read_that_is_answered_by_nothing_is_tried_again(string body)
    {
        _server.On("GET /v1/195900/appointments/7", 200, body).On("GET /v1/195900/patients/7", 200, body);

        (await FaultAsync(() => _client.Appointments.ReadAsync("7", default))).Should().Be(EhrFault.NotUnderstood);
        (await FaultAsync(() => _client.Patients.ReadTimedAsync("7", default))).Should().Be(EhrFault.NotUnderstood);
        (await FaultAsync(() => _client.Patients.FindAsync("7", default))).Should().Be(EhrFault.NotUnderstood);
    }

    [Theory]
    [InlineData("""[{"appointmentid":"7","appointmentstatus":"f","patientid":"1"}]""")]
    [InlineData("""{"appointmentid":7,"appointmentstatus":"f","patientid":1}""")]
    public async Task One_that_says_whose_it_is_is_taken_in_either_form(string body)
    {
        _server.On("GET /v1/195900/appointments/7", 200, body);

        (await _client.Appointments.ReadAsync("7", default)).Visit.IsTaken.Should().BeTrue();
    }

    private static async Task<EhrFault> FaultAsync(Func<Task> call) => (await call.Should().ThrowAsync<EhrException>()).Which.Fault;
}
