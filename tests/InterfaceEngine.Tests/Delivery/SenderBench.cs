using System.Threading.Channels;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>
/// A sender as it runs, over a real store and real sockets, with short pauses.
/// </summary>
internal sealed class SenderBench : IAsyncDisposable
{
    public const string Destination = "athena";

    private readonly StoreFolder _folder = new();
    private readonly IEngineStore _store;
    private readonly StoreSamples _samples = new(new StoreClock());
    private readonly List<DeliverySettlement> _unasked = [];
    private readonly List<(Task Running, CancellationTokenSource Stopping)> _senders = [];

    private SenderBench(IEngineStore? store)
    {
        _store = store ?? _folder.Open(Clock);
        Store = new ObservedStore(_store);
    }

    /// <param name="store">Is closed with the bench; null for an embedded one.</param>
    public static SenderBench Create(IEngineStore? store = null) => new(store);

    public MovedClock Clock { get; } = new();

    public Receiver Receiver { get; } = new();

    public ObservedStore Store { get; }

    public RecordingLogger<DestinationSender> Log { get; } = new();

    public DeliveryOptions Delivery { get; set; } = new()
    {
        BackOffMin = TimeSpan.FromMilliseconds(1),
        BackOffMax = TimeSpan.FromMilliseconds(2),
        PollInterval = TimeSpan.FromMilliseconds(100),
        LeaseFor = TimeSpan.FromSeconds(60),
    };

    public MllpDestinationOptions Options { get; set; } = new() { RetryFor = TimeSpan.FromDays(1) };

    /// <summary>Starts a sender; more than one compete.</summary>
    public DestinationSender Start(string owner = "one")
    {
        var options = Options with { Client = Options.Client with { Port = Receiver.Port } };
        var sender = new DestinationSender(
            Destination, owner, Delivery, () => new MllpDestination(Destination, options, tls: null, TimeProvider.System, new RecordingLogger<MllpDestination>()), Store, Clock, Log);
        var stopping = new CancellationTokenSource();
        _senders.Add((Task.Run(() => sender.RunAsync(stopping.Token)), stopping));
        return sender;
    }

    /// <summary>Stops the sender that was started first, as an engine stops it.</summary>
    public async Task StopAsync() => await await TellToStopAsync();

    /// <summary>The same.</summary>
    /// <returns>When it was told and begins nothing more: its end.</returns>
    public async Task<Task> TellToStopAsync()
    {
        var (running, stopping) = _senders[0];
        _senders.RemoveAt(0);
        await stopping.CancelAsync();
        return EndAsync();

        async Task EndAsync()
        {
            await running.WaitAsync(TimeSpan.FromMinutes(1));
            stopping.Dispose();
        }
    }

    /// <summary>Queues a delivery, as a change of a record does.</summary>
    /// <param name="body">Null for a message.</param>
    public async Task<DeliveryWrite> QueueAsync(string lane = "lane 1", string? body = null)
    {
        var write = StoreSamples.Delivery(_samples.NextId(), lane, Destination);
        write = body is null ? write : write with { Body = StoreSamples.Bytes(body) };
        await Store.CommitAsync(_samples.Unit() with { Deliveries = [write] }, default);
        return write;
    }

    public Task DecideAsync(DeliveryWrite write, DeliveryVerdict verdict) =>
        Store.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, DeliveryDecisions = [new DeliveryDecision(write.Id, verdict)], Audit = StoreSamples.Audit() }, default);

    public async Task<StoredDelivery> ReadAsync(DeliveryWrite write) => (await Store.ReadAsync(reader => reader.Delivery(write.Id), default))!;

    /// <summary>Waits until the sender has settled the delivery like this; what comes before that is for those who ask for it later.</summary>
    public async Task<DeliverySettlement> SettledAsync(DeliveryWrite write, DeliveryState state)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        DeliverySettlement? found;
        while ((found = _unasked.Find(one => one.Delivery.Id == write.Id && one.State == state)) is null)
        {
            _unasked.Add(await Store.Settlements.ReadAsync(limit.Token));
        }

        _unasked.Remove(found);
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        while (_senders.Count > 0)
        {
            await StopAsync();
        }

        await Receiver.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>The machine's clock, which a test can put forward: leases of the store run out, pauses and stopwatches do not notice.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}

