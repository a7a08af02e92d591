using System.Text.Json;
using NodaTime;

namespace InterfaceEngine.Ehr.Rates;

/// <summary>
/// What of a connection's rate is used, and by what it is paused: the document that all nodes share. Pure: every question comes with the time, UTC
/// milliseconds by the store's clock. It is changed by one node at a time, which the document's version sees to.
/// </summary>
internal sealed class RateBook
{
    private const long MillisecondsPerMinute = 60_000;

    /// <summary>A time that is further ahead than this comes from a clock that was set back since.</summary>
    private const long AheadMax = 2_000;

    /// <summary>A pause that is longer was begun by such a clock: the longest that a vendor may ask for is two days.</summary>
    private const long PauseMax = 49L * 60 * MillisecondsPerMinute;

    private readonly RateOptions _options;
    private readonly (int Limit, long Length)[] _windows;
    private readonly long _tokenWindow;
    private List<Grants> _grants = [];
    private List<Grants> _tokens = [];
    private List<Wanted> _wants = [];

    public RateBook(RateOptions options)
    {
        _options = options;
        _windows = [.. new[] { (options.PerSecond, TimeSpan.FromSeconds(1)), (options.Burst, options.BurstWindow), (options.PerMinute, TimeSpan.FromMinutes(1)) }
            .Where(window => window.Item1 > 0).Select(window => (window.Item1, Stretched(window.Item2)))];
        _tokenWindow = Stretched(TimeSpan.FromMinutes(1));
    }

    /// <summary>The day that <see cref="Used"/> is of, as a number such as 20261126.</summary>
    public int Day { get; private set; }

    /// <summary>Calls of that day.</summary>
    public long Used { get; private set; }

    /// <summary>No call before this time; 0 for none.</summary>
    public long PausedUntil { get; private set; }

    /// <summary>Why, for people.</summary>
    public string? PauseReason { get; private set; }

