namespace InterfaceEngine.Store.Sql;

/// <summary>
/// Counts messages by day, source, run and state. Changes are gathered in memory and written once for each transaction,
/// so that a busy row is not written for every message. What a sealed day would count becomes entries instead.
/// </summary>
internal sealed class DayCounts
{
    private readonly LedgerWriter _ledger;
    private readonly SqlStatement _add;
    private readonly List<(CountedMessage Message, MessageState? From, MessageState To)> _moves = [];
    private readonly Dictionary<(long Day, string Source, long Run, MessageState State), int> _sums = [];

    public DayCounts(SqlDatabase database, LedgerWriter ledger)
    {
        _ledger = ledger;
        _add = database.Prepare("""
            INSERT INTO message_days (day, source, run_id, state, messages) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (day, source, run_id, state) DO UPDATE SET messages = message_days.messages + excluded.messages
            """);
    }

    /// <summary>How much was gathered: a unit that is undone takes back what came after.</summary>
    public int Mark => _moves.Count;

    /// <summary>A message came into a state; <paramref name="from"/> is null for a new one. It counts on the day it was received.</summary>
    public void Move(CountedMessage message, MessageState? from, MessageState to) => _moves.Add((message, from, to));

    /// <summary>Forgets what was gathered after <paramref name="mark"/>.</summary>
    public void ResetTo(int mark) => _moves.RemoveRange(mark, _moves.Count - mark);

    public void Write()
    {
        _sums.Clear();
        foreach (var (message, from, to) in _moves)
        {
            if (_ledger.IsSealed(LedgerDay.Of(message.ReceivedAt)))
            {
                _ledger.Enter(message, from, to);
                continue;
            }

            if (from is { } left)
            {
                Add(message, left, -1);
            }

            Add(message, to, +1);
        }

        foreach (var ((day, source, run, state), sum) in _sums)
        {
            if (sum != 0)
            {
                _add.Bind(1, day).Bind(2, source).Bind(3, run).Bind(4, state.Text()).Bind(5, sum).Run();
            }
        }
    }

    private void Add(CountedMessage message, MessageState state, int change)
    {
        var key = (LedgerDay.Of(message.ReceivedAt), message.Source, message.Run, state);
        _sums[key] = _sums.GetValueOrDefault(key) + change;
    }
}

/// <summary>What decides where a message is counted.</summary>
internal readonly record struct CountedMessage(long Id, string Source, long Run, long ReceivedAt);
