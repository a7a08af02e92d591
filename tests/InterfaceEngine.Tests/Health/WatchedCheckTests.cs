using InterfaceEngine.Health;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Health;

public sealed class WatchedCheckTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<WatchedCheck> _logger = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Readiness _readiness;
    private Task _running = Task.CompletedTask;

    public WatchedCheckTests()
    {
        _readiness = new Readiness(_time, NullLogger<Readiness>.Instance);
        _readiness.Started();
    }

    [Fact]
    public async Task What_the_question_finds_is_reported_every_time()
    {
        var answers = new Queue<string?>(["disk is full", null]);
        Watch(_ => Task.FromResult(answers.TryDequeue(out var answer) ? answer : null));

        await _readiness.WaitAsync(isOpen: false, default).WaitAsync(_patience);
        _readiness.Now.Checks.Should().ContainSingle().Which.Problem.Should().Be("disk is full");

        await AdvanceUntilAsync(_readiness.WaitAsync(isOpen: true, default));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_a_problem_until_it_comes_and_nothing_is_asked_meanwhile()
    {
        var late = new TaskCompletionSource<string?>();
        var asked = 0;
        Watch(_ => Interlocked.Increment(ref asked) == 1 ? late.Task : Task.FromResult<string?>(null));
        await Soon.HoldsAsync(() => Volatile.Read(ref asked).Should().Be(1));

        await AdvanceUntilAsync(_readiness.WaitAsync(isOpen: false, default));
        _readiness.Now.Checks.Should().ContainSingle().Which.Problem.Should().Be("no answer for 5 seconds");
        _time.Advance(TimeSpan.FromMinutes(1));
        Volatile.Read(ref asked).Should().Be(1);
        late.SetResult(null);

        await _readiness.WaitAsync(isOpen: true, default).WaitAsync(_patience);
    }

    [Fact]
    public async Task A_question_that_fails_is_a_problem_is_logged_without_its_text_and_is_asked_again()
    {
        var asked = 0;
        Watch(_ => Interlocked.Increment(ref asked) == 1 ? throw new InvalidOperationException("a value of a patient") : Task.FromResult<string?>(null));

        await _readiness.WaitAsync(isOpen: false, default).WaitAsync(_patience);
        _readiness.Now.Checks.Should().ContainSingle().Which.Problem.Should().Be("the check failed (InvalidOperationException)");
        _logger.Lines.Should().ContainSingle().Which.Text.Should().Be("The check of store failed with InvalidOperationException");

        await AdvanceUntilAsync(_readiness.WaitAsync(isOpen: true, default));
    }

    [Fact]
    public async Task It_stops_at_once_although_an_answer_is_still_to_come()
    {
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource<string?>();
        Watch(_ =>
        {
            asked.SetResult();
            return never.Task;
        });
        await asked.Task.WaitAsync(_patience);

        await _stop.CancelAsync();

        await _running.Invoking(running => running.WaitAsync(_patience)).Should().ThrowAsync<OperationCanceledException>();
        never.SetResult(null);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running);
    }

    private void Watch(Func<CancellationToken, Task<string?>> ask) =>
        _running = new WatchedCheck("store", ask, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), _readiness, _time, _logger).RunAsync(_stop.Token);

    private async Task AdvanceUntilAsync(Task happened)
    {
        while (!happened.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await happened;
    }
}
