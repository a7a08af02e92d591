namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// A message as it is seen from one of its segments (<see cref="SegmentTree"/>). A path means, in this order:
/// <list type="number">
/// <item>the segment itself, or the opener of its name that it stands under (PID and OBR of an OBX);</item>
/// <item>what stands in its own group (IN2 of this IN1, NTE of this OBX);</item>
/// <item>what its openers hold beside it (PV1 of the patient), except what belongs to a sibling of its own kind
/// (IN2 of another IN1) and openers that could hold it and do not (the OBR behind it).</item>
/// </list>
/// NTE is never shared: an NTE under AIS is not SCH's. Not for several threads: what openers hold is found once and kept.
/// </summary>
internal sealed class SegmentScope(Hl7Message message)
{
    private Dictionary<(int Opener, int SiblingKey, int SeenFrom, Hl7Path Path), Hl7Segment>? _shared;

    /// <summary>From where the message is seen; not present for the whole message.</summary>
    public Hl7Segment Segment { get; private set; }

    /// <summary>Where the segments of the name end that make one record together with <see cref="Segment"/>; set after <see cref="At"/>.</summary>
    public int LastOfRun { get; set; }

    /// <summary>Several segments make the record together.</summary>
    public bool IsRun => IsItem && LastOfRun > Segment.Index;

    /// <summary>The segment makes a record by itself (<c>each:</c>), so notes are its own; otherwise they are the message's.</summary>
    private bool IsItem { get; set; }

    /// <summary>What the message, or the patient's part of it, is about: its SCH, TXA or PID, else MSH. Its notes are the message's.</summary>
    public Hl7Segment Subject => new(message, Math.Max(SubjectIndex, 0));

    private SegmentTree Tree => message.Tree;

    private int SubjectIndex => Segment.IsPresent && OpenerWith(Tree.Nesting.Subject) is >= 0 and var opener ? opener : message.IndexOf(Tree.Nesting.Subject, 0);

    /// <summary>Looks at the message from another segment.</summary>
    /// <param name="segment">Not present for the whole message.</param>
    /// <param name="isItem">False for the patient whose part of the message it is.</param>
    public SegmentScope At(Hl7Segment segment, bool isItem)
    {
        Segment = segment;
        LastOfRun = segment.Index;
        IsItem = isItem && segment.IsPresent;
        return this;
    }

    public Hl7Segment Find(Hl7Path path) => IsOwn(path) ? Segment : Find(path, out _, out _);

    /// <summary>Every segment that the path fits where the first was found, in order: all notes under one OBX, all of them under any AIG.</summary>
    public IReadOnlyList<Hl7Segment> FindAll(Hl7Path path)
    {
        if (!IsRun && !Find(path).IsPresent)
        {
            return [];
        }

        if (path.Opener is { } holder)
        {
            return [.. FindAll(holder).SelectMany(opener => All(path, opener.Index, -1))];
        }

        if (IsRun && path.SegmentKey == Segment.Key)
        {
            return [.. Run().Where(segment => Fits(segment, path.SegmentSelector))];
        }

        if (IsRun && path.SegmentKey == SegmentSearch.Nte)
        {
            return [.. Run().SelectMany(segment => All(path, segment.Index, -1))];
        }

        var first = Find(path, out var group, out var child);
        return !first.IsPresent ? [] : group < 0 ? [first] : [.. All(path, group, child)];
    }

    /// <summary>Where the path means the record's own segment, all that make it together and fit; otherwise the one it means.</summary>
    public IReadOnlyList<Hl7Segment> FindEach(Hl7Path path) =>
        IsRun && path.SegmentKey == Segment.Key ? FindAll(path) : Find(path) is { IsPresent: true } only ? [only] : [];

    /// <summary>What most paths of a record's map mean: the segment that makes it, whatever stands in it.</summary>
    private bool IsOwn(Hl7Path path) =>
        Segment.IsPresent && path.SegmentKey == Segment.Key && path is { SegmentSelector: null, Opener: null } && path.SegmentKey != SegmentSearch.Nte;

    /// <param name="path">What is looked for.</param>
    /// <param name="group">The opener in whose group it was found; -1 when it is the segment itself or its opener.</param>
    /// <param name="child">The member of the group from which it was seen; -1 for none.</param>
    private Hl7Segment Find(Hl7Path path, out int group, out int child)
    {
        (group, child) = (0, -1);
        if (!Segment.IsPresent && path.Opener is null && path.SegmentKey != SegmentSearch.Nte)
        {
            return SegmentSearch.Find(message, path);
        }

        if (message.IndexOf(path.SegmentKey, 0) < 0)
        {
            return default;
        }

        if (path.Opener is { } holder)
        {
            foreach (var opener in FindAll(holder))
            {
                if (Pick(path, opener.Index, -1) is { IsPresent: true } held)
                {
                    return held;
                }
            }

            return default;
        }

        if (path.SegmentKey == SegmentSearch.Nte)
        {
            return FindNote(path, out group);
        }

        group = -1;
        if (IsRun && path is { SegmentKey: var key, SegmentSelector: { } selector } && key == Segment.Key)
        {
            return PickOfRun(selector);
        }

        if (OpenerWith(path.SegmentKey) is >= 0 and var index)
        {
            var segment = new Hl7Segment(message, index);
            return Fits(segment, path.SegmentSelector) ? segment : default;
        }

        group = Segment.Index;
        var found = Pick(path, group, -1);
        while (!found.IsPresent && !CouldStandIn(path.SegmentKey) && Tree.OpenerOf(group) is >= 0 and var opener)
        {
            (group, child) = (opener, group);
            found = Shared(path, group, child);
        }

        return found;
    }

