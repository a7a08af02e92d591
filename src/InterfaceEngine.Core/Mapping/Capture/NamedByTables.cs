using System.Globalization;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Fhir;

namespace InterfaceEngine.Core.Mapping.Capture;

/// <summary>
/// What the tables of a practice name at each place of a format: codes, providers and locations, and the words their selectors and
/// formulas compare with. These are the practice's own and not a patient's, and the mapping depends on them, so they stay.
/// A place is <c>PID-3</c> or <c>PID-3.4</c>, a column, or the names that lead to a value in a document: <c>telecom.use</c>.
/// </summary>
internal sealed partial class NamedByTables
{
    /// <summary>What stands behind a length, and says in what it is counted.</summary>
    public const string Unit = "unit of time";

    /// <summary>What stands round records: of a page of athenaNet and of a Bundle.</summary>
    private static readonly string[] _envelope = ["totalcount", "next", "previous", "resourceType", "entry", "resource", "fullUrl", "total", "link", "relation"];

    private readonly Dictionary<string, Place> _places;
    private readonly HashSet<string> _names;

    public NamedByTables(PracticeMaps maps, MapFormat format)
    {
        Format = format;
        _places = new Dictionary<string, Place>(format == MapFormat.Csv ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        if (format == MapFormat.Hl7)
        {
            // Which practice and which department sent it: the engine reads them of every message.
            At("MSH-4").Words.Add(maps.Practice.Id);
            At("MSH-4").Add(maps.References.GetValueOrDefault("location"));
        }

        foreach (var map in maps.Maps)
        {
            foreach (var row in map.Rows)
            {
                Add(row.When);
                if (row.Cells.TryGetValue(format, out var cell))
                {
                    foreach (var place in cell.Alternatives.Append(cell.Target).OfType<CellPlace>())
                    {
                        Add(place, row);
                    }
                }
            }

            foreach (var formula in map.Checks.Select(check => check.MustHold).Concat(map.Messages.SelectMany(rule => rule.Sets).Select(set => set.Value)).Append(map.When).Append(map.Run?.When))
            {
                Add(formula);
            }
        }

        // What is read of a whole field may stand in any component of it.
        foreach (var (name, place) in format == MapFormat.Hl7 ? [.. _places] : Array.Empty<KeyValuePair<string, Place>>())
        {
            if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && _places.TryGetValue(name[..dot], out var whole))
            {
                place.AddWords(whole);
            }
        }

        _names = NamesOf(maps).ToHashSet(format == MapFormat.Csv ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    }

    public MapFormat Format { get; }

    /// <summary>What is known of a place; in a document, of the nearest place round it.</summary>
    public Place? Find(string place)
    {
        for (var at = place; ; at = at[..at.LastIndexOf('.')])
        {
            if (_places.TryGetValue(at, out var found))
            {
                return found;
            }

            if (Format == MapFormat.Csv || !at.Contains('.', StringComparison.Ordinal))
            {
                return null;
            }
        }
    }

    /// <summary>The types that are read at a place itself. What is read of a whole HL7 field is its first component: remarks stand in others.</summary>
    public IReadOnlyCollection<string> TypesAt(string place)
    {
        var own = _places.GetValueOrDefault(place)?.Types ?? [];
        var isFirst = Format == MapFormat.Hl7 && place.EndsWith(".1", StringComparison.Ordinal);
        return isFirst && _places.TryGetValue(place[..^2], out var whole) ? [.. own, .. whole.Types] : own;
    }

    /// <summary>Whether a column, or the name of a property, is one that the tables or their format know.</summary>
    public bool Knows(string name) => _names.Contains(name) || (Format == MapFormat.Fhir && R4Type.Names.Contains(name.TrimStart('_')));

    /// <summary>Whether a file's columns are any that the tables read.</summary>
    public bool ReadsAny(IEnumerable<string> columns) => columns.Any(_places.ContainsKey);

    private IEnumerable<string> NamesOf(PracticeMaps maps)
    {
        var listed = maps.Maps.SelectMany(map => map.NotMapped).Where(line => line.Format == Format).Select(line => line.Source);
        if (Format == MapFormat.Csv)
        {
            return _places.Keys.Concat(listed);
        }

        // Of a call the last words are what its answer's list is named.
        var calls = maps.Maps.SelectMany(map => map.Messages).Where(rule => rule.Format == Format).SelectMany(rule => rule.Message.Split('/', ' '));
        return _places.Keys.Concat(listed).Concat(maps.Maps.SelectMany(map => map.Parts.GetValueOrDefault(Format, []))).SelectMany(path => path.Split('.')).Concat(calls).Concat(_envelope);
    }

    private void Add(CellPlace place, FieldRow row)
    {
        switch (place)
        {
            case AssignedPlace assigned:
                Add(assigned.Place, row);
                Add(assigned.Value);
                break;
            case ExpressionPlace formula:
                foreach (var path in formula.Expression.Paths.Where(path => path.Format == Format && path.Place is not null))
                {
                    Add(path.Place!, row);
                }

                Add(formula.Expression);
                break;
            default:
                foreach (var name in Names(place))
                {
                    At(name).Add(row, (place as JsonPlace)?.Frame);
                }

                foreach (var path in row.As.Type == "minutes" && place is Hl7Place lasting ? lasting.Paths : [])
                {
                    At(Name(path.Segment, path.Field + 1, 0)).Types.Add(Unit);
                }

                AddConditions(place);
                break;
        }
    }

    /// <summary>The texts a formula compares with may stand at any place that it reads.</summary>
    private void Add(Expression? formula)
    {
        if (formula is null)
        {
            return;
        }

        var texts = Quoted().Matches(formula.Text).Select(match => match.Groups[1].Value.Replace("''", "'", StringComparison.Ordinal)).ToList();
        foreach (var path in formula.Paths.Where(path => path.Format == Format && path.Place is not null))
        {
            foreach (var name in Names(path.Place!))
            {
                At(name).Words.UnionWith(texts);
            }

            AddConditions(path.Place!);
        }
    }

    private void AddConditions(CellPlace place)
    {
        foreach (var path in (place as Hl7Place)?.Paths ?? [])
        {
            foreach (var condition in path.FieldSelector?.Conditions ?? [])
            {
                At(Name(path.Segment, path.Field, Math.Max(1, condition.Component))).Words.Add(condition.Value);
            }

            for (var at = path; at is not null; at = at.Opener)
            {
                foreach (var condition in at.SegmentSelector?.Conditions ?? [])
                {
                    At(Name(at.Segment, condition.Field, Math.Max(1, condition.Component))).Words.Add(condition.Value);
                }
            }
        }

        foreach (var path in (place as JsonPlace)?.Paths ?? [])
        {
            for (var step = 0; step < path.Steps.Count; step++)
            {
                var name = string.Join('.', path.Steps.Take(step + 1).Select(one => one.Name));
                foreach (var selector in path.Steps[step].Selectors.Where(selector => selector.Key.Count > 0))
                {
                    (selector.Match == JsonMatch.StartsWith ? At($"{name}.{string.Join('.', selector.Key)}").Beginnings : At($"{name}.{string.Join('.', selector.Key)}").Words).Add(selector.Value);
                }
            }
        }
    }

    private static IEnumerable<string> Names(CellPlace place) => place switch
    {
        Hl7Place hl7 => hl7.Paths.Select(path => Name(path.Segment, path.Field, path.Component)),
        CsvPlace csv => csv.Columns,
        JsonPlace json => json.Paths.Select(path => string.Join('.', path.Steps.Select(step => step.Name))),
        _ => [],
    };

    private static string Name(string segment, int field, int component) =>
        component == 0 ? string.Create(CultureInfo.InvariantCulture, $"{segment}-{field}") : string.Create(CultureInfo.InvariantCulture, $"{segment}-{field}.{component}");

    private Place At(string name) => _places.TryGetValue(name, out var place) ? place : _places[name] = new Place(Format);

    [GeneratedRegex("'((?:[^']|'')*)'")]
    private static partial Regex Quoted();

    /// <summary>What may stand at one place.</summary>
    public sealed class Place(MapFormat format)
    {
        private readonly HashSet<CodeTable> _codes = [];
        private readonly HashSet<ReferenceTable> _references = [];
        private readonly List<IdFrame> _frames = [];

        /// <summary>Words that a selector or a formula compares with.</summary>
        public HashSet<string> Words { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>What a selector wants the value to begin with.</summary>
        public HashSet<string> Beginnings { get; } = new(StringComparer.Ordinal);

        /// <summary>The types that are read there.</summary>
        public HashSet<string> Types { get; } = [];

        public void Add(FieldRow row, IdFrame? frame)
        {
            Types.Add(row.As.Type);
            Words.UnionWith(row.Choices ?? []);
            if (row.As.Codes is { } codes)
            {
                _codes.Add(codes);
            }

            Add(row.As.References);
            if (frame is not null)
            {
                _frames.Add(frame);
            }

            if (row.As.Frame is { } like)
            {
                _frames.Add(new IdFrame(like, ""));
            }
        }

        /// <summary>What another place names may stand here too.</summary>
        public void AddWords(Place other)
        {
            _codes.UnionWith(other._codes);
            _references.UnionWith(other._references);
            _frames.AddRange(other._frames);
            Words.UnionWith(other.Words);
        }

        public void Add(ReferenceTable? references)
        {
            if (references is not null)
            {
                _references.Add(references);
            }
        }

        /// <summary>True for what the tables name.</summary>
        public bool Names(string text) =>
            Words.Contains(text) || _codes.Any(table => table.Read(format, text) is not null || text == table.System) || _references.Any(table => table.Find(text) is not null);

        /// <summary>What an id is framed by, and a reference begins with, stays; the rest is given to be replaced.</summary>
        public string Inside(string text, Func<string, string> fake)
        {
            foreach (var frame in _frames)
            {
                var inner = text.AsSpan();
                if (frame.TryTake(ref inner))
                {
                    return frame.Around(Names(inner.ToString()) ? inner.ToString() : fake(inner.ToString()));
                }
            }

            var kept = Beginnings.FirstOrDefault(beginning => text.StartsWith(beginning, StringComparison.Ordinal)) ?? "";
            var rest = text[kept.Length..];
            return kept.Length > 0 ? kept + (Names(rest) ? rest : fake(rest)) : fake(text);
        }
    }
}
