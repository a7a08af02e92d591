using InterfaceEngine.Store.Copy;

namespace InterfaceEngine.Cli;

/// <summary>Shows how far a copy is: one line that is written over for somebody who watches, else a line now and then.</summary>
internal sealed class CopyProgressView(Terminal terminal, bool isShown)
{
    private static readonly TimeSpan _watched = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _unwatched = TimeSpan.FromSeconds(5);

    private CopyPhase? _phase;
    private long _began;
    private long _last;
    private long _rowsAtFirst;
    private int _width;

    public void Show(CopyProgress progress)
    {
        if (!isShown)
        {
            return;
        }

        var now = terminal.Time.GetTimestamp();
        if (_phase != progress.Phase)
        {
            (_phase, _began, _last, _rowsAtFirst) = (progress.Phase, now, now, progress.Rows);
        }
        else if (terminal.Time.GetElapsedTime(_last, now) >= (terminal.IsInteractive ? _watched : _unwatched))
        {
            _last = now;
            Write(Text(progress, terminal.Time.GetElapsedTime(_began, now)));
        }
    }

    /// <summary>Leaves the line to what is printed next.</summary>
    public void End()
    {
        if (_width > 0)
        {
            terminal.Out.Write($"\r{new string(' ', _width)}\r");
            _width = 0;
        }
    }

    /// <summary>What is done, how much of all that is, how fast, and how long the rest takes at that speed.</summary>
    private string Text(CopyProgress progress, TimeSpan elapsed)
    {
        var speed = elapsed > TimeSpan.Zero ? (progress.Rows - _rowsAtFirst) / elapsed.TotalSeconds : 0;
        var percent = progress.Total > 0 ? Math.Min(100, 100.0 * progress.Rows / progress.Total) : 100;
        var left = speed > 0 ? TimeSpan.FromSeconds(Math.Max(0, progress.Total - progress.Rows) / speed) : TimeSpan.Zero;
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{(progress.Phase == CopyPhase.Copying ? "Copying" : "Comparing")} {progress.Table}: {progress.Rows:N0} of {progress.Total:N0} rows, {percent:N1} %, {speed:N0} rows/s, {left:hh\\:mm\\:ss} left");
    }

    private void Write(string text)
    {
        if (!terminal.IsInteractive)
        {
            terminal.Line(text);
            return;
        }

        terminal.Out.Write($"\r{text.PadRight(_width)}");
        _width = text.Length;
    }
}
