using System.Text.Json;

namespace InterfaceEngine.Ehr.Tokens;

/// <summary>A token, and until when it is good by our own clock.</summary>
internal sealed record EhrToken(EhrSecret Value, DateTimeOffset EndsAt, TimeSpan Margin)
{
    /// <summary>Of what was asked, what was not granted, behind one another; empty when all was, or the server did not say.</summary>
    public string Missing { get; init; } = "";

    private static readonly TimeSpan _arrival = TimeSpan.FromSeconds(5);

    /// <summary>It will outlast a call, and the wait for its turn.</summary>
    public bool IsFresh(DateTimeOffset now) => now < EndsAt - Margin;

    /// <summary>It will be good when a call that goes now arrives.</summary>
    public bool Holds(DateTimeOffset now) => now < EndsAt - (Margin < _arrival ? Margin : _arrival);
}

/// <summary>What a server of tokens gave.</summary>
internal sealed record TokenAnswer(EhrSecret Access, TimeSpan Life)
{
    private static readonly TimeSpan _lifeUnsaid = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _lifeMax = TimeSpan.FromDays(1);

    /// <summary>The most by which a token is renewed before its end; short ones by a quarter of their life.</summary>
    private static readonly TimeSpan _marginMax = TimeSpan.FromSeconds(60);

    /// <summary>What was granted; null when the server did not say, which means what was asked.</summary>
    public string? Scope { get; init; }

    public EhrSecret? Refresh { get; init; }

    /// <summary>The patient whose record a user opened; null outside a user's consent.</summary>
    public string? Patient { get; init; }

    public TimeSpan Margin => Life / 4 < _marginMax ? Life / 4 : _marginMax;

    /// <summary>Reads an answer; null when there is no token in it.</summary>
    public static TokenAnswer? Read(JsonElement answer)
    {
        if (answer.ValueKind is not JsonValueKind.Object || Text(answer, "access_token") is not { } access || access.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return null;
        }

        if (Text(answer, "token_type") is { } type && !type.Equals("bearer", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return new TokenAnswer(new EhrSecret(access), LifeOf(answer))
        {
            Scope = Text(answer, "scope"),
            Refresh = Text(answer, "refresh_token") is { } refresh ? new EhrSecret(refresh) : null,
            Patient = Text(answer, "patient"),
        };
    }

    /// <summary>Of what was asked, what was not granted.</summary>
    public string MissingOf(string asked) => Scope is null
        ? ""
        : string.Join(' ', asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(Scope.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)));

    private static TimeSpan LifeOf(JsonElement answer)
    {
        if (!answer.TryGetProperty("expires_in", out var life))
        {
            return _lifeUnsaid;
        }

        var seconds = life.ValueKind switch
        {
            JsonValueKind.Number when life.TryGetDouble(out var number) => number,
            JsonValueKind.String when double.TryParse(life.TextOrNull(), System.Globalization.CultureInfo.InvariantCulture, out var number) => number,
            _ => _lifeUnsaid.TotalSeconds,
        };
        return TimeSpan.FromSeconds(Math.Clamp(double.IsNaN(seconds) ? 0 : seconds, 0, _lifeMax.TotalSeconds));
    }

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.TextOrNull() is { Length: > 0 } text ? text : null;
}