/// <summary>A real store that tells what was settled, and fails to settle when it is told to.</summary>
internal sealed class ObservedStore(IEngineStore inner) : IEngineStore, IDeliveryStore
{
    private readonly Channel<DeliverySettlement> _settlements = Channel.CreateUnbounded<DeliverySettlement>();
    private int _failures;

    public event Action? Queued
    {
        add => inner.Deliveries.Queued += value;
        remove => inner.Deliveries.Queued -= value;
    }

    public bool IsShared => inner.Deliveries.IsShared;

    public ChannelReader<DeliverySettlement> Settlements => _settlements.Reader;

    /// <summary>How many attempts to settle fail from now on.</summary>
    public int SettleFailures
    {
        get => Volatile.Read(ref _failures);
        set => Volatile.Write(ref _failures, value);
    }

    /// <summary>Runs before each attempt to settle.</summary>
    public Func<Task> BeforeSettling { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs before each question.</summary>
    public Action BeforeReading { get; set; } = () => { };

    public StoreDescription Description => inner.Description;

    public StoreCounters Counters => inner.Counters;

    public IDeliveryStore Deliveries => this;

    public ILeaseStore Leases => inner.Leases;

    public INodeStore Nodes => inner.Nodes;

    public IStoreSignals Signals => inner.Signals;

    public ILedgerStore Ledger => inner.Ledger;

    public IBatchStore Batches => inner.Batches;

    public IFileStore Files => inner.Files;

    public IConnectionStore Connections => inner.Connections;

    public IApiKeyStore ApiKeys => inner.ApiKeys;

    public ICallStore Calls => inner.Calls;

    public IRetentionStore Retention => inner.Retention;

    public ValueTask<DeliveryClaim?> ClaimAsync(Lease lease, string destination, ClaimScope scope, CancellationToken cancellationToken) =>
        inner.Deliveries.ClaimAsync(lease, destination, scope, cancellationToken);

    public ValueTask<bool> IsWaitingAsync(Lease lease, string destination, ClaimedDelivery delivery, CancellationToken cancellationToken) => inner.Deliveries.IsWaitingAsync(lease, destination, delivery, cancellationToken);

    public async Task<bool> SettleAsync(Lease lease, IReadOnlyList<DeliverySettlement> settlements, CancellationToken cancellationToken)
    {
        await BeforeSettling();
        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            throw new StoreUnavailableException("the disk is full");
        }

        var isSettled = await inner.Deliveries.SettleAsync(lease, settlements, cancellationToken);
        foreach (var settlement in isSettled ? settlements : [])
        {
            _settlements.Writer.TryWrite(settlement);
        }

        return isSettled;
    }

    public ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken) => inner.LoadAsync(practice, query, cancellationToken);

    public Task<CommitResult> CommitAsync(CommitUnit unit, CancellationToken cancellationToken) => inner.CommitAsync(unit, cancellationToken);

    public Task<T> AskAsync<T>(AuditEntry audit, Func<IStoreReader, T> question, CancellationToken cancellationToken) => inner.AskAsync(audit, question, cancellationToken);

    public ValueTask<T> LookAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) => inner.LookAsync(question, cancellationToken);

    public ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken)
    {
        BeforeReading();
        return inner.ReadAsync(question, cancellationToken);
    }

    public Task KeepMappingSetAsync(string hash, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.KeepMappingSetAsync(hash, content, cancellationToken);

    public Task<DeployedSet> DeployMappingSetAsync(SetDeployment deployment, CancellationToken cancellationToken) => inner.DeployMappingSetAsync(deployment, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
