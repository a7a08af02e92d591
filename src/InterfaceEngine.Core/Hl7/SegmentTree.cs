namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Which opener each segment of one message belongs to (<see cref="SegmentNesting"/>). Found in one pass, the first
/// time somebody asks; immutable. A group is the opener and everything behind it up to the next segment that can't stand in it.
/// </summary>
internal sealed class SegmentTree
{
    private const int DepthMax = 8;
    private static readonly int Orc = SegmentName.KeyOf("ORC");
    private static readonly int Obr = SegmentName.KeyOf("OBR");

    private readonly int[] _openers;

    private SegmentTree(SegmentNesting nesting, int[] openers)
    {
        Nesting = nesting;
        _openers = openers;
    }

    public SegmentNesting Nesting { get; }

    public static SegmentTree Of(Hl7Message message)
    {
        var nesting = SegmentNesting.Of(message.MessageCode);
        var openers = new int[message.SegmentCount];
        Span<(int Index, SegmentNesting.Place Place)> open = stackalloc (int, SegmentNesting.Place)[DepthMax];
        var depth = 0;
        var isOrderHeaded = false;
        for (var index = 0; index < openers.Length; index++)
        {
            var key = message.KeyAt(index);
            if (!nesting.TryFind(key, out var place))
            {
                openers[index] = depth == 0 ? -1 : open[depth - 1].Index;
                continue;
            }

            while (depth > 1 && !place.MayStandIn(open[depth - 1].Place))
            {
                depth--;
            }

            // An ORC heads one OBR: the next that comes without an ORC stands by itself.
            if (key == Obr && isOrderHeaded && depth > 1 && message.KeyAt(open[depth - 1].Index) == Orc)
            {
                depth--;
            }

            isOrderHeaded = key == Obr || (isOrderHeaded && key != Orc);
            openers[index] = depth == 0 ? -1 : open[depth - 1].Index;
            if (place.IsOpener && depth < DepthMax)
            {
                open[depth++] = (index, place);
            }
        }

        return new SegmentTree(nesting, openers);
    }

    /// <summary>The opener a segment belongs to; -1 for MSH.</summary>
    public int OpenerOf(int index) => _openers[index];

    /// <summary>True when it stands in the group that <paramref name="opener"/> opens, at any depth, given that everything between does.</summary>
    public bool IsIn(int index, int opener) => index < _openers.Length && _openers[index] >= opener;

    /// <summary>The member of the opener's group, directly below it, in which a segment stands; the segment itself when it is one.</summary>
    public int MemberOf(int opener, int index)
    {
        while (_openers[index] != opener)
        {
            index = _openers[index];
        }

        return index;
    }
}
