using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>Deletes what is too old row by row, a little at a time: from a store of one file, and from what lies in no month's part.</summary>
internal sealed class RetentionWriter
{
    /// <summary>So few that whoever waits behind them doesn't notice.</summary>
    public const int RowsInTurn = 500;

    /// <summary>Large bodies take longer.</summary>
    private const long BytesInTurn = 4 * 1024 * 1024;

    private readonly WriterSession _session;

    /// <summary>Prepared when the first run is to be dropped.</summary>
    private RunRetentionWriter Runs => field ??= new RunRetentionWriter(_session);

    private readonly SqlStatement _isNoted;
    private readonly SqlStatement _note;
    private readonly SqlStatement _nextPractice;
    private readonly SqlStatement _messages;
    private readonly SqlStatement _needed;
    private readonly SqlStatement _reviewed;
    private readonly SqlStatement _deleteMessage;
    private readonly SqlStatement _countMessages;
    private readonly SqlStatement _deliveries;
    private readonly SqlStatement _deleteDelivery;
    private readonly SqlStatement _countDeliveries;
    private readonly SqlStatement _changes;
    private readonly SqlStatement _deleteChanges;
    private readonly SqlStatement _keepSequence;
    private readonly SqlStatement _receipts;
    private readonly SqlStatement _deleteReceipt;

