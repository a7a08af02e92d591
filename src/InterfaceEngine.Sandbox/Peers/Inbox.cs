using System.Security.Cryptography;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>What an arrival was.</summary>
public enum ArrivalKind
{
    /// <summary>A message nobody had sent before: it is kept.</summary>
    Kept,

    /// <summary>The same bytes under the same control id as a kept one: answered AA, and nothing else.</summary>
    Repeated,

    /// <summary>Other bytes under the control id of a kept one: a fault of the sender's. Answered AE, not kept.</summary>
    Conflicting,

    /// <summary>Refused on purpose, with AE or AR. Not kept.</summary>
    Refused,

    /// <summary>No message with an MSH that can be read. Answered AR, not kept.</summary>
    Unreadable,
}

/// <summary>One whole frame that arrived.</summary>
/// <param name="Number">From 1, in the order of arrival.</param>
/// <param name="Kind">What it was.</param>
/// <param name="ControlId">MSH-10.</param>
/// <param name="Event">MSH-9, e.g. <c>SIU^S12</c>.</param>
/// <param name="Body">The bytes without framing.</param>
/// <param name="Connection">The number of the connection it came over, from 1.</param>
public sealed record Arrival(long Number, ArrivalKind Kind, string ControlId, string Event, ReadOnlyMemory<byte> Body, int Connection);

/// <summary>The account of a receiver.</summary>
/// <param name="Kinds">How many arrivals were what.</param>
/// <param name="Events">Kept messages by event.</param>
/// <param name="Connections">How many were made.</param>
/// <param name="CutOff">Frames that did not end.</param>
/// <param name="StrayBytes">Bytes outside of frames.</param>
/// <param name="Replies">Replies begun, whatever they said.</param>
/// <param name="Faults">What the receiver did wrong on purpose.</param>
public sealed record ServerAccount(
    IReadOnlyDictionary<ArrivalKind, long> Kinds,
    IReadOnlyDictionary<string, long> Events,
    int Connections,
    long CutOff,
    long StrayBytes,
    long Replies,
    IReadOnlyDictionary<FaultKind, int> Faults)
{
    public long CountOf(ArrivalKind kind) => Kinds.GetValueOrDefault(kind);
}

/// <summary>Remembers what arrived and tells repeats from conflicts. Safe for concurrent use.</summary>
internal sealed class Inbox(int rememberedMax)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _kept = [];
    private readonly Dictionary<string, int> _arrivals = [];
    private readonly List<Arrival> _remembered = [];
    private readonly long[] _kinds = new long[Enum.GetValues<ArrivalKind>().Length];
    private readonly SortedDictionary<string, long> _events = [];
    private readonly List<(Func<IReadOnlyList<Arrival>, bool> Until, TaskCompletionSource Done)> _waiting = [];
    private long _count;

    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (_lock)
            {
                return [.. _remembered];
            }
        }
    }

    public IReadOnlyDictionary<ArrivalKind, long> Kinds
    {
        get
        {
            lock (_lock)
            {
                return Enum.GetValues<ArrivalKind>().Where(kind => _kinds[(int)kind] > 0).ToDictionary(kind => kind, kind => _kinds[(int)kind]);
            }
        }
    }

    public IReadOnlyDictionary<string, long> Events
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, long>(_events);
            }
        }
    }

    /// <summary>Counts another arrival under a control id and says how many there are now.</summary>
    public int Attempt(string controlId)
    {
        lock (_lock)
        {
            return _arrivals[controlId] = _arrivals.GetValueOrDefault(controlId) + 1;
        }
    }

    /// <param name="header">Null when it has none that can be read.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="connection">The connection's number.</param>
    /// <param name="isRefused">It is to be refused whatever it is.</param>
    public Arrival Take(Hl7Message? header, ReadOnlyMemory<byte> body, int connection, bool isRefused)
    {
        var hash = SHA256.HashData(body.Span);
        var id = header?.ControlId ?? "";
        lock (_lock)
        {
            var kind = isRefused ? ArrivalKind.Refused : header is null ? ArrivalKind.Unreadable : KindOf(id, hash);
            var arrival = new Arrival(++_count, kind, id, header?.EventType ?? "", body, connection);
            _kinds[(int)kind]++;
            if (kind == ArrivalKind.Kept)
            {
                _kept[id] = hash;
                _events[arrival.Event] = _events.GetValueOrDefault(arrival.Event) + 1;
            }

            if (_remembered.Count < rememberedMax)
            {
                _remembered.Add(arrival);
            }

            _waiting.RemoveAll(one => one.Until(_remembered) && one.Done.TrySetResult());
            return arrival;
        }
    }

    /// <summary>Ends when what arrived so far is enough.</summary>
    /// <param name="until">Is asked now and after each arrival.</param>
    public Task WaitAsync(Func<IReadOnlyList<Arrival>, bool> until)
    {
        lock (_lock)
        {
            if (until(_remembered))
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((until, done));
            return done.Task;
        }
    }

    /// <summary>Ends when this many messages were kept.</summary>
    public Task WaitForKeptAsync(int count) => WaitAsync(_ => _kinds[(int)ArrivalKind.Kept] >= count);

    private ArrivalKind KindOf(string id, byte[] hash) =>
        !_kept.TryGetValue(id, out var kept) ? ArrivalKind.Kept
        : kept.AsSpan().SequenceEqual(hash) ? ArrivalKind.Repeated
        : ArrivalKind.Conflicting;
}
