using System.Globalization;
using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>
/// The receiving side of the stand-in: what athenahealth does with messages that are sent to it. It acknowledges what it
/// keeps, recognises what it has already, tells of bookings again where that is asked, and misbehaves as it is told.
/// </summary>
public sealed class AthenaServer : IAsyncDisposable
{
    private readonly AthenaServerOptions _options;
    private readonly TimeProvider _time;
    private readonly Socket _listener;
    private readonly Inbox _inbox;
    private readonly FaultPlan _faults;
    private readonly ServerCounters _counters = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private volatile BookingEcho? _echo;

    private AthenaServer(AthenaServerOptions options, Socket listener, TimeProvider time)
    {
        _options = options;
        _time = time;
        _inbox = new Inbox(options.RememberedMax);
        _faults = new FaultPlan(options.Faults, time);
        _listener = listener;
        Address = (IPEndPoint)listener.LocalEndPoint!;
        if (options.Echo is { } engine)
        {
            EchoTo(engine);
        }

        _running = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Whole frames in the order of arrival, repeats and refused ones too.</summary>
    public IReadOnlyList<Arrival> Arrivals => _inbox.Arrivals;

    /// <summary>Messages that were kept, each once.</summary>
    public IReadOnlyList<Arrival> Kept => [.. _inbox.Arrivals.Where(arrival => arrival.Kind == ArrivalKind.Kept)];

    public ServerAccount Account => new(
        _inbox.Kinds, _inbox.Events, _counters.Connections, _counters.CutOff, _counters.StrayBytes, _counters.Replies, _faults.Counts);

    /// <exception cref="SocketException">The address can't be listened on.</exception>
    public static AthenaServer Start(AthenaServerOptions options, TimeProvider time)
    {
        if (options.Folder is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var listener = new Socket(options.Listens.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(options.Listens);
            listener.Listen();
            return new AthenaServer(options, listener, time);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Tells of bookings again from now on, as <see cref="AthenaServerOptions.Echo"/> does from the start: for an engine
    /// that can only be started once it is known where this server listens. Once at most.
    /// </summary>
    public void EchoTo(EndPoint engine) =>
        _echo = _echo is null ? new BookingEcho(engine, _options.EchoHasOwnNumberInBoth, _time) : throw new InvalidOperationException("bookings are told of again already");

    /// <summary>Ends when what arrived so far is enough.</summary>
    /// <param name="until">Is asked now and after each arrival.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task WaitAsync(Func<IReadOnlyList<Arrival>, bool> until, CancellationToken cancellationToken = default) =>
        _inbox.WaitAsync(until).WaitAsync(cancellationToken);

    /// <summary>Ends when this many messages were kept.</summary>
    public Task WaitForKeptAsync(int count, CancellationToken cancellationToken = default) =>
        _inbox.WaitForKeptAsync(count).WaitAsync(cancellationToken);

    /// <summary>Takes no more, closes its connections and returns when all is quiet.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _running;
        if (_echo is { } echo)
        {
            await echo.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        while (await NextAsync() is { } socket)
        {
            var connection = new ServerConnection(_counters.NextConnection(), new Wire(socket, _options.FrameBytesMax, _time), _inbox, _faults, _counters, KeepAsync, _time);
            connections.RemoveAll(one => one.IsCompletedSuccessfully);
            connections.Add(connection.RunAsync(_stopping.Token));
        }

        await Task.WhenAll(connections);
    }

    private async Task<Socket?> NextAsync()
    {
        try
        {
            return await _listener.AcceptAsync(_stopping.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException && _stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>What happens to a message before it is acknowledged.</summary>
    private async Task KeepAsync(Arrival message, CancellationToken cancellationToken)
    {
        if (_options.Folder is { } folder)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{message.Number:D6}-{Letters(message.Event)}.hl7");
            await File.WriteAllBytesAsync(Path.Combine(folder, name), message.Body, cancellationToken);
        }

        _echo?.Add(message);
    }

    /// <summary>MSH-9 comes from outside and a file's name is to hold nothing else.</summary>
    private static string Letters(string text) => string.Concat(text.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-').Take(12));
}

/// <summary>What happened to a receiver besides its messages. Safe for concurrent use.</summary>
internal sealed class ServerCounters
{
    private int _connections;
    private long _cutOff;
    private long _strayBytes;
    private long _replies;

    public int Connections => Volatile.Read(ref _connections);

    public long CutOff => Volatile.Read(ref _cutOff);

    public long StrayBytes => Volatile.Read(ref _strayBytes);

    public long Replies => Volatile.Read(ref _replies);

    public int NextConnection() => Interlocked.Increment(ref _connections);

    public void CutOffOne() => Interlocked.Increment(ref _cutOff);

    public void Stray(long bytes) => Interlocked.Add(ref _strayBytes, bytes);

    public void Reply() => Interlocked.Increment(ref _replies);
}
