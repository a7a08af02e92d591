using System.Diagnostics.Metrics;
using InterfaceEngine.Store;

namespace InterfaceEngine.Ehr;

/// <summary>Keeps calls to vendors in the log of calls, and counts them for the metrics: by connection, endpoint and status, nothing of a patient.</summary>
internal sealed class MeasuredCalls(ICallLog log) : ICallLog
{
    private static readonly Meter _meter = new("InterfaceEngine.Ehr");
    private static readonly Counter<long> _calls = _meter.CreateCounter<long>("interface_engine.vendor.calls", description: "Calls to vendors; status 0 for those without an answer.");
    private static readonly Histogram<double> _seconds = _meter.CreateHistogram<double>("interface_engine.vendor.call_seconds", "s", "How long calls to vendors took.");

    public void Note(CallEntry call)
    {
        _calls.Add(1, new("connection", call.Connection), new("endpoint", call.Endpoint), new("status", call.Status));
        _seconds.Record(call.Milliseconds / 1000.0, new KeyValuePair<string, object?>("connection", call.Connection));
        log.Note(call);
    }

    public Task<IReadOnlyList<StoredCall>> ReadAsync(CallQuery query, CancellationToken cancellationToken) => log.ReadAsync(query, cancellationToken);
}
