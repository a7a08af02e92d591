using System.Runtime.InteropServices;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>
/// Counts what differs, message after message, in memory that does not grow with them. Not shared between threads: each has its own,
/// and they are added together at the end.
/// </summary>
/// <param name="showsValues">False, which is usual, lets no value through: only what it looks like.</param>
public sealed class DifferenceTally(bool showsValues)
{
    /// <summary>Messages that are named for each kind of difference.</summary>
    public const int ExamplesMax = 3;

    /// <summary>Cells that are named for each kind of difference.</summary>
    public const int CausesMax = 5;

    /// <summary>Shapes that are listed for each kind of difference.</summary>
    public const int ShapesMax = 5;

    /// <summary>Shapes that are told apart while counting; what comes later is counted together.</summary>
    private const int ShapesCountedMax = 100;

    private readonly Dictionary<GroupKey, Group> _groups = [];
    private readonly Dictionary<SentDifference, long> _sent = [];
    private readonly SortedDictionary<string, long> _failures = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _notCompared = new(StringComparer.Ordinal);
    private readonly long[] _changes = new long[Enum.GetValues<MessageChange>().Length];

    /// <summary>Adds a message.</summary>
    /// <param name="message">Its id, or file and number; examples are given in the order of these.</param>
    /// <param name="difference">What would be different.</param>
    public void Add(string message, MessageDifference difference)
    {
        _changes[(int)difference.Change]++;
        if (difference.Differences.Count == 0 && difference.Sent.Count == 0)
        {
            return;
        }

        foreach (var one in difference.Differences)
        {
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, new GroupKey(one.Type, one.Field, one.Before, one.After, one.FailsBy, one.Passes, one.Causes), out _);
            (group ??= new Group()).Add(message, one, Side(one.Before, one.ValueBefore), Side(one.After, one.ValueAfter));
        }

        foreach (var failure in difference.Differences.Select(one => one.FailsBy).OfType<string>().Distinct())
        {
            _failures[failure] = _failures.GetValueOrDefault(failure) + 1;
        }

