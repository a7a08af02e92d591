using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping.Coverage;

/// <summary>What the tables read of one kind of HL7 message, component by component and repetition by repetition.</summary>
internal sealed class Hl7Coverage : KindCoverage
{
    /// <summary>Segments that are of the message itself: the engine reads them, and no record is made of them.</summary>
    private static readonly HashSet<string> _ofMessage = ["MSH", "EVN", "SFT", "MSA", "ERR", "DSC", "UAC", "ARV"];

    /// <summary>Types that read more of an element than its first component.</summary>
    private static readonly HashSet<string> _composite = [Whole, "phone", "email", "code", "quantity", "attachment", "lines"];

    private readonly Dictionary<(string Segment, int Field), List<Reader>> _readers = [];
    private readonly List<(NotMapped Line, string Segment, Hl7Path? Path)> _listed = [];

    public Hl7Coverage(PracticeMaps maps, string @event)
        : base(maps, MapFormat.Hl7, @event)
    {
        foreach (var cell in Cells)
        {
            foreach (var path in cell.Place is Hl7Place hl7 ? hl7.Paths : [])
            {
                Add(path, new Reader(path, cell.Type, cell.IsEach));
                if (cell.Type is "minutes" or "quantity")
                {
                    // What has a unit reads it from the field behind.
                    Add(path.Segment, path.Field + 1, new Reader(null, Whole, IsEach: true));
                }
            }
        }

        foreach (var line in Listed)
        {
            _listed.Add((line, line.Source[..3], line.Source.Length > 3 && Hl7Path.TryParse(line.Source, out var path, out _) ? path : null));
        }
    }

    public void Look(Hl7Message message, Action<UnreadPlace> found)
    {
        for (var index = 0; index < message.SegmentCount; index++)
        {
            var segment = message.GetSegment(index);
            for (var number = _ofMessage.Contains(segment.Name) ? segment.FieldCount + 1 : 1; number <= segment.FieldCount; number++)
            {
                // A number that counts segments tells nothing.
                if (segment.Field(number) is { HasValue: true } field && !field.SaysNothing() && Hl7Dictionary.Field(segment.Name, number) is not { DataType: "SI" })
                {
                    LookAt(segment, number, field, found);
                }
            }
        }
    }

    private void LookAt(Hl7Segment segment, int number, Hl7Element field, Action<UnreadPlace> found)
    {
        var readers = _readers.GetValueOrDefault((segment.Name, number)) ?? [];
        foreach (var repetition in field.EnumerateRepetitions())
        {
            if (!repetition.HasValue || repetition.SaysNothing())
            {
                continue;
            }

            var own = readers.Where(reader => reader.Reads(segment, repetition)).ToList();
            if (own.Count == 0 && readers.Count > 0)
            {
                found(new UnreadPlace($"{segment.Name}-{number} (repetitions that no cell picks)", repetition.Decode(), ListedAs(segment, number, 0, repetition), IsBeside: true));
                continue;
            }

            for (var component = 1; component <= repetition.ComponentCount; component++)
            {
                if (repetition.Component(component) is { HasValue: true } element && !element.SaysNothing() && !own.Exists(reader => reader.Reads(component)))
                {
                    found(new UnreadPlace(Name(segment.Name, number, repetition.ComponentCount == 1 ? 0 : component), element.Decode(), ListedAs(segment, number, component, repetition), own.Count > 0));
                }
            }
        }
    }

    private static string Name(string segment, int field, int component) => component == 0 ? $"{segment}-{field}" : $"{segment}-{field}.{component}";

    private NotMapped? ListedAs(Hl7Segment segment, int field, int component, Hl7Element repetition)
    {
        foreach (var (line, name, path) in _listed)
        {
            if (name == segment.Name && (path is null || (path.Field == field && (path.Component == 0 || path.Component == component)
                && (path.FieldSelector is null || path.RepetitionIn(segment).Range == repetition.Range))))
            {
                return line;
            }
        }

        return null;
    }

    private void Add(Hl7Path path, Reader reader)
    {
        Add(path.Segment, path.Field, reader);
        for (var at = path; at is not null; at = at.Opener)
        {
            foreach (var condition in at.SegmentSelector?.Conditions ?? [])
            {
                Add(at.Segment, condition.Field, new Reader(null, Whole, IsEach: true));
            }
        }
    }

    private void Add(string segment, int field, Reader reader)
    {
        if (!_readers.TryGetValue((segment, field), out var readers))
        {
            _readers[(segment, field)] = readers = [];
        }

        readers.Add(reader);
    }

    /// <param name="Path">The path; null for all of the field.</param>
    private sealed record Reader(Hl7Path? Path, string Type, bool IsEach)
    {
        public bool Reads(Hl7Segment segment, Hl7Element repetition) =>
            Path is null || (IsEach && Path.FieldSelector is null) || (IsEach && Fits(segment, repetition)) || Path.RepetitionIn(segment).Range == repetition.Range;

        public bool Reads(int component) => Path is null
            || (Path.Component == 0 ? _composite.Contains(Type) || component == 1 : Path.Component == component)
            || Path.FieldSelector?.Conditions.Any(condition => condition.Component == component) == true;

        private bool Fits(Hl7Segment segment, Hl7Element repetition)
        {
            var picked = new List<Hl7Element>();
            Path!.FieldSelector!.PickAll(segment.Field(Path.Field), picked);
            return picked.Exists(one => one.Range == repetition.Range);
        }
    }
}
