using System.Net;

namespace InterfaceEngine.Api;

/// <summary>
/// Counts the keys that were none, by the address that tried them. An address that tried too many waits; who shows a good key is let in all the
/// same, for others behind the same address are not to be locked out by it, and no 256 random bits are found by trying.
/// </summary>
internal sealed class BadKeys(int triesMax, TimeSpan lockedFor, TimeProvider time)
{
    /// <summary>How many addresses are remembered; one more takes the place of those whose time is over, or of all.</summary>
    private const int AddressesMax = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, (int Tries, DateTimeOffset Until)> _tries = [];

    /// <summary>Counts one. Null while the address may try again, else how long it has to wait.</summary>
    public TimeSpan? Count(IPAddress address)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var (tries, until) = _tries.GetValueOrDefault(address);
            if (until <= now)
            {
                tries = 0;
            }

            if (tries >= triesMax)
            {
                return until - now;
            }

            if (_tries.Count >= AddressesMax && !_tries.ContainsKey(address))
            {
                Forget(now);
            }

            _tries[address] = (tries + 1, now + lockedFor);
            return null;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (address, _) in _tries.Where(one => one.Value.Until <= now).ToList())
        {
            _tries.Remove(address);
        }

        if (_tries.Count >= AddressesMax)
        {
            _tries.Clear();
        }
    }
}
