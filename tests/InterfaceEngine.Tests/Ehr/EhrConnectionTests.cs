using System.IO.Compression;
using System.Net;
using System.Text;
using InterfaceEngine.Ehr;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Tests.Ehr;

/// <summary>Calls over real HTTP, with servers as they should be and as they should not.</summary>
public sealed class EhrConnectionTests : IAsyncLifetime
{
    private const string Departments = "GET /v1/195900/departments";

    private static readonly EhrCall _call = new() { Template = "/departments" };

    private ScriptedServer _server = null!;

    public async Task InitializeAsync() => _server = await ScriptedServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task An_answer_comes_whole_with_its_head()
    {
        _server.On(Departments, 200, "{}", "Application/JSON; charset=utf-8", ("Date", "Wed, 21 Oct 2026 07:28:00 GMT"), ("X-Plan", "a"));

        var answer = await SendAsync(_call);

        (answer.Status, answer.ContentType, answer.ServerTime, answer.Header("x-plan")).Should()
            .Be((HttpStatusCode.OK, "application/json", new DateTimeOffset(2026, 10, 21, 7, 28, 0, TimeSpan.Zero), "a"));
        Encoding.UTF8.GetString(answer.Body.Span).Should().Be("{}");
        var request = _server.Requests.Single();
        request.Headers["Accept"].Should().Be("application/json");
        request.Headers["Accept-Encoding"].Should().Contain("gzip");
        request.Headers["X-Request-Id"].Should().HaveLength(32);
    }

    [Fact]
    public async Task Fields_go_as_the_vendor_reads_them()
    {
        _server.On("POST /v1/195900/patients", 200, "[]");
        var call = new EhrCall { Method = HttpMethod.Post, Template = "/patients", Fields = [new("firstname", "Zoë & Co"), new("dob", "01/02/1980")] };

        await SendAsync(call);
        await Connected.To(Connected.Options(_server.Address) with { Dialect = new EhrDialect { IsJsonBody = true } }).SendAsync(call, default);

        _server.Requests.Select(request => (request.Headers["Content-Type"], request.Body)).Should().Equal(
            ("application/x-www-form-urlencoded", "firstname=Zo%C3%AB+%26+Co&dob=01%2F02%2F1980"),
            ("application/json", """{"firstname":"Zo\u00EB \u0026 Co","dob":"01/02/1980"}"""));
    }

    [Theory]
    [InlineData(400, EhrFault.Invalid)]
    [InlineData(401, EhrFault.Unauthorized)]
    [InlineData(403, EhrFault.Forbidden)]
    [InlineData(404, EhrFault.NotFound)]
    [InlineData(409, EhrFault.Conflict)]
    [InlineData(410, EhrFault.NotFound)]
    [InlineData(412, EhrFault.Conflict)]
    [InlineData(418, EhrFault.Invalid)]
    [InlineData(422, EhrFault.Invalid)]
    [InlineData(429, EhrFault.RateLimited)]
    [InlineData(304, EhrFault.NotUnderstood)]
    [InlineData(500, EhrFault.ServerFailed)]
    [InlineData(503, EhrFault.ServerFailed)]
    public async Task A_status_tells_its_caller_what_to_do(int status, object fault)
    {
        _server.On(Departments, status, status == 304 ? "" : """{"error":"Jane Doe"}""");

        var caught = await FaultAsync(_call with { MayRepeat = false });

        (caught.Fault, (int)caught.Status!).Should().Be(((EhrFault)fault, status));
        caught.Message.Should().Be($"conn_1 GET /departments: {status}.", "what the server wrote may be of a patient");
        caught.Reply.Length.Should().Be(status == 304 ? 0 : 20);
    }

