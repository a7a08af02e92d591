using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>What people see of deliveries and decide about them.</summary>
internal sealed class DeliveryOperations(EngineParts parts)
{
    private const string LeasePrefix = "destination/";

    public async Task<DeliveriesAnswer> ListAsync(ListDeliveriesRequest request, CancellationToken cancellationToken)
    {
        DeliveryState? state = request.State is null ? null : ParseState(request.State);
        var before = request.Before is null ? EngineId.None : Views.ParseId(request.Before, "delivery");
        var limit = Math.Clamp(request.Limit, 1, 1000);
        var filter = new DeliveryFilter(request.Practice, request.Destination, state, before, limit);
        var audit = request.Audit("deliveries list", request.Practice, $"destination {request.Destination ?? "any"}, state {request.State ?? "any"}");
        var deliveries = await parts.Store.AskAsync(audit, reader => reader.Deliveries(filter), cancellationToken);
        return new DeliveriesAnswer([.. deliveries.Select(Of)], deliveries.Count == limit ? deliveries[^1].Id.ToString() : null);
    }

    public async Task<DeliveryAnswer> ShowAsync(ShowDeliveryRequest request, CancellationToken cancellationToken)
    {
        var (id, practice) = await FindAsync(request.Id, cancellationToken);
        var delivery = await parts.Store.AskAsync(
            request.Audit("deliveries show", practice, $"delivery {id}"), reader => reader.Delivery(id)!, cancellationToken);
        return new DeliveryAnswer(Of(delivery), Views.Text(delivery.Body.Span), Views.Text(delivery.Reply.Span));
    }

    public async Task<HeldDeliveriesAnswer> FindHeldAsync(FindHeldRequest request, CancellationToken cancellationToken)
    {
        var before = request.Before is null ? EngineId.None : Views.ParseId(request.Before, "delivery");
        var limit = Math.Clamp(request.Limit, 1, 1000);
        var (known, held) = await parts.Store.LookAsync(
            reader => (
                reader.DeliveryCounts().Select(count => count.Destination),
                reader.Deliveries(new DeliveryFilter(request.Practice, request.Destination, DeliveryState.Held, before, limit))),
            cancellationToken);
        var names = parts.Destinations().Select(destination => destination.Name).Union(known).Order(StringComparer.Ordinal).ToList();
        return names.Contains(request.Destination)
            ? new HeldDeliveriesAnswer(
                [.. held.Where(delivery => IsReply(delivery.Code ?? "", request.Code)).Select(delivery => new HeldDeliveryView(delivery.Id.ToString(), delivery.Code ?? ""))],
                held.Count == limit ? held[^1].Id.ToString() : null)
            : throw RequestException.NotFound($"There is no destination {request.Destination}; there are: {string.Join(", ", names)}.");
    }

    public Task<DeliveryDecisionsAnswer> RetryAsync(RetryDeliveriesRequest request, CancellationToken cancellationToken) =>
        DecideAsync(request, request.Ids, DeliveryVerdict.Retry, "deliveries retry", cancellationToken);

