using FluentAssertions;
using InterfaceEngine.Store.Postgres;
using Xunit;

namespace InterfaceEngine.Tests.Store.Postgres;

public class WaitingLineTests
{
    private readonly List<string> _served = [];
    private readonly List<string> _failed = [];
    private readonly TaskCompletionSource _gate = new();

    [Fact]
    public async Task What_comes_while_another_is_served_is_served_together_afterwards()
    {
        await using var line = Line(ServeBehindGateAsync);
        var first = line.TryAddAsync("1").AsTask();

        (await line.TryAddAsync("2")).Should().BeTrue("it waits for nobody");
        (await line.TryAddAsync("3")).Should().BeTrue();
        _served.Should().Equal("1");

        _gate.SetResult();
        (await first).Should().BeTrue();
        await line.DisposeAsync();
        _served.Should().Equal("1", "2 3");
    }

    [Fact]
    public async Task A_failure_is_told_to_those_it_met_and_the_next_are_served()
    {
        await using var line = Line(items => items[0] == "bad" ? throw new InvalidOperationException() : NoteAsync(items));

        await line.TryAddAsync("bad");
        await line.TryAddAsync("good");

        _failed.Should().Equal("bad");
        _served.Should().Equal("good");
    }

    [Fact]
    public async Task A_line_that_closes_serves_what_waits_and_takes_no_more()
    {
        var line = Line(ServeBehindGateAsync);
        var first = line.TryAddAsync("1").AsTask();
        await line.TryAddAsync("2");

        var closing = line.DisposeAsync().AsTask();
        (await line.TryAddAsync("3")).Should().BeFalse();
        closing.IsCompleted.Should().BeFalse("two are not served yet");

        _gate.SetResult();
        await closing;
        await first;
        _served.Should().Equal("1", "2");
    }

    private WaitingLine<string> Line(Func<IReadOnlyList<string>, Task> serve) => new(
        servers: 1,
        waiting =>
        {
            string[] taken = [.. waiting];
            waiting.Clear();
            return taken;
        },
        serve,
        (items, _) => _failed.AddRange(items));

    private Task NoteAsync(IReadOnlyList<string> items)
    {
        _served.Add(string.Join(' ', items));
        return Task.CompletedTask;
    }

    private async Task ServeBehindGateAsync(IReadOnlyList<string> items)
    {
        await NoteAsync(items);
        await _gate.Task;
    }
}
