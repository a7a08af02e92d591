using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using InterfaceEngine.Tests.Tls;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Tests.Api;

/// <summary>The server itself: its port, its encryption, its end.</summary>
public sealed class ApiServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("api-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Over_TLS_it_shows_its_certificate_and_answers_by_HTTP_2()
    {
        using var authority = new TestAuthority(_folder, new FakeTimeProvider(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero)).GetUtcNow());
        await using var place = await ApiPlace.StartAsync(parts => WithTls(parts, new ListenerTlsOptions { Own = new CertificateFiles { Certificate = authority.Issue("engine.example") } }));
        var shown = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate!.Subject).Length > 0;
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20 };

        using var answer = await client.GetAsync($"{place.Server.Url}/health");

        place.Server.Url.Should().StartWith("https://127.0.0.1:");
        shown.Should().Be("CN=engine.example");
        answer.Version.Should().Be(HttpVersion.Version20);
        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Over_mutual_TLS_who_shows_no_certificate_is_refused_and_the_log_says_why()
    {
        var loggers = new RecordingLoggers();
        using var authority = new TestAuthority(_folder, new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero));
        var options = new ListenerTlsOptions
        {
            Own = new CertificateFiles { Certificate = authority.Issue("engine.example") },
            ClientCa = authority.File,
            ClientCertificate = ClientCertificate.Required,
        };
        await using var place = await ApiPlace.StartAsync(parts => WithTls(parts, options), loggers);
        var key = authority.Issue("practice-studio");
        using var known = X509CertificateLoader.LoadPkcs12(X509Certificate2.CreateFromPemFile(key).Export(X509ContentType.Pkcs12), null);

        (await GetAsync(place, known)).Should().Be(HttpStatusCode.ServiceUnavailable, "it is let in, and the node is only starting");
        await FluentActions.Awaiting(() => GetAsync(place, null)).Should().ThrowAsync<HttpRequestException>();
        await loggers.All.Logged("ApiCallerRefused");

        loggers.Lines.Where(line => line.Name == "ApiCallerRefused").Should().OnlyContain(line => line.Text.EndsWith("it shows no certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_with_its_reason()
    {
        await using var place = await ApiPlace.StartAsync();
        var parts = new ApiParts
        {
            Control = new EngineOperations(place.Engine.Core.Parts()),
            Engine = place.Engine.Core.Parts(),
            Keys = new KeyRing(place.Keys, place.Engine.Time),
            Calls = place.Calls,
            Readiness = place.Readiness,
            Options = new ApiOptions(),
        };

        var starting = () => ApiServer.StartAsync(place.Server.Address, parts, new RecordingLoggers(), default);

        (await starting.Should().ThrowAsync<ApiStartException>()).WithMessage($"the HTTP interface can't listen on {place.Server.Address}: the port is in use by another program");
    }

    [Fact]
    public async Task What_is_being_answered_when_it_stops_is_answered_to_its_end_and_nothing_new_is_taken()
    {
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var place = await ApiPlace.StartAsync(parts => parts with { Control = new WaitingControl(parts.Control, begun, goOn.Task) });
        var address = place.Server.Url;
        var asked = place.As(ApiRole.Operator).GetAsync("/metrics");
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1));

        var stopped = place.Server.DisposeAsync().AsTask();
        await UntilClosedAsync(address);
        stopped.IsCompleted.Should().BeFalse();
        goOn.SetResult();

        using var answered = await asked;
        answered.StatusCode.Should().Be(HttpStatusCode.OK);
        await stopped.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task What_is_being_changed_when_it_stops_is_changed_and_answered()
    {
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var place = await ApiPlace.StartAsync(parts => parts with { Control = new WaitingControl(parts.Control, begun, goOn.Task) });
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        var (address, client) = (place.Server.Url, place.As(ApiRole.Writer, "1959"));
        var (_, visit) = await client.SendAsync("POST", "/api/appointments", """{"patient":"12345","start":"2026-03-02T09:00:00","minutes":30,"type":"office_visit","provider":"54321","location":"1"}""", ("Idempotency-Key", "call-1"));
        var asked = client.SendAsync("DELETE", $"/api/appointments/{visit.GetProperty("id").GetString()}");
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1));

        var stopped = place.Server.DisposeAsync().AsTask();
        await UntilClosedAsync(address);
        goOn.SetResult();

        (await asked).Status.Should().Be(HttpStatusCode.OK, "a stop begins with patience");
        (await place.Engine.RecordsAsync("1959", "appointment")).Single()["status"].Should().Be("cancelled");
        await stopped.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task What_is_not_answered_in_the_time_of_a_stop_is_broken_off_and_is_no_failure()
    {
        var (begun, loggers) = (new TaskCompletionSource(), new RecordingLoggers());
        await using var place = await ApiPlace.StartAsync(
            parts => parts with { Control = new WaitingControl(parts.Control, begun, new TaskCompletionSource().Task), Options = parts.Options with { StopTimeout = TimeSpan.FromMilliseconds(50) } }, loggers);
        var asked = place.As(ApiRole.Writer, "1959").SendAsync("DELETE", "/api/appointments/4711");
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1));

        await place.Server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        try
        {
            (await asked).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        }
        catch (HttpRequestException)
        {
            // The connection may be closed before anything is said over it.
        }

        // What was broken off ends by itself: a stop waits for it no longer.
        (await place.Calls.UntilAsync(1)).Should().ContainSingle().Which.Should().Match<CallEntry>(call => call.Status == 503 && call.Fault == "the engine stopped");
        loggers.Lines.Should().NotContain(line => line.Name == "ApiCallFailed");
    }

    /// <summary>Until the port is closed, which the stop begins with, somebody may still come in time.</summary>
    private static async Task UntilClosedAsync(string address)
    {
        using var late = new HttpClient();
        await FluentActions.Awaiting(async () =>
        {
            while (true)
            {
                using var answer = await late.GetAsync($"{address}/health");
            }
        }).Should().ThrowAsync<HttpRequestException>();
    }

    private static ApiParts WithTls(ApiParts parts, ListenerTlsOptions tls) => parts with { Options = parts.Options with { Tls = tls } };

    private static async Task<HttpStatusCode> GetAsync(ApiPlace place, X509Certificate2? own)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=engine.example";
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls12;
        if (own is not null)
        {
            handler.SslOptions.ClientCertificates = [own];
        }

        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync($"{place.Server.Url}/health");
        return answer.StatusCode;
    }

    /// <summary>Answers only when it is told to, unless it is told to leave it.</summary>
    private sealed class WaitingControl(IControl engine, TaskCompletionSource begun, Task goOn) : IControl
    {
        public async Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken)
        {
            if (request is StatusRequest or CancelAppointmentRequest)
            {
                begun.TrySetResult();
                await goOn.WaitAsync(cancellationToken);
            }

            return request is ListConnectionsRequest ? new ConnectionsAnswer([]) : await engine.AskAsync(request, cancellationToken);
        }

        public ValueTask DisposeAsync() => engine.DisposeAsync();
    }
}
