using System.Globalization;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>Counts calls and refuses those beyond the limits. Not for concurrent use.</summary>
internal sealed class VendorRate(VendorLimits limits)
{
    private static readonly TimeSpan _twoSeconds = TimeSpan.FromSeconds(2);

    private readonly Queue<DateTimeOffset> _recent = new();
    private DateTimeOffset _minute;
    private DateTimeOffset _day;
    private int _inMinute;
    private int _inDay;
    private DateTimeOffset _tokenMinute;
    private int _tokensInMinute;

    /// <summary>Counts a call for a token.</summary>
    /// <returns>How long until another may come; null where this one may.</returns>
    public TimeSpan? TakeToken(DateTimeOffset now)
    {
        Turn(ref _tokenMinute, ref _tokensInMinute, MinuteOf(now));
        return limits.TokensPerMinute > 0 && ++_tokensInMinute > limits.TokensPerMinute ? _tokenMinute.AddMinutes(1) - now : null;
    }

    /// <summary>Counts a call.</summary>
    /// <returns>How long until another may come; null where this one may.</returns>
    public TimeSpan? Take(DateTimeOffset now)
    {
        Turn(ref _minute, ref _inMinute, MinuteOf(now));
        Turn(ref _day, ref _inDay, new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero));
        while (_recent.TryPeek(out var oldest) && oldest <= now - _twoSeconds)
        {
            _recent.Dequeue();
        }

        // What is refused counts as well, so that a client that knocks on stays outside.
        _recent.Enqueue(now);
        var (inSecond, inTwo) = (_recent.Count(one => one > now.AddSeconds(-1)), _recent.Count);
        _inMinute++;
        _inDay++;
        return IsOver(_inDay, limits.PerDay) ? _day.AddDays(1) - now
            : IsOver(_inMinute, limits.PerMinute) ? _minute.AddMinutes(1) - now
            : IsOver(inSecond, limits.PerSecond) ? TimeSpan.FromSeconds(1)
            : IsOver(inTwo, limits.PerTwoSeconds) ? _twoSeconds
            : null;
    }

    /// <summary>What an answer says of the limits.</summary>
    public IEnumerable<(string Name, string Value)> Headers(DateTimeOffset now)
    {
        var most = limits.PerSecond > 0 ? limits.PerSecond : limits.PerMinute;
        var used = limits.PerSecond > 0 ? _recent.Count(one => one > now.AddSeconds(-1)) : _inMinute;
        var prefix = limits.Headers switch { RateHeaders.XRateLimit => "X-RateLimit", RateHeaders.RateLimit => "RateLimit", _ => null };
        if (prefix is not null)
        {
            yield return ($"{prefix}-Limit", Text(most));
            yield return ($"{prefix}-Remaining", Text(Math.Max(0, most - used)));
            yield return ($"{prefix}-Reset", prefix == "RateLimit" ? "1" : Text(now.ToUnixTimeSeconds() + 1));
        }
        else if (limits.Headers == RateHeaders.Plan)
        {
            yield return ("X-Plan-Qps-Allotted", Text(most));
            yield return ("X-Plan-Qps-Current", Text(used));
            yield return ("X-Plan-Quota-Allotted", Text(limits.PerDay));
            yield return ("X-Plan-Quota-Current", Text(_inDay));
        }
    }

    private static bool IsOver(int count, int most) => most > 0 && count > most;

    private static DateTimeOffset MinuteOf(DateTimeOffset now) => new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private static void Turn(ref DateTimeOffset begun, ref int count, DateTimeOffset begins)
    {
        if (begun != begins)
        {
            (begun, count) = (begins, 0);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
