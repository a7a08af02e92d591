using System.Buffers;
using System.IO.Pipelines;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Batches;

/// <summary>
/// One file on its way in: pieces are given, and what became of their messages is told, while the reading goes on behind.
/// Its size does not grow with the file's. Used by one caller at a time; who disposes it before its end breaks the file off.
/// </summary>
internal sealed class FileImport : IAsyncDisposable
{
    /// <summary>How far a caller may be ahead of the reading, in bytes.</summary>
    private const int AheadBytesMax = 1024 * 1024;

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: AheadBytesMax, resumeWriterThreshold: AheadBytesMax / 2, useSynchronizationContext: false));
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly SourceNumbers _run;
    private readonly NumberReporter _numbers;
    private readonly bool _givesReplies;
    private readonly Task<BatchReceipt> _reading;
    private readonly ArrayBufferWriter<byte> _replies = new();
    private List<BatchedReceipt> _notTaken = [];
    private byte[]? _replyHead;
    private long _repliesGiven;
    private long _messages;

    private FileImport(IMessageIntake intake, FileSource source, string file, NumberReporter numbers, SourceNumbers run, bool givesReplies)
    {
        _run = run;
        _numbers = numbers;
        _givesReplies = givesReplies;
        _reading = ReadAsync(new BatchIntake(intake), new BatchOrigin(source.Binding, source.MessageBytesMax) { Numbers = run, File = file });
    }

    /// <summary>Begins to take a file.</summary>
    /// <param name="intake">The way of each message.</param>
    /// <param name="numbers">Numbers its messages, in a run of the file's own.</param>
    /// <param name="source">As what source it comes.</param>
    /// <param name="file">Its name, for people.</param>
    /// <param name="givesReplies">Whether the answers are wanted.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was taken.</exception>
    public static async Task<FileImport> BeginAsync(
        IMessageIntake intake, NumberReporter numbers, FileSource source, string file, bool givesReplies, CancellationToken cancellationToken) =>
        new(intake, source, file, numbers, await numbers.BeginAsync(source.Binding.Name, inFlightMax: 1, cancellationToken), givesReplies);

    /// <summary>Takes the next bytes of the file. Waits while the reading is too far behind.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: the file is broken off.</exception>
    public async Task<ImportNews> TakeAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        var given = await _pipe.Writer.WriteAsync(piece, cancellationToken);
        if (given.IsCompleted)
        {
            // Before the end of the file only a failure ends the reading.
            await _reading;
        }

        return News();
    }

    /// <summary>The file has ended: waits until all of it is on disk.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: the file is broken off.</exception>
    public async Task<(BatchSummary Batch, ImportNews Last)> EndAsync()
    {
        await _pipe.Writer.CompleteAsync();
        var (batch, header) = await _reading;
        Header = header;
        if (_givesReplies)
        {
            var head = Head(batch.Id, header, default);
            _replies.Write(BatchReply.Tail(head, _repliesGiven, batch.Detail.Problems));
        }

        return (batch, News());
    }

    /// <summary>The file's first FHS or BHS, once it was read to its end; null when it has none.</summary>
    public BatchPart? Header { get; private set; }

    public async ValueTask DisposeAsync()
    {
        // Whatever ended the reading was told to whoever gave the piece.
        await _stop.CancelAsync();
        await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _pipe.Writer.CompleteAsync();
        await _numbers.EndAsync(_run);
        _stop.Dispose();
    }

    private async Task<BatchReceipt> ReadAsync(BatchIntake intake, BatchOrigin origin)
    {
        await Task.Yield();
        try
        {
            return await intake.AcceptAsync(_pipe.Reader.AsStream(), origin, Took, _stop.Token);
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
        }
    }

    private void Took(BatchedReceipt one)
    {
        lock (_lock)
        {
            _messages = one.Number;
            if (one.Receipt.State is MessageState.Refused or MessageState.Quarantined)
            {
                _notTaken.Add(one);
            }

            Answer(one, one.Receipt.Reply);
            Answer(one, one.Receipt.ApplicationReply);
        }
    }

    private void Answer(BatchedReceipt one, ReadOnlyMemory<byte> reply)
    {
        if (_givesReplies && !reply.IsEmpty)
        {
            Head(one.Batch, one.Header, reply);
            _replies.Write(reply.Span);
            _repliesGiven++;
        }
    }

    /// <summary>The answer's BHS, written once.</summary>
    private byte[] Head(EngineId batch, BatchPart? header, ReadOnlyMemory<byte> first)
    {
        if (_replyHead is null)
        {
            _replyHead = BatchReply.Head(batch, header, first);
            _replies.Write(_replyHead);
        }

        return _replyHead;
    }

    private ImportNews News()
    {
        lock (_lock)
        {
            var news = new ImportNews(_messages, _notTaken, _replies.WrittenSpan.ToArray());
            _notTaken = [];
            _replies.ResetWrittenCount();
            return news;
        }
    }
}

/// <summary>As what source files come.</summary>
/// <param name="Binding">The source, whose settings hold for each message.</param>
/// <param name="MessageBytesMax">The largest message that is taken whole, in bytes.</param>
internal sealed record FileSource(SourceBinding Binding, int MessageBytesMax);

/// <summary>What became of a file's messages since the last time.</summary>
/// <param name="Messages">How many there were so far, in all.</param>
/// <param name="NotTaken">Those that were refused or quarantined.</param>
/// <param name="Replies">The answer as far as it goes: BHS, acknowledgements, at the end BTS. Empty when it is not wanted.</param>
internal sealed record ImportNews(long Messages, IReadOnlyList<BatchedReceipt> NotTaken, ReadOnlyMemory<byte> Replies);
