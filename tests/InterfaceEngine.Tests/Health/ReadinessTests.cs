using InterfaceEngine.Health;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Health;

public sealed class ReadinessTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<Readiness> _logger = new();
    private readonly Readiness _readiness;

    public ReadinessTests() => _readiness = new Readiness(_time, _logger);

    [Fact]
    public void A_node_is_not_ready_before_it_has_started_whatever_is_reported()
    {
        _readiness.Report("store", null);

        _readiness.Now.State.Should().Be(ReadinessState.Starting);
        _readiness.WaitAsync(isOpen: true, default).IsCompleted.Should().BeTrue("listeners are opened while it starts");
    }

    [Fact]
    public void A_node_starts_ready_or_with_the_problems_that_were_reported()
    {
        _readiness.Report("store", "the database is gone");

        _readiness.Started();

        _readiness.Now.State.Should().Be(ReadinessState.NotReady);
    }

    [Fact]
    public void One_problem_among_many_checks_is_enough_and_every_check_has_its_own_time()
    {
        _readiness.Report("store", null);
        _readiness.Report("mapping set", null);
        _readiness.Started();
        var started = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromMinutes(1));

        _readiness.Report("mapping set", "map MAP104");
        _time.Advance(TimeSpan.FromMinutes(1));
        _readiness.Report("mapping set", "map MAP105");
        _readiness.Report("store", null);

        var now = _readiness.Now;
        (now.State, now.Since).Should().Be((ReadinessState.NotReady, started.AddMinutes(1)));
        now.Checks.Select(check => (check.Name, check.Problem, check.Since)).Should().Equal(
            ("store", null, started),
            ("mapping set", "map MAP105", started.AddMinutes(1)));
    }

    [Fact]
    public void A_node_is_ready_again_once_the_last_problem_is_gone()
    {
        _readiness.Started();
        _readiness.Report("store", "a");
        _readiness.Report("mapping set", "b");

        _readiness.Report("store", null);
        _readiness.Now.State.Should().Be(ReadinessState.NotReady);
        _readiness.Report("mapping set", null);

        _readiness.Now.State.Should().Be(ReadinessState.Ready);
    }

    [Fact]
    public async Task Whoever_waits_is_told_of_the_turn_and_not_of_other_news()
    {
        _readiness.Started();
        _readiness.Report("store", null);
        var closed = _readiness.WaitAsync(isOpen: false, default);

        _readiness.Report("listener front-desk", "the port is in use", ReadinessEffect.NotReady);
        _readiness.Now.State.Should().Be(ReadinessState.NotReady);
        closed.IsCompleted.Should().BeFalse("a listener's own trouble closes no other");
        _readiness.Report("store", "gone");

        await closed.WaitAsync(TimeSpan.FromMinutes(1));
        var open = _readiness.WaitAsync(isOpen: true, default);
        open.IsCompleted.Should().BeFalse();
        _readiness.Report("store", null);
        await open.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_warning_is_listed_and_the_node_stays_ready_with_its_listeners_open()
    {
        _readiness.Started();
        var closed = _readiness.WaitAsync(isOpen: false, default);

        _readiness.Report("mapping folder", "it has errors", ReadinessEffect.Warns);

        _readiness.Now.State.Should().Be(ReadinessState.Ready);
        _readiness.Now.Checks.Should().ContainSingle(check => check.Name == "mapping folder" && !check.IsFine);
        closed.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = _readiness.WaitAsync(isOpen: false, cancel.Token);

        await cancel.CancelAsync();

        await waiting.Invoking(wait => wait).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_node_that_drains_is_never_ready_again()
    {
        _readiness.Started();
        var drainedAt = _time.GetUtcNow();

        _readiness.Drain();
        _time.Advance(TimeSpan.FromSeconds(1));
        _readiness.Drain();
        _readiness.Report("store", null);
        _readiness.Started();

        (_readiness.Now.State, _readiness.Now.Since).Should().Be((ReadinessState.Draining, drainedAt));
        await _readiness.WaitAsync(isOpen: false, default).WaitAsync(TimeSpan.FromMinutes(1));
        _readiness.WaitAsync(isOpen: true, default).IsCompleted.Should().BeFalse();
    }

    [Fact]
    public void The_log_says_each_turn_once()
    {
        _readiness.Report("store", null);
        _readiness.Report("store", "gone");
        _readiness.Report("store", "still gone");
        _readiness.Report("store", null);
        _readiness.Drain();
        _readiness.Drain();

        _logger.Lines.Select(line => line.Text).Should().Equal(
            "Not ready: store: gone",
            "No longer a reason against new connections: store",
            "Draining: no new connection is taken, those that are open go on for now");
    }
}
