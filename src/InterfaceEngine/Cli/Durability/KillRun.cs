using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Destinations.Mllp;

namespace InterfaceEngine.Cli.Durability;

/// <summary>What happened while messages were sent.</summary>
/// <param name="Acknowledged">Messages that got AA for their own control id.</param>
/// <param name="Resends">Times a message was sent again because its reply did not come.</param>
/// <param name="Starts">How long each start took, the first one included.</param>
/// <param name="AtKills">Messages of each kill's part that were not answered when it came: sent before, or just then, or next.</param>
/// <param name="Elapsed">From the first message to the last reply, restarts included.</param>
internal sealed record SendingFigures(int Acknowledged, int Resends, IReadOnlyList<TimeSpan> Starts, IReadOnlyList<int> AtKills, TimeSpan Elapsed);

/// <summary>
/// Sends every message until it is answered, while the engine is killed and started again. Of several engines each sender
/// takes one, and another as soon as it gets no reply, as if a balancer stood between.
/// </summary>
internal sealed class KillRun(
    DurabilityOptions options, IEngineUnderTest engine, IReadOnlyList<int> ports, NumberedMessages messages, MessageLedger ledger, DurabilityFindings findings, TimeProvider time)
{
    private static readonly TimeSpan _resendPause = TimeSpan.FromMilliseconds(50);

    private readonly List<TimeSpan> _starts = [];
    private readonly List<int> _atKills = [];
    private TaskCompletionSource[] _comes = [];
    private TaskCompletionSource[] _isMended = [];
    private TaskCompletionSource _isUp = NewSignal();
    private TaskCompletionSource _killIsDue = NewSignal();
    private int _killAt = int.MaxValue;
    private int _resends;

    /// <summary>Ends with every message answered, or with the finding that keeps it from that.</summary>
    public async Task<SendingFigures> RunAsync(KillPlan plan, Action answered, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        (_comes, _isMended) = ([.. Enumerable.Range(0, plan.Kills).Select(_ => NewSignal())], [.. Enumerable.Range(0, plan.Kills).Select(_ => NewSignal())]);
        var started = 0L;
        try
        {
            await StartAsync(cancellationToken);
            started = time.GetTimestamp();
            Task[] tasks = [KillAsync(plan, stop.Token), .. Enumerable.Range(0, options.Connections).Select(sender => SendAsync(plan, sender, answered, stop.Token))];
            await AllOrFirstFailure(tasks, stop);
        }
        catch (EngineFailedException failure)
        {
            findings.Add(FindingKind.Engine, "", failure.Message);
        }

        return new SendingFigures(ledger.Acknowledged, _resends, _starts, _atKills, started == 0 ? TimeSpan.Zero : time.GetElapsedTime(started));
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
            await engine.PrepareKillAsync();
            await ReachAsync(plan.CountBefore(kill), cancellationToken);
            await Task.Delay(plan.PauseBefore(kill), time, cancellationToken);

            // Whoever gets no answer from here on waits for the next start. Nobody waits before: the engine is to be
            // killed in the middle of its work.
            _isUp = NewSignal();
            _atKills.Add(plan.EndOf(kill) - ledger.Answered);
            _comes[kill].SetResult();
            await engine.KillAsync();
            await StartAsync(cancellationToken);
            _isMended[kill].SetResult();
        }
    }

    /// <summary>Until a number may be sent, so that no kill comes when everything is answered.</summary>
    private async Task WaitForTurnAsync(KillPlan plan, int number, CancellationToken cancellationToken)
    {
        var part = plan.PartOf(number);
        if (part > 0)
        {
            await _isMended[part - 1].Task.WaitAsync(cancellationToken);
        }

        if (plan.IsKept(number))
        {
            await _comes[part].Task.WaitAsync(cancellationToken);
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

    private async Task SendAsync(KillPlan plan, int sender, Action answered, CancellationToken cancellationToken)
    {
        using var clients = new Clients([.. ports.Select(port => new MllpClient(new() { Port = port, ReplyTimeout = options.ReplyTimeout }, time))], sender);
        while (ledger.TryTake(out var number))
        {
            await WaitForTurnAsync(plan, number, cancellationToken);
            await SendAsync(clients, number, cancellationToken);
            answered();
        }
    }

    private async Task SendAsync(Clients clients, int number, CancellationToken cancellationToken)
    {
        var body = messages.Body(number);
        var unanswered = 0;
        var unansweredSince = time.GetTimestamp();
        while (!ledger.IsAnswered(number))
        {
            try
            {
                Settle(number, (await clients.Current.SendAsync(body, cancellationToken)).Body);
            }
            catch (MllpClientException failure)
            {
                var up = Volatile.Read(ref _isUp);
                (unanswered, unansweredSince) = up.Task.IsCompleted ? (unanswered + 1, unansweredSince) : (0, time.GetTimestamp());
                if (unanswered >= options.AttemptsMax && (options.Nodes == 0 || time.GetElapsedTime(unansweredSince) > options.RecoveryTimeout))
                {
                    throw new EngineFailedException($"{NumberedMessages.ControlId(number)}: the engine was sent it {unanswered} times and gave no answer: {failure.Message}");
                }

                Interlocked.Add(ref _resends, failure.Failure == MllpFailure.NotConnected ? 0 : 1);
                clients.TakeNext();
                await (options.Nodes == 0 ? up.Task.WaitAsync(cancellationToken) : Task.Delay(_resendPause, time, cancellationToken));
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

    /// <summary>One sender's connections, one to each engine, of which it uses one at a time.</summary>
    private sealed class Clients(MllpClient[] clients, int first) : IDisposable
    {
        private int _current = first;

        public MllpClient Current => clients[_current % clients.Length];

        public void TakeNext() => _current++;

        public void Dispose() => Array.ForEach(clients, client => client.Dispose());
    }
}
