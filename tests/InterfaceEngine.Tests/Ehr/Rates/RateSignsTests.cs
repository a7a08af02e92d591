using System.Net;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Rates;

namespace InterfaceEngine.Tests.Ehr.Rates;

public sealed class RateSignsTests
{
    private static readonly DateTimeOffset _server = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("X-RateLimit-Remaining: 0; X-RateLimit-Reset: 3", 3)]
    [InlineData("x-ratelimit-remaining: 0; x-ratelimit-reset: 1795694410", 10)]
    [InlineData("X-RateLimit-Remaining: 0; X-RateLimit-Reset: 1795694410000", 10)]
    [InlineData("RateLimit-Remaining: 0; RateLimit-Reset: 7", 7)]
    [InlineData("X-Plan-Quota-Allotted: 10; X-Plan-Quota-Current: 10; X-Plan-Quota-Reset: Thu, 26 Nov 2026 12:01:00 GMT", 60)]
    [InlineData("X-RateLimit-Remaining: 1; X-RateLimit-Reset: 3", null)]
    [InlineData("X-RateLimit-Remaining: 0", null)]
    [InlineData("X-RateLimit-Remaining: many; X-RateLimit-Reset: soon", null)]
    [InlineData("X-RateLimit-Remaining: 0; X-RateLimit-Reset: -5", null)]
    [InlineData("X-RateLimit-Remaining: 0; X-RateLimit-Reset: NaN", null)]
    [InlineData("X-RateLimit-Remaining: 0; X-RateLimit-Reset: 1e300", null)]
    [InlineData("X-Plan-Qps-Allotted: 5; X-Plan-Qps-Current: 5", null)]
    [InlineData("", null)]
    public void An_answer_that_came_may_say_that_it_was_the_last_for_a_while(string headers, int? seconds) =>
        RateSigns.Read(new RateOptions(), Answer(headers), isRefused: false)?.For.Should().Be(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value));

    [Fact]
    public void A_refusal_says_how_long_or_leaves_it_to_the_rule()
    {
        RateSigns.Read(new RateOptions(), Answer("X-RateLimit-Remaining: 0; X-RateLimit-Reset: 3") with { RetryAfter = TimeSpan.FromSeconds(9) }, isRefused: true)
            .Should().Be(new RateSign(TimeSpan.FromSeconds(9), false));
        RateSigns.Read(new RateOptions(), Answer(""), isRefused: true).Should().Be(new RateSign(null, false));
        RateSigns.Read(new RateOptions(), Answer("X-Plan-Quota-Allotted: 10; X-Plan-Quota-Current: 11"), isRefused: true).Should().Be(new RateSign(null, true));
        RateSigns.Read(new RateOptions(), Answer("") with { RetryAfter = TimeSpan.FromDays(300) }, isRefused: true)!.Value.For.Should().Be(TimeSpan.FromDays(2));
    }

    [Fact]
    public void The_headers_can_have_other_names() =>
        RateSigns.Read(new RateOptions { Headers = [new RateHeaders("Left", "Until")] }, Answer("Left: 0; Until: 4; X-RateLimit-Remaining: 0; X-RateLimit-Reset: 9"), isRefused: false)
            .Should().Be(new RateSign(TimeSpan.FromSeconds(4), false));

    private static EhrAnswer Answer(string headers) => new()
    {
        Status = HttpStatusCode.OK,
        Body = default,
        ServerTime = _server,
        Headers = headers.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split(": ")).ToDictionary(one => one[0], one => one[1], StringComparer.OrdinalIgnoreCase),
    };
}
