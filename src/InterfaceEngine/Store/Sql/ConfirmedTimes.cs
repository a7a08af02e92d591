using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>
/// A file's row that says what it said the last time is confirmed beside its records and not in them. So a record that is read gets the
/// time of its last confirmation: what an event says that happened before is older than the file. Belongs to one reading connection.
/// </summary>
internal sealed class ConfirmedTimes
{
    /// <summary>See <see cref="StoredRecord.Confirmations"/>: a sum over a record's rows of one version.</summary>
    public const string Confirmations = "CAST(coalesce(sum(confirmed_at - said_at), 0) AS bigint)";

    private readonly SqlStatement _any;
    private readonly SqlStatement _of;

    /// <summary>Practices that have confirmed rows; the others are asked for again by each question.</summary>
    private readonly HashSet<string> _practices = new(StringComparer.Ordinal);

    public ConfirmedTimes(SqlDatabase database)
    {
        _any = database.Prepare("SELECT 1 FROM confirmed_rows WHERE practice_id = ?1 LIMIT 1");
        _of = database.Prepare("""
            SELECT source, said_at, confirmed_at FROM confirmed_rows WHERE practice_id = ?1 AND record_id = ?2 AND version = ?3 AND confirmed_at > said_at
            """);
    }

    /// <summary>Whether any record of a practice can have been confirmed, as the read transaction sees it: most practices get no files, and their records need not be asked for.</summary>
    public bool HasAny(string practice)
    {
        if (_practices.Contains(practice))
        {
            return true;
        }

        var hasAny = _any.Bind(1, practice).Step();
        _any.Reset();
        return hasAny && _practices.Add(practice);
    }

    /// <summary>The record with the times at which it was confirmed as it is; the same when there are none.</summary>
    public StoredRecord On(StoredRecord record)
    {
        _of.Bind(1, record.Practice).Bind(2, record.Id.Value).Bind(3, record.Version);
        var confirmations = new List<Confirmation>(1);
        while (_of.Step())
        {
            confirmations.Add(new Confirmation(_of.Name(0), _of.Long(1), _of.Long(2)));
        }

        return On(record, confirmations);
    }

    /// <summary>The record with the times at which rows were confirmed: the newest comes first, since each moves what was said at the time of the first.</summary>
    public static StoredRecord On(StoredRecord record, IReadOnlyCollection<Confirmation> confirmations) =>
        confirmations.OrderByDescending(confirmation => confirmation.ConfirmedAt).Aggregate(record, On);

    /// <summary>The record with the time of one confirmation: what the source said then, it has said again.</summary>
    private static StoredRecord On(StoredRecord record, Confirmation confirmation)
    {
        var times = new Dictionary<Cause, Cause>();
        var fields = new StoredField[record.Fields.Count];
        for (var index = 0; index < fields.Length; index++)
        {
            fields[index] = record.Fields[index];
            if (fields[index].Cause is { } cause && cause.EventTime == confirmation.SaidAt && cause.Source == confirmation.Source)
            {
                if (!times.TryGetValue(cause, out var confirmed))
                {
                    times.Add(cause, confirmed = cause with { EventTime = confirmation.ConfirmedAt });
                }

                fields[index] = fields[index] with { Cause = confirmed };
            }
        }

        return record.AsConfirmed(fields, record.Confirmations + confirmation.ConfirmedAt - confirmation.SaidAt);
    }

    /// <summary>Leaves no statement half read.</summary>
    public void Reset()
    {
        _any.Reset();
        _of.Reset();
    }
}

/// <param name="Source">Whose file.</param>
/// <param name="SaidAt">The time of the file that first said what holds, UTC milliseconds.</param>
/// <param name="ConfirmedAt">The time of the last file that said it, UTC milliseconds.</param>
internal readonly record struct Confirmation(string Source, long SaidAt, long ConfirmedAt);
