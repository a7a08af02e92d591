using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>Which lane a delivery is of.</summary>
internal readonly record struct DeliveryLane(string Practice, string Destination, KeyedHash Hash);

/// <summary>Keeps each lane's row true: its first unsettled delivery, and whether that may be sent.</summary>
internal sealed class DeliveryLanes
{
    private readonly SqlStatement _lastPlace;
    private readonly SqlStatement _extend;
    private readonly SqlStatement _begin;
    private readonly SqlStatement _first;
    private readonly SqlStatement _update;
    private readonly SqlStatement _delete;
    private readonly SqlStatement _led;
    private readonly SqlStatement _mark;

    public DeliveryLanes(SqlDatabase database)
    {
        const string Lane = "practice_id = ?1 AND destination = ?2 AND lane_hash = ?3";
        _lastPlace = database.Prepare($"SELECT last_place FROM delivery_lanes WHERE {Lane}");
        _extend = database.Prepare($"UPDATE delivery_lanes SET last_place = ?4 WHERE {Lane}");
        _begin = database.Prepare("""
            INSERT INTO delivery_lanes (practice_id, destination, lane_hash, last_place, first_id, state, due_at) VALUES (?1, ?2, ?3, 1, ?4, 'waiting', ?5)
            """);
        _first = database.Prepare($"""
            SELECT delivery_id, state, next_attempt_at FROM deliveries WHERE {Lane} AND {PartialIndexes.DeliveriesOpen} ORDER BY place LIMIT 1
            """);
        _update = database.Prepare($"UPDATE delivery_lanes SET first_id = ?4, state = ?5, due_at = ?6 WHERE {Lane}");
        _led = database.Prepare("SELECT practice_id, destination, lane_hash FROM delivery_lanes WHERE first_id = ?1");
        _mark = database.Prepare("UPDATE delivery_lanes SET state = ?2, due_at = ?3 WHERE first_id = ?1");
        _delete = database.Prepare($"DELETE FROM delivery_lanes WHERE {Lane}");
    }

    /// <summary>Puts a new delivery at the end of its lane; gives its place there.</summary>
    public long Append(in DeliveryLane lane, long delivery, long dueAt)
    {
        var place = 1L;
        if (Bind(_lastPlace, lane).Step())
        {
            place = _lastPlace.Long(0) + 1;
            _lastPlace.Reset();
            Bind(_extend, lane).Bind(4, place).Run();
        }
        else
        {
            Bind(_begin, lane).Bind(4, delivery).Bind(5, dueAt).Run();
        }

        return place;
    }

    /// <summary>Called after a delivery of the lane has changed: another may be its first now, or none.</summary>
    public void Refresh(in DeliveryLane lane)
    {
        if (Bind(_first, lane).Step())
        {
            var (first, state, dueAt) = (_first.Long(0), _first.Text(1)!, _first.Long(2));
            _first.Reset();
            Bind(_update, lane).Bind(4, first).Bind(5, state).Bind(6, dueAt).Run();
        }
        else
        {
            Bind(_delete, lane).Run();
        }
    }

    /// <summary>
    /// As <see cref="Refresh"/>, for a delivery whose row was altered outside the engine and may name another lane than
    /// the one it leads. Looks at every lane.
    /// </summary>
    public void RefreshLedBy(long delivery, DeliveryState state, long dueAt)
    {
        if (state is DeliveryState.Waiting or DeliveryState.Held)
        {
            _mark.Bind(1, delivery).Bind(2, state.Text()).Bind(3, dueAt).Run();
            return;
        }

        var lanes = new List<DeliveryLane>();
        _led.Bind(1, delivery);
        while (_led.Step())
        {
            lanes.Add(new DeliveryLane(_led.Text(0)!, _led.Text(1)!, _led.Hash(2)));
        }

        lanes.ForEach(lane => Refresh(lane));
    }

    private static SqlStatement Bind(SqlStatement statement, in DeliveryLane lane)
    {
        var hash = lane.Hash;
        return statement.Bind(1, lane.Practice).Bind(2, lane.Destination).Bind(3, in hash);
    }
}