    [Fact]
    public async Task What_only_reads_is_sent_again_where_that_may_help()
    {
        _server.On(Departments, 503, "").On(Departments, 429, "", headers: ("Retry-After", "0")).On(Departments, 200, "{}");

        (await SendAsync(_call)).Status.Should().Be(HttpStatusCode.OK);

        _server.Requests.Should().HaveCount(3);
        _server.Requests.Select(request => request.Headers["X-Request-Id"]).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task What_changes_something_is_sent_once()
    {
        _server.On("PUT /v1/195900/appointments/7", 503, "");

        (await FaultAsync(new EhrCall { Method = HttpMethod.Put, Template = "/appointments/7", Fields = [new("patientid", "1")] })).Fault.Should().Be(EhrFault.ServerFailed);

        _server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task It_is_given_up_after_some_attempts_and_at_once_when_the_server_wants_a_long_wait()
    {
        _server.On(Departments, 500, "");
        (await FaultAsync(_call)).Fault.Should().Be(EhrFault.ServerFailed);
        _server.Requests.Should().HaveCount(Connected.Limits.AttemptsMax);

        await using var patient = await ScriptedServer.StartAsync();
        patient.On(Departments, 429, "", headers: ("Retry-After", "3600"));
        var caught = await FluentActions.Awaiting(() => Connected.To(patient).SendAsync(_call, default)).Should().ThrowAsync<EhrException>();
        (caught.Which.Fault, caught.Which.RetryAfter).Should().Be((EhrFault.RateLimited, TimeSpan.FromHours(1)));
        patient.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_time_to_wait_until_is_taken_by_the_servers_own_clock()
    {
        _server.On(Departments, 503, "", headers: [("Date", "Wed, 21 Oct 2015 07:28:00 GMT"), ("Retry-After", "Wed, 21 Oct 2015 09:28:00 GMT")]);

        (await FaultAsync(_call)).RetryAfter.Should().Be(TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task What_is_packed_is_unpacked_and_bounded_as_it_is_then()
    {
        byte[] Packed(int length)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            {
                gzip.Write(new byte[length]);
            }

            return packed.ToArray();
        }

        _server.On(Departments, context => Gzip(context, Packed(1000))).On(Departments, context => Gzip(context, Packed(1_000_000)));
        var connection = Connected.To(Connected.Options(_server.Address) with { Http = Connected.Limits with { AnswerBytesMax = 10_000 } });

        (await connection.SendAsync(_call, default)).Body.Length.Should().Be(1000);
        (await FluentActions.Awaiting(() => connection.SendAsync(_call, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.TooLarge);

        static Task Gzip(HttpContext context, byte[] body)
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(body).AsTask();
        }
    }

    [Fact]
    public async Task An_answer_without_an_end_is_cut_off()
    {
        _server.On(Departments, async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[64 * 1024], context.RequestAborted);
            }
        });
        var connection = Connected.To(Connected.Options(_server.Address) with { Http = Connected.Limits with { AnswerBytesMax = 1024 * 1024, FileBytesMax = 2 * 1024 * 1024 } });

        (await FluentActions.Awaiting(() => connection.SendAsync(_call, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.TooLarge);
        await using var file = await connection.OpenAsync(_call, default);
        (await FluentActions.Awaiting(() => file.Content.CopyToAsync(Stream.Null)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.TooLarge);
    }

    [Fact]
    public async Task An_answer_that_drips_is_given_up()
    {
        _server.On(Departments, async context =>
        {
            while (true)
            {
                await context.Response.Body.WriteAsync("x"u8.ToArray(), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(20, context.RequestAborted);
            }
        });
        var limits = Connected.Limits with { BodyTimeout = TimeSpan.FromMilliseconds(300), SilenceTimeout = TimeSpan.FromMilliseconds(300), AttemptsMax = 1 };
        var connection = Connected.To(Connected.Options(_server.Address) with { Http = limits });

        (await FluentActions.Awaiting(() => connection.SendAsync(_call, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.Unanswered);
        await using var file = await connection.OpenAsync(_call, default);
        (await FluentActions.Awaiting(() => file.Content.CopyToAsync(Stream.Null)).Should().ThrowAsync<EhrException>()).Which.Message.Should().Contain("1024 are the least");
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_and_one_that_is_not_there_is_told_apart()
    {
        _server.On(Departments, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var connection = Connected.To(Connected.Options(_server.Address) with { Http = Connected.Limits with { AnswerTimeout = TimeSpan.FromMilliseconds(200), AttemptsMax = 1 } });

        (await FluentActions.Awaiting(() => connection.SendAsync(_call, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.Unanswered);
        (await FluentActions.Awaiting(() => Connected.To(Connected.Options(Connected.Nowhere())).SendAsync(_call, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.Unreachable);
        (await FluentActions.Awaiting(() => Connected.To(Connected.Options("https://no-such-host.invalid") with { IsEnabled = true, AgreementOn = new DateOnly(2026, 1, 1) }).SendAsync(_call, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.Unreachable);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_asks_is_not_kept_waiting_by_a_server_that_hangs_and_an_order_is_not_broken_off(bool isQuestion)
    {
        var time = new FakeTimeProvider();
        var asked = 0;
        _server.On(Departments, context =>
        {
            Interlocked.Increment(ref asked);
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var connection = Connected.To(Connected.Options(_server.Address) with { Http = Connected.Limits with { AnswerTimeout = TimeSpan.FromSeconds(10), QuestionTimeout = TimeSpan.FromSeconds(15), AttemptsMax = 4 } }, time);
        var sent = connection.SendAsync(_call with { Priority = isQuestion ? CallPriority.Interactive : CallPriority.Booking }, default);
        await Soon.HoldsAsync(() => Volatile.Read(ref asked).Should().Be(1));

        time.Advance(TimeSpan.FromSeconds(10));
        await Soon.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            Volatile.Read(ref asked).Should().Be(2, "it is asked once more");
        });
        time.Advance(TimeSpan.FromSeconds(5));

        if (isQuestion)
        {
            var fault = (await FluentActions.Awaiting(() => sent).Should().ThrowAsync<EhrException>()).Which;
            (fault.Fault, fault.Message).Should().Be((EhrFault.Unanswered, "conn_1 GET /departments: no answer within 15 s, and nobody is kept waiting longer."));
        }
        else
        {
            sent.IsCompleted.Should().BeFalse();
        }
    }

    [Fact]
    public async Task A_redirect_within_the_vendors_hosts_is_followed_and_one_elsewhere_is_not()
    {
        _server.On(Departments, 302, "", headers: ("Location", "/v1/195900/moved")).On("GET /v1/195900/moved", 200, "{}");
        (await SendAsync(_call)).Status.Should().Be(HttpStatusCode.OK);

        await using var other = await ScriptedServer.StartAsync();
        other.On("GET /stolen", 200, "{}");
        _server.On("GET /v1/195900/away", 302, "", headers: ("Location", $"{other.Address}/stolen"));
        var away = await FaultAsync(new EhrCall { Template = "/away" });
        (away.Fault, away.Message).Should().Match<(EhrFault Fault, string Message)>(one => one.Fault == EhrFault.ForeignHost && one.Message.StartsWith("conn_1 GET /away: 127.0.0.1:"));
        other.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Redirects_without_an_end_are_given_up()
    {
        _server.On(Departments, 302, "", headers: ("Location", "/v1/195900/departments"));

        (await FaultAsync(_call)).Fault.Should().Be(EhrFault.NotUnderstood);

        _server.Requests.Should().HaveCount(Connected.Limits.RedirectsMax + 1);
    }

    [Fact]
    public async Task Every_sending_is_noted_by_its_template()
    {
        _server.On("GET /v1/195900/patients/4711", 503, "down").On("GET /v1/195900/patients/4711", 200, "{}");
        var notes = new Notes();
        var options = Connected.Options(_server.Address);
        var connection = new EhrConnection(options, InterfaceEngine.Ehr.Http.EhrTransport.Open(options.Http, null, TimeProvider.System), TimeProvider.System) { Calls = notes };

        await connection.SendAsync(new EhrCall { Template = "/patients/{patientid}", Path = new Dictionary<string, string> { ["patientid"] = "4711" }, Actor = "front desk" }, default);

        notes.Calls.Select(call => (call.Connection, call.Practice, call.Endpoint, call.Status, call.Received, call.Actor)).Should().Equal(
            ("conn_1", "1959", "GET /patients/{patientid}", 503, 4, "front desk"), ("conn_1", "1959", "GET /patients/{patientid}", 200, 2, "front desk"));
        notes.Calls.Select(call => call.RequestId).Should().Equal(_server.Requests.Select(request => request.Headers["X-Request-Id"]));
    }

    private async Task<EhrAnswer> SendAsync(EhrCall call) => await Connected.To(_server).SendAsync(call, default);

    private async Task<EhrException> FaultAsync(EhrCall call) => (await FluentActions.Awaiting(() => SendAsync(call)).Should().ThrowAsync<EhrException>()).Which;

    /// <summary>Keeps what is noted in memory: what is asked here is what is noted, not where.</summary>
    private sealed class Notes : ICallLog
    {
        public List<CallEntry> Calls { get; } = [];

        public void Note(CallEntry call) => Calls.Add(call);

        public Task<IReadOnlyList<StoredCall>> ReadAsync(CallQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
