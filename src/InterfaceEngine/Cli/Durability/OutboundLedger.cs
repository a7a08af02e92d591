using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Durability;

/// <param name="Queued">Deliveries that were queued.</param>
/// <param name="Received">Those that arrived at least once.</param>
/// <param name="Again">Further arrivals of the same, with the same control id.</param>
internal sealed record OutboundFigures(int Queued, int Received, int Again);

/// <summary>
/// What is to arrive at the check's receiver, and what did: each delivery at least once, with its own bytes, and
/// within a lane in the order in which it was queued.
/// </summary>
internal sealed class OutboundLedger
{
    public const string Destination = "verify";

    private const int DeliveriesInLane = 25;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DeliveryWrite> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _arrived = new(StringComparer.Ordinal);
    private readonly HashSet<string> _received = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _again;

    /// <summary>Ends when everything has arrived at least once.</summary>
    public Task All => _all.Task;

    /// <summary>Queues deliveries, a commit each, over lanes that take turns.</summary>
    public async Task QueueAsync(IEngineStore store, int count, IdSource ids, CancellationToken cancellationToken)
    {
        var lanes = Math.Max(1, count / DeliveriesInLane);
        for (var number = 0; number < count; number++)
        {
            var write = Delivery(ids.Next(), string.Create(CultureInfo.InvariantCulture, $"lane {number % lanes}"), number);
            await store.CommitAsync(new CommitUnit { Practice = WorkFolder.Practice, Deliveries = [write] }, cancellationToken);
            _queued.Add(write.ControlId, write);
            (_lanes.TryGetValue(write.Lane, out var order) ? order : _lanes[write.Lane] = []).Add(write.ControlId);
        }

        if (count == 0)
        {
            _all.SetResult();
        }
    }

    /// <summary>Called for everything that arrives, by several connections at once.</summary>
    public void Receive(string controlId, ReadOnlySpan<byte> body, DurabilityFindings findings)
    {
        if (!_queued.TryGetValue(controlId, out var write))
        {
            findings.Add(FindingKind.Unaccounted, controlId, "received, and nobody queued it");
        }
        else if (!body.SequenceEqual(write.Body.Span))
        {
            findings.Add(FindingKind.Altered, controlId, "received with other bytes than were queued");
        }
        else
        {
            Receive(write);
        }
    }

    /// <summary>Whatever did not arrive, arrived out of order, or is not settled in the store.</summary>
    public async Task<OutboundFigures> CompareAsync(IEngineStore store, DurabilityFindings findings, CancellationToken cancellationToken)
    {
        foreach (var (controlId, write) in _queued)
        {
            var stored = await store.ReadAsync(reader => reader.Delivery(write.Id), cancellationToken);
            if (!_received.Contains(controlId))
            {
                findings.Add(FindingKind.Lost, controlId, $"queued, in the store as {stored?.State.Text() ?? "nothing"}, and never received");
            }
            else if (stored is not { State: DeliveryState.Delivered })
            {
                findings.Add(FindingKind.Unaccounted, controlId, $"received, and in the store as {stored?.State.Text() ?? "nothing"}");
            }
        }

        foreach (var (lane, order) in _lanes)
        {
            // What got no reply is sent again before the next of its lane, so only neighbours repeat.
            var arrived = _arrived.GetValueOrDefault(lane) ?? [];
            var once = arrived.Where((controlId, index) => index == 0 || arrived[index - 1] != controlId).ToList();
            if (!once.SequenceEqual(order.Where(_received.Contains)))
            {
                findings.Add(FindingKind.OutOfOrder, order[0], "what is queued behind it was received out of order");
            }
        }

        return new OutboundFigures(_queued.Count, _received.Count, _again);
    }

    private void Receive(DeliveryWrite write)
    {
        lock (_lock)
        {
            (_arrived.TryGetValue(write.Lane, out var arrived) ? arrived : _arrived[write.Lane] = []).Add(write.ControlId);
            if (!_received.Add(write.ControlId))
            {
                _again++;
            }
            else if (_received.Count == _queued.Count)
            {
                _all.TrySetResult();
            }
        }
    }

    private static DeliveryWrite Delivery(EngineId id, string lane, int number) => new()
    {
        Id = id,
        Destination = Destination,
        Lane = lane,
        Event = "SIU^S12",
        ControlId = id.ToString(),
        Body = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"MSH|^~\\&|PRACTICESTUDIO|PSSERVER|ATHENA|ATHENANET|20260114100000||SIU^S12|{id}|P|2.3\rSCH|{number}|||||NEW|||30|minutes\r")),
    };
}
