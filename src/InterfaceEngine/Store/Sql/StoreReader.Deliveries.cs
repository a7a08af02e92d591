using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <content>Deliveries and leases.</content>
internal sealed partial class StoreReader
{
    private const int LanesPage = 256;
    private const string DeliveryColumns = """
        delivery_id, practice_id, destination, event, state, code, attempts, next_attempt_at, created_at, settled_at, record_id, message_id, size, key_version, notes
        """;

    /// <summary>What may be sent now and when there will be more; null when the lease is another's.</summary>
    public DeliveryClaim? Claim(Lease lease, string destination, ClaimScope scope, long now)
    {
        if (!IsHeld(lease))
        {
            return null;
        }

        // The index of ready lanes alone leads, and holds all that decides what is left out: what waits behind a lane's first is never looked at.
        var claimed = new List<ClaimedDelivery>();
        var (after, first) = (long.MinValue, EngineId.None);
        for (var isMore = true; isMore && claimed.Count < scope.Limit;)
        {
            var lanes = Statement($"""
                SELECT first_id, lane_hash, due_at, practice_id FROM delivery_lanes
                WHERE destination = ?1 AND state = 'waiting' AND due_at <= ?2 AND (due_at, first_id) > (?3, ?4) ORDER BY due_at, first_id LIMIT {LanesPage}
                """).Bind(1, destination).Bind(2, now).Bind(3, after).Bind(4, first.Value);
            var read = 0;
            for (; claimed.Count < scope.Limit && lanes.Step(); read++)
            {
                (first, after) = (new EngineId(lanes.Long(0)), lanes.Long(2));
                var lane = lanes.Hash(1).First;
                if (!scope.OnTheirWay.Contains(first) && scope.TryTake(lane))
                {
                    claimed.Add(ReadClaimed(lanes.Name(3), first, lane, now));
                }
            }

            lanes.Reset();
            isMore = read == LanesPage;
        }

        var next = Statement("SELECT due_at FROM delivery_lanes WHERE destination = ?1 AND state = 'waiting' AND due_at > ?2 ORDER BY due_at LIMIT 1")
            .Bind(1, destination).Bind(2, now);
        var nextDueIn = next.Step() ? TimeSpan.FromMilliseconds(next.Long(0) - now) : (TimeSpan?)null;
        next.Reset();
        return new DeliveryClaim(claimed, nextDueIn);
    }

    /// <summary>Nobody took the lease since.</summary>
    public bool IsHeld(Lease lease) =>
        Exists(Statement("SELECT 1 FROM leases WHERE name = ?1 AND owner = ?2 AND number = ?3").Bind(1, lease.Name).Bind(2, lease.Owner).Bind(3, lease.Number));

    public bool IsWaiting(string practice, string destination, EngineId delivery) => Exists(
        Statement("SELECT 1 FROM deliveries WHERE practice_id = ?2 AND delivery_id = ?1 AND destination = ?3 AND state = 'waiting'").Bind(1, delivery.Value).Bind(2, practice).Bind(3, destination));

    public IReadOnlyList<StoredDelivery> DeliveriesOf(string practice, EngineId record, int limit) => ReadDeliveries(
        Statement($"SELECT {DeliveryColumns} FROM deliveries WHERE practice_id = ?1 AND record_id = ?2 ORDER BY delivery_id DESC LIMIT ?3")
            .Bind(1, practice).Bind(2, record.Value).Bind(3, Limit(limit)));

    public IReadOnlyDictionary<EngineId, long> WaitingChanges(string practice)
    {
        var waiting = new Dictionary<EngineId, long>();
        var rows = Statement($"""
            SELECT record_id, min(created_at) FROM deliveries {_database.Using("deliveries_of_lane")}
            WHERE practice_id = ?1 AND {PartialIndexes.DeliveriesOpen} AND record_id IS NOT NULL GROUP BY record_id
            """).Bind(1, practice);
        while (rows.Step())
        {
            waiting.Add(new EngineId(rows.Long(0)), rows.Long(1));
        }

        return waiting;
    }

    public IReadOnlyList<StoredDelivery> Deliveries(DeliveryFilter filter)
    {
        var isOpen = filter.State is { } asked && PartialIndexes.IsOpen(asked);
        if (isOpen && filter.Destination is null)
        {
            // The index of open deliveries begins with the destination.
            return
            [
                .. DeliveryCounts().Where(count => count.State == filter.State)
                    .SelectMany(count => Deliveries(filter with { Destination = count.Destination }))
                    .OrderByDescending(delivery => delivery.Id.Value).Take(Limit(filter.Limit)),
            ];
        }

        var sql = new StringBuilder($"SELECT {DeliveryColumns} FROM deliveries {(isOpen ? _database.Using("deliveries_open") : "")} WHERE delivery_id < ?1");
        if (filter.Practice is not null)
        {
            sql.Append(" AND practice_id = ?2");
        }

        if (filter.Destination is not null)
        {
            sql.Append(" AND destination = ?3");
        }

        if (filter.State is { } state)
        {
            sql.Append(" AND state = '").Append(state.Text()).Append('\'').Append(isOpen ? $" AND {PartialIndexes.DeliveriesOpen}" : "");
        }

        var rows = Statement(sql.Append(" ORDER BY delivery_id DESC LIMIT ?4").ToString())
            .Bind(1, filter.Before == EngineId.None ? long.MaxValue : filter.Before.Value)
            .Bind(4, Limit(filter.Limit));
        if (filter.Practice is not null)
        {
            rows.Bind(2, filter.Practice);
        }

        if (filter.Destination is not null)
        {
            rows.Bind(3, filter.Destination);
        }

        return ReadDeliveries(rows);
    }

