namespace InterfaceEngine.Store.Sql;

/// <content>What retention has dropped.</content>
internal sealed partial class StoreReader
{
    private const string AllDrops = "SELECT kind, older_than, dropped_at, dropped FROM drops UNION ALL SELECT 'runs', older_than, dropped_at, dropped FROM run_drops";

    public Drop? Dropped(DroppedKind what, long from)
    {
        var row = Statement($"SELECT older_than, dropped_at FROM ({AllDrops}) known WHERE kind = ?1 AND older_than > ?2 ORDER BY older_than LIMIT 1").Bind(1, what.Text()).Bind(2, from);
        var drop = row.Step() ? new Drop(row.Long(0), row.Long(1)) : default(Drop?);
        row.Reset();
        return drop;
    }

    public IReadOnlyList<DropSum> Drops()
    {
        var sums = new List<DropSum>();
        var rows = Statement($"SELECT kind, sum(dropped), max(older_than), max(dropped_at) FROM ({AllDrops}) known GROUP BY kind ORDER BY kind");
        while (rows.Step())
        {
            sums.Add(new DropSum(DroppedKinds.Parse(rows.Text(0)!), rows.Long(1), new Drop(rows.Long(2), rows.Long(3))));
        }

        return sums;
    }

    public IReadOnlyList<DayCount> DroppedCounts(long since)
    {
        var counts = new List<DayCount>();
        var rows = Statement("SELECT day, source, run_id, state, messages FROM dropped_days WHERE day >= ?1 ORDER BY day, source, run_id, state").Bind(1, since);
        while (rows.Step())
        {
            counts.Add(new DayCount(rows.Long(0), rows.Text(1)!, rows.Long(2), MessageStates.Parse(rows.Text(3)!), rows.Long(4)));
        }

        return counts;
    }

    public IReadOnlyList<DroppedBatches> DroppedBatches(long since)
    {
        var counts = new List<DroppedBatches>();
        var rows = Statement("SELECT day, source, is_file, verdict, batches FROM dropped_batches WHERE day >= ?1 ORDER BY day, source, is_file, verdict").Bind(1, since);
        while (rows.Step())
        {
            counts.Add(new DroppedBatches(rows.Long(0), rows.Text(1)!, rows.Int(2) != 0, BatchVerdicts.Parse(rows.Text(3)!), rows.Long(4)));
        }

        return counts;
    }

    public IReadOnlyList<(string Destination, DeliveryState State, long Count)> DroppedDeliveries()
    {
        var counts = new List<(string, DeliveryState, long)>();
        var rows = Statement("SELECT destination, state, deliveries FROM dropped_deliveries ORDER BY destination, state");
        while (rows.Step())
        {
            counts.Add((rows.Text(0)!, DeliveryStates.Parse(rows.Text(1)!), rows.Long(2)));
        }

        return counts;
    }
}
