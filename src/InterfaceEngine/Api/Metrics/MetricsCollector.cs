using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace InterfaceEngine.Api;

/// <summary>
/// Adds up what the engine's instruments measure (those of meters whose name begins with <c>InterfaceEngine</c>), since nobody else does: counters are
/// summed by their tags, histograms as well with a count. Gauges are asked when they are shown. It has an instrument of its own, of the calls that
/// were answered.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private const string Prefix = "InterfaceEngine";

    /// <summary>Series that are kept; what comes with new tags behind them is left out, and that is counted.</summary>
    private const int SeriesMax = 5000;

    private readonly Meter _meter = new("InterfaceEngine.Api");
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _seconds;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Instrument, string Tags), Series> _series = new();
    private long _leftOut;

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Another engine's own instruments, in a process of tests, are another's.
            if (instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal) && (instrument.Meter.Name != "InterfaceEngine.Api" || instrument.Meter == _meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
        _calls = _meter.CreateCounter<long>("interface_engine.api.calls", description: "Calls that were answered.");
        _seconds = _meter.CreateHistogram<double>("interface_engine.api.call_seconds", "s", "How long calls took.");
    }

    /// <summary>Counts a call.</summary>
    /// <param name="endpoint">Method and template.</param>
    /// <param name="status">What it was answered with.</param>
    /// <param name="took">From its beginning to the end of its answer.</param>
    public void CallAnswered(string endpoint, int status, TimeSpan took)
    {
        _calls.Add(1, new("endpoint", endpoint), new("status", status));
        _seconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("endpoint", endpoint));
    }

    /// <summary>Shows what was added up until now.</summary>
    public void Write(PrometheusText text)
    {
        _listener.RecordObservableInstruments();
        foreach (var family in _series.OrderBy(one => one.Key.Instrument, StringComparer.Ordinal).ThenBy(one => one.Key.Tags, StringComparer.Ordinal).GroupBy(one => one.Key.Instrument))
        {
            var (name, first) = (family.Key.Replace('.', '_'), family.First().Value);
            if (first.IsHistogram)
            {
                text.Family(name, "summary", first.Description);
                foreach (var (key, series) in family)
                {
                    text.Line($"{name}_count", key.Tags, series.Count);
                    text.Line($"{name}_sum", key.Tags, series.Sum);
                }
            }
            else
            {
                var full = first.IsGauge || name.EndsWith("_total", StringComparison.Ordinal) ? name : $"{name}_total";
                text.Family(full, first.IsGauge ? "gauge" : "counter", first.Description);
                foreach (var (key, series) in family)
                {
                    text.Line(full, key.Tags, series.Sum);
                }
            }
        }

        if (Interlocked.Read(ref _leftOut) is > 0 and var leftOut)
        {
            text.Family("interface_engine_metrics_left_out_total", "counter", "Measurements of series beyond the limit.");
            text.Line("interface_engine_metrics_left_out_total", "", leftOut);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (instrument.Name, PrometheusText.Tags(tags));
        if (!_series.TryGetValue(key, out var series))
        {
            if (_series.Count >= SeriesMax)
            {
                Interlocked.Increment(ref _leftOut);
                return;
            }

            series = _series.GetOrAdd(key, static (_, made) => new Series(made), instrument);
        }

        series.Take(value);
    }

    /// <summary>What one instrument measured with one set of tags.</summary>
    private sealed class Series(Instrument instrument)
    {
        private readonly Lock _lock = new();

        /// <summary>It tells how something is; others what was added. An observed counter tells its whole sum each time.</summary>
        private readonly bool _isLast = instrument.IsObservable || IsGaugeOf(instrument);

        public bool IsGauge { get; } = IsGaugeOf(instrument);

        public bool IsHistogram { get; } = instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);

        public string Description { get; } = instrument.Description ?? instrument.Name;

        public long Count { get; private set; }

        public double Sum { get; private set; }

        public void Take(double value)
        {
            lock (_lock)
            {
                Count++;
                Sum = _isLast ? value : Sum + value;
            }
        }

        private static bool IsGaugeOf(Instrument instrument) =>
            instrument.GetType().Name is var kind && (kind.Contains("Gauge", StringComparison.Ordinal) || kind.Contains("UpDown", StringComparison.Ordinal));
    }
}
