using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>
/// L8 for one practice: counts which places its messages fill, and tells those that no row reads and no <c>Not mapped</c> lists. What no
/// table takes at all is no matter of it. Values are looked at, never kept.
/// </summary>
public sealed class CoverageLaw(PracticeMaps maps)
{
    /// <summary>Segments that are of the message itself: the engine reads them, and no record is made of them.</summary>
    private static readonly HashSet<string> _ofMessage = ["MSH", "EVN", "SFT", "MSA", "ERR", "DSC", "UAC", "ARV"];

    /// <summary>What a FHIR resource says of itself.</summary>
    private static readonly HashSet<string> _ofResource = ["resourceType", "id", "meta", "text", "implicitRules", "language"];

    private readonly Dictionary<(MapFormat Format, string Message), Known> _known = [];
    private readonly SortedDictionary<(MapFormat Format, string Message, string Place), int> _seen = new(Comparer<(MapFormat Format, string Message, string Place)>.Create(
        (one, other) => (one.Format, string.CompareOrdinal(one.Message, other.Message)) is var (format, order) && format != other.Format ? format.CompareTo(other.Format) : order != 0 ? order : string.CompareOrdinal(one.Place, other.Place)));

    private readonly Dictionary<(MapFormat Format, string Message), int> _messages = [];

    /// <summary>How many messages were looked at.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<UnreadPlace> Unmapped =>
        [.. _seen.Select(one => new UnreadPlace(maps.Practice.Id, one.Key.Format, one.Key.Message, one.Key.Place, one.Value, _messages[(one.Key.Format, one.Key.Message)], _known[(one.Key.Format, one.Key.Message)].Taken!))];

    public void Add(Hl7Message message)
    {
        if (Begin(MapFormat.Hl7, message.EventType) is not { } known)
        {
            return;
        }

        var places = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < message.SegmentCount; index++)
        {
            var segment = message.GetSegment(index);
            if (_ofMessage.Contains(segment.Name) || known.Places.Contains(segment.Name))
            {
                continue;
            }

            for (var number = 1; number <= segment.FieldCount; number++)
            {
                var field = segment.Field(number);
                if (field.HasValue && !field.SaysNothing() && Hl7Dictionary.Field(segment.Name, number) is not { DataType: "SI" } && Name(segment.Name, number) is var place && !known.Places.Contains(place))
                {
                    places.Add(place);
                }
            }
        }