        foreach (var sent in difference.Sent.Distinct())
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_sent, sent, out _)++;
        }
    }

    /// <summary>What the sets say differently, as far as a message met it.</summary>
    internal IEnumerable<Cause> MetCauses => _groups.Keys.SelectMany(key => key.Causes.All);

    /// <summary>Adds a message that can't be compared.</summary>
    public void AddNotCompared(string reason) => _notCompared[reason] = _notCompared.GetValueOrDefault(reason) + 1;

    /// <summary>Adds what another thread has counted.</summary>
    public void Add(DifferenceTally other)
    {
        for (var change = 0; change < _changes.Length; change++)
        {
            _changes[change] += other._changes[change];
        }

        foreach (var (key, group) in other._groups)
        {
            ref var mine = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, key, out _);
            (mine ??= new Group()).Add(group);
        }

        foreach (var (sent, count) in other._sent)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_sent, sent, out _) += count;
        }

        Sum(_failures, other._failures);
        Sum(_notCompared, other._notCompared);
    }

    /// <summary>What was counted.</summary>
    /// <param name="before">The hash of the old set.</param>
    /// <param name="after">The hash of the new set.</param>
    public ComparisonReport Report(string before, string after) => new()
    {
        Before = before,
        After = after,
        Messages = _changes.Sum(),
        Same = _changes[(int)MessageChange.Same],
        Changed = _changes[(int)MessageChange.Changed],
        NewlyFailing = _changes[(int)MessageChange.NewlyFailing],
        NewlyPassing = _changes[(int)MessageChange.NewlyPassing],
        NotCompared = Counted(_notCompared),
        Failures = [.. Counted(_failures), .. TooMuchNotCompared()],
        Differences =
        [
            .. _groups.Select(pair => pair.Value.View(pair.Key)).OrderBy(group => group.Type != "message").ThenBy(group => group.Type, StringComparer.Ordinal)
                .ThenByDescending(group => group.Messages).ThenBy(group => group.Field, StringComparer.Ordinal).ThenBy(group => group.After, StringComparer.Ordinal),
        ],
        Sent =
        [
            .. _sent.Select(pair => new SentGroup(pair.Key.Type, pair.Key.Field, pair.Key.Format.Title(), pair.Key.Place, pair.Key.Change, pair.Value))
                .OrderBy(group => group.Type, StringComparer.Ordinal).ThenByDescending(group => group.Messages).ThenBy(group => group.Field, StringComparer.Ordinal).ThenBy(group => group.Format, StringComparer.Ordinal),
        ],
    };

    private IEnumerable<CountedReason> TooMuchNotCompared()
    {
        var count = _notCompared.Where(pair => pair.Key != ComparisonReport.Acknowledgements).Sum(pair => pair.Value);
        return count > _changes.Sum() ? [new CountedReason(FailureReason.NotCompared, count)] : [];
    }

    /// <summary>The word, and with it what the value looks like where there is one.</summary>
    private string Side(string word, string? value) => value is null ? word : word == "value" ? Show(value) : $"{word} {Show(value)}";

    private string Show(string value) => showsValues ? value.Replace(Records.FieldValue.ListSeparator.ToString(), ", ", StringComparison.Ordinal) : ValueShape.Of(value);

    private static List<CountedReason> Counted(SortedDictionary<string, long> counts) => [.. counts.Select(pair => new CountedReason(pair.Key, pair.Value))];

    private static void Sum(SortedDictionary<string, long> mine, SortedDictionary<string, long> other)
    {
        foreach (var (reason, count) in other)
        {
            mine[reason] = mine.GetValueOrDefault(reason) + count;
        }
    }

    private readonly record struct GroupKey(string Type, string Field, string Before, string After, string? FailsBy, bool Passes, Causes Causes);

    private sealed class Group
    {
        private readonly Dictionary<string, long> _shapes = new(StringComparer.Ordinal);
        private readonly List<Example> _examples = [];
        private long _messages;
        private long _shapesLeftOut;
        private string? _last;
        private string? _cell;
        private string _place = "";

        public void Add(string message, Difference one, string before, string after)
        {
            // A message that says it in three segments is one message.
            if (_last != message)
            {
                _last = message;
                _messages++;
                AddExample(new Example(message, before, after));
            }

            _cell ??= one.Cell?.ToString();
            _place = one.Place.Length > 0 ? one.Place : _place;
            AddShape($"{before} → {after}", 1);
        }

        public void Add(Group other)
        {
            _messages += other._messages;
            _shapesLeftOut += other._shapesLeftOut;
            _cell ??= other._cell;
            _place = _place.Length > 0 ? _place : other._place;
            foreach (var example in other._examples)
            {
                AddExample(example);
            }

            foreach (var (shape, count) in other._shapes)
            {
                AddShape(shape, count);
            }
        }

        public DifferenceGroup View(GroupKey key)
        {
            var shapes = _shapes.OrderByDescending(shape => shape.Value).ThenBy(shape => shape.Key, StringComparer.Ordinal).ToList();
            return new DifferenceGroup
            {
                Type = key.Type,
                Field = key.Field,
                Before = key.Before,
                After = key.After,
                Messages = _messages,
                FailsBy = key.FailsBy,
                Passes = key.Passes,
                Place = _place,
                Cell = _cell,
                Causes = [.. key.Causes.All.Take(CausesMax).Select(ReasonOfDifference.Of)],
                CausesLeftOut = Math.Max(0, key.Causes.All.Count - CausesMax),
                Shapes = [.. shapes.Take(ShapesMax).Select(shape => new CountedReason(shape.Key, shape.Value))],
                ShapesLeftOut = shapes.Skip(ShapesMax).Sum(shape => shape.Value) + _shapesLeftOut,
                Examples = [.. _examples],
            };
        }

        /// <summary>Keeps those received first, whichever thread met them.</summary>
        private void AddExample(Example example)
        {
            var place = _examples.FindIndex(other => string.CompareOrdinal(example.Message, other.Message) < 0);
            if (place < 0 && _examples.Count == ExamplesMax)
            {
                return;
            }

            _examples.Insert(place < 0 ? _examples.Count : place, example);
            if (_examples.Count > ExamplesMax)
            {
                _examples.RemoveAt(ExamplesMax);
            }
        }

        private void AddShape(string shape, long count)
        {
            if (_shapes.Count >= ShapesCountedMax && !_shapes.ContainsKey(shape))
            {
                _shapesLeftOut += count;
                return;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(_shapes, shape, out _) += count;
        }
    }
}
