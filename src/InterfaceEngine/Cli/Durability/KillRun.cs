using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Destinations.Mllp;

namespace InterfaceEngine.Cli.Durability;

/// <summary>What happened while messages were sent.</summary>
/// <param name="Acknowledged">Messages that got AA for their own control id.</param>
/// <param name="Resends">Times a message was sent again because its reply did not come.</param>
/// <param name="Starts">How long each start took, the first one included.</param>
/// <param name="Elapsed">From the first message to the last reply, restarts included.</param>
internal sealed record SendingFigures(int Acknowledged, int Resends, IReadOnlyList<TimeSpan> Starts, TimeSpan Elapsed);

/// <summary>Sends every message until it is answered, while the engine is killed and started again.</summary>
internal sealed class KillRun(
    DurabilityOptions options, IEngineUnderTest engine, int port, NumberedMessages messages, MessageLedger ledger, DurabilityFindings findings, TimeProvider time)
{
    private readonly List<TimeSpan> _starts = [];
    private readonly MllpClientOptions _client = new() { Port = port, ReplyTimeout = options.ReplyTimeout };
    private TaskCompletionSource _isUp = NewSignal();
    private TaskCompletionSource _killIsDue = NewSignal();
    private int _killAt = int.MaxValue;
    private int _resends;

    /// <summary>Ends with every message answered, or with the finding that keeps it from that.</summary>
    public async Task<SendingFigures> RunAsync(KillPlan plan, Action answered, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = 0L;
        try
        {
            await StartAsync(cancellationToken);
            started = time.GetTimestamp();
            Task[] tasks = [KillAsync(plan, stop.Token), .. Enumerable.Range(0, options.Connections).Select(_ => SendAsync(answered, stop.Token))];
            await AllOrFirstFailure(tasks, stop);
        }
        catch (EngineFailedException failure)
        {
            findings.Add(FindingKind.Engine, "", failure.Message);
        }

        return new SendingFigures(ledger.Acknowledged, _resends, _starts, started == 0 ? TimeSpan.Zero : time.GetElapsedTime(started));
    }

    /// <summary>The first failure ends the others too, for they would wait for an engine that does not come.</summary>
    private static async Task AllOrFirstFailure(Task[] tasks, CancellationTokenSource stop)
    {
        await foreach (var task in Task.WhenEach(tasks))
        {
            if (!task.IsCompletedSuccessfully)
            {
                await stop.CancelAsync();
                await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await task;
            }
        }
    }

    private async Task KillAsync(KillPlan plan, CancellationToken cancellationToken)
    {
        for (var kill = 0; kill < plan.Kills; kill++)
        {
            await ReachAsync(plan.CountBefore(kill), cancellationToken);
            await Task.Delay(plan.PauseBefore(kill), time, cancellationToken);

            // Whoever gets no answer from here on waits for the next start. Nobody waits before: the engine is to be
            // killed in the middle of its work.
            _isUp = NewSignal();
            await engine.KillAsync();
            await StartAsync(cancellationToken);
        }
    }

    private async Task ReachAsync(int answers, CancellationToken cancellationToken)
    {
        _killIsDue = NewSignal();
        Volatile.Write(ref _killAt, answers);
        if (ledger.Answered < answers)
        {
            await _killIsDue.Task.WaitAsync(cancellationToken);
        }

        Volatile.Write(ref _killAt, int.MaxValue);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await engine.StartAsync(cancellationToken);
        _starts.Add(time.GetElapsedTime(started));
        _isUp.SetResult();
    }

    private async Task SendAsync(Action answered, CancellationToken cancellationToken)
    {
        using var client = new MllpClient(_client, time);
        while (ledger.TryTake(out var number))
        {
            await SendAsync(client, number, cancellationToken);
            answered();
        }
    }

    private async Task SendAsync(MllpClient client, int number, CancellationToken cancellationToken)
    {
        var body = messages.Body(number);
        for (var unanswered = 0; !ledger.IsAnswered(number);)
        {
            try
            {
                Settle(number, (await client.SendAsync(body, cancellationToken)).Body);
            }
            catch (MllpClientException failure)
            {
                var up = Volatile.Read(ref _isUp);
                if (up.Task.IsCompleted && ++unanswered >= options.AttemptsMax)
                {
                    throw new EngineFailedException($"{NumberedMessages.ControlId(number)}: the engine was sent it {unanswered} times and gave no answer: {failure.Message}");
                }

                Interlocked.Add(ref _resends, failure.Failure == MllpFailure.NotConnected ? 0 : 1);
                await up.Task.WaitAsync(cancellationToken);
            }
        }
    }

    private void Settle(int number, ReadOnlyMemory<byte> reply)
    {
        if (WhatIsWrong(reply, NumberedMessages.ControlId(number)) is { } reason)
        {
            ledger.Refuse(number);
            findings.Add(FindingKind.WrongReply, number, reason);
        }
        else
        {
            ledger.Acknowledge(number);
        }

        if (ledger.Answered >= Volatile.Read(ref _killAt))
        {
            _killIsDue.TrySetResult();
        }
    }

    private static string? WhatIsWrong(ReadOnlyMemory<byte> reply, string controlId)
    {
        if (!Hl7Message.TryParse(reply, out var message, out _))
        {
            return "the reply is no HL7 message";
        }

        var acknowledgement = message.Find("MSA");
        var code = acknowledgement.Field(1).Decode();
        return acknowledgement.Field(2).Decode() != controlId ? $"answered {code} for another message"
            : code != "AA" ? $"answered {code}"
            : null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