    public DeliveryStanding? Standing(EngineId delivery)
    {
        var row = Statement("SELECT practice_id, state FROM deliveries WHERE delivery_id = ?1").Bind(1, delivery.Value);
        var standing = row.Step() ? new DeliveryStanding(row.Text(0) is { Length: > 0 } practice ? practice : null, DeliveryStates.Parse(row.Text(1)!)) : default(DeliveryStanding?);
        row.Reset();
        return standing;
    }

    public StoredDelivery? Delivery(EngineId id)
    {
        var row = Statement($"SELECT {DeliveryColumns}, body FROM deliveries WHERE delivery_id = ?1").Bind(1, id.Value);
        var delivery = row.Step() ? ReadDelivery(row) : null;
        try
        {
            return delivery is null ? null : delivery with { Body = RowOpener.DeliveryBody(id.Value, _keys.Of(row.Text(1)!, _database).Version(row.Int(13)), row.Blob(15)) };
        }
        catch (ProtectionException)
        {
            return delivery! with { IsDamaged = true };
        }
        finally
        {
            row.Reset();
        }
    }

    public IReadOnlyList<(string Destination, DeliveryState State, long Count)> DeliveryCounts()
    {
        var counts = new List<(string, DeliveryState, long)>();
        var rows = Statement("SELECT destination, state, deliveries FROM delivery_counts WHERE deliveries > 0 ORDER BY destination, state");
        while (rows.Step())
        {
            counts.Add((rows.Text(0)!, DeliveryStates.Parse(rows.Text(1)!), rows.Long(2)));
        }

        return counts;
    }

    public long? OldestWaiting(string destination)
    {
        var row = Statement($"""
            SELECT created_at FROM deliveries {_database.Using("deliveries_open")}
            WHERE destination = ?1 AND state = 'waiting' AND {PartialIndexes.DeliveriesOpen} ORDER BY delivery_id LIMIT 1
            """).Bind(1, destination);
        var oldest = row.Step() ? row.Long(0) : (long?)null;
        row.Reset();
        return oldest;
    }

    private static bool Exists(SqlStatement row)
    {
        var exists = row.Step();
        row.Reset();
        return exists;
    }

    private ClaimedDelivery ReadClaimed(string practice, EngineId id, ulong lane, long now)
    {
        const string Claimed = "SELECT practice_id, event, attempts, tried_since, key_version, notes, body FROM deliveries";
        var row = Statement($"{Claimed} WHERE practice_id = ?2 AND delivery_id = ?1").Bind(1, id.Value).Bind(2, practice);
        if (!row.Step())
        {
            // Its practice may be what was altered.
            row = Statement($"{Claimed} WHERE delivery_id = ?1").Bind(1, id.Value);
            if (!row.Step())
            {
                throw new InvalidDataException($"Delivery {id}, the first of its lane, is not stored.");
            }
        }

        var claimed = ReadClaimed(row, id, lane, now);
        row.Reset();
        return claimed;
    }

    private ClaimedDelivery ReadClaimed(SqlStatement row, EngineId id, ulong lane, long now)
    {
        var practice = row.Name(0);
        var claimed = new ClaimedDelivery
        {
            Id = id,
            Practice = practice.Length == 0 ? null : practice,
            Lane = lane,
            Event = row.Name(1),
            Attempts = row.Int(2),
            TriedFor = row.IsNull(3) ? null : TimeSpan.FromMilliseconds(now - row.Long(3)),
            KeyVersion = row.Int(4),
            ControlId = "",
            Body = ReadOnlyMemory<byte>.Empty,
        };
        try
        {
            var key = _keys.Of(practice, _database).Version(claimed.KeyVersion);
            return claimed with { ControlId = RowOpener.DeliveryNotes(id.Value, key, row.Blob(5)).ControlId, Body = RowOpener.DeliveryBody(id.Value, key, row.Blob(6)) };
        }
        catch (ProtectionException)
        {
            // One row that was altered must not stop every other lane.
            return claimed with { IsDamaged = true };
        }
    }

    private List<StoredDelivery> ReadDeliveries(SqlStatement rows)
    {
        var found = new List<StoredDelivery>();
        while (rows.Step())
        {
            found.Add(ReadDelivery(rows));
        }

        return found;
    }

    private StoredDelivery ReadDelivery(SqlStatement row)
    {
        var (id, practice) = (row.Long(0), row.Text(1)!);
        var isWhole = TryOpen(practice, row.Int(13), key => RowOpener.DeliveryNotes(id, key, row.Blob(14)), out var notes);
        return new StoredDelivery
        {
            Id = new EngineId(id),
            Practice = practice.Length == 0 ? null : practice,
            Destination = row.Text(2)!,
            Event = row.Text(3)!,
            State = DeliveryStates.Parse(row.Text(4)!),
            Code = row.Text(5),
            Attempts = row.Int(6),
            NextAttemptAt = row.Long(7),
            CreatedAt = row.Long(8),
            SettledAt = row.IsNull(9) ? null : row.Long(9),
            Record = row.IsNull(10) ? null : new EngineId(row.Long(10)),
            Message = row.IsNull(11) ? null : new EngineId(row.Long(11)),
            Size = row.Long(12),
            ControlId = notes.ControlId ?? "",
            Reason = notes.Reason,
            Reply = notes.Reply,
            IsDamaged = !isWhole,
        };
    }
}
