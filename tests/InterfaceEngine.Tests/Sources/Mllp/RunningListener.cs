using System.Collections.Concurrent;
using System.Net;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Sources.Mllp;

/// <summary>A listener on a free port of loopback over an intake that the test writes.</summary>
internal sealed class RunningListener : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<RawSender> _senders = [];

    /// <param name="port">One of <see cref="Ports"/> where it is closed and opened again: any other is somebody else's meanwhile.</param>
    public RunningListener(Func<string, CancellationToken, Task<string>>? answer = null, MllpLimits? limits = null, MllpAccess? access = null, int port = 0)
    {
        Intake = new ScriptedIntake(answer ?? ((body, _) => Task.FromResult("AA " + body)));
        Numbers = new SourceNumbers(new SourceRun(1, Binding.Name, 1), Time);
        Readiness = new Readiness(Time, NullLogger<Readiness>.Instance);
        Readiness.Started();
        Source = new MllpSource(Binding, Intake, Numbers, new IPEndPoint(IPAddress.Loopback, port), limits ?? new(), access ?? MllpAccess.Plain, Time, Logger) { Readiness = Readiness };
        Address = Source.Bind();
        Running = Source.RunAsync(_stop.Token);
    }

    public static SourceBinding Binding { get; } = new() { Name = "front-desk", Practices = ["1959"] };

    public FakeTimeProvider Time { get; } = new();

    public RecordingLogger<MllpSource> Logger { get; } = new();

    /// <summary>Of the node that the listener belongs to; ready until a test says otherwise.</summary>
    public Readiness Readiness { get; }

    /// <summary>The source's run 1, from 1 on.</summary>
    public SourceNumbers Numbers { get; }

    public ScriptedIntake Intake { get; }

    public MllpSource Source { get; }

    public IPEndPoint Address { get; }

    /// <summary>Ends when the listener has stopped.</summary>
    public Task Running { get; }

    /// <summary>Now. What is counted behind a reply or a close, whoever saw that asks for with <see cref="CountsAsync"/>.</summary>
    public MllpCounts Counts => Source.Counters.Read();

    public async Task<RawSender> ConnectAsync(int? receiveBufferBytes = null, IPAddress? from = null)
    {
        var sender = await RawSender.ConnectAsync(Address, receiveBufferBytes, from);
        _senders.Add(sender);
        return sender;
    }

    /// <summary>Holds the listener to some of its numbers, as soon as it has come to them.</summary>
    public Task CountsAsync(object numbers) => Soon.HoldsAsync(() => Counts.Should().BeEquivalentTo(numbers));

    /// <summary>Tells the listener to stop, without waiting for it.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Moves time on until something has happened, however long the real sockets take to notice.</summary>
    public async Task AdvanceUntilAsync(Task happened)
    {
        while (!happened.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await happened;
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        foreach (var sender in _senders)
        {
            sender.Dispose();
        }

        await AdvanceUntilAsync(Running);
        Source.Dispose();
        _stop.Dispose();
    }
}

/// <summary>An intake that keeps what it got and answers as it is told.</summary>
internal sealed class ScriptedIntake(Func<string, CancellationToken, Task<string>> answer) : IMessageIntake
{
    private readonly ConcurrentQueue<IncomingMessage> _messages = new();

    public IReadOnlyCollection<IncomingMessage> Messages => _messages;

    public IEnumerable<string> Bodies => _messages.Select(message => Encoding.UTF8.GetString(message.Body.Span));

    public ValueTask<EngineId> BeginBatchAsync(string source, bool isFile, CancellationToken cancellationToken) => ValueTask.FromResult(new EngineId(1));

    public ValueTask EndBatchAsync(BatchSummary batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<Receipt> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        _messages.Enqueue(message);
        var reply = await answer(Encoding.UTF8.GetString(message.Body.Span), cancellationToken);
        var state = message.Fault is null ? MessageState.Applied : MessageState.Refused;
        return new Receipt(new EngineId(_messages.Count), state, Encoding.UTF8.GetBytes(message.Fault is { } fault ? "AR " + fault.Reason : reply));
    }
}
