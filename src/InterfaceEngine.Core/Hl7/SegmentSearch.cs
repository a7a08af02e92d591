namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Which segment a path means. Seen from the whole message: the first that fits. Seen from one of several segments
/// of a name (the second IN1), for a path of another name:
/// <list type="number">
/// <item>a segment that stands before the first of the scope's name is shared or a parent (PID, the OBR of an OBX):
/// the nearest one before the scope;</item>
/// <item>otherwise it belongs to the segment it follows (IN2, PR1, Z segments): one between the scope and the next of the scope's name;</item>
/// <item>what comes only behind the last of the scope's name and does not depend on it is shared (PV1 behind NK1).</item>
/// </list>
/// NTE always belongs to what it directly follows.
/// </summary>
internal static class SegmentSearch
{
    private static readonly int Nte = SegmentName.KeyOf("NTE");

    /// <summary>What hangs on a segment and is never shared by its siblings.</summary>
    private static readonly Dictionary<int, int[]> Dependents = new()
    {
        [SegmentName.KeyOf("IN1")] = Keys("IN2", "IN3"),
        [SegmentName.KeyOf("FT1")] = Keys("PR1"),
        [SegmentName.KeyOf("PR1")] = Keys("ROL"),
        [SegmentName.KeyOf("ORC")] = Keys("OBR", "OBX", "CTI", "TCD", "SPM", "RXO", "RXE", "RXR", "RXC", "FT1"),
        [SegmentName.KeyOf("OBR")] = Keys("OBX", "CTI", "TCD", "SPM"),
        [SegmentName.KeyOf("RGS")] = Keys("AIS", "AIG", "AIL", "AIP"),
    };

    public static Hl7Segment Find(Hl7Message message, Hl7Path path) =>
        path.SegmentSelector is null
            ? At(message, message.IndexOf(path.SegmentKey, 0))
            : Pick(message, path, 0, message.SegmentCount);

    public static Hl7Segment Find(Hl7Message message, Hl7Path path, Hl7Segment scope)
    {
        if (!scope.IsPresent)
        {
            return Find(message, path);
        }

        if (scope.Key == path.SegmentKey)
        {
            return Fits(scope, path.SegmentSelector) ? scope : default;
        }

        if (path.SegmentKey == Nte)
        {
            return Pick(message, path, scope.Index + 1, EndOfNotes(message, scope.Index + 1));
        }

        var first = message.IndexOf(path.SegmentKey, 0);
        var firstOfScope = message.IndexOf(scope.Key, 0);
        if (first < firstOfScope)
        {
            return PickNearestBefore(message, path, scope.Index);
        }

        var next = message.IndexOf(scope.Key, scope.Index + 1);
        var own = Pick(message, path, scope.Index + 1, next < 0 ? message.SegmentCount : next);
        return own.IsPresent || next < 0 || IsDependent(path.SegmentKey, scope.Key) ? own : Shared(message, path, scope.Key);
    }

    private static Hl7Segment Shared(Hl7Message message, Hl7Path path, int scopeKey)
    {
        var last = message.SegmentCount - 1;
        while (message.KeyAt(last) != scopeKey)
        {
            last--;
        }

        return message.IndexOf(path.SegmentKey, 0) > last ? Pick(message, path, last + 1, message.SegmentCount) : default;
    }

    private static bool IsDependent(int key, int scopeKey) =>
        key >> 16 == 'Z' || (Dependents.TryGetValue(scopeKey, out var dependents) && dependents.Contains(key));

    private static int EndOfNotes(Hl7Message message, int from)
    {
        while (from < message.SegmentCount && message.KeyAt(from) == Nte)
        {
            from++;
        }

        return from;
    }

    /// <summary>The first that fits between two places; one that fits exactly wins.</summary>
    private static Hl7Segment Pick(Hl7Message message, Hl7Path path, int from, int to)
    {
        var selector = path.SegmentSelector;
        var ordinal = selector is null ? 1 : selector.Ordinal;
        Hl7Segment unsaid = default;
        for (var index = message.IndexOf(path.SegmentKey, from); index >= 0 && index < to; index = message.IndexOf(path.SegmentKey, index + 1))
        {
            var segment = new Hl7Segment(message, index);
            if (ordinal > 0)
            {
                if (--ordinal == 0)
                {
                    return segment;
                }

                continue;
            }

            var fit = selector!.FitOf(segment);
            if (fit == Hl7Fit.Exact)
            {
                return segment;
            }

            if (fit == Hl7Fit.Unsaid && !unsaid.IsPresent)
            {
                unsaid = segment;
            }
        }

        return unsaid;
    }

    private static Hl7Segment PickNearestBefore(Hl7Message message, Hl7Path path, int before)
    {
        if (path.SegmentSelector is { Ordinal: > 0 })
        {
            return Pick(message, path, 0, message.SegmentCount);
        }

        for (var index = before - 1; index >= 0; index--)
        {
            var segment = new Hl7Segment(message, index);
            if (segment.Key == path.SegmentKey && Fits(segment, path.SegmentSelector))
            {
                return segment;
            }
        }

        return default;
    }

    private static bool Fits(Hl7Segment segment, Hl7Selector? selector) =>
        selector is null || (selector.Ordinal > 0 ? segment.Occurrence == selector.Ordinal : selector.FitOf(segment) != Hl7Fit.None);

    private static Hl7Segment At(Hl7Message message, int index) => index < 0 ? default : new Hl7Segment(message, index);

    private static int[] Keys(params string[] names) => [.. names.Select(name => SegmentName.KeyOf(name))];
}