    public Task<DeliveryDecisionsAnswer> DismissAsync(DismissDeliveriesRequest request, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(request.Reason)
            ? throw RequestException.Usage("Say why with --reason TEXT: what is dismissed is never sent, and the next person wants to know.")
            : DecideAsync(request, request.Ids, DeliveryVerdict.Dismiss, "deliveries dismiss", cancellationToken);

    /// <summary>The destinations of the settings, and those that only the store still knows. Counts only, so it is not audited.</summary>
    public async Task<IReadOnlyList<DestinationStatus>> StatusAsync(CancellationToken cancellationToken)
    {
        var live = parts.Destinations();
        return await parts.Store.LookAsync(
            reader =>
            {
                var counts = reader.DeliveryCounts();
                var leases = reader.Leases().ToDictionary(lease => lease.Name, StringComparer.Ordinal);
                var forgotten = counts.Select(count => count.Destination).Distinct(StringComparer.Ordinal)
                    .Where(name => live.All(destination => destination.Name != name))
                    .Select(name => new DestinationStatus(name, "", "", [], "not in the settings"));
                return live.Concat(forgotten).Select(destination => Complete(destination, reader, counts, leases)).ToList();
            },
            cancellationToken);
    }

    private static DestinationStatus Complete(
        DestinationStatus destination, IStoreReader reader, IReadOnlyList<(string Destination, DeliveryState State, long Count)> counts, Dictionary<string, StoredLease> leases)
    {
        return destination with
        {
            Owner = leases.GetValueOrDefault(LeasePrefix + destination.Name) is { } lease && lease.EndsIn > TimeSpan.Zero ? lease.Owner : null,
            Waiting = Count(DeliveryState.Waiting),
            Held = Count(DeliveryState.Held),
            Delivered = Count(DeliveryState.Delivered),
            Dismissed = Count(DeliveryState.Dismissed),
            OldestWaiting = reader.OldestWaiting(destination.Name) is { } oldest ? Views.Time(oldest) : null,
        };

        long Count(DeliveryState state) => counts.Where(count => count.Destination == destination.Name && count.State == state).Sum(count => count.Count);
    }

    /// <summary>Each by itself, so that one that comes too late keeps no other from its turn. Every change carries its audit row.</summary>
    private async Task<DeliveryDecisionsAnswer> DecideAsync(
        ControlRequest request, IReadOnlyList<string> ids, DeliveryVerdict verdict, string action, CancellationToken cancellationToken)
    {
        var found = new List<(EngineId Id, string? Practice)>();
        foreach (var text in ids)
        {
            found.Add(await FindAsync(text, cancellationToken));
        }

        var decided = new List<DeliveryDecisionView>();
        foreach (var (id, practice) in found)
        {
            var result = await parts.Store.CommitAsync(
                new CommitUnit { Practice = practice, DeliveryDecisions = [new DeliveryDecision(id, verdict)], Audit = request.Audit(action, practice, $"delivery {id}") },
                cancellationToken);
            var after = await parts.Store.LookAsync(reader => reader.Standing(id)!.Value.State, cancellationToken);
            decided.Add(new DeliveryDecisionView(id.ToString(), after.Text(), result.Outcome == CommitOutcome.Committed));
        }

        return new DeliveryDecisionsAnswer(decided);
    }

    /// <summary>What came back is what is asked for, or begins with it as a word: <c>AE 103</c> is an <c>AE</c>.</summary>
    private static bool IsReply(string code, string? asked) =>
        asked is null || code.Equals(asked, StringComparison.OrdinalIgnoreCase) || code.StartsWith(asked + " ", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whose delivery it is must be known before the audit row is written.</summary>
    private async Task<(EngineId Id, string? Practice)> FindAsync(string text, CancellationToken cancellationToken)
    {
        var id = Views.ParseId(text, "delivery");
        return await parts.Store.LookAsync(reader => reader.Standing(id), cancellationToken) is { } standing
            ? (id, standing.Practice)
            : throw RequestException.NotFound($"There is no delivery {id}.");
    }

    private static DeliveryState ParseState(string word) =>
        Enum.GetValues<DeliveryState>().Cast<DeliveryState?>().FirstOrDefault(state => state!.Value.Text().Equals(word, StringComparison.OrdinalIgnoreCase))
        ?? throw RequestException.Usage($"{word} is not a state of deliveries: {string.Join(", ", Enum.GetValues<DeliveryState>().Select(state => state.Text()))}.");

    private static DeliveryView Of(StoredDelivery delivery) => new(
        delivery.Id.ToString(),
        delivery.Practice,
        delivery.Destination,
        delivery.Event,
        delivery.State.Text(),
        delivery.Code,
        delivery.Attempts,
        delivery.State is DeliveryState.Waiting ? Views.Time(delivery.NextAttemptAt) : null,
        Views.Time(delivery.CreatedAt),
        delivery.SettledAt is { } settledAt ? Views.Time(settledAt) : null,
        delivery.Record?.ToString(),
        delivery.Message?.ToString(),
        delivery.ControlId,
        delivery.IsDamaged ? Views.Damaged : delivery.Reason,
        delivery.Size);
}
