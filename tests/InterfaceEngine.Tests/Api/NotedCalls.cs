using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Api;

/// <summary>Calls in memory, at once.</summary>
internal sealed class NotedCalls : ICallLog
{
    private readonly Lock _lock = new();
    private readonly List<StoredCall> _calls = [];
    private TaskCompletionSource _noted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<CallEntry> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls.Select(call => call.Call)];
            }
        }
    }

    /// <summary>All, once there are so many: a call is noted when its answer is out, which the caller may have read by then.</summary>
    public async Task<IReadOnlyList<CallEntry>> UntilAsync(int count)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                next = _noted.Task;
                if (_calls.Count >= count)
                {
                    return All;
                }
            }

            await next.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    public void Note(CallEntry call)
    {
        lock (_lock)
        {
            _calls.Add(new StoredCall(_calls.Count + 1, call));
            _noted.SetResult();
            _noted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public Task<IReadOnlyList<StoredCall>> ReadAsync(CallQuery query, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<StoredCall>>([.. _calls.AsEnumerable().Reverse()
                .Where(one => query.Before == 0 || one.Id < query.Before)
                .Where(one => query.Connection is null || one.Call.Connection == query.Connection)
                .Where(one => query.Practices is null || (one.Call.Practice is { } practice && query.Practices.Contains(practice)))
                .Where(one => query.Endpoint is null || one.Call.Endpoint.Contains(query.Endpoint, StringComparison.OrdinalIgnoreCase))
                .Where(one => (query.From is null || one.Call.At >= query.From) && (query.Until is null || one.Call.At < query.Until))
                .Where(one => !query.IsFailedOnly || one.Call.Status is 0 or >= 400)
                .Take(query.Limit)]);
        }
    }
}