    /// <summary>Reads what was kept; a new book when nothing was.</summary>
    public static RateBook Read(RateOptions options, ReadOnlyMemory<byte> content)
    {
        var book = new RateBook(options);
        if (!content.IsEmpty && JsonSerializer.Deserialize<Kept>(content.Span) is { } kept)
        {
            (book.Day, book.Used, book.PausedUntil, book.PauseReason) = (kept.Day, kept.Used, kept.PausedUntil, kept.PauseReason);
            (book._grants, book._tokens, book._wants) = (kept.Grants, kept.Tokens, kept.Wants);
        }

        return book;
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(new Kept(Day, Used, PausedUntil, PauseReason, _grants, _tokens, _wants));

    /// <summary>How many calls may go now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="priority">Whose turn is asked for: what a more urgent call on another node waits for is left to it.</param>
    /// <param name="node">Who asks.</param>
    public int Free(long now, CallPriority priority, string node)
    {
        Turn(now);
        if (now < PausedUntil)
        {
            return 0;
        }

        var free = LeftOfDay(priority);
        foreach (var (limit, length) in _windows)
        {
            free = Math.Min(free, limit - CountIn(_grants, now - length));
        }

        free -= _wants.Where(want => want.Node != node && want.Priority < priority && want.Until > now).Sum(want => (long)want.Count);
        return (int)Math.Clamp(free, 0, int.MaxValue);
    }

    /// <summary>How many of them may ask for a token.</summary>
    public int FreeTokens(long now) => _options.TokensPerMinute > 0 ? Math.Max(0, _options.TokensPerMinute - CountIn(_tokens, now - _tokenWindow)) : int.MaxValue;

    /// <summary>When a call may go that may not now; a time that is past when it may.</summary>
    public long NextAt(long now, CallPriority priority = CallPriority.Booking)
    {
        Turn(now);
        var at = Math.Max(now, PausedUntil);
        if (LeftOfDay(priority) <= 0)
        {
            at = Math.Max(at, DayEndsAt(now));
        }

        return _windows.Aggregate(at, (latest, window) => Math.Max(latest, FreeAt(_grants, window.Limit, window.Length, now)));
    }

    /// <summary>When a token may be asked for.</summary>
    public long NextTokenAt(long now, CallPriority priority = CallPriority.Booking) =>
        _options.TokensPerMinute > 0 ? Math.Max(NextAt(now, priority), FreeAt(_tokens, _options.TokensPerMinute, _tokenWindow, now)) : NextAt(now, priority);

    /// <summary>Calls that go now.</summary>
    public void Take(long now, int calls, int tokens)
    {
        Turn(now);
        Used += calls;
        Add(_grants, now, calls);
        Add(_tokens, now, tokens);
    }

    /// <summary>The calls of a moment left later: what was written took its time.</summary>
    public void Left(long taken, long now)
    {
        Move(_grants, taken, now);
        Move(_tokens, taken, now);
    }

    /// <summary>Says that urgent calls wait on a node, so that others leave room for them; 0 takes it back.</summary>
    /// <returns>Whether it was not known.</returns>
    public bool Want(long now, string node, CallPriority priority, int count, TimeSpan until)
    {
        var known = _wants.Find(want => want.Node == node && want.Until > now);
        _wants.RemoveAll(want => want.Node == node || want.Until <= now);
        if (count > 0)
        {
            _wants.Add(new Wanted(node, priority, count, now + (long)until.TotalMilliseconds));
        }

        return count > 0 ? known is null || known.Count != count || known.Priority != priority : known is not null;
    }

    /// <summary>No call until a time. A pause that lasts longer stays.</summary>
    public bool Pause(long until, string reason)
    {
        if (until <= PausedUntil)
        {
            return false;
        }

        (PausedUntil, PauseReason) = (until, reason);
        return true;
    }

    /// <summary>When the day's calls begin anew.</summary>
    public long DayEndsAt(long now)
    {
        var date = Instant.FromUnixTimeMilliseconds(now).InZone(_options.ResetZone).Date;
        return _options.ResetZone.AtStartOfDay(date.PlusDays(1)).ToInstant().ToUnixTimeMilliseconds();
    }

    /// <summary>How many of the day's calls one of this urgency may take.</summary>
    private long LeftOfDay(CallPriority priority) => _options.PerDay == 0 ? int.MaxValue
        : _options.PerDay - Used - (priority > CallPriority.Prompt ? (long)_options.PerDay * _options.DayReservePercent / 100 : 0);

    /// <summary>The next full minute.</summary>
    public static long MinuteEndsAt(long now) => ((now / MillisecondsPerMinute) + 1) * MillisecondsPerMinute;

    private long Stretched(TimeSpan window) => (long)Math.Ceiling(window.TotalMilliseconds * (100 + _options.SlackPercent) / 100);

    /// <summary>Begins the day anew, and drops what no window reaches back to.</summary>
    private void Turn(long now)
    {
        var date = Instant.FromUnixTimeMilliseconds(now).InZone(_options.ResetZone).Date;
        var day = (((date.Year * 100) + date.Month) * 100) + date.Day;
        // A clock that was set back over midnight does not give the day's calls twice; one that was days ahead does not take those of all the days until then.
        var next = date.PlusDays(1);
        if (day > Day)
        {
            (Day, Used) = (day, 0);
        }
        else if (Day > (((next.Year * 100) + next.Month) * 100) + next.Day)
        {
            Day = day;
        }

        if (now >= PausedUntil || PausedUntil - now > PauseMax)
        {
            (PausedUntil, PauseReason) = (0, null);
        }

        Drop(_grants, now, _windows.Length == 0 ? 0 : _windows.Max(window => window.Length));
        Drop(_tokens, now, _tokenWindow);
    }

    private static void Drop(List<Grants> grants, long now, long length)
    {
        grants.RemoveAll(grant => grant.At <= now - length);
        for (var index = grants.Count - 1; index >= 0 && grants[index].At > now + AheadMax; index--)
        {
            grants[index] = grants[index] with { At = now };
        }
    }

    private static void Add(List<Grants> grants, long now, int count)
    {
        if (count == 0)
        {
            return;
        }

        if (grants.Count > 0 && grants[^1].At >= now)
        {
            grants[^1] = grants[^1] with { Count = grants[^1].Count + count };
        }
        else
        {
            grants.Add(new Grants(now, count));
        }
    }

    private static void Move(List<Grants> grants, long from, long to)
    {
        if (grants.Count > 0 && grants[^1].At == from)
        {
            grants[^1] = grants[^1] with { At = to };
        }
    }

    private static int CountIn(List<Grants> grants, long after)
    {
        var count = 0;
        for (var index = grants.Count - 1; index >= 0 && grants[index].At > after; index--)
        {
            count += grants[index].Count;
        }

        return count;
    }

    /// <summary>When a window has room: as soon as enough of its oldest calls have left it.</summary>
    private static long FreeAt(List<Grants> grants, int limit, long length, long now)
    {
        var count = CountIn(grants, now - length);
        foreach (var grant in grants.Where(grant => grant.At > now - length))
        {
            if (count < limit)
            {
                break;
            }

            count -= grant.Count;
            now = Math.Max(now, grant.At + length);
        }

        return now;
    }

    /// <param name="At">When.</param>
    /// <param name="Count">How many went at that time.</param>
    private readonly record struct Grants(long At, int Count);

    /// <param name="Node">Where they wait.</param>
    /// <param name="Until">A node that is killed takes it back by this.</param>
    private sealed record Wanted(string Node, CallPriority Priority, int Count, long Until);

    private sealed record Kept(int Day, long Used, long PausedUntil, string? PauseReason, List<Grants> Grants, List<Grants> Tokens, List<Wanted> Wants);
}