    private IEnumerable<Hl7Segment> Run()
    {
        for (var index = Segment.Index; index >= 0 && index <= LastOfRun; index = message.IndexOf(Segment.Key, index + 1))
        {
            yield return new Hl7Segment(message, index);
        }
    }

    /// <summary>A selector picks among the segments that make the record together: <c>OBX[11=P]-11</c>.</summary>
    private Hl7Segment PickOfRun(Hl7Selector selector)
    {
        var pick = new SegmentPick(selector);
        foreach (var segment in Run())
        {
            if (pick.Decides(segment))
            {
                break;
            }
        }

        return pick.Segment;
    }

    private Hl7Segment FindNote(Hl7Path path, out int group)
    {
        group = IsItem ? Segment.Index : SubjectIndex;
        var note = group < 0 ? default : Pick(path, group, -1);
        if (note.IsPresent || IsItem)
        {
            return note;
        }

        group = 0;
        return Pick(path, 0, -1);
    }

    /// <summary>The segment itself or the opener above it that has this name; -1 when none has.</summary>
    private int OpenerWith(int key)
    {
        var index = Segment.Index;
        while (index >= 0 && message.KeyAt(index) != key)
        {
            index = Tree.OpenerOf(index);
        }

        return index;
    }

    /// <summary>An opener that could hold the segment and does not is another's: the OBR behind an OBX that has none.</summary>
    private bool CouldStandIn(int key) =>
        Tree.Nesting.TryFind(key, out var opener) && Tree.Nesting.TryFind(Segment.Key, out var own) && own.MayStandIn(opener);

    private Hl7Segment Shared(Hl7Path path, int opener, int child)
    {
        var key = (opener, message.KeyAt(child), Segment.Key, path);
        if (!(_shared ??= []).TryGetValue(key, out var found))
        {
            _shared[key] = found = Pick(path, opener, child);
        }

        return found;
    }

    private Hl7Segment Pick(Hl7Path path, int opener, int child)
    {
        var pick = new SegmentPick(path.SegmentSelector);
        var index = Next(path.SegmentKey, opener, child, opener + 1);
        while (index >= 0 && !pick.Decides(new Hl7Segment(message, index)))
        {
            index = Next(path.SegmentKey, opener, child, index + 1);
        }

        return pick.Segment;
    }

    private IEnumerable<Hl7Segment> All(Hl7Path path, int opener, int child)
    {
        if (path.SegmentSelector is { Ordinal: > 0 })
        {
            if (Pick(path, opener, child) is { IsPresent: true } only)
            {
                yield return only;
            }

            yield break;
        }

        for (var index = Next(path.SegmentKey, opener, child, opener + 1); index >= 0; index = Next(path.SegmentKey, opener, child, index + 1))
        {
            var segment = new Hl7Segment(message, index);
            if (Fits(segment, path.SegmentSelector))
            {
                yield return segment;
            }
        }
    }

    /// <summary>The next segment of the name in the opener's group that may be meant, or -1.</summary>
    private int Next(int key, int opener, int child, int from)
    {
        for (var index = from; Tree.IsIn(index, opener); index++)
        {
            if (message.KeyAt(index) == key && Counts(key, opener, child, index))
            {
                return index;
            }
        }

        return -1;
    }

    private bool Counts(int key, int opener, int child, int index)
    {
        if (key == SegmentSearch.Nte || (child >= 0 && !Tree.Nesting.TryFind(key, out _)))
        {
            return Tree.OpenerOf(index) == opener;
        }

        return child < 0 || (message.KeyAt(Tree.MemberOf(opener, index)) != message.KeyAt(child) && !IsOfSibling(opener, index));
    }

    /// <summary>True when another segment of the seeing one's kind holds it, or one that could hold the seeing one: the SPM of another OBR, with or without an ORC.</summary>
    private bool IsOfSibling(int opener, int index)
    {
        var isKnown = Tree.Nesting.TryFind(Segment.Key, out var own);
        for (var holder = Tree.OpenerOf(index); holder != opener; holder = Tree.OpenerOf(holder))
        {
            var key = message.KeyAt(holder);
            if (key == Segment.Key || (isKnown && Tree.Nesting.TryFind(key, out var place) && own.MayStandIn(place)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Fits(Hl7Segment segment, Hl7Selector? selector) =>
        selector is null || (selector.Ordinal > 0 ? segment.Occurrence == selector.Ordinal : selector.FitOf(segment) != Hl7Fit.None);
}
