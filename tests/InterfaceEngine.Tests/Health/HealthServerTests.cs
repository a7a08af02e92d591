using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Health;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Health;

public sealed class HealthServerTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Readiness _readiness;
    private HealthServer _server = null!;
    private HttpClient _client = null!;

    public HealthServerTests() => _readiness = new Readiness(_time, NullLogger<Readiness>.Instance);

    public async Task InitializeAsync()
    {
        _server = await HealthServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), _readiness, _time, NullLoggerFactory.Instance, default);
        _client = new HttpClient { BaseAddress = new Uri($"http://{_server.Address}") };
    }

    public void Dispose() => _client.Dispose();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_process_that_works_says_so_even_while_it_is_not_ready()
    {
        _readiness.Report("store", "gone");

        var (status, body) = await GetAsync("/health/live");

        status.Should().Be(HttpStatusCode.OK);
        body.Should().Be("""{"state":"live","since":"2026-01-15T12:00:00+00:00","checks":null}""");
    }

    [Fact]
    public async Task A_ready_node_names_each_check_its_state_and_since_when()
    {
        _readiness.Report("store", null);
        _time.Advance(TimeSpan.FromMinutes(1));
        _readiness.Report("mapping set", null);
        _readiness.Started();

        var (status, body) = await GetAsync("/health/ready");

        status.Should().Be(HttpStatusCode.OK);
        body.Should().Be(
            """{"state":"ready","since":"2026-01-15T12:01:00+00:00","checks":[{"name":"store","state":"ok","since":"2026-01-15T12:00:00+00:00"},{"name":"mapping set","state":"ok","since":"2026-01-15T12:01:00+00:00"}]}""");
    }

    [Fact]
    public async Task A_node_that_is_not_ready_says_which_check_failed_and_not_why()
    {
        _readiness.Started();
        _readiness.Report("store", "Host=db.example refused the password of engine");

        var (status, body) = await GetAsync("/health/ready");

        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        body.Should().Be("""{"state":"not ready","since":"2026-01-15T12:00:00+00:00","checks":[{"name":"store","state":"failed","since":"2026-01-15T12:00:00+00:00"}]}""");
    }

    [Fact]
    public async Task A_warning_is_shown_and_the_node_is_ready()
    {
        _readiness.Started();
        _readiness.Report("mapping folder", "this node's folder has 1 error", ReadinessEffect.Warns);

        var (status, body) = await GetAsync("/health/ready");

        status.Should().Be(HttpStatusCode.OK);
        body.Should().Be("""{"state":"ready","since":"2026-01-15T12:00:00+00:00","checks":[{"name":"mapping folder","state":"warning","since":"2026-01-15T12:00:00+00:00"}]}""");
    }

    [Fact]
    public async Task A_node_that_starts_or_drains_is_not_ready()
    {
        (await StateAsync()).Should().Be((HttpStatusCode.ServiceUnavailable, "starting"));
        _readiness.Started();
        (await StateAsync()).Should().Be((HttpStatusCode.OK, "ready"));
        _readiness.Drain();
        (await StateAsync()).Should().Be((HttpStatusCode.ServiceUnavailable, "draining"));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task HEAD_gets_the_same_answer_without_its_body(string path)
    {
        _readiness.Started();
        var (status, body) = await GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        using var answer = await _client.SendAsync(request);

        answer.StatusCode.Should().Be(status);
        answer.Content.Headers.ContentLength.Should().Be(body.Length);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        (await answer.Content.ReadAsStringAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/health/ready/")]
    [InlineData("GET", "/HEALTH/READY")]
    [InlineData("GET", "/health/12345-not-here")]
    [InlineData("POST", "/health/none")]
    public async Task Another_path_is_not_found_and_not_repeated(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await _client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).Should().Be("""{"problem":"only /health/live and /health/ready are here"}""");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PURGE")]
    public async Task Another_method_is_refused_and_told_which_are_answered(string method)
    {
        _readiness.Started();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/health/ready") { Content = new StringContent("x") };

        using var answer = await _client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        answer.Content.Headers.Allow.Should().Equal("GET", "HEAD");
        (await answer.Content.ReadAsStringAsync()).Should().Be("""{"problem":"only GET and HEAD are answered"}""");
    }

    [Fact]
    public async Task An_answer_says_nothing_of_the_server_and_is_not_to_be_kept()
    {
        using var answer = await _client.GetAsync("/health/ready");

        answer.Headers.Server.Should().BeEmpty();
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Fact]
    public async Task A_request_line_over_the_limit_is_refused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.Address);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /{new string('x', 2000)} HTTP/1.1\r\nHost: a\r\n\r\n"));
        var buffer = new byte[64];

        var length = await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromMinutes(1));

        Encoding.ASCII.GetString(buffer, 0, length).Should().StartWith("HTTP/1.1 414 ");
    }

    [Fact]
    public async Task An_address_that_is_taken_is_said_with_its_reason()
    {
        var starting = () => HealthServer.StartAsync(_server.Address, _readiness, _time, NullLoggerFactory.Instance, default);

        (await starting.Should().ThrowAsync<HealthStartException>()).WithMessage($"health can't be answered on {_server.Address}: the port is in use by another program");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_said_with_its_reason()
    {
        var starting = () => HealthServer.StartAsync(IPEndPoint.Parse("192.0.2.1:8080"), _readiness, _time, NullLoggerFactory.Instance, default);

        (await starting.Should().ThrowAsync<HealthStartException>()).WithMessage("health can't be answered on 192.0.2.1:8080: this machine has no such address");
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<(HttpStatusCode Status, string? State)> StateAsync()
    {
        var (status, body) = await GetAsync("/health/ready");
        return (status, JsonDocument.Parse(body).RootElement.GetProperty("state").GetString());
    }
}
