using System.Net;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Sources;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Api;

/// <summary>Who is let in, who is not, and what is said and noted of both.</summary>
public sealed class ApiGateTests
{
    private const string Patients = "/api/records/patient?practice=195900";

    [Fact]
    public async Task A_call_without_a_key_is_refused_and_told_how_to_show_one()
    {
        await using var place = await ApiPlace.StartAsync();
        using var answer = await place.With(null).GetAsync(Patients);

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await answer.Content.ReadAsStringAsync()).Should().Contain("X-Api-Key");
    }

    [Fact]
    public async Task A_key_opens_as_Bearer_and_in_a_header_of_its_own()
    {
        await using var place = await ApiPlace.StartAsync();
        var key = place.Keys.Make(ApiRole.Reader);

        (await place.With(key).AskAsync(Patients)).Status.Should().Be(HttpStatusCode.OK);
        (await place.With(null).SendAsync("GET", Patients, null, ("X-Api-Key", key))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_that_is_unknown_revoked_or_has_expired_is_refused_alike_and_the_log_says_which()
    {
        var loggers = new RecordingLoggers();
        await using var place = await ApiPlace.StartAsync(loggers: loggers);
        var now = place.Engine.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var details = new List<string?>();
        foreach (var key in new[] { "ie_nobody_has_this_key", place.Keys.Make(ApiRole.Reader, revokedAt: now, name: "old"), place.Keys.Make(ApiRole.Reader, expiresAt: now, name: "short") })
        {
            var (status, body) = await place.With(key).AskAsync(Patients);
            status.Should().Be(HttpStatusCode.Unauthorized);
            details.Add(body.GetProperty("detail").GetString());
        }

        details.Distinct().Should().HaveCount(1);
        loggers.Lines.Where(line => line.Name == "ApiKeyRefused").Select(line => line.Text)
            .Should().SatisfyRespectively(one => one.Should().EndWith("it is unknown"), one => one.Should().EndWith("'old' was revoked"), one => one.Should().EndWith("'short' has expired"));
    }

    [Fact]
    public async Task A_key_that_is_revoked_while_it_is_used_is_refused_a_few_seconds_later()
    {
        await using var place = await ApiPlace.StartAsync();
        var key = place.Keys.Make(ApiRole.Reader);
        var client = place.With(key);
        (await client.AskAsync(Patients)).Status.Should().Be(HttpStatusCode.OK);
        place.Keys.Revoke(key, place.Engine.Time.GetUtcNow().ToUnixTimeMilliseconds());

        place.Engine.Time.Advance(TimeSpan.FromSeconds(5));

        (await client.AskAsync(Patients)).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task When_keys_were_used_is_told_to_the_store_now_and_then()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Reader);
        await client.AskAsync(Patients);
        place.Keys.Used.Should().BeEmpty();

        place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await client.AskAsync(Patients);

        place.Keys.Used.Values.Should().Equal(place.Engine.Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task An_address_that_tries_too_many_keys_has_to_wait_and_a_good_key_is_let_in_all_the_same()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with { Options = parts.Options with { BadKeysMax = 3 } });
        var client = place.With("ie_nobody_has_this_key");
        for (var index = 0; index < 3; index++)
        {
            (await client.AskAsync(Patients)).Status.Should().Be(HttpStatusCode.Unauthorized);
        }

        using var locked = await client.GetAsync(Patients);
        locked.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        locked.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromMinutes(1));
        (await place.As(ApiRole.Reader).AskAsync(Patients)).Status.Should().Be(HttpStatusCode.OK);

        place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        (await client.AskAsync(Patients)).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_vendor_that_can_not_answer_now_is_no_refusal_and_the_caller_is_told_when_to_ask_again()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with
        {
            Connections = [ApiPlace.Connection("conn_123")],
            Control = new ScriptedControl(parts.Control).On<EhrSlotsRequest>(_ => new FailureAnswer(FailureKind.Failed, "conn_123: the day's quota is used up.") { RetryAfter = TimeSpan.FromSeconds(90) }),
        });

        using var answer = await place.As(ApiRole.Reader, "195900").GetAsync("/api/appointments/open");

        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task A_practice_that_is_not_among_the_keys_is_refused_as_one_that_is_not_there()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Reader, "1959");

        var (status, body) = await client.AskAsync(Patients);
        var (other, unknown) = await client.AskAsync("/api/records/patient?practice=4711");

        (status, other).Should().Be((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden));
        body.GetProperty("detail").GetString().Should().Be(unknown.GetProperty("detail").GetString());
        (await client.AskAsync("/api/records/patient")).Status.Should().Be(HttpStatusCode.OK, "a key of one practice need not name it");
        (await place.As(ApiRole.Reader).AskAsync("/api/records/patient")).Status.Should().Be(HttpStatusCode.BadRequest, "of several practices one must be named");
    }

    [Fact]
    public async Task A_foreign_address_is_refused_before_its_key_is_looked_at()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with { Options = parts.Options with { AllowFrom = new AddressRanges([IPNetwork.Parse("198.51.100.0/24")]) } });

        (await place.As(ApiRole.Administrator).AskAsync(Patients)).Status.Should().Be(HttpStatusCode.Forbidden);
        (await place.With(null).AskAsync("/health")).Status.Should().Be(HttpStatusCode.Forbidden);
        (await place.With(null).AskAsync("/nothing")).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("198.51.100.7", HttpStatusCode.OK)]
    [InlineData("203.0.113.9, 198.51.100.7", HttpStatusCode.OK)]
    [InlineData("198.51.100.7, 203.0.113.9", HttpStatusCode.Forbidden)]
    [InlineData("nonsense", HttpStatusCode.Forbidden)]
    public async Task Behind_a_proxy_that_is_believed_the_caller_is_who_the_proxy_saw(string forwarded, HttpStatusCode expected)
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with
        {
            Options = parts.Options with { AllowFrom = new AddressRanges([IPNetwork.Parse("198.51.100.0/24")]), ProxyFrom = AddressRanges.ThisMachine },
        });

        (await place.As(ApiRole.Reader).SendAsync("GET", Patients, null, ("X-Forwarded-For", forwarded))).Status.Should().Be(expected);
    }

    [Fact]
    public async Task What_a_proxy_says_is_not_looked_at_where_none_is_believed()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with { Options = parts.Options with { AllowFrom = new AddressRanges([IPNetwork.Parse("198.51.100.0/24")]) } });

        (await place.As(ApiRole.Reader).SendAsync("GET", Patients, null, ("X-Forwarded-For", "198.51.100.7"))).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("GET", "/api/records/patient?practice=195900&patinet=12345", "Behind the question mark stands a word that is not known here")]
    [InlineData("GET", "/api/records/patient?practice=195900&limit=0", "limit is not a whole number of 1 to 1000.")]
    [InlineData("GET", "/api/records/patient?practice=195900&limit=many", "limit is not a whole number of 1 to 1000.")]
    [InlineData("GET", "/api/records/patient?practice=195900&after=12", "after is not the next of a page before.")]
    [InlineData("GET", "/api/records/patient?practice=195900&practice=1959", "practice is there 2 times, and once is expected.")]
    [InlineData("GET", "/api/records/patient?practice=195900&lineage=yes", "lineage is neither true nor false.")]
    public async Task A_word_that_makes_no_sense_is_refused_and_not_repeated(string method, string address, string detail)
    {
        await using var place = await ApiPlace.StartAsync();

        var (status, body) = await place.As(ApiRole.Administrator).SendAsync(method, address);

        status.Should().Be(HttpStatusCode.BadRequest);
        body.GetProperty("detail").GetString().Should().StartWith(detail).And.NotContain("patinet").And.NotContain("12345");
    }

    [Theory]
    [InlineData("""{"patient":"1" """, "It is no JSON: see line 1, byte ")]
    [InlineData("""{"patient":"1","start":5}""", "start is a number, and a text is expected.")]
    [InlineData("""{"patient":"1","strat":"2026-12-01T09:00"}""", "strat is not known: ")]
    [InlineData("""{"patient":"1","patient":"2"}""", "patient is there twice.")]
    [InlineData("""{"start":"2026-12-01T09:00"}""", "patient is missing, and a text is expected.")]
    [InlineData("""null""", "The body is null")]
    [InlineData("""[1]""", "It is a list, and an object is expected.")]
    [InlineData("", "It is no JSON: see line 1, byte 1.")]
    public async Task A_body_of_another_shape_is_refused_with_its_place(string body, string expected)
    {
        await using var place = await ApiPlace.StartAsync();

        var (status, problem) = await place.As(ApiRole.Writer, "195900").SendAsync("POST", "/api/appointments", body, ("Idempotency-Key", "a"));

        status.Should().Be(HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString().Should().Contain(expected);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_JSON_is_refused()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with { Options = parts.Options with { BodyBytesMax = 1024 } });
        var client = place.As(ApiRole.Writer, "195900");
        var large = $$"""{"patient":"{{new string('1', 2000)}}"}""";

        (await client.SendAsync("POST", "/api/appointments", large, ("Idempotency-Key", "a"))).Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);

        using var text = new HttpRequestMessage(HttpMethod.Post, "/api/appointments") { Content = new StringContent("patient=1") };
        text.Headers.Add("Idempotency-Key", "a");
        using var answer = await client.SendAsync(text);
        answer.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_called_by_another_method_are_problems_too()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Administrator);

        var (status, missing) = await client.AskAsync("/api/record/patient");
        using var wrong = await client.DeleteAsync("/api/appointments");

        (status, missing.GetProperty("status").GetInt32()).Should().Be((HttpStatusCode.NotFound, 404));
        wrong.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        wrong.Content.Headers.Allow.Should().Equal("POST");
        (await wrong.Content.ReadAsStringAsync()).Should().Contain("It is called by POST.");
    }

    [Fact]
    public async Task HEAD_gets_what_GET_gets_without_its_body()
    {
        await using var place = await ApiPlace.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/health");

        using var answer = await place.With(null).SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, "the node is only starting");
        answer.Content.Headers.ContentLength.Should().BePositive();
    }

    [Fact]
    public async Task A_request_id_goes_back_and_into_the_log_of_calls_and_a_strange_one_gets_another()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Reader, "195900");
        await client.SendAsync("GET", "/api/records/patient", null, ("X-Request-Id", "studio-0815"));
        await place.Calls.UntilAsync(1);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/records/patient");
        request.Headers.TryAddWithoutValidation("X-Request-Id", "Ada Sample, 1980");
        using var strange = await client.SendAsync(request);

        var calls = await place.Calls.UntilAsync(2);
        calls[0].RequestId.Should().Be("studio-0815");
        calls[1].RequestId.Should().HaveLength(32).And.Be(strange.Headers.GetValues("X-Request-Id").Single());
    }

    [Fact]
    public async Task A_call_is_noted_by_its_template_and_never_by_what_stood_in_it()
    {
        await using var place = await ApiPlace.StartAsync();
        await place.With(place.Keys.Make(ApiRole.Reader, name: "practice-studio")).AskAsync("/api/records/patient/90210?practice=195900");

        var call = (await place.Calls.UntilAsync(1)).Should().ContainSingle().Subject;
        (call.Connection, call.Endpoint, call.Status, call.Practice, call.Actor).Should().Be(("api", "GET /api/records/{type}/{id}", 404, "195900", "practice-studio"));
        call.Fault.Should().Be("There is no such thing");
        call.Sent.Should().BePositive();
        (call with { RequestId = "" }).ToString().Should().NotContain("90210", "what was made up for the request may have these digits by chance");
    }

    [Fact]
    public async Task Nothing_that_stands_in_an_address_is_logged()
    {
        var loggers = new RecordingLoggers();
        await using var place = await ApiPlace.StartAsync(loggers: loggers);
        await place.As(ApiRole.Reader).AskAsync("/api/patients/search?source=store&practice=195900&lastname=Zzyzx&firstname=Quux&dob=1980-05-15");
        await place.With("ie_nobody_has_this_key").AskAsync("/api/patients/search?lastname=Zzyzx");
        await place.With(null).AskAsync("/Zzyzx");

        loggers.Lines.Should().NotBeEmpty();
        loggers.Lines.Should().NotContain(line => line.Text.Contains("Zzyzx", StringComparison.OrdinalIgnoreCase) || line.Text.Contains("nobody_has_this", StringComparison.Ordinal));
        place.Calls.All.Should().NotContain(call => call.ToString().Contains("Zzyzx", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_failure_of_ours_is_told_without_its_words_and_the_others_go_on()
    {
        var loggers = new RecordingLoggers();
        await using var place = await ApiPlace.StartAsync(
            parts => parts with { Control = new ScriptedControl(parts.Control).On<StatusRequest>(_ => throw new InvalidOperationException("Zzyzx")) }, loggers);
        var client = place.As(ApiRole.Operator);

        var (status, body) = await client.AskAsync("/metrics");

        (status, body.GetProperty("title").GetString()).Should().Be((HttpStatusCode.InternalServerError, "Failed"));
        loggers.Lines.Should().ContainSingle(line => line.Name == "ApiCallFailed").Which.Text.Should().Contain("InvalidOperationException").And.NotContain("Zzyzx");
        (await client.AskAsync("/api/logs")).Status.Should().Be(HttpStatusCode.OK);
    }
}
