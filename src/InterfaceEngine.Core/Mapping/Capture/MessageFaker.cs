using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Core.Mapping.Capture;

/// <summary>
/// A message with nothing of its patient left in it: every value is replaced by a fake of the same shape (<see cref="Fakes"/>), but for
/// what the tables name, the message's own structure and event, set ids, yes and no, lengths in minutes and the time of day.
/// </summary>
internal sealed class MessageFaker(PracticeMaps maps, Fakes fakes)
{
    /// <summary>What MSH says of the message itself: delimiters, event, mode, version, acknowledgements, country and character set.</summary>
    private static readonly HashSet<int> _head = [1, 2, 9, 11, 12, 15, 16, 17, 18];

    /// <summary>Code systems are named by what belongs to nobody.</summary>
    private static readonly string[] _systems =
        ["http://terminology.hl7.org/", "http://hl7.org/", "http://loinc.org", "http://snomed.info/", "http://unitsofmeasure.org", "http://www.nlm.nih.gov/", "http://www.ama-assn.org/", "urn:ietf:", "urn:iso:"];

    /// <summary>What content is called and how it is written (HL7 tables 0191, 0291 and 0299).</summary>
    private static readonly HashSet<string> _media = new(StringComparer.OrdinalIgnoreCase)
    {
        "application", "image", "text", "audio", "multipart", "AP", "IM", "FT", "TX", "pdf", "jpeg", "png", "tiff", "gif", "rtf", "html", "plain", "xml", "octet-stream", "Base64", "A", "Hex",
    };

    /// <summary>What stands for a document that a message carries, as base64: <c>%PDF-1.4 fake</c>.</summary>
    private const string Content = "JVBERi0xLjQgZmFrZQo=";

    /// <summary>Characters from which on a part of embedded content is the content itself.</summary>
    private const int ContentMin = 16;

    /// <summary>Yes and no, in all spellings that are read.</summary>
    private static readonly HashSet<string> _flags = new(StringComparer.OrdinalIgnoreCase) { "Y", "YES", "TRUE", "1", "N", "NO", "FALSE", "0" };

    /// <summary>Letters of the alphabet: after as many turns a word is itself again.</summary>
    private const int TurnsMax = 25;

    /// <summary>Of a length in minutes or seconds, with the letter of its unit: <c>M30</c>.</summary>
    private const int MinutesLengthMax = 4;

    /// <summary><c>minutes</c>.</summary>
    private const int UnitLengthMax = 7;

    /// <summary>Units that stand behind a length in a component of their own (TQ1-6.2).</summary>
    private static readonly HashSet<string> _units = new(StringComparer.OrdinalIgnoreCase) { "m", "min", "mins", "s", "sec", "secs", "h", "hr", "hrs", "hour" };

    private readonly Dictionary<MapFormat, NamedByTables> _named = [];
    private readonly Dictionary<string, string> _others = new(StringComparer.Ordinal);

    /// <summary>A message of HL7 v2, a segment on each line. All of it is ASCII, so that no character set matters.</summary>
    public string Hl7(Hl7Message message)
    {
        var text = new StringBuilder();
        for (var index = 0; index < message.SegmentCount; index++)
        {
            var segment = message.GetSegment(index);
            text.Append(index > 0 ? "\n" : "").Append(segment.Name);
            for (var number = segment.Name == "MSH" ? 2 : 1; number <= segment.FieldCount; number++)
            {
                text.Append((char)message.Delimiters.Field).Append(Field(message, segment, number));
            }
        }

        return text.ToString();
    }

