namespace InterfaceEngine.Sources.Ehr.Events;

/// <summary>Says of what anybody may cause as often as he likes that it happened, and then for a while only counts. Safe for many callers at once.</summary>
/// <param name="pause">How long it counts.</param>
/// <param name="time">The clock.</param>
internal sealed class SeldomSaid(TimeSpan pause, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTimeOffset Until, int Unsaid)> _said = [];

    /// <param name="about">What it is said of; there are few of them.</param>
    /// <returns>How often it was not said since the last time; null when this is not to be said either.</returns>
    public int? Take(string about)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var (until, unsaid) = _said.GetValueOrDefault(about);
            if (now < until)
            {
                _said[about] = (until, unsaid + 1);
                return null;
            }

            _said[about] = (now + pause, 0);
            return unsaid;
        }
    }
}
