using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <content>Both sides of the ledger.</content>
internal sealed partial class StoreReader
{

    public IReadOnlyList<SourceDay> SourceDays(long since)
    {
        var days = new List<SourceDay>();
        var rows = Statement("SELECT day, source, run_id, first_number, last_number FROM source_days WHERE day >= ?1 ORDER BY day, source, run_id").Bind(1, since);
        while (rows.Step())
        {
            days.Add(new SourceDay(rows.Long(0), rows.Text(1)!, rows.Long(2), new NumberRange(rows.Long(3), rows.Long(4))));
        }

        return days;
    }

    public IReadOnlyList<OpenRun> OpenRuns()
    {
        var runs = new List<OpenRun>();
        var rows = Statement($"""
            SELECT run_id, source, first_number, node, settled_through, in_flight_max,
                CASE WHEN {_database.IsGone("open.node")} THEN 1 ELSE 0 END
            FROM source_runs open WHERE ended_at IS NULL ORDER BY run_id
            """).Bind(9, Time.GetUtcNow().ToUnixTimeMilliseconds());
        while (rows.Step())
        {
            runs.Add(new OpenRun(new SourceRun(rows.Long(0), rows.Text(1)!, rows.Long(2)), rows.Text(3)!, rows.Long(4), rows.Long(5), rows.Int(6) == 1));
        }

        return runs;
    }

    public IReadOnlyList<DayCount> DayCounts(long since)
    {
        var counts = new List<DayCount>();
        var rows = Statement($"""
            SELECT day, source, run_id, state, sum(messages) FROM ({CountsOfDays("WHERE day >= ?1")}) c
            GROUP BY day, source, run_id, state HAVING sum(messages) <> 0 ORDER BY day, source, run_id, state
            """).Bind(1, since);
        while (rows.Step())
        {
            counts.Add(new DayCount(rows.Long(0), rows.Text(1)!, rows.Long(2), MessageStates.Parse(rows.Text(3)!), rows.Long(4)));
        }

        return counts;
    }

    public IReadOnlyList<(long Day, string Source, long Count)> CorrectionCounts(long since)
    {
        var counts = new List<(long, string, long)>();
        var rows = Statement("SELECT day, source, count(*) FROM corrections WHERE day >= ?1 GROUP BY day, source").Bind(1, since);
        while (rows.Step())
        {
            counts.Add((rows.Long(0), rows.Text(1)!, rows.Long(2)));
        }

        return counts;
    }

    public IReadOnlyList<(MessageState State, long Count)> CountNumbered(long run, NumberRange within)
    {
        var counts = new List<(MessageState, long)>();
        var rows = Statement("SELECT state, count(*) FROM messages WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 GROUP BY state")
            .Bind(1, run).Bind(2, within.First).Bind(3, within.Last);
        while (rows.Step())
        {
            counts.Add((MessageStates.Parse(rows.Text(0)!), rows.Long(1)));
        }

        return counts;
    }

    public IReadOnlyList<UnnumberedMessage> Unnumbered(MessageState state, EngineId after, int limit)
    {
        var messages = new List<UnnumberedMessage>();
        var rows = Statement("""
            SELECT message_id, source, received_at FROM messages WHERE run_id = 0 AND number = 0 AND state = ?1 AND message_id > ?2 ORDER BY message_id LIMIT ?3
            """).Bind(1, state.Text()).Bind(2, after.Value).Bind(3, Limit(limit));
        while (rows.Step())
        {
            messages.Add(new UnnumberedMessage(new EngineId(rows.Long(0)), rows.Text(1)!, LedgerDay.Of(rows.Long(2))));
        }

        return messages;
    }

    public IReadOnlyList<DayCount> CountRows(NumberRange within)
    {
        var counts = new List<DayCount>();
        var rows = Statement($"""
            SELECT received_at / {LedgerDay.Milliseconds}, source, state, count(*) FROM messages WHERE run_id = 0 AND number BETWEEN ?1 AND ?2 GROUP BY 1, 2, 3
            """).Bind(1, within.First).Bind(2, within.Last);
        while (rows.Step())
        {
            counts.Add(new DayCount(rows.Long(0), rows.Text(1)!, 0, MessageStates.Parse(rows.Text(2)!), rows.Long(3)));
        }

        return counts;
    }

    public long LastRow()
    {
        var row = Statement("SELECT number FROM messages WHERE run_id = 0 ORDER BY number DESC LIMIT 1");
        var last = row.Step() ? row.Long(0) : 0;
        row.Reset();
        return last;
    }

    public IReadOnlyList<(string Destination, long Count)> QueuedCounts()
    {
        var counts = new List<(string, long)>();
        var rows = Statement("SELECT destination, deliveries FROM delivery_queued ORDER BY destination");
        while (rows.Step())
        {
            counts.Add((rows.Text(0)!, rows.Long(1)));
        }

        return counts;
    }

