using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Canonical;

/// <summary>
/// A mapping file from its JSON (<c>map import</c>). What <c>layout</c> does not place is put where it belongs: a header key
/// behind the others, a row below its table, a table under a heading of its own; a document without a layout gets one.
/// </summary>
public static class MapImport
{
    /// <summary>The file's path below the mapping folder and its text.</summary>
    /// <exception cref="CanonicalException">The document can't become a mapping file.</exception>
    public static (string Path, string Text) Write(JsonObject document, IReadOnlyCollection<string> vendors)
    {
        var shapes = CanonicalShape.All.Where(shape => document.ContainsKey(shape.Key)).ToList();
        if (shapes is not [var shape])
        {
            throw new CanonicalException("", "says what it is by one of map, codes, references and filters");
        }

        var path = PathOf(document, shape);
        var text = new Draft(document, shape).Write();
        Compare(document, path, text, vendors);
        return (path, text);
    }

    private static string PathOf(JsonObject document, CanonicalShape shape)
    {
        string? Said(string key) => document[key] is { } value ? CanonicalForms.Text(value, $"/{key}") : null;

        var name = CanonicalForms.Text(document[shape.Key], $"/{shape.Key}");
        var path = Said("file");
        if (path is null)
        {
            var folder = Said("practice") is { } practice ? $"practices/{practice}"
                : Said("profile") is { } profile ? $"{Said("for") ?? Said("extends") ?? MappingLoader.BaseVendor}/profiles/{profile}"
                : Said("for") ?? MappingLoader.BaseVendor;
            path = shape.Kind switch
            {
                MappingFileKind.Codes => $"{folder}/codes/{name}.codes.md",
                MappingFileKind.References => $"{folder}/{(name.EndsWith('s') ? name : name + "s")}.ref.md",
                MappingFileKind.Filters => $"{folder}/{FiltersFile.FileName}",
                _ => $"{folder}/{name}.map.md",
            };
        }

        var isInside = path.Split('/').All(part => part.Length > 0 && part.Trim('.').Length > 0) && path.IndexOfAny(['\\', ':', '\0']) < 0;
        return isInside && MappingPath.Parse(path).Kind == shape.Kind ? path : throw new CanonicalException("/file", $"can't be '{path}': a mapping folder has no {shape.Key} there");
    }

    /// <summary>What was written must be read as what was said: nothing is dropped or taken for something else.</summary>
    private static void Compare(JsonObject document, string path, string text, IReadOnlyCollection<string> vendors)
    {
        var written = MapExport.TryRead(path, text, vendors, out var problems) ?? throw new CanonicalException("", $"makes a file with an error: {problems[0].ToShortText()}");
        foreach (var property in document.Select(one => one.Key).Union(written.Select(one => one.Key)).Where(IsSaid))
        {
            if (!JsonNode.DeepEquals(Plain(document[property]), Plain(written[property])))
            {
                throw new CanonicalException(document.ContainsKey(property) ? $"/{property}" : "/layout", document.ContainsKey(property)
                    ? "can't be written as it stands: read again it says something else"
                    : $"says {property} itself, and the document has none");
            }
        }
    }

    /// <summary>What a property says is of the mapping, and not of where and how it is written.</summary>
    private static bool IsSaid(string property) => property is not ("$schema" or "file" or "layout");

