using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Canonical;

/// <summary>
/// A mapping file as JSON (<c>map export --json</c>): its header's values, the rows of its tables, and under <c>layout</c>
/// the rest of it in order, which means nothing and is written for people: headings, prose, comments, which columns a table
/// has. <see cref="MapImport"/> turns it back.
/// </summary>
public static class MapExport
{
    /// <summary>What the document is, in its <c>$schema</c>.</summary>
    public const string Schema = "urn:interface:map:1";

    /// <param name="path">Relative to the mapping folder, with forward slashes; says what the file is.</param>
    /// <param name="text">The file.</param>
    /// <param name="vendors">The names of the vendor packs, which may head a column of a reference table.</param>
    /// <param name="problems">Why there is no JSON: what can't be read of the file.</param>
    /// <returns>Null when the file is no table, or has errors in its form. Whether its cells mean something is not asked.</returns>
    public static JsonObject? TryRead(string path, string text, IReadOnlyCollection<string> vendors, out IReadOnlyList<MappingProblem> problems)
    {
        var found = new ProblemList();
        var file = MarkdownFile.Parse(path, text, found);
        var place = MappingPath.Parse(path);
        var shape = CanonicalShape.All.FirstOrDefault(shape => shape.Kind == place.Kind);
        switch (shape?.Kind)
        {
            case MappingFileKind.Map:
                MapFileReader.Read(file, place.Name, found);
                break;
            case MappingFileKind.Codes:
                CodesFile.Read(file, place.Name, found);
                break;
            case MappingFileKind.References:
                ReferencesFile.Read(file, place.Name.EndsWith('s') ? place.Name[..^1] : place.Name, place.Practice!, vendors, found);
                break;
            case MappingFileKind.Filters:
                FiltersFile.Read(file, place.Practice!, found);
                break;
            default:
                found.Error(file.Start, MappingFileCodes.Place, "this is no file of tables: its name or its folder says so.", "Maps, code tables, references and filters can be exported.");
                break;
        }

        problems = [.. found.Sorted().Where(problem => problem.Severity == MappingSeverity.Error)];
        return problems.Count > 0 ? null : new Walk(file, shape!, vendors).Read();
    }

    /// <summary>One walk over the lines.</summary>
    private sealed class Walk(MarkdownFile file, CanonicalShape shape, IReadOnlyCollection<string> vendors)
    {
        private readonly JsonObject _document = new() { ["$schema"] = Schema, ["file"] = file.Path };
        private readonly JsonArray _layout = [];
        private int _at;

        public JsonObject Read()
        {
            var tables = file.Sections.SelectMany(section => section.Tables.Select(table => (section, table))).Where(one => one.table.Header.Count > 0).ToDictionary(one => one.table.Header[0].Line - 1);
            var equations = file.Sections.Where(section => shape.Tables.Any(table => table.Property == CanonicalShape.Equations) && section.Title.Text.Equals("Equations", StringComparison.OrdinalIgnoreCase))
                .SelectMany(section => section.Blocks).ToDictionary(block => block.Line - 1);
            ReadHeader();

            // A file ends with a line feed, behind which is no line.
            var end = file.Lines[^1].Length == 0 ? file.Lines.Count - 1 : file.Lines.Count;
            while (_at < end)
            {
                if (tables.TryGetValue(_at, out var found) && shape.TableOf(found.section, found.table) is { } table)
                {
                    ReadTable(table, found.table);
                }
                else if (equations.TryGetValue(_at, out var block))
                {
                    ReadEquations(block);
                }
                else
                {
                    _layout.Add(file.Lines[_at++]);
                }
            }

            _document["layout"] = _layout;
            return _document;
        }

        private void ReadHeader()
        {
            if (file.Lines[0].Trim() != "---")
            {
                return;
            }

            var values = file.Header.ToDictionary(one => one.Key.Line - 1);
            _layout.Add("---");
            for (_at = 1; file.Lines[_at].Trim() != "---"; _at++)
            {
                if (!values.TryGetValue(_at, out var line))
                {
                    _layout.Add(file.Lines[_at]);
                    continue;
                }

                var key = shape.Keys.First(known => known.Equals(line.Key.Text, StringComparison.OrdinalIgnoreCase));
                _document[CanonicalShape.Property(key)] = line.Value.IsEmpty ? "" : CanonicalShape.FormOf(key).ToJson(line.Value);
                var item = new JsonObject { ["header"] = CanonicalShape.Property(key) };
                if (file.Lines[_at].IndexOf(" #", StringComparison.Ordinal) is >= 0 and var comment)
                {
                    item["comment"] = file.Lines[_at][(comment + 2)..].Trim();
                }

                _layout.Add((JsonNode)item);
            }

            _layout.Add("---");
            _at++;
        }

        private void ReadTable(CanonicalTable shapeOf, MarkdownTable table)
        {
            var columns = table.Header.Select(title => shape.ColumnOf(shapeOf, title.Text, vendors)).ToList();
            var rows = Rows(shapeOf.Property);
            var count = 0;
            foreach (var row in table.Rows.Where(row => row.Any(cell => !cell.IsEmpty)))
            {
                var json = new JsonObject();
                foreach (var (cell, column) in row.Zip(columns).Where(pair => !pair.First.IsEmpty && pair.Second is not null))
                {
                    json[column!.Property] = column.Form.ToJson(cell);
                }

                rows.Add((JsonNode)json);
                count++;
            }

            _layout.Add((JsonNode)new JsonObject { ["table"] = shapeOf.Property, ["columns"] = new JsonArray([.. table.Header.Select(title => JsonValue.Create(title.Text))]), ["rows"] = count });
            for (_at += 2; _at < file.Lines.Count && file.Lines[_at].AsSpan().TrimStart().StartsWith("|"); _at++)
            {
            }
        }

        private void ReadEquations(MarkdownBlock block)
        {
            var lines = block.Lines.Where(line => !line.IsEmpty).ToList();
            var rows = Rows(CanonicalShape.Equations);
            foreach (var line in lines)
            {
                rows.Add(line.Text.Trim());
            }

            _layout.Add((JsonNode)new JsonObject { ["table"] = CanonicalShape.Equations, ["rows"] = lines.Count });
            _at = block.Lines.Count == 0 ? _at + 1 : block.Lines[^1].Line;
            if (file.Lines[block.Line - 1].AsSpan().TrimStart() is var open && (open.StartsWith("```") || open.StartsWith("~~~")))
            {
                // The fence below.
                _at = block.Line + block.Lines.Count + 1;
            }
        }

        private JsonArray Rows(string property)
        {
            if (_document[property] is not JsonArray rows)
            {
                _document[property] = rows = [];
            }

            return rows;
        }
    }
}
