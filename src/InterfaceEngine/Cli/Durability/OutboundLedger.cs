using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Durability;

/// <param name="Queued">Deliveries that were queued.</param>
/// <param name="Received">Those that the receiver has kept.</param>
/// <param name="Again">Further arrivals of the same, under the same control id: what was sent again, and what was refused before it was kept.</param>
internal sealed record OutboundFigures(int Queued, int Received, int Again);

/// <summary>
/// What is to arrive at the check's receiver, and what did: each delivery is kept once, with its own bytes, and
/// within a lane in the order in which it was queued.
/// </summary>
internal sealed class OutboundLedger
{
    public const string Destination = "verify";

    private const int DeliveriesInLane = 25;

    private readonly Dictionary<string, DeliveryWrite> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _lanes = new(StringComparer.Ordinal);

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
    }

    /// <summary>Whatever did not arrive, arrived altered or out of order, or is not settled in the store.</summary>
    /// <param name="store">The engine's, which is gone.</param>
    /// <param name="arrivals">Everything that arrived, in the order of arrival.</param>
    /// <param name="findings">Gets what is wrong.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<OutboundFigures> CompareAsync(IEngineStore store, IReadOnlyList<Arrival> arrivals, DurabilityFindings findings, CancellationToken cancellationToken)
    {
        foreach (var arrival in arrivals)
        {
            if (!_queued.TryGetValue(arrival.ControlId, out var write))
            {
                findings.Add(FindingKind.Unaccounted, arrival.ControlId, "received, and nobody queued it");
            }
            else if (!arrival.Body.Span.SequenceEqual(write.Body.Span))
            {
                findings.Add(FindingKind.Altered, arrival.ControlId, "received with other bytes than were queued");
            }
        }

        var kept = arrivals.Where(arrival => arrival.Kind == ArrivalKind.Kept).Select(arrival => arrival.ControlId).Where(_queued.ContainsKey).ToList();
        await CompareSettledAsync(store, kept.ToHashSet(StringComparer.Ordinal), findings, cancellationToken);
        CompareOrder(arrivals, kept, findings);
        return new OutboundFigures(_queued.Count, kept.Count, arrivals.Count - kept.Count);
    }

    private async Task CompareSettledAsync(IEngineStore store, HashSet<string> kept, DurabilityFindings findings, CancellationToken cancellationToken)
    {
        foreach (var (controlId, write) in _queued)
        {
            var stored = await store.ReadAsync(reader => reader.Delivery(write.Id), cancellationToken);
            if (!kept.Contains(controlId))
            {
                findings.Add(FindingKind.Lost, controlId, $"queued, in the store as {stored?.State.Text() ?? "nothing"}, and never received");
            }
            else if (stored is not { State: DeliveryState.Delivered })
            {
                findings.Add(FindingKind.Unaccounted, controlId, $"received, and in the store as {stored?.State.Text() ?? "nothing"}");
            }
        }
    }

    /// <summary>
    /// A lane's deliveries are kept in their order, and no connection goes back to one that is behind it. Between
    /// connections a repeat may come late: what a killed engine had sent lies in the system's buffers until it is read.
    /// </summary>
    private void CompareOrder(IReadOnlyList<Arrival> arrivals, List<string> kept, DurabilityFindings findings)
    {
        var arrivalsOfLanes = arrivals.Where(arrival => _queued.ContainsKey(arrival.ControlId)).ToLookup(arrival => _queued[arrival.ControlId].Lane);
        var keptOfLanes = kept.ToLookup(controlId => _queued[controlId].Lane);
        foreach (var (lane, order) in _lanes)
        {
            var places = order.Index().ToDictionary(queued => queued.Item, queued => queued.Index);
            if (!IsInOrder([.. keptOfLanes[lane].Select(controlId => places[controlId])])
                || !arrivalsOfLanes[lane].GroupBy(arrival => arrival.Connection).All(connection => IsInOrder([.. connection.Select(arrival => places[arrival.ControlId])])))
            {
                findings.Add(FindingKind.OutOfOrder, order[0], "what is queued behind it was received out of order");
            }
        }
    }

    private static bool IsInOrder(IReadOnlyList<int> places) => places.SequenceEqual(places.Order());

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
