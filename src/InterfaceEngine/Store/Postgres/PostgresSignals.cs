using System.Collections.Concurrent;
using System.Security.Cryptography;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// Signals between nodes, by <c>LISTEN</c> and <c>NOTIFY</c>. They are sent after the commit, outside of its transaction, for a
/// notification takes a lock of the whole database while it commits; and what was raised meanwhile goes as one. A connection that
/// listens and was lost is made anew, and everything is raised then, since nobody knows what was missed.
/// </summary>
internal sealed class PostgresSignals : IStoreSignals, IAsyncDisposable
{
    private const string Channel = "interface_engine";
    private static readonly TimeSpan _keepAlive = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>How long a hint is tried to be given. Nobody waits for it, and a server that is busy for a while is no reason to leave the others asleep.</summary>
    private static readonly TimeSpan _notifyMax = TimeSpan.FromSeconds(30);

    /// <summary>How long that may keep the store from closing.</summary>
    private static readonly TimeSpan _lastNotifyMax = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource _source;
    private readonly ServerTime? _time;
    private readonly string _self = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<StoreSignal, bool> _waiting = new();
    private readonly SemaphoreSlim _toSend = new(0, 1);
    private readonly Task _listening;
    private readonly Task _sending;

    /// <param name="source">The connections.</param>
    /// <param name="time">Is set by the way, on the connection that listens; null where the clock is another.</param>
    public PostgresSignals(NpgsqlDataSource source, ServerTime? time)
    {
        (_source, _time) = (source, time);
        _listening = Task.Run(ListenAsync);
        _sending = Task.Run(SendAsync);
    }

    public event Action<StoreSignal>? Raised;

    /// <summary>How often the connection that listens was lost.</summary>
    public int Losses { get; private set; }

    public void Raise(StoreSignal signal)
    {
        Raised?.Invoke(signal);
        _waiting[signal] = true;
        try
        {
            _toSend.Release();
        }
        catch (SemaphoreFullException)
        {
            // The sender is about to look anyway.
        }
        catch (ObjectDisposedException)
        {
            // The store is closed; the others look from time to time.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_listening, _sending);
        _toSend.Dispose();
        _closing.Dispose();
    }

    private async Task ListenAsync()
    {
        for (var isFirst = true; !_closing.IsCancellationRequested; isFirst = false)
        {
            try
            {
                await using var connection = await _source.OpenConnectionAsync(_closing.Token);
                connection.Notification += (_, told) => Hear(told.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(_closing.Token);
                }

                if (!isFirst)
                {
                    Array.ForEach(Enum.GetValues<StoreSignal>(), signal => Raised?.Invoke(signal));
                }

                await WaitAsync(connection);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
            }
            catch (Exception failure) when (failure.IsOfTheServer() || failure is PostgresException or InvalidOperationException)
            {
                Losses++;
                await Task.Delay(_pause, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Until the connection breaks, which a silent one is asked about. The time is asked for however much is heard.</summary>
    private async Task WaitAsync(NpgsqlConnection connection)
    {
        while (true)
        {
            var isSilent = !await connection.WaitAsync(_keepAlive, _closing.Token);
            if (isSilent || _time?.Age >= _keepAlive)
            {
                await (_time?.RefreshAsync(connection, _closing.Token) ?? AskAsync(connection));
            }
        }
    }

    private async Task AskAsync(NpgsqlConnection connection)
    {
        await using var ask = new NpgsqlCommand("SELECT 1", connection);
        await ask.ExecuteScalarAsync(_closing.Token);
    }

    private void Hear(string payload)
    {
        // What this process raised, it has heard.
        if (payload.Split(' ') is [var signal, var sender] && sender != _self && Enum.TryParse<StoreSignal>(signal, out var heard))
        {
            Raised?.Invoke(heard);
        }
    }

    private async Task SendAsync()
    {
        for (var isClosing = false; !isClosing;)
        {
            try
            {
                await _toSend.WaitAsync(_closing.Token);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                // What was raised last is still told: that a lease was given back.
                isClosing = true;
            }

            await TryNotifyAsync();
        }
    }

    private async Task TryNotifyAsync()
    {
        var signals = _waiting.Keys.Where(signal => _waiting.TryRemove(signal, out _)).ToList();
        if (signals.Count == 0)
        {
            return;
        }

        using var patience = new CancellationTokenSource(_notifyMax);
        await using var closing = _closing.Token.Register(() => patience.CancelAfter(_lastNotifyMax));
        try
        {
            await using var connection = await _source.OpenConnectionAsync(patience.Token);
            await using var notify = new NpgsqlCommand("SELECT pg_notify($1, signal) FROM unnest($2) signal", connection)
            {
                Parameters = { new() { Value = Channel }, new() { Value = signals.Select(signal => $"{signal} {_self}").ToArray() } },
            };
            await notify.ExecuteNonQueryAsync(patience.Token);
        }
        catch (Exception failure) when (failure.IsOfTheServer() || failure is PostgresException or OperationCanceledException or InvalidOperationException)
        {
            // A hint was lost: the others look from time to time.
        }
    }
}
