namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>
/// The structure of a message: which segments come in which order. Compiled from the notation of the standard into
/// states, so that a message is followed with one look-up for each segment.
/// </summary>
/// <remarks>
/// The places in the notation where a segment's name stands are the positions. A state is the set of positions that the
/// last segment may have had (NTE may belong to more than one place), so it says all that can come next.
/// </remarks>
internal sealed class MessageStructure
{
    /// <summary>Before the first segment.</summary>
    public const int Start = 0;

    private readonly List<int[]> _states = [];
    private readonly List<bool> _isEnd = [];
    private readonly Dictionary<(int State, int Key), int> _next = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<int> _keys;
    private readonly StructurePlaces _strict;
    private readonly StructurePlaces _relaxed;

    private MessageStructure(string name, string notation, StructureNode root)
    {
        Name = name;
        Notation = notation;
        Positions = StructureNode.PositionsOf(root);
        _keys = [.. Positions.Select(position => position.Key)];
        _strict = StructurePlaces.Of(root, Positions.Count, isRelaxed: false);
        _relaxed = StructurePlaces.Of(root, Positions.Count, isRelaxed: true);
        Compile();
    }

    public string Name { get; }

    /// <summary>E.g. <c>MSH EVN PID [PD1] {[NK1]} PV1</c>.</summary>
    public string Notation { get; }

    public IReadOnlyList<StructureNode> Positions { get; }

    /// <exception cref="FormatException">The notation is not one.</exception>
    public static MessageStructure Of(string name, string notation) => new(name, notation, StructureParser.Parse(notation));

    /// <summary>The state after a segment; -1 when the structure does not allow it there.</summary>
    public int Next(int state, int key) => _next.TryGetValue((state, key), out var next) ? next : -1;

    /// <summary>Whether a message may end in this state.</summary>
    public bool IsEnd(int state) => _isEnd[state];

    /// <summary>The state in which the last segment had this position.</summary>
    public int StateAt(int position) => _numbers[KeyOf([position])];

    public bool Has(int key) => _keys.Contains(key);

    /// <summary>Names of the segments that may come next, in the order of the structure.</summary>
    public IEnumerable<string> Expected(int state) =>
        Follow(_strict, _states[state]).Order().Select(position => Positions[position].Name).Distinct();

    /// <summary>
    /// Where a segment stands that the structure does not allow here, if what is required before it were missing; the
    /// reading that misses least. Null when it can't stand behind what was there at all.
    /// </summary>
    public (int Position, IReadOnlyList<int> Missing)? Skip(int state, int key)
    {
        (int Position, IReadOnlyList<int> Missing)? best = null;
        foreach (var from in FromOf(state))
        {
            foreach (var to in Follow(_relaxed, from < 0 ? [] : [from]))
            {
                // The same place once more is that segment too often, not the head of a new group left out.
                if (Positions[to].Key != key || to == from)
                {
                    continue;
                }

                var missing = StructureNode.RequiredBetween(Positions, from, to);
                if (best is null || missing.Count < best.Value.Missing.Count)
                {
                    best = (to, missing);
                }
            }
        }

        return best;
    }

    /// <summary>What is required and did not come, when the message ends in this state.</summary>
    public IReadOnlyList<int> MissingAtEnd(int state) =>
        FromOf(state).Select(from => StructureNode.RequiredBetween(Positions, from, Positions.Count)).MinBy(missing => missing.Count)!;

    private int[] FromOf(int state) => state == Start ? [-1] : _states[state];

    private static IEnumerable<int> Follow(StructurePlaces places, int[] state) =>
        state.Length == 0 ? places.First : state.SelectMany(position => places.Follow[position]);

    /// <summary>Makes all states that can be reached, those behind a single position included, from which a check goes on after a fault.</summary>
    private void Compile()
    {
        NumberOf([]);
        for (var position = 0; position < Positions.Count; position++)
        {
            NumberOf([position]);
        }

        for (var state = 0; state < _states.Count; state++)
        {
            foreach (var group in Follow(_strict, _states[state]).Distinct().GroupBy(position => Positions[position].Key))
            {
                _next.Add((state, group.Key), NumberOf([.. group.Order()]));
            }
        }
    }

    private int NumberOf(int[] state)
    {
        var key = KeyOf(state);
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _states.Count;
            _numbers.Add(key, number);
            _states.Add(state);
            _isEnd.Add(state.Any(_strict.Last.Contains));
        }

        return number;
    }

    private static string KeyOf(int[] state) => string.Join(' ', state);
}
