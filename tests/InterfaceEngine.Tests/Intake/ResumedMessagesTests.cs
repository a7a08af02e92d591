using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Parked messages that are taken up again: their sender was told AA long ago, and nothing may stop the others.</summary>
public class ResumedMessagesTests : IAsyncLifetime
{
    private readonly RecordingLogger<ReadyMessages> _logger = new();
    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await StartAsync(settings => settings, await ParkedVisits.MapsAsync());

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    /// <summary>On which store the tests run: a subclass has another.</summary>
    private protected virtual Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes) => TestEngine.StartAsync(change, changes);

    [StoreFact]
    public async Task A_message_that_waits_for_too_long_is_held_for_a_person_and_taken_up_if_its_patient_comes_after_all()
    {
        var parked = await ParkAsync("9301");
        var ready = new ReadyMessages(_engine.Store, _engine.Core.Intake, _engine.Time, _logger);
        _engine.Time.Advance(TimeSpan.FromDays(29));
        await ready.HoldOverdueAsync(default);
        (await _engine.MessageAsync(parked)).State.Should().Be(MessageState.Parked);

        _engine.Time.Advance(TimeSpan.FromDays(2));
        await ready.HoldOverdueAsync(default);

        var held = await _engine.MessageAsync(parked);
        held.Should().BeEquivalentTo(new { State = MessageState.Held, Code = "MAP549" });
        (await _engine.Store.ReadAsync(reader => reader.Causes(null, EngineId.None, 10), default)).Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new { State = MessageState.Held, Code = "MAP549", Messages = 1L });

        await _engine.AcceptAsync(GuideMessages.Adt("A04", "2", 2, GuideMessages.Doe()));
        await ready.ResumeAsync(default);

        (await _engine.MessageAsync(parked)).State.Should().Be(MessageState.Applied);
        (await _engine.Store.ReadAsync(reader => reader.Causes(null, EngineId.None, 10), default)).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_message_that_fails_stays_ready_and_the_others_are_taken_up()
    {
        var failing = await ParkAsync("9001");
        var sound = await ParkAsync("9002");
        await _engine.AcceptAsync(Adt("A04", "3", 3, Doe()));

        await ResumeAsync(new FailingReplay(_engine.Core.Intake, failing.Message));

        (await _engine.MessageAsync(failing)).State.Should().Be(MessageState.Ready);
        (await _engine.MessageAsync(sound)).State.Should().Be(MessageState.Applied);
        var line = _logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Critical).Subject;
        line.Text.Should().Contain(failing.Message.ToString()).And.Contain("InvalidOperationException").And.NotContain("DOE");

        await ResumeAsync(_engine.Core.Intake);
        (await _engine.MessageAsync(failing)).State.Should().Be(MessageState.Applied);
    }

    [StoreFact]
    public async Task A_message_that_fails_twice_is_put_before_a_person()
    {
        var failing = await ParkAsync("9001");
        await _engine.AcceptAsync(Adt("A04", "3", 3, Doe()));
        var ready = new ReadyMessages(_engine.Store, new FailingReplay(_engine.Core.Intake, failing.Message), _engine.Time, _logger);

        await ready.ResumeAsync(default);
        (await _engine.MessageAsync(failing)).State.Should().Be(MessageState.Ready);
        await ready.ResumeAsync(default);

        (await _engine.MessageAsync(failing)).Should().BeEquivalentTo(new { State = MessageState.Quarantined, Code = "AE207" });
        (await _engine.Store.ReadAsync(reader => reader.Causes("1959", EngineId.None, 10), default)).Should().ContainSingle().Which.Messages.Should().Be(1);
    }

    [StoreFact]
    public async Task What_its_listener_takes_is_not_asked_again()
    {
        var debug = TestEngine.Guide with { ProcessingIds = ["D"] };
        var parked = await ParkAsync("9001", processing: "D", debug);
        await _engine.AcceptAsync(Adt("A04", "3", 3, Doe()));

        await ResumeAsync(_engine.Core.Intake);

        (await _engine.MessageAsync(parked)).State.Should().Be(MessageState.Applied);
    }

    [StoreFact]
    public async Task What_a_changed_mapping_rejects_is_quarantined_since_its_sender_was_told_that_it_is_accepted()
    {
        const string Check = "| end_time > start_time ";
        var parked = await ParkAsync("9001");
        await _engine.AcceptAsync(Adt("A04", "3", 3, Doe()));
        var file = Path.Combine(_engine.Settings.Mappings, ParkedVisits.MapFile);
        var map = await File.ReadAllTextAsync(file);
        map.Should().Contain(Check);
        await File.WriteAllTextAsync(file, map.Replace(Check, "| end_time < start_time ", StringComparison.Ordinal));
        await _engine.DeployAsync();
        await _engine.RestartAsync();

        await ResumeAsync(_engine.Core.Intake);

        (await _engine.MessageAsync(parked)).State.Should().Be(MessageState.Quarantined);
    }

    [StoreFact]
    public async Task A_failure_while_looking_for_them_is_logged_and_they_are_looked_for_again()
    {
        var store = new BreakingStore(_engine.Store);
        using var stop = new CancellationTokenSource();
        var ready = new ReadyMessages(store, _engine.Core.Intake, _engine.Time, _logger);

        var running = ready.RunAsync(stop.Token);
        store.Signals.Raise(StoreSignal.Ready);
        await store.Broken.Task.WaitAsync(TimeSpan.FromMinutes(1));
        store.Signals.Raise(StoreSignal.Ready);
        await store.AskedAgain.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();

        await running.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        var line = _logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Critical).Subject;
        line.Text.Should().Contain("InvalidOperationException").And.NotContain("DOE");
    }

    private async Task<Receipt> ParkAsync(string visit, string processing = "P", SourceBinding? source = null)
    {
        var parked = await _engine.AcceptAsync(System.Text.Encoding.UTF8.GetBytes(ParkedVisits.Message(visit).Replace("|P|2.3|", $"|{processing}|2.3|", StringComparison.Ordinal)), source);
        parked.State.Should().Be(MessageState.Parked);
        return parked;
    }

    private Task ResumeAsync(IMessageReplay replay) => new ReadyMessages(_engine.Store, replay, _engine.Time, _logger).ResumeAsync(default);

    /// <summary>Fails inside on the first question.</summary>
    private sealed class BreakingStore(IEngineStore inner) : IEngineStore
    {
        public TaskCompletionSource Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource AskedAgain { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StoreDescription Description => inner.Description;

        public StoreCounters Counters => inner.Counters;

        public IDeliveryStore Deliveries => inner.Deliveries;

        public ILedgerStore Ledger => inner.Ledger;

        public IBatchStore Batches => inner.Batches;

        public IFileStore Files => inner.Files;

        public IConnectionStore Connections => inner.Connections;

        public IApiKeyStore ApiKeys => inner.ApiKeys;

        public ICallStore Calls => inner.Calls;

        public IRetentionStore Retention => inner.Retention;

        public ILeaseStore Leases => inner.Leases;

        public INodeStore Nodes => inner.Nodes;

        public IStoreSignals Signals => inner.Signals;

        public ValueTask<T> LookAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken) => inner.LookAsync(question, cancellationToken);

        public ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> question, CancellationToken cancellationToken)
        {
            if (Broken.TrySetResult())
            {
                throw new InvalidOperationException("the input 'DOE' is bad");
            }

            AskedAgain.TrySetResult();
            return inner.ReadAsync(question, cancellationToken);
        }

        public ValueTask<LoadedRecords> LoadAsync(string practice, LoadQuery query, CancellationToken cancellationToken) => inner.LoadAsync(practice, query, cancellationToken);

        public Task<CommitResult> CommitAsync(CommitUnit unit, CancellationToken cancellationToken) => inner.CommitAsync(unit, cancellationToken);

        public Task<T> AskAsync<T>(AuditEntry audit, Func<IStoreReader, T> question, CancellationToken cancellationToken) => inner.AskAsync(audit, question, cancellationToken);

        public Task KeepMappingSetAsync(string hash, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.KeepMappingSetAsync(hash, content, cancellationToken);

        public Task<DeployedSet> DeployMappingSetAsync(SetDeployment deployment, CancellationToken cancellationToken) => inner.DeployMappingSetAsync(deployment, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class FailingReplay(IMessageReplay inner, EngineId failing) : IMessageReplay
    {
        public ValueTask<Receipt> CorrectAsync(EngineId original, ReadOnlyMemory<byte> body, AuditEntry? audit, bool isTrial, CancellationToken cancellationToken) =>
            inner.CorrectAsync(original, body, audit, isTrial, cancellationToken);

        public ValueTask DismissAsync(StoredMessage message, AuditEntry audit, CancellationToken cancellationToken) => inner.DismissAsync(message, audit, cancellationToken);

        public ValueTask GiveUpAsync(EngineId message, CancellationToken cancellationToken) => inner.GiveUpAsync(message, cancellationToken);

        public ValueTask<Receipt> TryAsync(EngineId message, CancellationToken cancellationToken) => inner.TryAsync(message, cancellationToken);

        public ValueTask<Receipt> ReplayAsync(EngineId message, Acceptance accepted, AuditEntry? audit, CancellationToken cancellationToken) =>
            message == failing ? throw new InvalidOperationException("the input 'DOE' is bad") : inner.ReplayAsync(message, accepted, audit, cancellationToken);
    }
}

/// <summary>The same on a PostgreSQL database.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresResumingTests : ResumedMessagesTests
{
    private protected override Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes) => TestEngine.StartOnPostgresAsync(change, changes);
}
