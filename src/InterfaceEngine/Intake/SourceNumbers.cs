using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>One frame's or row's place among all that its source received.</summary>
/// <param name="Run">The run of the source's numbering; 0 for a message that no source numbered.</param>
/// <param name="Value">Counts without gaps.</param>
/// <param name="ReceivedAt">When it was received: numbers and times rise together, so a day is a range of numbers.</param>
internal readonly record struct SourceNumber(long Run, long Value, DateTimeOffset ReceivedAt);

/// <summary>
/// Numbers what one source receives, without gaps, and knows which numbers are on their way: the source's own side of
/// the ledger. Used from all of a source's connections at once.
/// </summary>
internal sealed class SourceNumbers(SourceRun run, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<long> _onTheirWay = [];
    private readonly List<DayNumbers> _days = [];
    private readonly NumberRanges _reporting = new();
    private readonly NumberRanges _unanswered = new();
    private SourceRun _run = run;
    private DateTimeOffset _lastAt;
    private long _last = run.First - 1;
    private long _lastReported = run.First - 1;
    private long _settledReported = run.First - 1;

    /// <summary>How many numbers can be on their way at once.</summary>
    public int InFlightMax { get; init; } = 1;

    public SourceRun Run => Volatile.Read(ref _run);

    /// <summary>For what was received just now. It is on its way until it is settled.</summary>
    public SourceNumber Next()
    {
        lock (_lock)
        {
            // A clock that was set back over midnight must not bring a day back that has ended.
            var now = time.GetUtcNow();
            _lastAt = LedgerDay.Of(now) < LedgerDay.Of(_lastAt) ? _lastAt : now;
            var number = new SourceNumber(_run.Id, ++_last, _lastAt);
            _onTheirWay.Add(number.Value);
            Extend(LedgerDay.Of(_lastAt));
            return number;
        }
    }

    /// <summary>Says what became of a number.</summary>
    /// <param name="number">What <see cref="Next"/> gave.</param>
    /// <param name="isStored">False when nothing was promised: the store failed, the engine stops, it was cut off.</param>
    public void Settle(SourceNumber number, bool isStored)
    {
        lock (_lock)
        {
            _onTheirWay.Remove(number.Value);
            if (!isStored && number.Value >= _run.First)
            {
                _unanswered.Add(number.Value);
            }
        }
    }

    /// <summary>Numbers something that came to nothing: a frame that was cut off.</summary>
    public void NextUnanswered() => Settle(Next(), isStored: false);

    /// <summary>The source's side at this moment.</summary>
    public NumbersNow Now()
    {
        lock (_lock)
        {
            return new NumbersNow(_run, [.. _days], [.. _onTheirWay], [.. _reporting.ToList(), .. _unanswered.ToList()]);
        }
    }

    /// <summary>
    /// What is to be kept of this side since the last report; null when there is nothing new. Call
    /// <see cref="Reported"/> when it is kept; until then the next call says it again.
    /// </summary>
    /// <param name="isUrgent">Only when numbers went unanswered: they can't be found out later.</param>
    /// <param name="isFinal">The source has ended.</param>
    public NumberReport? Report(bool isUrgent, bool isFinal)
    {
        lock (_lock)
        {
            var settled = _onTheirWay.Count == 0 ? _last : _onTheirWay.Min - 1;
            var hasNews = _unanswered.Count + _reporting.Count > 0 || (!isUrgent && (_last != _lastReported || settled != _settledReported));
            if (!hasNews && !isFinal)
            {
                return null;
            }

            foreach (var range in _unanswered.ToList())
            {
                _reporting.Add(range);
            }

            _unanswered.Clear();
            return new NumberReport(_run, [.. _days.Where(day => day.Numbers.Last >= _lastReported)], [.. ByDay(_reporting.ToList())], settled, isFinal && _onTheirWay.Count == 0);
        }
    }

    /// <summary>A report is kept.</summary>
    public void Reported(NumberReport report)
    {
        lock (_lock)
        {
            _reporting.Clear();
            _lastReported = report.Days.Count == 0 ? _run.First - 1 : report.Days[^1].Numbers.Last;
            _settledReported = report.SettledThrough;
        }
    }

    /// <summary>
    /// Goes on in another run, because others ended the one before. What that one accounts for is left to it: numbers before the
    /// first of the new one.
    /// </summary>
    public void GoOnIn(SourceRun next)
    {
        lock (_lock)
        {
            var (open, unanswered) = (new NumberRange(next.First, long.MaxValue), _reporting.ToList().Concat(_unanswered.ToList()).ToList());
            _reporting.Clear();
            _unanswered.Clear();
            unanswered.Select(range => range.Within(open)).Where(range => range.Count > 0).ToList().ForEach(_unanswered.Add);
            _days.RemoveAll(day => day.Numbers.Last < next.First);
            if (_days.Count > 0)
            {
                _days[0] = _days[0] with { Numbers = _days[0].Numbers.Within(open) };
            }

            _last = Math.Max(_last, next.First - 1);
            (_lastReported, _settledReported) = (next.First - 1, next.First - 1);
            _run = next;
        }
    }

    private void Extend(long day)
    {
        if (_days.Count > 0 && _days[^1].Day == day)
        {
            _days[^1] = _days[^1] with { Numbers = _days[^1].Numbers with { Last = _last } };
        }
        else
        {
            _days.Add(new DayNumbers(day, new NumberRange(_last, _last)));
        }
    }

    private IEnumerable<DayNumbers> ByDay(IReadOnlyList<NumberRange> ranges) =>
        from range in ranges
        from day in _days
        let first = Math.Max(range.First, day.Numbers.First)
        let last = Math.Min(range.Last, day.Numbers.Last)
        where first <= last
        select new DayNumbers(day.Day, new NumberRange(first, last));
}

/// <summary>A source's numbers at one moment.</summary>
/// <param name="Run">The run.</param>
/// <param name="Days">All days of the run.</param>
/// <param name="OnTheirWay">Received and not settled.</param>
/// <param name="Unanswered">Settled without a message, and perhaps not kept yet.</param>
internal sealed record NumbersNow(SourceRun Run, IReadOnlyList<DayNumbers> Days, IReadOnlyList<long> OnTheirWay, IReadOnlyList<NumberRange> Unanswered);