    public RetentionWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        var (messages, changes, receipts) = (database.Rest("messages"), database.Rest("changes"), database.Rest("receipts"));
        _isNoted = database.Prepare("SELECT 1 FROM drops WHERE kind = ?1 AND older_than = ?2");
        _note = database.Prepare("""
            INSERT INTO drops (kind, older_than, dropped_at, dropped) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (kind, older_than) DO UPDATE SET dropped_at = excluded.dropped_at, dropped = drops.dropped + excluded.dropped
            """);
        _nextPractice = database.Prepare("SELECT practice_id FROM practice_keys WHERE practice_id > ?1 ORDER BY practice_id LIMIT 1");
        _messages = database.Prepare($"""
            SELECT practice_id, message_id, source, received_at, run_id, state, size FROM {messages}
            WHERE message_id > ?1 AND message_id < ?2 ORDER BY message_id LIMIT {RowsInTurn}
            """);
        _needed = database.Prepare($"""
            SELECT message_id FROM deliveries {database.Using("deliveries_open")} WHERE {PartialIndexes.DeliveriesOpen} AND message_id > ?1 AND message_id < ?2
            """);
        _reviewed = database.Prepare(OfOpenReviews(database.JoinInOrder, "m.message_id > ?1 AND m.message_id < ?2"));
        _deleteMessage = database.Prepare($"DELETE FROM {messages} WHERE practice_id = ?1 AND message_id = ?2");
        _countMessages = database.Prepare("""
            INSERT INTO dropped_days (day, source, run_id, state, messages) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (day, source, run_id, state) DO UPDATE SET messages = dropped_days.messages + excluded.messages
            """);
        _deliveries = database.Prepare($"""
            SELECT practice_id, delivery_id, destination, state, settled_at, size FROM deliveries
            WHERE delivery_id > ?1 AND delivery_id < ?2 ORDER BY delivery_id LIMIT {RowsInTurn}
            """);
        _deleteDelivery = database.Prepare("DELETE FROM deliveries WHERE practice_id = ?1 AND delivery_id = ?2");
        _countDeliveries = database.Prepare("""
            INSERT INTO dropped_deliveries (destination, state, deliveries) VALUES (?1, ?2, ?3)
            ON CONFLICT (destination, state) DO UPDATE SET deliveries = dropped_deliveries.deliveries + excluded.deliveries
            """);
        _changes = database.Prepare($"SELECT sequence, committed_at FROM {changes} WHERE practice_id = ?1 ORDER BY sequence LIMIT {RowsInTurn}");
        _deleteChanges = database.Prepare($"DELETE FROM {changes} WHERE practice_id = ?1 AND sequence <= ?2");
        _keepSequence = database.Prepare("""
            INSERT INTO practice_sequences (practice_id, last) VALUES (?1, ?2)
            ON CONFLICT (practice_id) DO UPDATE SET last = excluded.last WHERE practice_sequences.last < excluded.last
            """);
        _receipts = database.Prepare($"""
            SELECT week, control_hash, fingerprint_hash FROM {receipts} WHERE practice_id = ?1 AND week < ?2
            ORDER BY week, control_hash, fingerprint_hash LIMIT {RowsInTurn}
            """);
        _deleteReceipt = database.Prepare($"DELETE FROM {receipts} WHERE practice_id = ?1 AND week = ?2 AND control_hash = ?3 AND fingerprint_hash = ?4");
    }

    /// <param name="dropping">What, and from where.</param>
    /// <param name="audit">Is written before the first row of a drop goes.</param>
    public DropTurn Drop(Dropping dropping, AuditRow audit)
    {
        var turn = dropping.What switch
        {
            DroppedKind.Messages => DropMessages(dropping),
            DroppedKind.Deliveries => DropDeliveries(dropping),
            DroppedKind.Changes => DropChanges(dropping),
            DroppedKind.Runs => Runs.Drop(dropping),
            _ => DropReceipts(dropping),
        };
        Note(dropping.What, dropping.Before.ToUnixTimeMilliseconds(), turn.Rows, audit);
        return turn;
    }

    /// <summary>Keeps what was dropped, and how many; the audit says it once for each drop.</summary>
    public void Note(DroppedKind what, long before, long rows, AuditRow audit)
    {
        if (rows == 0)
        {
            return;
        }

        if (!IsNoted(what, before))
        {
            _session.Audit.Write(audit);
        }

        if (what == DroppedKind.Runs)
        {
            Runs.Note(before, _session.Now, rows);
        }
        else
        {
            _note.Bind(1, what.Text()).Bind(2, before).Bind(3, _session.Now).Bind(4, rows).Run();
        }
    }

    private bool IsNoted(DroppedKind what, long before)
    {
        if (what == DroppedKind.Runs)
        {
            return Runs.IsNoted(before);
        }

        var isNoted = _isNoted.Bind(1, what.Text()).Bind(2, before).Step();
        _isNoted.Reset();
        return isNoted;
    }

    /// <summary>Counts dropped messages for the ledger.</summary>
    public void Count(DayCount count) =>
        _countMessages.Bind(1, count.Day).Bind(2, count.Source).Bind(3, count.Run).Bind(4, count.State.Text()).Bind(5, count.Messages).Run();

    private DropTurn DropMessages(Dropping dropping)
    {
        var (after, before) = (dropping.After.Id, IdSource.FirstAt(dropping.Before).Value);
        var needed = Needed(after, before);
        var counts = new Dictionary<(long Day, string Source, long Run, MessageState State), long>();
        var (found, bytes) = (new List<(string Practice, long Id)>(), 0L);
        var read = 0;
        for (_messages.Bind(1, after).Bind(2, before); bytes < BytesInTurn && _messages.Step(); read++)
        {
            after = _messages.Long(1);
            var (day, state) = (LedgerDay.Of(_messages.Long(3)), MessageStates.Parse(_messages.Text(5)!));
            if (PartialIndexes.IsWaiting(state) || needed.Contains(after) || !_session.Ledger.IsSealed(day))
            {
                continue;
            }

            found.Add((_messages.Text(0)!, after));
            var key = (day, _messages.Text(2)!, _messages.Long(4), state);
            counts[key] = counts.GetValueOrDefault(key) + 1;
            bytes += _messages.Long(6);
        }

        _messages.Reset();
        foreach (var (practice, id) in found)
        {
            _deleteMessage.Bind(1, practice).Bind(2, id).Run();
        }

        foreach (var ((day, source, run, state), count) in counts)
        {
            Count(new DayCount(day, source, run, state, count));
        }

        return new DropTurn(found.Count, read == RowsInTurn || bytes >= BytesInTurn ? dropping.After with { Id = after } : null, []);
    }

    /// <summary>The messages that open review items name: whoever decides wants to see them.</summary>
    /// <param name="join">How the database joins in order.</param>
    /// <param name="range">Which messages; they are <c>m</c>.</param>
    public static string OfOpenReviews(string join, string range) => $"""
        SELECT m.message_id FROM reviews r {join} review_messages m ON m.practice_id = r.practice_id AND m.review_id = r.review_id
        WHERE r.state = 'open' AND {range}
        """;

    private HashSet<long> Needed(long after, long before)
    {
        var needed = new HashSet<long>();
        foreach (var messages in (SqlStatement[])[_needed, _reviewed])
        {
            for (messages.Bind(1, after).Bind(2, before); messages.Step();)
            {
                needed.Add(messages.Long(0));
            }
        }

        return needed;
    }

    private DropTurn DropDeliveries(Dropping dropping)
    {
        var (after, before) = (dropping.After.Id, dropping.Before.ToUnixTimeMilliseconds());
        var counts = new Dictionary<(string Destination, string State), long>();
        var (found, bytes) = (new List<(string Practice, long Id)>(), 0L);
        var read = 0;
        for (_deliveries.Bind(1, after).Bind(2, IdSource.FirstAt(dropping.Before).Value); bytes < BytesInTurn && _deliveries.Step(); read++)
        {
            after = _deliveries.Long(1);
            if (_deliveries.IsNull(4) || _deliveries.Long(4) >= before)
            {
                continue;
            }

            found.Add((_deliveries.Text(0)!, after));
            var key = (_deliveries.Text(2)!, _deliveries.Text(3)!);
            counts[key] = counts.GetValueOrDefault(key) + 1;
            bytes += _deliveries.Long(5);
        }

        _deliveries.Reset();
        foreach (var (practice, id) in found)
        {
            _deleteDelivery.Bind(1, practice).Bind(2, id).Run();
        }

        foreach (var ((destination, state), count) in counts)
        {
            _countDeliveries.Bind(1, destination).Bind(2, state).Bind(3, count).Run();
        }

        return new DropTurn(found.Count, read == RowsInTurn || bytes >= BytesInTurn ? dropping.After with { Id = after } : null, []);
    }

    /// <summary>A practice's changes rise with time.</summary>
    private DropTurn DropChanges(Dropping dropping)
    {
        var (practice, before) = (dropping.After.Practice, dropping.Before.ToUnixTimeMilliseconds());
        var (rows, last) = (0, 0L);
        for (_changes.Bind(1, practice); _changes.Step() && _changes.Long(1) < before; rows++)
        {
            last = _changes.Long(0);
        }

        _changes.Reset();
        if (rows > 0)
        {
            // The next change must not take the number of one that is gone.
            _keepSequence.Bind(1, practice).Bind(2, last).Run();
            _deleteChanges.Bind(1, practice).Bind(2, last).Run();
        }

        return new DropTurn(rows, Next(dropping.After, rows), []);
    }

    private DropTurn DropReceipts(Dropping dropping)
    {
        var practice = dropping.After.Practice;
        var found = new List<(long Week, Protection.KeyedHash Control, Protection.KeyedHash Fingerprint)>();
        for (_receipts.Bind(1, practice).Bind(2, ReceiptWeeks.Of(dropping.Before.ToUnixTimeMilliseconds())); _receipts.Step();)
        {
            found.Add((_receipts.Long(0), _receipts.Hash(1), _receipts.Hash(2)));
        }

        foreach (var (week, control, fingerprint) in found)
        {
            _deleteReceipt.Bind(1, practice).Bind(2, week).Bind(3, in control).Bind(4, in fingerprint).Run();
        }

        return new DropTurn(found.Count, Next(dropping.After, found.Count), []);
    }

    private DropPlace? Next(DropPlace place, int rows)
    {
        if (rows == RowsInTurn)
        {
            return place;
        }

        DropPlace? next = _nextPractice.Bind(1, place.Practice).Step() ? place with { Practice = _nextPractice.Text(0)! } : null;
        _nextPractice.Reset();
        return next;
    }
}
