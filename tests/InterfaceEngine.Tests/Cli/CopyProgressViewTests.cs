using InterfaceEngine.Cli;
using InterfaceEngine.Store.Copy;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli;

public sealed class CopyProgressViewTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Nobody_watching_is_told_now_and_then_in_lines_of_their_own()
    {
        var view = View(isWatched: false);
        view.Show(new CopyProgress(CopyPhase.Copying, "messages", 1_000, 101_000));
        After(1, () => view.Show(new CopyProgress(CopyPhase.Copying, "messages", 3_000, 101_000)));
        After(9, () => view.Show(new CopyProgress(CopyPhase.Copying, "records", 51_000, 101_000)));
        view.End();

        _output.ToString().Should().Be("Copying records: 51,000 of 101,000 rows, 50.5 %, 5,000 rows/s, 00:00:10 left\n");
    }

    [Fact]
    public void Somebody_watching_sees_one_line_that_is_written_over_and_gone_at_the_end()
    {
        var view = View(isWatched: true);
        view.Show(new CopyProgress(CopyPhase.Comparing, "messages", 0, 10));
        After(1, () => view.Show(new CopyProgress(CopyPhase.Comparing, "messages", 5, 10)));
        view.End();

        const string Line = "Comparing messages: 5 of 10 rows, 50.0 %, 5 rows/s, 00:00:01 left";
        _output.ToString().Should().Be($"\r{Line}\r{new string(' ', Line.Length)}\r");
    }

    [Fact]
    public void Each_phase_has_its_own_speed_and_more_rows_than_were_counted_are_no_more_than_all()
    {
        var view = View(isWatched: false);
        view.Show(new CopyProgress(CopyPhase.Copying, "messages", 10, 10));
        After(60, () => view.Show(new CopyProgress(CopyPhase.Comparing, "messages", 0, 10)));
        After(6, () => view.Show(new CopyProgress(CopyPhase.Comparing, "audit", 12, 10)));

        _output.ToString().Should().Be("Comparing audit: 12 of 10 rows, 100.0 %, 2 rows/s, 00:00:00 left\n");
    }

    private CopyProgressView View(bool isWatched) => new(new Terminal(_output, _output, isWatched) { Time = _time }, isShown: true);

    private void After(int seconds, Action action)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        action();
    }
}
