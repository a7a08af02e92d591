namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>Follows the segments of a message through its structure. Looks at names only.</summary>
internal static class SegmentOrder
{
    private const int ExpectedMax = 8;

    /// <summary>The fast answer, without reasons: one look-up for each segment.</summary>
    public static bool IsFollowed(Hl7Message message, MessageStructure structure)
    {
        var state = MessageStructure.Start;
        for (var index = 0; index < message.SegmentCount; index++)
        {
            var key = message.KeyAt(index);
            if (IsLocal(key))
            {
                continue;
            }

            state = structure.Next(state, key);
            if (state < 0)
            {
                return false;
            }
        }

        return structure.IsEnd(state);
    }

    /// <summary>
    /// Every fault. After one the check goes on as if what is missing had been there, or as if what is out of its place
    /// had not, so that one fault does not make all that follows it wrong.
    /// </summary>
    public static void Check(Hl7Message message, MessageStructure structure, Hl7Grammar grammar, FaultList faults)
    {
        var state = MessageStructure.Start;
        var counts = new Dictionary<int, int>();
        for (var index = 0; index < message.SegmentCount && !faults.IsFull; index++)
        {
            var key = message.KeyAt(index);
            var occurrence = counts[key] = counts.GetValueOrDefault(key) + 1;
            if (IsLocal(key))
            {
                continue;
            }

            var next = structure.Next(state, key);
            if (next >= 0)
            {
                state = next;
            }
            else if (structure.Skip(state, key) is { } skip)
            {
                Missing(structure, skip.Missing, SegmentName.TextOf(key), counts, faults);
                state = structure.StateAt(skip.Position);
            }
            else
            {
                faults.Add(Fault(SegmentName.TextOf(key), occurrence, Misplaced(structure, grammar, state, key, occurrence)));
            }
        }

        if (!structure.IsEnd(state))
        {
            Missing(structure, structure.MissingAtEnd(state), null, counts, faults);
        }
    }

    /// <summary>Z segments are agreed on locally and allowed everywhere.</summary>
    public static bool IsLocal(int key) => key >> 16 == 'Z';

    private static void Missing(MessageStructure structure, IReadOnlyList<int> positions, string? before, Dictionary<int, int> counts, FaultList faults)
    {
        foreach (var position in positions)
        {
            var segment = structure.Positions[position];
            faults.Add(Fault(
                segment.Name,
                counts.GetValueOrDefault(segment.Key) + 1,
                $"is required by {structure.Name} and missing {(before is null ? "at the end" : $"before {before}")}"));
        }
    }

    private static string Misplaced(MessageStructure structure, Hl7Grammar grammar, int state, int key, int occurrence)
    {
        if (!structure.Has(key))
        {
            return grammar.Segment(key) is null ? $"is no segment of {grammar}" : $"is no segment of {structure.Name}";
        }

        var places = structure.Positions.Where(position => position.Key == key).ToList();
        if (places.TrueForAll(place => !place.MayComeAgain) && occurrence > places.Count)
        {
            return $"stands more often than {structure.Name} allows, which is {(places.Count == 1 ? "once" : places.Count)}";
        }

        var expected = structure.Expected(state).ToList();
        var list = string.Join(", ", expected.Take(ExpectedMax));
        return expected.Count == 0
            ? $"is out of its place in {structure.Name}: the end was expected"
            : $"is out of its place in {structure.Name}: expected {list}{(expected.Count > ExpectedMax ? ", …" : "")}{(structure.IsEnd(state) ? " or the end" : "")}";
    }

    private static GrammarFault Fault(string segment, int occurrence, string text) =>
        new(segment, occurrence, null, null, Hl7ErrorCode.SegmentSequence, text);
}