    /// <summary>A file of one row, its header first. Columns that the tables don't know are numbered.</summary>
    /// <exception cref="CaptureException">The first line is no header: a row, maybe.</exception>
    public string Csv(CsvHeader header, CsvRow row)
    {
        var named = Named(MapFormat.Csv);
        if (!named.ReadsAny(header.Columns))
        {
            throw new CaptureException("its first line names no column that the tables read; a file begins with its header.");
        }

        var text = new StringBuilder();
        CsvText.Add(text, header.Columns.Select((column, index) => named.Knows(column) ? column : string.Create(CultureInfo.InvariantCulture, $"column {index + 1}")));
        CsvText.Add(text, header.Columns.Select(column => row.TryGet(column, out var cell) ? Value(MapFormat.Csv, column, cell) : ""));
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    /// <summary>A document. Names of properties that neither the tables nor FHIR know are numbered: some are a patient's.</summary>
    public string Json(JsonBody body)
    {
        var format = JsonMessage.IsFhir(body) ? MapFormat.Fhir : MapFormat.AthenaNet;
        var text = new StringBuilder();
        Json(text, body.Root, format, "", "");
        return text.ToString();
    }

    private string Field(Hl7Message message, Hl7Segment segment, int number)
    {
        var field = segment.Field(number);
        if (field.Level == Hl7Level.Literal || (segment.Name == "MSH" && _head.Contains(number)) || (segment.Name == "EVN" && number == 1 && field.Decode() == message.TriggerEvent))
        {
            return Encoding.Latin1.GetString(field.Raw);
        }

        var place = $"{segment.Name}-{number.ToString(CultureInfo.InvariantCulture)}";
        var type = place == "OBX-5" ? segment.Field(2).Decode() : Hl7Dictionary.Field(segment.Name, number)?.DataType ?? "";
        var delimiters = message.Delimiters;
        return string.Join((char)delimiters.Repetition, Enumerable.Range(1, field.RepetitionCount).Select(repetition => field.Repetition(repetition)).Select(repetition =>
            repetition.IsNull ? "\"\"" : string.Join((char)delimiters.Component, Enumerable.Range(1, repetition.ComponentCount).Select(component =>
                string.Join((char)delimiters.SubComponent, Enumerable.Range(1, repetition.Component(component).SubComponentCount).Select(part =>
                    Hl7Part(repetition.Component(component).SubComponent(part), $"{place}.{component.ToString(CultureInfo.InvariantCulture)}", PartType(type, component), delimiters)))))));
    }

    /// <summary>The type of a component; of a field without components its own, in front.</summary>
    private static (string Type, int Telephone, bool IsContent) PartType(string type, int component) =>
        (Hl7Dictionary.DataType(type)?.Component(component)?.DataType ?? (component == 1 ? type : ""), type == "XTN" ? component : 0, type is "ED" or "RP" && component > 1);

    private string Hl7Part(Hl7Element element, string place, (string Type, int Telephone, bool IsContent) part, Hl7Delimiters delimiters)
    {
        if (!element.HasValue)
        {
            return element.IsNull ? "\"\"" : "";
        }

        var text = element.Decode();
        if (part.IsContent && (_media.Contains(text) || text.Length > ContentMin))
        {
            return _media.Contains(text) ? text : Content;
        }

        var fake = part.Type is "SI" && text.Length <= 3 && text.All(char.IsAsciiDigit) ? text : Value(MapFormat.Hl7, place, text, isDate: part.Type is "TS" or "DT" or "DTM", isPhone: part.Telephone is 1 or 7 or 12 || part.Type == "TN", isTime: part.Type == "TM");
        return Hl7Escapes.Encode(Ascii(fake), delimiters);
    }

    private void Json(StringBuilder text, JsonItem item, MapFormat format, string path, string indent)
    {
        switch (item.Kind)
        {
            case JsonItemKind.Object or JsonItemKind.Array:
                var (open, close) = item.Kind == JsonItemKind.Object ? ('{', '}') : ('[', ']');
                var isFirst = true;
                text.Append(open);
                foreach (var child in item)
                {
                    text.Append(isFirst ? "\n" : ",\n").Append(indent).Append("  ");
                    isFirst = false;
                    if (item.Kind == JsonItemKind.Object)
                    {
                        text.Append(Quoted(Name(child.Name, format))).Append(": ");
                    }

                    Json(text, child, format, item.Kind == JsonItemKind.Array ? path : path.Length == 0 ? child.Name : $"{path}.{child.Name}", indent + "  ");
                }

                text.Append(isFirst ? "" : $"\n{indent}").Append(close);
                break;
            case JsonItemKind.Text:
                // What is no text says nothing that could be kept.
                text.Append(Quoted(item.TryDecode(out var value) ? JsonText(value, format, path) : ""));
                break;
            case JsonItemKind.Number:
                // Of 1.5e3 the first part is the number; what it is raised to says nothing.
                var number = Encoding.ASCII.GetString(item.Raw.Span);
                var power = number.IndexOfAny(['e', 'E']) is >= 0 and var at ? at : number.Length;
                text.Append(power < number.Length ? fakes.Text(number[..power]) + number[power..] : Value(format, path, number));
                break;
            default:
                text.Append(Encoding.UTF8.GetString(item.Raw.Span));
                break;
        }
    }

    private string Name(string name, MapFormat format) => Named(format).Knows(name) ? name
        : _others.TryGetValue(name, out var other) ? other : _others[name] = string.Create(CultureInfo.InvariantCulture, $"other{_others.Count + 1}");

    private string JsonText(string value, MapFormat format, string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        return name == "resourceType" || (name is "system" or "url" && Array.Exists(_systems, system => value.StartsWith(system, StringComparison.Ordinal))) ? value : Value(format, path, value);
    }

    private string Value(MapFormat format, string place, string text, bool isDate = false, bool isPhone = false, bool isTime = false)
    {
        var (known, types) = (Named(format).Find(place), Named(format).TypesAt(place));
        if (text.Length == 0 || (isTime && FakeDates.IsTime(text)) || FakeDates.IsTimeOfDay(text) || known?.Names(text.Trim()) == true || types.Any(type => IsOfNobody(type, text)))
        {
            return text;
        }

        var fake = Fake(known, text, types, isDate, isPhone);
        for (var turn = 0; turn < TurnsMax && known?.Names(fake) == true; turn++)
        {
            // Nobody's word must not become one of the tables' own.
            fake = Turned(fake);
        }

        return fake;
    }

    private string Fake(NamedByTables.Place? known, string text, IReadOnlyCollection<string> types, bool isDate, bool isPhone)
    {
        isDate |= types.Any(type => type is "date" or "partial date" or "instant");
        isPhone |= types.Contains("phone");

        // What is read as something else is no date, whatever it looks like: ids begin with the day they were given.
        return (isDate || types.Count == 0 || types.Contains("time") ? fakes.Dates.Move(text, isDate) : null) ?? (text.Contains('@', StringComparison.Ordinal) && !text.Contains(' ', StringComparison.Ordinal) ? fakes.Email(text)
            : isPhone ? fakes.Phone(text)
            : known?.Inside(text, fakes.Text) ?? fakes.Text(text));
    }

    /// <summary>The same with another last letter or digit.</summary>
    private static string Turned(string text) => text[..^1] + text[^1] switch
    {
        'z' => 'a',
        'Z' => 'A',
        '9' => '0',
        var last when char.IsAsciiLetterOrDigit(last) => (char)(last + 1),
        var last => last,
    };

    /// <summary>A yes or no, and a length with its unit, are the same for many.</summary>
    private static bool IsOfNobody(string type, string text) => type switch
    {
        "bool" => _flags.Contains(text.Trim()),
        "minutes" => text.Length <= MinutesLengthMax && (text.Any(char.IsAsciiDigit) || _units.Contains(text.Trim())),
        NamedByTables.Unit => text.Length <= UnitLengthMax && text.All(char.IsAsciiLetter),
        _ => false,
    };

    private NamedByTables Named(MapFormat format) => _named.TryGetValue(format, out var named) ? named : _named[format] = new NamedByTables(maps, format);

    /// <summary>A sign that is neither ASCII nor a letter says nothing of its own.</summary>
    private static string Ascii(string text) => System.Text.Ascii.IsValid(text) ? text : string.Concat(text.Select(character => char.IsAscii(character) ? character : '-'));

    private static string Quoted(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
