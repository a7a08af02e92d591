namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Which segment a path means, seen from the whole message: the first that fits. NTE is that of the segment the message is
/// about (SCH, TXA, PID), else that of MSH; in <c>AIG/NTE-3</c> the path itself names the opener whose NTE is meant.
/// Seen from one segment, <see cref="SegmentScope"/> says.
/// </summary>
internal static class SegmentSearch
{
    public static readonly int Nte = SegmentName.KeyOf("NTE");

    public static Hl7Segment Find(Hl7Message message, Hl7Path path)
    {
        if (path.Opener is not null || path.SegmentKey == Nte)
        {
            return new SegmentScope(message).Find(path);
        }

        var index = message.IndexOf(path.SegmentKey, 0);
        if (path.SegmentSelector is null)
        {
            return index < 0 ? default : new Hl7Segment(message, index);
        }

        var pick = new SegmentPick(path.SegmentSelector);
        while (index >= 0 && !pick.Decides(new Hl7Segment(message, index)))
        {
            index = message.IndexOf(path.SegmentKey, index + 1);
        }

        return pick.Segment;
    }
}

/// <summary>Picks one of several segments of a name: the one with the number asked for, else the first that fits; one that fits exactly wins.</summary>
internal struct SegmentPick(Hl7Selector? selector)
{
    private int _ordinal = selector is null ? 1 : selector.Ordinal;

    /// <summary>What was picked so far.</summary>
    public Hl7Segment Segment { get; private set; }

    /// <summary>True when no later one can be better.</summary>
    public bool Decides(Hl7Segment segment)
    {
        if (_ordinal > 0)
        {
            Segment = --_ordinal == 0 ? segment : default;
            return _ordinal == 0;
        }

        var fit = selector!.FitOf(segment);
        if (fit == Hl7Fit.Exact || (fit == Hl7Fit.Unsaid && !Segment.IsPresent))
        {
            Segment = segment;
        }

        return fit == Hl7Fit.Exact;
    }
}
