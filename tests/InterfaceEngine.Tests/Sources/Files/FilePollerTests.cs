using System.Collections.Concurrent;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Health;
using InterfaceEngine.Nodes;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace InterfaceEngine.Tests.Sources.Files;

/// <summary>
/// By the test's clock, which begins at 12:00Z on 2026-02-01, on a real store. It goes on while everybody waits for it, and stands still while
/// anybody works, so that a slow machine takes no longer by it than a quick one.
/// </summary>
public sealed class FilePollerTests : IAsyncLifetime, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("drops-").FullName;
    private readonly ContentIntake _intake = new();
    private readonly RecordingLogger<FilePoller> _logger = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(FilePoller Poller, Task Loop)> _running = [];
    private TestEngine _engine = null!;
    private Readiness _readiness = null!;
    private int _timersOfTheEngine;

    private FakeTimeProvider Time => _engine.Time;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        _readiness = new Readiness(Time, NullLogger<Readiness>.Instance);
        _readiness.Started();
        _timersOfTheEngine = Time.Timers;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Select(running => running.Loop));
        await _engine.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_source_is_polled_at_its_time_and_not_before()
    {
        Drop("patients.csv", "one");
        await RunAsync(Poller());

        await PassAsync(TimeSpan.FromMinutes(4));
        _intake.Read.Should().BeEmpty();

        await UntilAsync(async () => await NoteAsync() is { EndedAt: not null });
        _intake.Read.Should().Equal("one");
        var note = await NoteAsync();
        (note!.DueAt, note.Files, note.Fault).Should().Be((At("12:05"), 1, null));
    }

    [Fact]
    public async Task A_time_that_was_missed_is_made_up_for_once()
    {
        await _engine.Store.Files.NotePollAsync(new PollNote("patients", At("06:00"), At("06:00"), At("06:00"), null, 0), default);
        Drop("patients.csv", "one");

        await RunAsync(Poller());

        _intake.Read.Should().Equal("one");
        (await NoteAsync()).Should().Match<PollNote>(note => note.DueAt == At("12:00") && note.EndedAt != null, "of all that were missed the last is met, at once");
    }

    [Fact]
    public async Task A_poll_that_broke_off_with_its_node_is_made_again_at_once()
    {
        await _engine.Store.Files.NotePollAsync(new PollNote("patients", At("12:00"), At("12:00"), null, null, 0), default);
        Drop("patients.csv", "one");

        await RunAsync(Poller());

        _intake.Read.Should().Equal("one");
    }

    [Fact]
    public async Task A_fault_is_said_once_and_warned_of_and_tried_again_with_growing_pauses()
    {
        var attempts = new ConcurrentQueue<DateTimeOffset>();
        var (options, isWell) = (Options with { Schedule = CronSchedule.Parse("5 12 * * *", DateTimeZone.Utc), BackOffMin = TimeSpan.FromSeconds(30), BackOffMax = TimeSpan.FromMinutes(2) }, false);
        var poller = Poller(options, () =>
        {
            attempts.Enqueue(Time.GetUtcNow());
            return isWell ? new LocalFolder(_root) : throw new FileFaultException(FileFault.Unreachable, "nothing answers at files.example.org:22");
        });
        await RunAsync(poller);

        await UntilAsync(() => attempts.Count == 5);
        await Soon.HoldsAsync(() => _readiness.Now.Checks.Should().ContainSingle().Which.Problem.Should().Be("nothing answers at files.example.org:22"));
        _readiness.Now.State.Should().Be(ReadinessState.Ready, "the node can take messages all the same");
        poller.State.Problem.Should().Be("nothing answers at files.example.org:22");
        _logger.Lines.Should().ContainSingle(line => line.Name == "PollFailed");
        Pauses(attempts).Should().Equal([30, 60, 120, 120], (pause, expected) => pause >= expected && pause < expected + 30);

        isWell = true;
        await UntilAsync(() => poller.State.Problem is null);
        _logger.Lines.Should().ContainSingle(line => line.Name == "PollWorks");
        await Soon.HoldsAsync(() => _readiness.Now.Checks.Should().ContainSingle().Which.Problem.Should().BeNull());
        (await NoteAsync())!.DueAt.Should().Be(At("12:05"), "it is still that time's poll");
    }

    [Fact]
    public async Task A_server_that_does_not_know_us_is_not_asked_until_the_account_is_locked()
    {
        var attempts = 0;
        var poller = Poller(Options with { Schedule = CronSchedule.Parse("5 12,15 * * *", DateTimeZone.Utc), BackOffMin = TimeSpan.FromSeconds(30), BackOffMax = TimeSpan.FromMinutes(2) }, () =>
        {
            attempts++;
            throw new FileFaultException(FileFault.Authentication, "the server does not accept who we say we are.");
        });
        await RunAsync(poller);
        await UntilAsync(() => Volatile.Read(ref attempts) == 1);

        await PassAsync(TimeSpan.FromHours(1));

        attempts.Should().Be(1);
        poller.State.Problem.Should().Be("the server does not accept who we say we are. It is not tried again before the schedule says so, or somebody asks for it (files poll patients).");
        (await poller.AskAsync(default))!.Fault.Should().NotBeNull();
        attempts.Should().Be(2);
    }

    [Fact]
    public async Task A_store_that_fails_leaves_the_file_and_it_is_tried_again()
    {
        Drop("patients.csv", "one");
        var failures = 0;
        _intake.OnReading = _ => failures++ == 0 ? throw new StoreUnavailableException("the disk is full") : Task.CompletedTask;
        await RunAsync(Poller());

        await UntilAsync(() => Volatile.Read(ref failures) == 1);
        File.Exists(Path.Combine(_root, "patients.csv")).Should().BeTrue();

        await UntilAsync(() => _intake.Read.Count == 1);
    }

    [Fact]
    public async Task An_error_of_our_own_ends_the_poll_and_not_the_engine_and_says_nothing_of_the_file()
    {
        Drop("patients.csv", "one");
        var failures = 0;
        await RunAsync(Poller(open: () => failures++ == 0 ? throw new InvalidOperationException("Sam Sample") : new LocalFolder(_root)));

        await UntilAsync(() => _intake.Read.Count == 1);

        _logger.Lines.Should().ContainSingle(line => line.Name == "PollBroke").Which.Text.Should().NotContain("Sam Sample");
        _running.Should().OnlyContain(running => !running.Loop.IsCompleted);
    }

    [Fact]
    public async Task Of_two_pollers_only_the_one_with_the_lease_polls_and_the_other_takes_over()
    {
        using var stopFirst = new CancellationTokenSource();
        var first = Poller(owner: "one");
        await RunAsync(first, stopFirst.Token);
        var second = Poller(owner: "two");
        Run(second, _stop.Token);

        Drop("patients.csv", "one");
        await UntilAsync(() => _intake.Read.Count == 1);
        second.State.Doing.Should().Be("polled by another node");
        (await second.AskAsync(default)).Should().BeNull();
        (await Poller(owner: "three").OnceAsync(default)).Should().BeNull();

        await stopFirst.CancelAsync();
        await _running[0].Loop;
        Drop("patients.csv", "two");
        await UntilAsync(() => _intake.Read.Count == 2);
        first.State.Doing.Should().Be("polled by another node");
    }

    [Fact]
    public async Task A_person_can_have_it_polled_now_and_the_schedule_stays_as_it_is()
    {
        var poller = Poller();
        await RunAsync(poller);
        Drop("patients.csv", "one");
        var before = await NoteAsync();

        var report = await poller.AskAsync(default);

        (report!.Result.Done, report.Fault).Should().Be((1, null));
        before.Should().BeNull();
        Time.GetUtcNow().ToUnixTimeMilliseconds().Should().Be(At("12:00"));
    }

    [Fact]
    public async Task It_is_polled_once_where_no_engine_runs()
    {
        Drop("patients.csv", "one");

        (await Poller().OnceAsync(default))!.Result.Done.Should().Be(1);

        (await _engine.Store.ReadAsync(reader => reader.Leases(), default)).Should().NotContain(lease => lease.EndsIn > TimeSpan.Zero, "the lease is given back");
    }

    [Fact]
    public async Task One_source_waits_until_the_one_before_it_has_ended_its_poll_of_the_round()
    {
        Drop("visits.csv", "visits");
        var release = new TaskCompletionSource();
        var isReading = new TaskCompletionSource();
        _intake.OnReading = file =>
        {
            isReading.TrySetResult();
            return file.Source == "patients" ? release.Task : Task.CompletedTask;
        };
        var patients = Poller(Options with { Pattern = new NamePattern("patients*") });
        var visits = Poller(Options with { Pattern = new NamePattern("visits*"), After = "patients" }, name: "visits", after: new ScheduledWork("patients", "source", Options.Schedule, DateTimeZone.Utc));
        Drop("patients.csv", "patients");
        await RunAsync(patients);
        await RunAsync(visits);

        await UntilAsync(() => isReading.Task.IsCompleted && visits.State.Doing == "waiting for patients");
        _intake.Read.Should().BeEmpty();
        release.SetResult();

        await UntilAsync(() => _intake.Read.Count == 2);
        _intake.Read.Should().Equal("patients", "visits");
    }

    [Fact]
    public async Task It_goes_on_without_the_one_before_it_after_a_while()
    {
        Drop("visits.csv", "visits");
        await RunAsync(Poller(Options with { After = "patients", AfterTimeout = TimeSpan.FromMinutes(3) }, name: "visits", after: new ScheduledWork("patients", "source", Options.Schedule, DateTimeZone.Utc)));

        await UntilAsync(() => _intake.Read.Count == 1);

        _logger.Lines.Should().ContainSingle(line => line.Name == "PredecessorMissing").Which.Text.Should().StartWith("visits goes on without patients");
        Time.GetUtcNow().Should().BeOnOrAfter(DateTimeOffset.FromUnixTimeMilliseconds(At("12:08")));
    }

    [Fact]
    public async Task A_file_that_is_expected_and_has_not_come_is_warned_of_once()
    {
        // One that could not be read has come, and is not what is expected.
        await _engine.Store.Files.BeginAsync(
            new FileRunStart
            {
                Id = new EngineId(1),
                Practice = Options.Practice,
                Source = "patients",
                Kind = Options.File,
                Content = new byte[32],
                Size = 1,
                Rows = 0,
                EventAt = At("12:00"),
                ReceivedAt = At("12:00"),
                State = FileRunState.Refused,
                Detail = "{}",
            },
            default);
        var poller = Poller(Options with { ExpectBy = CronSchedule.Parse("2 12 * * *", DateTimeZone.Utc) });
        await RunAsync(poller);

        await UntilAsync(() => poller.State.Problem == "no file has come that was expected by 2026-02-01 12:02Z");
        await PassAsync(TimeSpan.FromMinutes(10));

        _logger.Lines.Should().ContainSingle(line => line.Name == "FileOverdue" && line.Text.Contains("02-01 12:02", StringComparison.Ordinal));
        _readiness.Now.Checks.Should().ContainSingle().Which.Problem.Should().StartWith("no file has come");
        _readiness.Now.State.Should().Be(ReadinessState.Ready);
    }

    private FileSourceOptions Options { get; } = new()
    {
        Practice = "1959",
        Schedule = new IntervalSchedule(TimeSpan.FromMinutes(5)),
        Finished = FinishedRule.Renamed,
        File = "Patients file",
    };

    private FilePoller Poller(FileSourceOptions? options = null, Func<IFileFolder>? open = null, string name = "patients", string owner = "one", ScheduledWork? after = null) => new(
        new FilePollerParts
        {
            Name = name,
            Options = options ?? Options,
            Zone = DateTimeZone.Utc,
            Open = open ?? (() => new LocalFolder(_root)),
            Intake = _intake,
            WriteBack = (_, _, _, _) => Task.CompletedTask,
            Store = _engine.Store,
            Owner = $"{owner} {name}",
            After = after,
            Readiness = _readiness,
            DutyLogger = NullLogger<Duty>.Instance,
        },
        Time,
        _logger);

    /// <summary>Returns when it has done what is to be done at once, and waits for its time. None has passed by then.</summary>
    private async Task RunAsync(FilePoller poller, CancellationToken? stopping = null)
    {
        Run(poller, stopping ?? _stop.Token);
        await RunningEngine.UntilAsync(async () => poller.State.Doing.StartsWith("waiting until", StringComparison.Ordinal) && await IsAtRestAsync());
    }

    private void Run(FilePoller poller, CancellationToken stopping) => _running.Add((poller, poller.RunAsync(stopping)));

    private void Drop(string name, string text) => File.WriteAllText(Path.Combine(_root, name), text);

    private async Task<PollNote?> NoteAsync() => (await _engine.Store.ReadAsync(reader => reader.PollNotes(), default)).FirstOrDefault(note => note.Source == "patients");

    private static long At(string time) => DateTimeOffset.Parse($"2026-02-01T{time}Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static List<double> Pauses(IReadOnlyCollection<DateTimeOffset> attempts) => [.. attempts.Zip(attempts.Skip(1)).Select(pair => (pair.Second - pair.First).TotalSeconds)];

    /// <summary>Lets the clock go on, and everybody act, until it is so.</summary>
    private Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    private async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            await RunningEngine.UntilAsync(async () => await IsAtRestAsync() || await isSo());
            if (!await isSo())
            {
                Time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    private async Task PassAsync(TimeSpan time)
    {
        var end = Time.GetUtcNow() + time;
        await UntilAsync(() => Time.GetUtcNow() >= end);
    }

    /// <summary>
    /// Everybody waits for the clock: who polls for its next time, or for the one before it, beside the renewing of its lease; who does not
    /// poll for that lease. And no lease is long due to be renewed, which takes no timer away; it may have been had a little before its timer was set.
    /// </summary>
    private async Task<bool> IsAtRestAsync()
    {
        var timers = _running.Where(running => !running.Loop.IsCompleted).Sum(running => running.Poller.State.Doing == "polled by another node" ? 1 : 2);
        return Time.Timers - _timersOfTheEngine >= timers
            && (await _engine.Store.ReadAsync(reader => reader.Leases(), default)).All(lease => lease.EndsIn <= TimeSpan.Zero || lease.EndsIn > Duty.LeaseFor * 0.35);
    }
}
