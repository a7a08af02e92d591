using System.Net;
using System.Text;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Cli.Durability;

/// <summary>What an engine can do wrong to one message.</summary>
internal enum Fault
{
    None,

    /// <summary>Acknowledge it and store nothing.</summary>
    Forget,

    /// <summary>Store it as accepted two times.</summary>
    StoreTwice,

    /// <summary>Store as many bytes, but others.</summary>
    AlterBody,

    /// <summary>Store the message and not what it says.</summary>
    LeaveRecord,

    /// <summary>Keep it, and answer AE.</summary>
    Refuse,

    /// <summary>Answer for another message.</summary>
    AnswerForAnother,

    /// <summary>Store it, and never answer.</summary>
    StaySilent,
}

/// <summary>
/// A receiver that does to its messages what the test says: a check that can't find these faults proves nothing.
/// It listens and stores as the engine does, and maps nothing but the address.
/// </summary>
internal sealed class StandInEngine(WorkFolder folder, Func<int, Fault> fault) : IEngineUnderTest, IMessageIntake
{
    private readonly IdSource _ids = new(TimeProvider.System, Random.Shared);
    private readonly SemaphoreSlim _one = new(1);
    private readonly HashSet<int> _stored = [];
    private CancellationTokenSource _stop = new();
    private IEngineStore? _store;
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _stop = new CancellationTokenSource();
        _store = await folder.OpenStoreAsync(TimeProvider.System, cancellationToken);
        var binding = new SourceBinding { Name = "verify", Practices = [WorkFolder.Practice] };
        var source = new MllpSource(binding, this, new SourceNumbers(await _store.Ledger.BeginRunAsync(binding.Name, 256, cancellationToken), TimeProvider.System), new IPEndPoint(IPAddress.Loopback, folder.Port), new MllpLimits { StopTimeout = TimeSpan.Zero }, MllpAccess.Plain, TimeProvider.System, NullLogger<MllpSource>.Instance);
        source.Bind();
        _running = source.RunAsync(_stop.Token);
    }

    public async Task KillAsync()
    {
        await _stop.CancelAsync();
        await _running;

        // The source does not wait for what it took last; whoever is inside has it stored, or the list of what is would be wrong.
        await _one.WaitAsync();
        try
        {
            if (_store is not null)
            {
                await _store.DisposeAsync();
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public bool IsRunning => true;

    public Task FreezeAsync() => throw new NotSupportedException("this engine can't be frozen");

    public Task ThawAsync() => throw new NotSupportedException("this engine can't be frozen");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _stop.Dispose();
        _one.Dispose();
    }

    public ValueTask<EngineId> BeginBatchAsync(string source, bool isFile, CancellationToken cancellationToken) => throw new NotSupportedException("this engine takes no batches");

    public ValueTask EndBatchAsync(BatchSummary batch, CancellationToken cancellationToken) => throw new NotSupportedException("this engine takes no batches");

    public async ValueTask<Receipt> AcceptAsync(IncomingMessage incoming, CancellationToken cancellationToken)
    {
        var message = Hl7Message.Parse(incoming.Body);
        var number = NumberedMessages.NumberOf(message.ControlId);
        await _one.WaitAsync(cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await TakeAsync(message, incoming.Number, number, fault(number), CancellationToken.None);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<Receipt> TakeAsync(Hl7Message message, SourceNumber place, int number, Fault wanted, CancellationToken cancellationToken)
    {
        // What it stores is remembered beyond a restart, so that a resend is known.
        var isResend = !_stored.Add(number);
        var copies = wanted == Fault.Forget ? 0 : wanted == Fault.StoreTwice && !isResend ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            await StoreAsync(message, place, isResend, wanted, cancellationToken);
        }

        if (wanted == Fault.StaySilent)
        {
            throw new StoreUnavailableException("as the test wants it");
        }

        var code = wanted == Fault.Refuse ? "AE" : "AA";
        var answered = wanted == Fault.AnswerForAnother ? "V999999999" : message.ControlId;
        return new Receipt(_ids.Next(), MessageState.Applied, Encoding.ASCII.GetBytes($"MSH|^~\\&|A|B|C|D|2026||ACK|1|P|2.3\rMSA|{code}|{answered}\r"));
    }

    private async Task StoreAsync(Hl7Message message, SourceNumber place, bool isResend, Fault wanted, CancellationToken cancellationToken)
    {
        var id = _ids.Next();
        var alias = new RecordAlias(RecordDefinition.Patient, "athenahealth", message.Find("PID").Field(3).Component(1).Decode());
        var loaded = await _store!.LoadAsync(WorkFolder.Practice, new LoadQuery(null, [alias], []), cancellationToken);
        var stored = loaded.ByAlias.GetValueOrDefault(alias);
        var number = NumberedMessages.NumberOf(message.ControlId);
        var holds = NumberedMessages.NumberInAddress(stored?["address.line1"]);
        var result = await _store.CommitAsync(
            new CommitUnit
            {
                Practice = WorkFolder.Practice,
                Message = new MessageWrite
                {
                    Id = id,
                    Source = "verify",
                    ReceivedAt = place.ReceivedAt.ToUnixTimeMilliseconds(),
                    Run = place.Run,
                    Number = place.Value,
                    Event = message.EventType,
                    State = isResend ? MessageState.Duplicate : wanted == Fault.Refuse ? MessageState.Refused : MessageState.Applied,
                    Body = wanted == Fault.AlterBody ? new byte[message.Bytes.Length] : message.Bytes,
                    Reply = ReadOnlyMemory<byte>.Empty,
                    ControlId = message.ControlId,
                },
                Records = isResend || wanted == Fault.LeaveRecord || number < holds ? [] : [Write(alias, stored, id, message)],
            },
            cancellationToken);
        result.Outcome.Should().Be(CommitOutcome.Committed);
    }

    private RecordWrite Write(RecordAlias alias, StoredRecord? stored, EngineId message, Hl7Message said)
    {
        var address = said.Find("PID").Field(11).Component(1).Decode();
        var cause = new Cause(message, 0, "verify", "set");
        return new RecordWrite
        {
            Next = new StoredRecord
            {
                Id = stored?.Id ?? _ids.Next(),
                Practice = WorkFolder.Practice,
                Type = RecordDefinition.Patient,
                Version = (stored?.Version ?? 0) + 1,
                Aliases = [alias],
                Fields = [new StoredField("address.line1", address, cause, null, ByteRange.None)],
            },
            ExpectedVersion = stored?.Version ?? 0,
            NewAliases = stored is null ? [alias] : [],
        };
    }
}
