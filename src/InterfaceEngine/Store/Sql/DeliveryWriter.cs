using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>Writes deliveries: queued by a unit, decided by a person, settled by the destination's owner.</summary>
internal sealed class DeliveryWriter
{
    private readonly WriterSession _session;
    private readonly DeliveryLanes _lanes;
    private readonly SqlStatement _insert;
    private readonly SqlStatement _find;
    private readonly SqlStatement _settle;
    private readonly SqlStatement _hold;
    private readonly SqlStatement _postpone;
    private readonly SqlStatement _retry;
    private readonly SqlStatement _dismiss;

    public DeliveryWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        _lanes = new DeliveryLanes(database);
        _insert = database.Prepare("""
            INSERT INTO deliveries (delivery_id, practice_id, destination, lane_hash, place, event, state, attempts, next_attempt_at, created_at,
                record_id, message_id, size, key_version, notes, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', 0, ?7, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING
            """);
        _find = database.Prepare("SELECT practice_id, destination, lane_hash, state, code FROM deliveries WHERE practice_id = ?6 AND delivery_id = ?1");
        _settle = database.Prepare("UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, settled_at = ?2, code = ?3, notes = coalesce(?4, notes) WHERE practice_id = ?6 AND delivery_id = ?1");
        _hold = database.Prepare("""
            UPDATE deliveries SET state = 'held', attempts = attempts + 1, tried_since = coalesce(tried_since, ?2), code = ?3, notes = coalesce(?4, notes)
            WHERE practice_id = ?6 AND delivery_id = ?1
            """);
        _postpone = database.Prepare("""
            UPDATE deliveries SET attempts = attempts + 1, tried_since = coalesce(tried_since, ?2), code = ?3, notes = coalesce(?4, notes), next_attempt_at = ?5
            WHERE practice_id = ?6 AND delivery_id = ?1
            """);
        _retry = database.Prepare("UPDATE deliveries SET state = 'waiting', attempts = 0, tried_since = NULL, next_attempt_at = ?2 WHERE practice_id = ?6 AND delivery_id = ?1");
        _dismiss = database.Prepare("UPDATE deliveries SET state = 'dismissed', settled_at = ?2 WHERE practice_id = ?6 AND delivery_id = ?1");
    }

    /// <summary>False when an id is taken, or a decision comes too late.</summary>
    public bool TryWrite(SealedUnit unit)
    {
        foreach (var row in unit.Deliveries)
        {
            if (!TryQueue(unit, row))
            {
                return false;
            }
        }

        foreach (var decision in unit.DeliveryDecisions)
        {
            if (!TryDecide(unit.Practice, decision))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes what became of an attempt. What a person has dismissed meanwhile stays dismissed, unless the receiver took it.</summary>
    public void Settle(SettledRow row)
    {
        if (Find(row.Settlement.Delivery.Practice ?? "", row.Settlement.Delivery.Id) is not { } found || !(found.State is DeliveryState.Waiting || (found.State is DeliveryState.Dismissed && row.Settlement.State is DeliveryState.Delivered)))
        {
            return;
        }

        var settlement = row.Settlement;
        var statement = settlement.State switch
        {
            DeliveryState.Delivered => _settle,
            DeliveryState.Held => _hold,
            DeliveryState.Waiting => _postpone.Bind(5, _session.Now + (long)(settlement.RetryIn ?? throw new InvalidOperationException("What waits has a pause before its next attempt.")).TotalMilliseconds),
            _ => throw new InvalidOperationException($"An attempt does not end as {settlement.State.Text()}."),
        };
        statement.Bind(1, settlement.Delivery.Id.Value).Bind(2, _session.Now).Bind(3, settlement.Code).Bind(6, found.Lane.Practice);
        (row.Notes is { } notes ? statement.Bind(4, notes) : statement.BindNull(4)).Run();
        Count(found, settlement.State);
        _lanes.Refresh(found.Lane);
        if (settlement.Delivery.IsDamaged)
        {
            _lanes.RefreshLedBy(settlement.Delivery.Id.Value, settlement.State, _session.Now);
        }
    }

    private bool TryQueue(SealedUnit unit, DeliveryRow row)
    {
        var write = row.Write;
        var (lane, hash) = (new DeliveryLane(unit.Practice, write.Destination, row.Lane), row.Lane);
        var place = _lanes.Append(lane, write.Id.Value, _session.Now);
        _insert.Bind(1, write.Id.Value).Bind(2, unit.Practice).Bind(3, write.Destination).Bind(4, in hash).Bind(5, place).Bind(6, write.Event).Bind(7, _session.Now);
        Bind(8, write.Record);
        Bind(9, write.Message);
        _session.DeliveryCounts.Add(write.Destination, DeliveryState.Waiting.Text(), +1);
        _session.QueuedCounts.Add(write.Destination, "queued", +1);
        return _insert.Bind(10, write.Body.Length).Bind(11, unit.KeyVersion).Bind(12, row.Notes).Bind(13, row.Body).Run() == 1;

        void Bind(int parameter, EngineId? id)
        {
            if (id is { } known)
            {
                _insert.Bind(parameter, known.Value);
            }
            else
            {
                _insert.BindNull(parameter);
            }
        }
    }

    private bool TryDecide(string practice, DeliveryDecision decision)
    {
        if (Find(practice, decision.Delivery) is not { } found || found.State is not (DeliveryState.Waiting or DeliveryState.Held))
        {
            return false;
        }

        var (statement, state) = decision.Verdict is DeliveryVerdict.Retry ? (_retry, DeliveryState.Waiting) : (_dismiss, DeliveryState.Dismissed);
        statement.Bind(1, decision.Delivery.Value).Bind(2, _session.Now).Bind(6, practice).Run();
        Count(found, state);
        _lanes.Refresh(found.Lane);
        if (found.Code == DeliverySettlement.DamagedCode)
        {
            _lanes.RefreshLedBy(decision.Delivery.Value, state, _session.Now);
        }

        return true;
    }

    private void Count(FoundDelivery found, DeliveryState next)
    {
        if (next != found.State)
        {
            _session.DeliveryCounts.Add(found.Lane.Destination, found.State.Text(), -1);
            _session.DeliveryCounts.Add(found.Lane.Destination, next.Text(), +1);
        }
    }

    private FoundDelivery? Find(string practice, EngineId id)
    {
        if (!_find.Bind(1, id.Value).Bind(6, practice).Step())
        {
            return null;
        }

        var lane = new DeliveryLane(_find.Name(0), _find.Name(1), _find.Hash(2));
        var found = new FoundDelivery(lane, DeliveryStates.Parse(_find.Name(3)), _find.Text(4));
        _find.Reset();
        return found;
    }

    private sealed record FoundDelivery(DeliveryLane Lane, DeliveryState State, string? Code);
}
