using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Ehr.Rates;

/// <param name="UsedToday">Calls of the day that counts, on all nodes; null where nothing limits them, and so nothing counts them.</param>
/// <param name="PausedUntil">UTC milliseconds by the store's clock; 0 when it is not paused.</param>
internal sealed record RateState(long? UsedToday, long PausedUntil, string? PauseReason);

/// <summary>
/// Lets a connection's calls go when there is room: the most urgent first, over all nodes that share the store. What is taken is what waits at that
/// moment, and it is on disk before a call goes, so a restart forgets nothing of the day.
/// </summary>
/// <param name="store">Null counts in this process alone.</param>
internal sealed partial class RateDesk(ConnectionOptions options, IConnectionStore? store, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    public const string Kind = "rate";

    private static readonly TimeSpan _bareMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _bareMax = TimeSpan.FromSeconds(60);
    private const int MinuteJitterMsMax = 2_000;
    private const long WaitMsMin = 5;

    /// <summary>What an urgent call's node asks to be left to it; it says so again while it waits.</summary>
    private static readonly TimeSpan _wantLife = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _readLife = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly RateLine _line = new();
    private readonly string _node = Guid.NewGuid().ToString("N")[..12];
    private readonly ConnectionKey _key = new(options.Granted.Practice, options.Granted.Id, Kind, "");
    private readonly SemaphoreSlim _document = new(1, 1);
    private Task _pump = Task.CompletedTask;
    private bool _isPumping;
    private Read? _read;
    private int _bareLimits;
    private readonly CancellationTokenSource _ending = new();

    private bool HasLimit => options.Rate is { PerSecond: > 0 } or { Burst: > 0 } or { PerMinute: > 0 } or { PerDay: > 0 } or { TokensPerMinute: > 0 };

    /// <summary>Waits for a call's turn.</summary>
    /// <param name="priority">How urgent it is.</param>
    /// <param name="isToken">It asks for a token.</param>
    /// <param name="cancellationToken">Gives the turn up.</param>
    /// <exception cref="EhrException"><see cref="EhrFault.RateLimited"/>: its turn would come too late; see <see cref="EhrException.RetryAfter"/>.</exception>
    /// <exception cref="StoreUnavailableException">What is used can't be counted.</exception>
    public async Task TurnAsync(CallPriority priority, bool isToken, CancellationToken cancellationToken)
    {
        if (!HasLimit)
        {
            return;
        }

        var turn = new RateTurn(priority, isToken, time.GetUtcNow() + options.Rate.WaitMax);
        lock (_lock)
        {
            if (!_line.TryJoin(turn, options.Rate.WaitingMax))
            {
                throw Late($"{options.Rate.WaitingMax} calls wait already (Rate:WaitingMax)", options.Rate.WaitMax);
            }

            if (!_isPumping)
            {
                _isPumping = true;
                _pump = Task.Run(PumpAsync, CancellationToken.None);
            }
        }

        await using var registration = cancellationToken.Register(() => turn.GiveUp(cancellationToken));
        await turn.Task;
    }

    /// <summary>Takes up what an answer says of the rate.</summary>
    public async Task ObserveAsync(EhrAnswer answer, bool isRefused, CancellationToken cancellationToken)
    {
        var failures = isRefused ? Interlocked.Increment(ref _bareLimits) : 0;
        if (!isRefused)
        {
            Volatile.Write(ref _bareLimits, 0);
        }

        if (RateSigns.Read(options.Rate, answer, isRefused) is not { } sign)
        {
            return;
        }

        await ChangeAsync(
            (book, now) =>
            {
                var until = sign switch
                {
                    { For: { } wait } => now + (long)wait.TotalMilliseconds,
                    { IsOfDay: true } => book.DayEndsAt(now),
                    _ when options.Rate.IsBareLimitToTheMinute => RateBook.MinuteEndsAt(now) + Random.Shared.Next(MinuteJitterMsMax),
                    _ => now + Bare(failures),
                };
                var isNew = book.Pause(until, sign.IsOfDay ? "the vendor says that the day's calls are used up" : "the vendor says that the rate is used up");
                if (isNew)
                {
                    Log.Paused(logger, options.Id, TimeSpan.FromMilliseconds(until - now), (int)answer.Status);
                }

                return isNew;
            },
            cancellationToken);
    }

    /// <summary>How much is used, on all nodes.</summary>
    public async Task<RateState> StateAsync(CancellationToken cancellationToken)
    {
        await _document.WaitAsync(cancellationToken);
        try
        {
            _read = await ReadAsync(cancellationToken);
            var now = Now(_read);
            var next = _read.Book.NextAt(now);
            if (options.Rate.PerDay > 0 && _read.Book.Used >= options.Rate.PerDay)
            {
                return new RateState(_read.Book.Used, next, _read.Book.PauseReason ?? "the day's calls are used up");
            }

            var isKeptForPeople = _read.Book.NextAt(now, CallPriority.Sync) > next;
            var reason = _read.Book.PauseReason ?? (isKeptForPeople ? "what is left of the day's calls is kept for bookings and people's questions" : null);
            return new RateState(HasLimit ? _read.Book.Used : null, _read.Book.PausedUntil, reason);
        }
        finally
        {
            _document.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Fail(new ObjectDisposedException(nameof(RateDesk)));
        await _ending.CancelAsync();
        await _pump;
        _ending.Dispose();
        _document.Dispose();
    }

    /// <summary>Lets calls go as long as some wait. It ends with the last of them.</summary>
    private async Task PumpAsync()
    {
        try
        {
            while (!HasEnded())
            {
                await PassAsync();
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Whoever waits learns it; the next call begins anew.
            _read = null;
            Fail(failure);
        }
    }

    private bool HasEnded()
    {
        lock (_lock)
        {
            _isPumping = _line.First() is not null;
            return !_isPumping;
        }
    }

    private async Task PassAsync()
    {
        long wait;
        RateTurn first;

        // From before the line is looked at: who joins while what is used is being written was not looked at, and is not to wait for those who were.
        var arrival = _line.ArrivalAsync();
        await _document.WaitAsync();
        try
        {
            if (_line.First() is not { } head)
            {
                return;
            }

            first = head;
            var read = await FreshAsync();
            var now = Now(read);
            var tokens = read.Book.FreeTokens(now);
            var admitted = _line.Take(priority => read.Book.Free(now, priority, _node), tokens);
            var left = _line.Urgent();
            var isTold = store is not null && read.Book.Want(now, _node, left.Priority, left.Count, _wantLife);
            if (admitted.Count > 0 || isTold)
            {
                read.Book.Take(now, admitted.Count, admitted.Count(turn => turn.IsToken));
                var isWritten = false;
                try
                {
                    isWritten = await WriteAsync(read, CancellationToken.None);
                }
                finally
                {
                    if (!isWritten)
                    {
                        _line.PutBack(admitted);
                        _read = null;
                    }
                }

                if (!isWritten)
                {
                    return;
                }

                // They go when they are on disk, and from then on they count.
                read.Book.Left(now, Now(read));
                admitted.ForEach(turn => turn.Go());
            }

            if (admitted.Count > 0)
            {
                return;
            }

            // There is room now, and it is left to more urgent calls of another node: look again soon.
            wait = Math.Max((first.IsToken && tokens == 0 ? read.Book.NextTokenAt(now, first.Priority) : read.Book.NextAt(now, first.Priority)) - now, WaitMsMin);
            TurnAway(TimeSpan.FromMilliseconds(wait), read.Book.PauseReason);
        }
        finally
        {
            _document.Release();
        }

        if (_line.First() != first)
        {
            // The wait is another's, who was turned away, gave up, or is less urgent.
            return;
        }

        // One that waits for a token's turn, or whose share of the day is used, lets another that comes go before it; else a newcomer waits for the same.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        var pause = Task.Delay(TimeSpan.FromMilliseconds(wait), time, ending.Token);
        await Task.WhenAny(first.IsToken || first.Priority > CallPriority.Prompt ? [pause, arrival] : [pause]);
        await ending.CancelAsync();
    }

    /// <summary>Changes the document until a change is written, or there is nothing to change.</summary>
    private async Task ChangeAsync(Func<RateBook, long, bool> change, CancellationToken cancellationToken)
    {
        await _document.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                _read = await ReadAsync(cancellationToken);
                if (!change(_read.Book, Now(_read)) || await WriteAsync(_read, cancellationToken))
                {
                    return;
                }
            }
        }
        finally
        {
            _document.Release();
        }
    }

    /// <summary>What was read last, unless it is so old that two clocks could have parted.</summary>
    private async Task<Read> FreshAsync() => _read is { } read && time.GetElapsedTime(read.At) < _readLife ? read : _read = await ReadAsync(CancellationToken.None);

    private async Task<Read> ReadAsync(CancellationToken cancellationToken)
    {
        if (store is null)
        {
            return _read ?? new Read(new RateBook(options.Rate), 0, time.GetUtcNow().ToUnixTimeMilliseconds(), time.GetTimestamp());
        }

        var kept = await store.FindAsync(_key, cancellationToken);
        return new Read(RateBook.Read(options.Rate, kept.Content), kept.Version, kept.Now, time.GetTimestamp());
    }

    private async Task<bool> WriteAsync(Read read, CancellationToken cancellationToken)
    {
        if (store is not null && !await store.WriteAsync([new ConnectionWrite(_key, read.Version, read.Book.Write())], cancellationToken))
        {
            return false;
        }

        _read = read with { Version = read.Version + 1 };
        return true;
    }

    private long Now(Read read) => read.StoreNow + (long)time.GetElapsedTime(read.At).TotalMilliseconds;

    /// <summary>Gives back what would wait too long.</summary>
    private void TurnAway(TimeSpan wait, string? reason) =>
        _line.Before(time.GetUtcNow() + wait).ForEach(turn => turn.TurnAway(Late(reason ?? "the rate is used up", wait)));

    private void Fail(Exception failure)
    {
        List<RateTurn> all;
        lock (_lock)
        {
            all = _line.Clear();
            _isPumping = false;
        }

        all.ForEach(turn => turn.TurnAway(failure));
    }

    private EhrException Late(string reason, TimeSpan wait) =>
        new(EhrFault.RateLimited, $"{options.Id}: {reason}; the next call may go in {(wait.TotalSeconds < 120 ? $"{wait.TotalSeconds:0} s" : $"{wait.TotalMinutes:0} min")}.") { RetryAfter = wait };

    private static long Bare(int failures)
    {
        var whole = Math.Min(_bareMin.TotalMilliseconds * (1L << Math.Clamp(failures - 1, 0, 20)), _bareMax.TotalMilliseconds);
        return (long)(whole * (1 - (Random.Shared.NextDouble() / 2)));
    }

    private sealed record Read(RateBook Book, long Version, long StoreNow, long At);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connection} pauses for {Pause}: its rate is used up ({Status})", EventName = "ConnectionPaused")]
        public static partial void Paused(ILogger logger, string connection, TimeSpan pause, int status);
    }
}