    /// <summary>Without what says nothing: empty texts and lists, blanks around a text.</summary>
    private static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonArray { Count: 0 } => null,
        JsonArray items => new JsonArray([.. items.Select(Plain)]),
        JsonObject row => new JsonObject(row.Where(one => one.Value is null || Plain(one.Value) is not null).Select(one => KeyValuePair.Create(one.Key, Plain(one.Value)))),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(value.ToJsonString()),
        JsonValue value when value.TryGetValue<string>(out var text) => text.Trim() is { Length: > 0 } said ? (said == "-" ? null : JsonValue.Create(said)) : null,
        _ => node?.DeepClone(),
    };

    /// <summary>One document on its way to a file.</summary>
    private sealed class Draft
    {
        private const string Break = "---";
        private readonly CanonicalShape _shape;
        private readonly List<(string Key, string Value)> _header = [];
        private readonly Dictionary<string, Queue<Dictionary<string, string>>> _rows = new(StringComparer.Ordinal);
        private readonly List<JsonNode?> _layout;
        private readonly StringBuilder _text = new();

        public Draft(JsonObject document, CanonicalShape shape)
        {
            _shape = shape;
            foreach (var (property, value) in document.Where(one => IsSaid(one.Key)))
            {
                if (shape.Keys.FirstOrDefault(key => CanonicalShape.Property(key) == property) is { } key)
                {
                    _header.Add((key, CanonicalShape.FormOf(key).ToCell(value, $"/{property}")));
                }
                else if (shape.Tables.FirstOrDefault(table => table.Property == property) is { } table)
                {
                    _rows[property] = new Queue<Dictionary<string, string>>(Items(value, $"/{property}").Select((row, at) => Row(table, row, $"/{property}/{at}")));
                }
                else
                {
                    throw new CanonicalException($"/{property}", $"is unknown: a document with {shape.Key} has {Suggestion.Or([.. shape.Keys.Select(CanonicalShape.Property), .. shape.Tables.Select(one => one.Property)])}");
                }
            }

            _layout = document["layout"] is { } layout ? [.. Items(layout, "/layout").Select((item, at) => Checked(item, $"/layout/{at}"))] : DefaultLayout();
        }

        public string Write()
        {
            AddWhatIsNotPlaced();
            for (var at = 0; at < _layout.Count; at++)
            {
                switch (_layout[at])
                {
                    case JsonObject item when item["header"] is { } key:
                        WriteHeader(key.GetValue<string>(), item["comment"]?.GetValue<string>());
                        break;
                    case JsonObject item:
                        WriteTable(_shape.Tables.First(table => table.Property == item["table"]!.GetValue<string>()), item, at);
                        break;
                    case var line:
                        // Prose keeps the blanks before it.
                        _text.Append(line!.GetValue<string>()).Append('\n');
                        break;
                }
            }

            return _text.ToString();
        }

        private static IEnumerable<JsonNode?> Items(JsonNode? node, string path) => node as JsonArray ?? throw new CanonicalException(path, "is not a list");

        /// <summary>An item of the layout, which is a line of text, a line of the header or a table.</summary>
        private JsonNode? Checked(JsonNode? item, string path)
        {
            if (item is not JsonObject place)
            {
                CanonicalForms.Text(item, path);
            }
            else if (place.Where(one => one.Key is "header" or "table").Select(one => one.Key).ToList() is not [var key])
            {
                throw new CanonicalException(path, "is not a line of text, a header or a table: it is one of them");
            }
            else
            {
                var name = CanonicalForms.Text(place[key], $"{path}/{key}");
                if (key == "table" && !_shape.Tables.Any(table => table.Property == name))
                {
                    throw new CanonicalException($"{path}/table", $"names no table: '{name}'");
                }

                foreach (var (title, at) in (place["columns"] is { } columns ? Items(columns, $"{path}/columns") : []).Select((title, at) => (title, at)))
                {
                    CanonicalForms.Text(title, $"{path}/columns/{at}");
                }

                if (place["comment"] is { } comment)
                {
                    CanonicalForms.Text(comment, $"{path}/comment");
                }
            }

            return item;
        }

        private static Dictionary<string, string> Row(CanonicalTable table, JsonNode? json, string path)
        {
            if (table.Property == CanonicalShape.Equations)
            {
                return new() { [""] = CanonicalForms.Text(json, path) };
            }

            var row = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (property, value) in json as JsonObject ?? throw new CanonicalException(path, "is not a row"))
            {
                var column = table.Columns.FirstOrDefault(column => column.Property == property)
                    ?? throw new CanonicalException($"{path}/{property}", $"is unknown: a row has {Suggestion.Or([.. table.Columns.Select(one => one.Property)])}");
                row[column.Title] = column.Form.ToCell(value, $"{path}/{property}").Replace("|", "\\|", StringComparison.Ordinal);
            }

            return row;
        }

        private List<JsonNode?> DefaultLayout() => [Break, Break, "", $"# {_header.First(one => one.Key == _shape.Key).Value}", "", Place(_shape.Tables[0])];

        private static JsonObject Place(CanonicalTable table) => new() { ["table"] = table.Property };

        private void AddWhatIsNotPlaced()
        {
            var placed = _layout.OfType<JsonObject>().ToList();
            var headers = _header.Select(one => CanonicalShape.Property(one.Key)).Where(key => !placed.Exists(item => item["header"]?.ToString() == key)).ToList();
            if (headers.Count > 0)
            {
                if (_layout.Count == 0 || _layout[0]?.ToString() != Break)
                {
                    _layout.InsertRange(0, [Break, Break, ""]);
                }

                var end = _layout.FindIndex(1, item => item is JsonValue && item.ToString().Trim() == Break);
                _layout.InsertRange(end < 0 ? _layout.Count : end, headers.Select(key => (JsonNode)new JsonObject { ["header"] = key }));
            }

            foreach (var table in _shape.Tables.Where(table => _rows.ContainsKey(table.Property) && !placed.Exists(item => item["table"]?.ToString() == table.Property)))
            {
                if (_layout.OfType<JsonObject>().Any(item => item["table"]?.ToString() == table.Property))
                {
                    continue;
                }

                _layout.AddRange(table.Section is { } section ? ["", $"## {section}", "", Place(table)] : ["", Place(table)]);
            }
        }

        private void WriteHeader(string property, string? comment)
        {
            var at = _header.FindIndex(one => CanonicalShape.Property(one.Key) == property);
            if (at < 0)
            {
                // The key was taken out of the document, and its line goes with it.
                return;
            }

            var width = _header.Max(one => one.Key.Length) + 1;
            _text.Append((_header[at].Key + ":").PadRight(width)).Append(' ').Append(_header[at].Value);
            if (comment is not null)
            {
                _text.Append(' ', 4).Append("# ").Append(comment);
            }

            _text.Append('\n');
        }

        private void WriteTable(CanonicalTable table, JsonObject item, int at)
        {
            var rows = _rows.GetValueOrDefault(table.Property) ?? [];

            // The last table of its kind takes the rows that are left.
            var isLast = !_layout.Skip(at + 1).OfType<JsonObject>().Any(other => other["table"]?.ToString() == table.Property);
            var count = isLast || item["rows"] is not JsonValue said || !said.TryGetValue<int>(out var number) ? rows.Count : Math.Clamp(number, 0, rows.Count);
            var taken = Enumerable.Range(0, count).Select(_ => rows.Dequeue()).ToList();
            if (table.Property == CanonicalShape.Equations)
            {
                taken.ForEach(row => _text.Append("    ").Append(row[""]).Append('\n'));
                return;
            }

            WriteTable(table, taken, [.. item["columns"]?.AsArray().Select(title => title!.GetValue<string>()) ?? []]);
        }

        private void WriteTable(CanonicalTable table, List<Dictionary<string, string>> rows, List<string> titles)
        {
            // A vendor's name may head the column of its ids, and an older name any column.
            var columns = titles.ConvertAll(title => (Title: title, Column: _shape.ColumnOf(table, title, [title])?.Title));
            foreach (var column in table.Columns.Where((column, at) => !columns.Exists(one => one.Column == column.Title) && (rows.Exists(row => row.ContainsKey(column.Title)) || (titles.Count == 0 && at == 0))))
            {
                columns.Add((column.Title, column.Title));
            }

            var cells = rows.ConvertAll(row => columns.ConvertAll(column => column.Column is { } key ? row.GetValueOrDefault(key, "") : ""));
            var widths = columns.Select((column, at) => cells.Select(row => row[at]).Append(column.Title).Max(TableFormatter.Width)).ToList();
            Line(columns.ConvertAll(column => column.Title));
            _text.Append('|').AppendJoin('|', widths.Select(width => new string('-', width + 2))).Append("|\n");
            cells.ForEach(Line);

            void Line(List<string> line) => _text.Append("| ").AppendJoin(" | ", line.Select((cell, at) => cell + new string(' ', widths[at] - TableFormatter.Width(cell)))).Append(" |\n");
        }
    }
}
