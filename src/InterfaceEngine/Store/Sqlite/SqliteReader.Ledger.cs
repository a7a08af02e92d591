using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sqlite;

/// <content>Both sides of the ledger.</content>
internal sealed partial class SqliteReader
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

    public IReadOnlyList<DayCount> DayCounts(long since)
    {
        var counts = new List<DayCount>();
        var rows = Statement("SELECT day, source, run_id, state, messages FROM message_days WHERE day >= ?1 AND messages <> 0 ORDER BY day, source, run_id, state").Bind(1, since);
        while (rows.Step())
        {
            counts.Add(new DayCount(rows.Long(0), rows.Text(1)!, rows.Long(2), MessageStates.Parse(rows.Text(3)!), rows.Long(4)));
        }

        return counts;
    }

    public IReadOnlyList<UnansweredRange> Unanswered(long run, NumberRange within)
    {
        var ranges = new List<UnansweredRange>();
        var rows = Statement("""
            SELECT first_number, last_number, kind = 'interrupted' FROM unanswered_numbers
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
