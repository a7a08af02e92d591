using System.Threading.Channels;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>Calls are gathered in memory and written together, so that noting one costs nothing of what waits for the writer.</summary>
internal sealed class SqlCallLog : ICallStore, IAsyncDisposable
{
    private const int WaitingMax = 10_000;
    private const int WrittenTogetherMax = 500;

    /// <summary>How long calls are gathered.</summary>
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly IStoreWriter _writer;
    private readonly IStoreReaders _readers;
    private readonly IdSource _ids;
    private readonly TimeProvider _time;
    private readonly Channel<CallEntry> _waiting = Channel.CreateBounded<CallEntry>(new BoundedChannelOptions(WaitingMax) { SingleReader = false });
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lazy<Task> _work;

    /// <summary>Nobody gathers any more. The channel is complete only when it is empty, and so says it too late.</summary>
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lost;

    /// <param name="writer">Writes them.</param>
    /// <param name="readers">Read them for people.</param>
    /// <param name="ids">Number them.</param>
    /// <param name="time">The clock.</param>
    public SqlCallLog(IStoreWriter writer, IStoreReaders readers, IdSource ids, TimeProvider time)
    {
        (_writer, _readers, _ids, _time) = (writer, readers, ids, time);
        _work = new Lazy<Task>(() => Task.Run(WorkAsync));
    }

    public long Lost => Interlocked.Read(ref _lost);

    public void Note(CallEntry call)
    {
        if (!_waiting.Writer.TryWrite(call))
        {
            Interlocked.Increment(ref _lost);
        }

        _ = _work.Value;
    }

    public async Task<IReadOnlyList<StoredCall>> ReadAsync(CallQuery query, CancellationToken cancellationToken)
    {
        await WriteAsync();
        return await _readers.ReadAsync(query, static (reader, query) => reader.Calls(query), cancellationToken);
    }

    public Task<int> DropAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => _writer.RunAsync(
        session =>
        {
            using var drop = session.Database.Prepare("DELETE FROM calls WHERE call_id IN (SELECT call_id FROM calls WHERE at < ?1 ORDER BY at LIMIT ?2)");
            return drop.Bind(1, before.ToUnixTimeMilliseconds()).Bind(2, limit).Run();
        },
        cancellationToken);

    /// <summary>Writes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _ending.TrySetResult();
        if (_work.IsValueCreated)
        {
            await _work.Value;
        }

        await WriteAsync();
        _writing.Dispose();
    }

    private async Task WorkAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            await WriteAsync();
            await Task.WhenAny(Task.Delay(_interval, _time), _ending.Task);
        }
    }

    private async Task WriteAsync()
    {
        await _writing.WaitAsync();
        try
        {
            var together = new List<CallEntry>();
            while (_waiting.Reader.TryRead(out var call))
            {
                together.Add(call);
                if (together.Count == WrittenTogetherMax)
                {
                    await WriteAsync(together);
                    together = [];
                }
            }

            await WriteAsync(together);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteAsync(List<CallEntry> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        var numbered = calls.ConvertAll(call => (Id: _ids.Next().Value, Call: call));
        try
        {
            await _writer.RunAsync(session => Insert(session, numbered), CancellationToken.None);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Nothing depends on them, and whoever needs the store is told by it; nobody awaits this, so thrown on it would end all noting.
            Interlocked.Add(ref _lost, calls.Count);
        }
    }

    private static int Insert(WriterSession session, List<(long Id, CallEntry Call)> calls)
    {
        using var insert = session.Database.Prepare($"INSERT INTO calls ({StoreReader.CallColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
        foreach (var (id, call) in calls)
        {
            insert.Bind(1, id).Bind(2, call.At).Bind(3, call.Practice).Bind(4, call.Connection).Bind(5, call.Endpoint).Bind(6, call.Status).Bind(7, call.Fault)
                .Bind(8, call.Milliseconds).Bind(9, call.Sent).Bind(10, call.Received).Bind(11, call.RequestId).Bind(12, call.Actor).Run();
        }

        return calls.Count;
    }
}