        Take(MapFormat.Hl7, message.EventType, places);
    }

    /// <param name="row">A row.</param>
    /// <param name="header">The columns of its file.</param>
    /// <param name="file">The kind of file, as the tables call it.</param>
    public void Add(CsvRow row, CsvHeader header, string file)
    {
        if (Begin(MapFormat.Csv, file) is { } known)
        {
            Take(MapFormat.Csv, file, header.Columns.Where(column => !known.Places.Contains(column) && row.TryGet(column, out var cell) && !string.IsNullOrWhiteSpace(cell)).ToHashSet(StringComparer.OrdinalIgnoreCase));
        }
    }

    /// <param name="body">A document.</param>
    /// <param name="call">Of athenaNet the call it answers.</param>
    public void Add(JsonBody body, string call)
    {
        var isFhir = JsonMessage.IsFhir(body);
        foreach (var item in JsonMessage.Objects(body))
        {
            var (format, message) = isFhir ? (MapFormat.Fhir, JsonMessage.FhirMessageOf(item)) : (MapFormat.AthenaNet, call);
            if (Begin(format, message) is not { } known)
            {
                continue;
            }

            var places = new HashSet<string>(StringComparer.Ordinal);
            foreach (var property in item)
            {
                if (known.Parts.Contains(property.Name))
                {
                    AddParts(property.Name, property, known, places);
                }
                else if (property.Kind is not (JsonItemKind.Null or JsonItemKind.None) && !known.Places.Contains(NameOf(property)) && !(isFhir && _ofResource.Contains(NameOf(property))))
                {
                    places.Add(NameOf(property));
                }
            }

            Take(format, message, places);
        }
    }

    /// <summary>The elements of a list that make records of their own (header <c>each:</c>).</summary>
    private static void AddParts(string name, JsonItem list, Known known, HashSet<string> places)
    {
        foreach (var element in list)
        {
            if (element.Kind == JsonItemKind.Array)
            {
                AddParts(name, element, known, places);
                continue;
            }

            foreach (var property in element)
            {
                if (property.Kind is not (JsonItemKind.Null or JsonItemKind.None) && !known.Places.Contains(NameOf(property)))
                {
                    places.Add($"{name}.{NameOf(property)}");
                }
            }
        }
    }

    /// <summary>What stands beside a primitive (<c>_birthDate</c>) belongs to it.</summary>
    private static string NameOf(JsonItem property) => property.Name.TrimStart('_');

    private static string Name(string segment, int field) => $"{segment}-{field}";

    private Known? Begin(MapFormat format, string message)
    {
        if (!_known.TryGetValue((format, message), out var known))
        {
            _known[(format, message)] = known = Known.Of(maps, format, message);
        }

        return known.Taken is null ? null : known;
    }

    private void Take(MapFormat format, string message, HashSet<string> places)
    {
        Count++;
        _messages[(format, message)] = _messages.GetValueOrDefault((format, message)) + 1;
        foreach (var place in places)
        {
            _seen[(format, message, place)] = _seen.GetValueOrDefault((format, message, place)) + 1;
        }
    }

    /// <summary>What is read of one kind of message, or listed as not mapped.</summary>
    /// <param name="Taken">The row of <c>Messages</c> of the first table that takes it; null when none does.</param>
    /// <param name="Places">Fields, whole segments, columns or the properties of a document.</param>
    /// <param name="Parts">The lists of a document whose elements make records.</param>
    private sealed record Known(CellReference? Taken, HashSet<string> Places, HashSet<string> Parts)
    {
        public static Known Of(PracticeMaps maps, MapFormat format, string message)
        {
            var places = new HashSet<string>(format == MapFormat.Csv ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
            var taking = maps.Maps.Select(map => (Map: map, Rule: map.Messages.FirstOrDefault(rule => rule.Format == format && rule.Message.Equals(message, StringComparison.OrdinalIgnoreCase))))
                .Where(one => one.Rule is not null).ToList();
            foreach (var (map, _) in taking)
            {
                var conditions = map.Checks.Select(check => check.MustHold).Concat(map.Messages.SelectMany(rule => rule.Sets).Select(set => set.Value)).Append(map.When).Append(map.Run?.When);
                foreach (var condition in conditions)
                {
                    places.UnionWith(ReadBy(condition, format));
                }

                foreach (var row in map.Rows)
                {
                    places.UnionWith(ReadBy(row.When, format));

                    // A place that is only written is named by a row too, which says why it is not read.
                    if (row.Cells.TryGetValue(format, out var cell))
                    {
                        places.UnionWith(cell.Alternatives.Concat(cell.Target is { } target ? [target] : []).SelectMany(place => ReadBy(place, format, row.As.Type)));
                    }
                }
            }

            foreach (var listed in taking.SelectMany(one => one.Map.NotMapped).Where(listed => listed.Format == format))
            {
                places.Add(format is MapFormat.Hl7 or MapFormat.Csv ? listed.Source : listed.Source.Split('.', '[')[0]);
            }

            return new Known(taking.Select(one => one.Rule!.Reference).FirstOrDefault(), places, taking.SelectMany(one => one.Map.Parts.GetValueOrDefault(format, [])).ToHashSet(StringComparer.Ordinal));
        }

        private static IEnumerable<string> ReadBy(Expression? condition, MapFormat format) =>
            (condition?.Paths ?? []).Where(path => path.Format == format).SelectMany(path => path.Place is null ? [] : ReadBy(path.Place, format, ""));

        private static IEnumerable<string> ReadBy(CellPlace place, MapFormat format, string type) => place switch
        {
            Hl7Place hl7 => hl7.Paths.SelectMany(path => ReadBy(path, type)),
            CsvPlace csv => csv.Columns,
            JsonPlace json => json.Paths.Select(path => path.Steps[0].Name),
            AssignedPlace assigned => ReadBy(assigned.Place, format, type),
            ExpressionPlace formula => ReadBy(formula.Expression, format),
            _ => [],
        };

        private static IEnumerable<string> ReadBy(Hl7Path path, string type)
        {
            if (path.Field == 0)
            {
                yield return path.Segment;
                yield break;
            }

            yield return Name(path.Segment, path.Field);

            // What has a unit reads it from the field behind.
            if (type is "minutes" or "quantity")
            {
                yield return Name(path.Segment, path.Field + 1);
            }

            for (var at = path; at is not null; at = at.Opener)
            {
                foreach (var condition in at.SegmentSelector?.Conditions ?? [])
                {
                    yield return Name(at.Segment, condition.Field);
                }
            }
        }
    }
}
