using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Ehr.Insurances;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>
/// Works the events of a connection off, the oldest first: reads what each is about, takes it in, and only then says that it is done. What can't be read now is
/// tried again later; what can't be read at all is given up until a person has looked. One node at a time does it (a duty).
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="queue">Its events.</param>
/// <param name="documents">Takes in what was read.</param>
/// <param name="poll">Asks for what no event says.</param>
/// <param name="insurances">Patients who changed, whose insurances are read apart.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it says what it gave up.</param>
internal sealed partial class EventWork(EhrConnection connection, EventQueue queue, VendorDocuments documents, EventPoll poll, InsuranceQueue insurances, TimeProvider time, ILogger<EventWork> logger)
{
    /// <summary>Events that are read from the store together.</summary>
    private const int Together = 100;

    /// <summary>With the pauses between them, tried over about a day.</summary>
    private const int AttemptsMax = 30;

    /// <summary>Attempts of what the vendor opens to everything but this one.</summary>
    private const int UnauthorizedAttemptsMax = 3;

    /// <summary>Refusals (401) behind one another that stop a round: the token opens nothing.</summary>
    private const int RefusedInARowMax = 2;

    /// <summary>What a server says it does not have, or says in a way that is not understood, may be a moment's fault, and not a day's.</summary>
    private const int DoubtfulAttemptsMax = 8;

    private const int ForgottenTogether = 1_000;

    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _pauseMin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _forgetEvery = TimeSpan.FromMinutes(1);

    /// <summary>athenahealth replays what it parked for up to about seven days.</summary>
    private static readonly TimeSpan _remembered = TimeSpan.FromDays(8);

    private readonly FocusReader _focus = new(connection, documents);
    private readonly LoneRefusals _refusals = new(connection);

    private ConnectionOptions Options => connection.Options;

    /// <summary>Goes on until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var forgotten = time.GetUtcNow();
        return WaitingWork.RunAsync(
            async stopping =>
            {
                var (count, stopped) = await WorkAsync(stopping);
                if (time.GetUtcNow() - forgotten >= _forgetEvery)
                {
                    forgotten = time.GetUtcNow();
                    await queue.ForgetAsync(forgotten - _remembered, ForgottenTogether, stopping);
                }

                return (count == Together, stopped);
            },
            _look,
            (fault, pause) => Log.Stopped(logger, Options.Id, fault.Message, pause),
            time,
            cancellationToken);
    }

    /// <summary>Works off what is due now.</summary>
    /// <returns>How many events were looked at, and why it was stopped; null when it was not.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: what is not done is done later.</exception>
    public async Task<(int Count, EhrException? Stopped)> WorkAsync(CancellationToken cancellationToken)
    {
        var due = await queue.DueAsync(Together, cancellationToken);
        EhrException? refused = null;
        _refusals.Begin();

        // What is about one thing is read once: it was all told before it is read. A resource that came along stands for itself.
        foreach (var group in due.GroupBy(one => one.State.Resource is null ? (one.State.Focus, one.State.Identifier, "") : (one.State.Focus, one.State.Identifier, one.Document.Key.Name)))
        {
            var stopped = await WorkAsync([.. group], cancellationToken);
            refused = stopped is { Fault: EhrFault.Unauthorized } ? stopped : refused;
            if (stopped is not null && (stopped != refused || _refusals.InARow >= RefusedInARowMax))
            {
                return (due.Count, stopped);
            }
        }

        return (due.Count, _refusals.InARow > 0 ? refused : null);
    }

    /// <returns>Why nothing can be asked for over the connection now, or so it seems (401); null when it can.</returns>
    private async Task<EhrException?> WorkAsync(IReadOnlyList<WaitingEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            if (await _focus.ReadAsync([.. events.Select(one => one.State)], time.GetUtcNow(), cancellationToken) is { } read)
            {
                await documents.TakeAsync(Options.Practice, Options.Id, [read.Document], read.At, cancellationToken);
                await insurances.AddAsync(FocusReader.PatientsOf(read.Document, Options, events[^1].State), cancellationToken);
            }
            else if (events.Any(one => one.State is { Focus: null, Identifier: null }))
            {
                await poll.AskAsync(cancellationToken);
            }

            await queue.DoneAsync(events, cancellationToken);
            _refusals.Forget(NameOf(events));
            return null;
        }
        catch (EhrException fault) when (fault.Fault is EhrFault.Unauthorized)
        {
            return await RefusedAsync(events, fault, cancellationToken);
        }
        catch (EhrException fault) when (fault.IsOfConnection)
        {
            // It is not the event's fault, and no attempt of it.
            return fault;
        }
        catch (EhrException fault)
        {
            var attemptsMax = fault.IsTransient ? AttemptsMax : fault.IsDoubtful ? DoubtfulAttemptsMax : 1;
            await AgainAsync(events, fault.Message, fault.RetryAfter, attemptsMax, cancellationToken);
            return null;
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OperationCanceledException))
        {
            // The fault is ours, and this event's: the others do not wait for it.
            Log.Broke(logger, Options.Id, events[^1].State.Topic, new ExceptionPlace(failure));
            await AgainAsync(events, "The engine failed at it; its log says where.", null, DoubtfulAttemptsMax, cancellationToken);
            return null;
        }
    }

    /// <summary>The token opens nothing any more, or everything but this one: which of them, the others show, so that it waits behind them.</summary>
    private async Task<EhrException?> RefusedAsync(IReadOnlyList<WaitingEvent> events, EhrException fault, CancellationToken cancellationToken)
    {
        if (_refusals.IsItsOwn(NameOf(events)))
        {
            await AgainAsync(events, fault.Message, fault.RetryAfter, UnauthorizedAttemptsMax, cancellationToken);
            return null;
        }

        foreach (var one in events)
        {
            await queue.AgainAsync(one, one.State with { Problem = fault.Message }, WaitingWork.PauseAfter(_pauseMin, one.State.Attempts, fault.RetryAfter), cancellationToken);
        }

        return fault;
    }

    private static string NameOf(IReadOnlyList<WaitingEvent> events) => events[0].Document.Key.Name;

    private async Task AgainAsync(IReadOnlyList<WaitingEvent> events, string problem, TimeSpan? wanted, int attemptsMax, CancellationToken cancellationToken)
    {
        foreach (var one in events)
        {
            var next = one.State with { Attempts = one.State.Attempts + 1, Problem = problem };
            if (next.Attempts >= attemptsMax)
            {
                Log.GivenUp(logger, Options.Id, next.Topic, next.Attempts, problem);
                await queue.GiveUpAsync(one, next, cancellationToken);
                _refusals.Forget(one.Document.Key.Name);
                continue;
            }

            await queue.AgainAsync(one, next, WaitingWork.PauseAfter(_pauseMin, one.State.Attempts, wanted), cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "An event of {Connection} ({Topic}) is given up after {Attempts} attempts, until somebody has looked (ehr subscriptions): {Problem}", EventName = "EventGivenUp")]
        public static partial void GivenUp(ILogger logger, string connection, string topic, int attempts, string problem);

        [LoggerMessage(3, LogLevel.Critical, "An event of {Connection} ({Topic}) failed inside the engine and is tried again later: {Place}", EventName = "EventBroke")]
        public static partial void Broke(ILogger logger, string connection, string topic, ExceptionPlace place);

        [LoggerMessage(2, LogLevel.Warning, "Events of {Connection} wait, since nothing can be asked for: {Reason} It is tried again in {Pause}", EventName = "EventsWait")]
        public static partial void Stopped(ILogger logger, string connection, string reason, TimeSpan pause);
    }
}
