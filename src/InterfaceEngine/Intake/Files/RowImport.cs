using System.IO.Pipelines;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// A file of rows that comes in pieces, from a command that has surveyed it. The reading goes on behind, is held to the survey, and keeps
/// nothing where it is only tried. Used by one caller at a time; who disposes it before its end breaks the file off.
/// </summary>
internal sealed class RowImport : IAsyncDisposable
{
    /// <summary>How far a caller may be ahead of the reading, in bytes.</summary>
    private const int AheadBytesMax = 1024 * 1024;

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: AheadBytesMax, resumeWriterThreshold: AheadBytesMax / 2, useSynchronizationContext: false));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<RowsTaken> _reading;
    private long _rows;

    /// <param name="read">Reads the file to its end; told where to report up to which row it came.</param>
    private RowImport(Func<Stream, Action<long>, CancellationToken, Task<RowsTaken>> read) => _reading = ReadAsync(read);

    /// <summary>Up to this row all is settled.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Goes on with a run that was begun.</summary>
    public static RowImport Of(RowFileIntake intake, FileRun run, RowSurvey survey) =>
        new(async (file, onProgress, stop) => new RowsTaken(await intake.ReadAsync(run, survey, file, null, onProgress, stop), default));

    /// <summary>Only tries it.</summary>
    public static RowImport Trial(RowFileIntake intake, OfferedFile offered, RowSurvey survey) =>
        new(async (file, onProgress, stop) => new RowsTaken(null, await intake.TryAsync(offered, survey, file, onProgress, stop)));

    /// <summary>Takes the next bytes of the file. Waits while the reading is too far behind.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: the file is broken off.</exception>
    public async Task TakeAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        var given = await _pipe.Writer.WriteAsync(piece, cancellationToken);
        if (given.IsCompleted)
        {
            // Before the end of the file only a failure ends the reading.
            await _reading;
        }
    }

    /// <summary>The file has ended: waits until all of it is settled.</summary>
    public async Task<RowsTaken> EndAsync()
    {
        await _pipe.Writer.CompleteAsync();
        return await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        // Whatever ended the reading was told to whoever gave the piece.
        await _stop.CancelAsync();
        await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _pipe.Writer.CompleteAsync();
        _stop.Dispose();
    }

    private async Task<RowsTaken> ReadAsync(Func<Stream, Action<long>, CancellationToken, Task<RowsTaken>> read)
    {
        await Task.Yield();
        try
        {
            return await read(_pipe.Reader.AsStream(), rows => Volatile.Write(ref _rows, rows), _stop.Token);
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
        }
    }
}

/// <param name="Run">The run as it is kept; null when it was only tried.</param>
/// <param name="Tried">What would become of the rows, when they were only tried.</param>
internal sealed record RowsTaken(FileRun? Run, RowCounts Tried);
