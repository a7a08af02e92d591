namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>What a node of a structure is.</summary>
internal enum StructureKind
{
    Segment,

    /// <summary>Its parts come one after the other.</summary>
    Sequence,

    /// <summary>One of its parts comes.</summary>
    Choice,
}

/// <summary>A segment or a group in the structure of a message.</summary>
internal sealed class StructureNode(StructureKind kind, string name, IReadOnlyList<StructureNode> parts, bool isOptional, bool isRepeating)
{
    public StructureKind Kind { get; } = kind;

    /// <summary>The segment's name; empty for a group.</summary>
    public string Name { get; } = name;

    public int Key { get; } = SegmentName.KeyOf(name);

    public IReadOnlyList<StructureNode> Parts { get; } = parts;

    public bool IsOptional { get; } = isOptional;

    public bool IsRepeating { get; } = isRepeating;

    /// <summary>The first position in it.</summary>
    public int From { get; private set; }

    /// <summary>The position behind its last.</summary>
    public int To { get; private set; }

    private StructureNode? Parent { get; set; }

    /// <summary>Numbers the segments of a structure in the order they are written, and gives them in that order.</summary>
    public static IReadOnlyList<StructureNode> PositionsOf(StructureNode root)
    {
        var positions = new List<StructureNode>();
        Number(root, positions);
        return positions;
    }

    /// <summary>
    /// The positions that are required between two others: what is missing when a segment at the one is followed by
    /// one at the other. Where the second stands before the first, a group has begun again.
    /// </summary>
    /// <param name="from">-1 for the beginning.</param>
    /// <param name="to">The number of positions for the end.</param>
    public static IReadOnlyList<int> RequiredBetween(IReadOnlyList<StructureNode> positions, int from, int to)
    {
        if (to > from)
        {
            return Required(positions, from + 1, to, from, to);
        }

        var group = positions[to];
        while (group.Parent is not null && !(group.IsRepeating && group.Holds(from)))
        {
            group = group.Parent;
        }

        return [.. Required(positions, from + 1, group.To, from, from), .. Required(positions, group.From, to, to, to)];
    }

    /// <summary>Whether the segment may come more than once: itself, or a group that holds it.</summary>
    public bool MayComeAgain => IsRepeating || (Parent?.MayComeAgain ?? false);

    private static List<int> Required(IReadOnlyList<StructureNode> positions, int first, int end, int from, int to)
    {
        var required = new List<int>();
        for (var position = first; position < end; position++)
        {
            if (positions[position].IsRequired(from, to))
            {
                required.Add(position);
            }
        }

        return required;
    }

    /// <summary>Whether it must come, seen from two positions: a group that holds one of them has begun, any other that is optional need not.</summary>
    private bool IsRequired(int from, int to)
    {
        for (var node = this; node is not null && !node.Holds(from) && !node.Holds(to); node = node.Parent)
        {
            var isOtherChoice = node.Parent is { Kind: StructureKind.Choice } choice && (choice.Holds(from) || choice.Holds(to) || choice.Parts[0] != node);
            if (node.IsOptional || isOtherChoice)
            {
                return false;
            }
        }

        return true;
    }

    private bool Holds(int position) => position >= From && position < To;

    private static void Number(StructureNode node, List<StructureNode> positions)
    {
        node.From = positions.Count;
        if (node.Kind == StructureKind.Segment)
        {
            positions.Add(node);
        }

        foreach (var part in node.Parts)
        {
            part.Parent = node;
            Number(part, positions);
        }

        node.To = positions.Count;
    }
}
