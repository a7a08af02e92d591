using System.Globalization;

namespace InterfaceEngine.Ehr.Rates;

/// <param name="For">How long no call is to go; null where the rule for answers that say nothing holds.</param>
/// <param name="IsOfDay">The day's calls are used up.</param>
internal readonly record struct RateSign(TimeSpan? For, bool IsOfDay);

/// <summary>What an answer says of the rate: how much is left, and when it begins anew. Pure.</summary>
internal static class RateSigns
{
    /// <summary>What is further off than this is no time at all.</summary>
    private static readonly TimeSpan _waitMax = TimeSpan.FromDays(2);

    private const double SecondsOfEpochMin = 1e9;
    private const double MillisecondsOfEpochMin = 1e12;

    /// <summary>Whether and how long to pause; null when the answer gives no cause.</summary>
    public static RateSign? Read(RateOptions options, EhrAnswer answer, bool isRefused)
    {
        RateSign? used = null;
        foreach (var names in options.Headers)
        {
            if (IsUsedUp(names, answer))
            {
                var wait = names.Reset is null ? null : Wait(answer.Header(names.Reset), answer.ServerTime);
                used = used is { } other && (other.For ?? TimeSpan.Zero) >= (wait ?? TimeSpan.Zero) && !names.IsOfDay ? other : new RateSign(wait, names.IsOfDay);
            }
        }

        if (isRefused)
        {
            return answer.RetryAfter is { } said ? new RateSign(said < _waitMax ? said : _waitMax, used?.IsOfDay == true) : used ?? new RateSign(null, false);
        }

        // An answer that came may have been the last of a second: without a time, the windows know better.
        return used is { For: not null } or { IsOfDay: true } ? used : null;
    }

    private static bool IsUsedUp(RateHeaders names, EhrAnswer answer)
    {
        if (Number(answer.Header(names.Remaining)) is not { } value)
        {
            return false;
        }

        return names.Allotted is null ? value <= 0 : Number(answer.Header(names.Allotted)) is { } allotted && value >= allotted;
    }

    private static double? Number(string? text) =>
        double.TryParse(text?.Split([',', ';'])[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static TimeSpan? Wait(string? text, DateTimeOffset serverTime)
    {
        TimeSpan? wait = null;
        if (Number(text) is { } number)
        {
            wait = number switch
            {
                >= MillisecondsOfEpochMin and < 1e14 => DateTimeOffset.UnixEpoch.AddMilliseconds(number) - serverTime,
                >= SecondsOfEpochMin and < 1e11 => DateTimeOffset.UnixEpoch.AddSeconds(number) - serverTime,
                >= 0 and < SecondsOfEpochMin => TimeSpan.FromSeconds(number),
                _ => null,
            };
        }
        else if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            wait = date - serverTime;
        }

        return wait > TimeSpan.Zero && wait <= _waitMax ? wait : null;
    }
}
