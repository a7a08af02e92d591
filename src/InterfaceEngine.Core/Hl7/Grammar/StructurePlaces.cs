namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>Which positions of a structure may come first, last and behind each other (Glushkov's construction).</summary>
internal sealed class StructurePlaces
{
    private readonly bool _isRelaxed;

    private StructurePlaces(int positions, bool isRelaxed)
    {
        _isRelaxed = isRelaxed;
        Follow = [.. Enumerable.Range(0, positions).Select(_ => new HashSet<int>())];
    }

    /// <summary>Where a message may begin.</summary>
    public IReadOnlyList<int> First { get; private set; } = [];

    /// <summary>Where it may end.</summary>
    public IReadOnlySet<int> Last { get; private set; } = new HashSet<int>();

    /// <summary>For each position those that may come next.</summary>
    public HashSet<int>[] Follow { get; }

    /// <param name="isRelaxed">As if everything were optional: to find what is missing where a message goes wrong.</param>
    public static StructurePlaces Of(StructureNode root, int positions, bool isRelaxed)
    {
        var places = new StructurePlaces(positions, isRelaxed);
        var (first, last, _) = places.Walk(root);
        places.First = first;
        places.Last = last.ToHashSet();
        return places;
    }

    private (List<int> First, List<int> Last, bool MayBeMissing) Walk(StructureNode node)
    {
        var (first, last, mayBeMissing) = node.Kind switch
        {
            StructureKind.Segment => ([node.From], [node.From], false),
            StructureKind.Choice => Choose(node),
            _ => Join(node),
        };

        if (node.IsRepeating)
        {
            Link(last, first);
        }

        return (first, last, mayBeMissing || node.IsOptional || _isRelaxed);
    }

    private (List<int> First, List<int> Last, bool MayBeMissing) Choose(StructureNode node)
    {
        var parts = node.Parts.Select(Walk).ToList();
        return ([.. parts.SelectMany(part => part.First)], [.. parts.SelectMany(part => part.Last)], parts.Exists(part => part.MayBeMissing));
    }

    private (List<int> First, List<int> Last, bool MayBeMissing) Join(StructureNode node)
    {
        List<int> first = [];
        List<int> last = [];
        var mayBeMissing = true;
        foreach (var part in node.Parts.Select(Walk))
        {
            Link(last, part.First);
            first = mayBeMissing ? [.. first, .. part.First] : first;
            last = part.MayBeMissing ? [.. last, .. part.Last] : part.Last;
            mayBeMissing &= part.MayBeMissing;
        }

        return (first, last, mayBeMissing);
    }

    private void Link(List<int> from, List<int> to)
    {
        foreach (var position in from)
        {
            Follow[position].UnionWith(to);
        }
    }
}