    public DeliveryRecount RecountDeliveries(EngineId after, int limit)
    {
        var counts = new Dictionary<(string, DeliveryState), long>();
        var last = EngineId.None;
        var rows = Statement("SELECT delivery_id, destination, state FROM deliveries WHERE delivery_id > ?1 ORDER BY delivery_id LIMIT ?2")
            .Bind(1, after.Value).Bind(2, Limit(limit));
        while (rows.Step())
        {
            last = new EngineId(rows.Long(0));
            var key = (rows.Text(1)!, DeliveryStates.Parse(rows.Text(2)!));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return new DeliveryRecount([.. counts.Select(count => (count.Key.Item1, count.Key.Item2, count.Value))], last);
    }

    public long? SealedThrough()
    {
        var row = Statement("SELECT max(day) FROM ledger_seals");
        var day = row.Step() && !row.IsNull(0) ? row.Long(0) : default(long?);
        row.Reset();
        return day;
    }

    public long? FirstAlteredDay()
    {
        var seal = new DaySeal(Statement(DaySeal.SourceRows), Statement(DaySeal.CountRows), Statement(DaySeal.UnansweredRows));
        var rows = Statement("SELECT day, sealed_at, chain FROM ledger_seals ORDER BY day");
        byte[] before = [];
        long? expected = null;
        while (rows.Step())
        {
            var day = rows.Long(0);
            var chain = seal.Chain(_keys.Engine, before, day, rows.Long(1));
            if ((expected ?? day) != day || !rows.Blob(2).SequenceEqual(chain))
            {
                rows.Reset();
                return expected ?? day;
            }

            before = chain;
            expected = day + 1;
        }

        return null;
    }

    public long? FirstAlteredEntry(bool isFull)
    {
        var (last, before) = isFull ? (0, []) : Verified.Entry;
        foreach (var rows in Pages("SELECT sequence, at, message_id, day, source, run_id, from_state, to_state, chain FROM ledger_entries", last))
        {
            var expected = last + 1;
            var entry = new LedgerEntry(expected, rows.Long(1), rows.Long(2), rows.Long(3), rows.Text(4)!, rows.Long(5), rows.Text(6), rows.Text(7)!);
            var chain = entry.Chain(_keys.Engine, before);
            if (rows.Long(0) != expected || !rows.Blob(8).SequenceEqual(chain))
            {
                rows.Reset();
                return expected;
            }

            (last, before) = (expected, chain);
        }

        Verified.Entry = (last, before);
        return null;
    }

    /// <summary>Messages by day, source, run and state: as days were closed, and what happened since.</summary>
    private static string CountsOfDays(string where) => $"""
        SELECT day, source, run_id, state, messages FROM message_days {where}
        UNION ALL SELECT day, source, run_id, to_state, 1 FROM ledger_entries {where}
        UNION ALL SELECT day, source, run_id, from_state, -1 FROM ledger_entries {(where.Length == 0 ? "WHERE" : where + " AND")} from_state IS NOT NULL
        """;

    public IReadOnlyList<LedgerAcceptance> Acceptances()
    {
        var accepted = new List<LedgerAcceptance>();
        var rows = Statement("SELECT difference_id, accepted_at, key_version, detail FROM ledger_acceptances ORDER BY accepted_at, difference_id");
        while (rows.Step())
        {
            try
            {
                var id = rows.Long(0);
                var (actor, reason, text) = RowOpener.Acceptance(id, _keys.Engine.Version(rows.Int(2)), rows.Blob(3));
                accepted.Add(new LedgerAcceptance(new EngineId(id), rows.Long(1), actor, reason, text));
            }
            catch (ProtectionException)
            {
                // Nobody accepted this: the difference shows as what it is.
            }
        }

        return accepted;
    }

    public IReadOnlyList<UnansweredRange> Unanswered(long run, NumberRange within)
    {
        var ranges = new List<UnansweredRange>();
        var rows = Statement("""
            SELECT first_number, last_number, CASE kind WHEN 'interrupted' THEN 1 ELSE 0 END FROM unanswered_numbers
            WHERE run_id = ?1 AND first_number <= ?3 AND last_number >= ?2 ORDER BY first_number
            """).Bind(1, run).Bind(2, within.First).Bind(3, within.Last);
        while (rows.Step())
        {
            ranges.Add(new UnansweredRange(new NumberRange(rows.Long(0), rows.Long(1)), rows.Int(2) != 0));
        }

        return ranges;
    }

    public IReadOnlyList<NumberedMessage> Numbered(long run, NumberRange within, int limit)
    {
        var messages = new List<NumberedMessage>();
        var rows = Statement("SELECT number, state, message_id FROM messages WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 ORDER BY number LIMIT ?4")
            .Bind(1, run).Bind(2, within.First).Bind(3, within.Last).Bind(4, Limit(limit));
        while (rows.Step())
        {
            messages.Add(new NumberedMessage(rows.Long(0), MessageStates.Parse(rows.Text(1)!), new EngineId(rows.Long(2))));
        }

        return messages;
    }
}
