using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Canonical;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Testing;

namespace InterfaceEngine.Tests.Core.Mapping.Canonical;

/// <summary>A mapping file that goes out as JSON comes back as the file it was.</summary>
public sealed class MapImportTests
{
    private static readonly string[] _vendors = ["athenahealth", "eclinicalworks"];

    public static TheoryData<string> Shipped => [.. Paths];

    private static IEnumerable<string> Paths => ShippedMappingsTests.Files().Keys.Where(path => !path.EndsWith(".test.md", StringComparison.Ordinal) && MapFileNames.IsMapFile(path)).Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_file_comes_back_with_every_line_and_cell(string path)
    {
        var text = ShippedMappingsTests.Files()[path];

        var (back, markdown) = MapImport.Write(Export(path, text), _vendors);

        back.Should().Be(path);
        Export(path, markdown).ToJsonString().Should().Be(Export(path, text).ToJsonString());
        Squeezed(markdown).Should().Equal(Squeezed(text));
        TableFormatter.Format(markdown).Should().Be(markdown, "it is laid out");
    }

    [Fact]
    public void All_shipped_files_come_back_as_the_same_compiled_set()
    {
        var files = ShippedMappingsTests.Files();
        foreach (var path in Paths)
        {
            files[path] = MapImport.Write(Export(path, files[path]), _vendors).Text;
        }

        var (before, after) = (ShippedMappingsTests.Load(), MappingSet.Load(files, ShippedMappingsTests.Practices));

        after.Problems.Select(Said).Should().BeEquivalentTo(before.Problems.Select(Said));
        foreach (var maps in before.Practices)
        {
            Meaning(after.For(maps.Practice.Id)!).Should().Be(Meaning(maps));
        }

        MappingTestRun.Run(after).SelectMany(result => result.Failures).Select(failure => failure.ToString()).Should().BeEmpty();
    }

    [Fact]
    public void The_designs_own_files_come_back()
    {
        foreach (var (path, text) in new[] { ("athenahealth/patient.map.md", DesignExample.Patient), ("athenahealth/appointment.map.md", DesignExample.Appointment) })
        {
            Export(path, MapImport.Write(Export(path, text), _vendors).Text).ToJsonString().Should().Be(Export(path, text).ToJsonString());
        }
    }

    [Fact]
    public void A_document_without_a_layout_becomes_a_file_in_its_place()
    {
        var (path, text) = MapImport.Write(Json("""
            {
              "map": "patient", "practice": "1959", "extends": "athenahealth", "version": 2,
              "fields": [
                { "field": "phone_mobile", "hl7": "PID-14", "notes": "ticket 4471" },
                { "field": "email", "fhir": null },
                { "field": "custom.colour", "hl7": "ZPT-4", "as": "text", "rule": ["max 40", "one of a, b"], "when": "HL7:ZPT-1 = '1|2'" }
              ],
              "messages": [{ "message": ["ADT^A04", "ADT^A08"], "does": null }],
              "equations": ["end_time = start_time + duration"]
            }
            """), _vendors);

        path.Should().Be("practices/1959/patient.map.md");
        text.Should().Be("""
            ---
            map:      patient
            practice: 1959
            extends:  athenahealth
            version:  2
            ---

            # patient

            | Practice Studio | HL7 v2 | FHIR R4 | As   | Rule                | When               | Notes       |
            |-----------------|--------|---------|------|---------------------|--------------------|-------------|
            | phone_mobile    | PID-14 |         |      |                     |                    | ticket 4471 |
            | email           |        | -       |      |                     |                    |             |
            | custom.colour   | ZPT-4  |         | text | max 40; one of a, b | HL7:ZPT-1 = '1\|2' |             |

            ## Messages

            | Message          | Does |
            |------------------|------|
            | ADT^A04, ADT^A08 | -    |

            ## Equations

                end_time = start_time + duration

            """);
    }

    [Fact]
    public void A_row_and_a_key_that_the_layout_does_not_know_are_put_where_they_belong()
    {
        var document = Export("practices/1959/patient.map.md", "---\nmap: patient # why\n---\n\nA reason.\n\n| Field | HL7 |\n|---|---|\n| a | PID-1 |\n\nmore\n\n| Field | CSV |\n|---|---|\n| b | B |\n\nend\n");
        document["version"] = 3;
        document["fields"]!.AsArray().Add(new JsonObject { ["field"] = "c", ["hl7"] = "PID-3" });

        MapImport.Write(document, _vendors).Text.Should().Be("""
            ---
            map:     patient    # why
            version: 3
            ---

            A reason.

            | Field | HL7   |
            |-------|-------|
            | a     | PID-1 |

            more

            | Field | CSV | HL7 v2 |
            |-------|-----|--------|
            | b     | B   |        |
            | c     |     | PID-3  |

            end

            """);
    }

    [Theory]
    [InlineData("[\"M\", \"Male\"]", "M, Male")]
    [InlineData("[\"a, b\", \"O'Brien\", \"(x)\", \"-\", \"\"]", "'a, b', 'O''Brien', '(x)', '-', ''")]
    [InlineData("null", "-")]
    public void Codes_are_quoted_where_they_must_be(string codes, string cell)
    {
        var text = MapImport.Write(Json($$"""{ "codes": "sex", "rows": [{ "code": "it's", "hl7": {{codes}} }] }"""), _vendors).Text;

        text.Should().Contain($"\n| it's            | {cell} ");
    }

    [Theory]
    [InlineData("""{ "rows": [] }""", "the document says what it is by one of map, codes, references and filters")]
    [InlineData("""{ "map": "a", "codes": "b" }""", "the document says what it is by one of map, codes, references and filters")]
    [InlineData("""{ "map": "patient", "fileds": [] }""", "/fileds is unknown: a document with map has map, *")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a", "hl8": "PID-1" }] }""", "/fields/0/hl8 is unknown: a row has field, hl7, *")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a", "rule": "required" }] }""", "/fields/0/rule is not a list of texts")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a", "notes": "x\ny" }] }""", "/fields/0/notes has several lines, and a cell has one")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a", "notes": 3 }] }""", "/fields/0/notes is not a text")]
    [InlineData("""{ "map": "patient", "fields": ["a"] }""", "/fields/0 is not a row")]
    [InlineData("""{ "map": "patient", "fields": {} }""", "/fields is not a list")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "A b" }] }""", "the document makes a file with an error: *MAP204 'A b' is not a field's name.")]
    [InlineData("""{ "map": "patient", "file": "../../etc/patient.map.md", "fields": [] }""", "/file can't be '../../etc/patient.map.md': a mapping folder has no map there")]
    [InlineData("""{ "map": "patient", "file": "athenahealth/sex.codes.md", "fields": [] }""", "/file can't be *")]
    [InlineData("""{ "map": "../x", "fields": [] }""", "/file can't be *")]
    [InlineData("""{ "map": "patient", "practice": "..", "fields": [] }""", "/file can't be *")]
    [InlineData("""{ "map": "patient", "region": "US # no", "fields": [{ "field": "a" }] }""", "/region can't be written as it stands: read again it says something else")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a", "rule": ["required; key"] }] }""", "/fields can't be written as it stands: read again it says something else")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a" }], "layout": [3] }""", "/layout/0 is *")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a" }], "layout": [{ "table": "rows" }] }""", "/layout/0/table names no table: 'rows'")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a" }], "layout": ["| Field |", "|---|", "| b |"] }""", "/fields can't be written as it stands: read again it says something else")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a" }], "layout": ["---", { "header": "map" }, "region: DE", "---", { "table": "fields" }] }""", "/layout says region itself, and the document has none")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a" }], "layout": ["---", { "header": "map" }, "---", { "table": "fields" }, "## Messages", "| Message | Does |", "|---|---|", "| ADT^A04 | update |"] }""", "/layout says messages itself, and the document has none")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a" }], "layout": [{ "table": "fields", "header": 3 }] }""", "/layout/0 is not a line of text, a header or a table: it is one of them")]
    [InlineData("""{ "map": "patient", "fields": [{ "field": "a" }], "layout": [{ "rows": 3 }] }""", "/layout/0 is not a line of text, a header or a table: it is one of them")]
    public void What_can_not_become_a_file_is_refused_with_its_path(string json, string expected) =>
        FluentActions.Invoking(() => MapImport.Write(Json(json), _vendors)).Should().Throw<CanonicalException>().WithMessage(expected);

    /// <summary>Documents with a piece of another in any place: each becomes a file or is refused, and nothing else happens.</summary>
    [Fact]
    public void Whatever_a_document_holds_it_becomes_a_file_or_is_refused()
    {
        const int Seed = 20260715;
        var random = new Random(Seed);
        string[] pieces = ["null", "3", "-1", "1e400", "true", "\"\"", "\"-\"", "\"a | b\"", "\"---\"", "\"| a |\"", "\"x\\ny\"", "\"```\"", "\"## Messages\"", "[]", "[null]", "{}", "{\"table\":\"fields\"}", "{\"header\":\"map\"}", "{\"table\":7}", "{\"table\":\"fields\",\"header\":3}", "{\"table\":\"fields\",\"columns\":[\"CSV\",\"CSV\"]}"];
        var texts = new[] { "practices/1959/patient.map.md", "athenahealth/codes/sex.codes.md", "athenahealth/appointment.map.md", "practices/1959/providers.ref.md" }.Select(path => Export(path, ShippedMappingsTests.Files()[path]).ToJsonString()).ToList();
        var refused = 0;
        for (var trial = 0; trial < 2_000; trial++)
        {
            var document = Json(texts[random.Next(texts.Count)]);
            var places = Places(document).ToList();
            places[random.Next(places.Count)](JsonNode.Parse(pieces[random.Next(pieces.Length)]));
            try
            {
                var (path, text) = MapImport.Write(document, _vendors);
                Export(path, text);
            }
            catch (CanonicalException)
            {
                refused++;
            }
            catch (Exception other) when (other is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"seed {Seed}, trial {trial}: {document.ToJsonString()}", other);
            }
        }

        refused.Should().BeInRange(500, 1_900);
    }

    [Theory]
    [InlineData("README.md", "x", "MAP103")]
    [InlineData("tests/a.test.md", "x", "MAP103")]
    [InlineData("athenahealth/patient.map.md", "---\nmap: patient\n", "MAP101")]
    [InlineData("athenahealth/patient.map.md", "| Field |\n|---|\n| a | b |\n", "MAP120")]
    [InlineData("practices/1959/filters.md", "| When |\n|---|\n| a |\n", "MAP111")]
    [InlineData("practices/1959/providers.ref.md", "| Practice Studio | NPI |\n|---|---|\n| a | 7 |\n", "MAP333")]
    public void A_file_with_an_error_in_its_form_is_not_exported(string path, string text, string code)
    {
        MapExport.TryRead(path, text, _vendors, out var problems).Should().BeNull();

        problems.Select(problem => problem.Code).Should().Contain(code);
    }

    internal static JsonObject Export(string path, string text)
    {
        var document = MapExport.TryRead(path, text, _vendors, out var problems);
        problems.Select(problem => problem.ToShortText()).Should().BeEmpty();
        return document!;
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    /// <summary>The lines without how they are laid out.</summary>
    private static IEnumerable<string> Squeezed(string text) =>
        text.TrimEnd('\n').Split('\n').Select(line => string.Join(' ', line.Replace("|", " | ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Select(line => line.Replace("-", "", StringComparison.Ordinal));

    /// <summary>Every place of a document where something else could stand.</summary>
    private static IEnumerable<Action<JsonNode?>> Places(JsonNode? node) => node switch
    {
        JsonObject members => members.Select(member => member.Key).ToList().SelectMany(key => Places(members[key]).Prepend(value => members[key] = value)),
        JsonArray items => Enumerable.Range(0, items.Count).SelectMany(at => Places(items[at]).Prepend(value => items[at] = value)),
        _ => [],
    };

    private static string Said(MappingProblem problem) => $"{problem.File} {problem.Severity} {problem.Code} {problem.Text}";

    /// <summary>Everything a practice's maps say, without where it stands.</summary>
    private static string Meaning(PracticeMaps maps) => JsonSerializer.Serialize(new
    {
        Maps = maps.Maps.Select(map => new
        {
            map.Type,
            map.Versions,
            map.Each,
            map.Key,
            map.OtherKey,
            map.NumbersRepeats,
            Run = map.Run?.Places.Select(place => place.ToString()),
            map.IsReadOnly,
            Lists = map.Lists.OrderBy(list => list.Key).Select(list => $"{list.Key} {list.Value}"),
            When = map.When?.Text,
            map.UsesLocationZone,
            map.WritesOffset,
            map.Region,
            map.ClearsEmptyCsv,
            Rows = map.Rows.Select(row => new
            {
                Name = row.ToString(),
                row.Definition,
                Written = row.Written.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {string.Join(" < ", pair.Value.Select(cell => $"{cell.File} {cell.Text}"))}"),
                When = row.When?.Text,
            }),
            Messages = map.Messages.Select(rule => $"{rule.Format} {rule.Message} {rule.Verb} {string.Join("; ", rule.Sets.Select(set => $"{set.Field} = {set.Value.Text}"))}"),
            Checks = map.Checks.Select(check => $"{check.MustHold.Text} {check.IfNot} {check.Say}"),
            Equations = map.Equations.Select(equation => $"{equation.Sum} = {equation.Left} + {equation.Right}"),
            NotMapped = map.NotMapped.Select(one => $"{one.Format} {one.Source} {one.Why}"),
        }),
        Codes = maps.Codes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new
        {
            pair.Value.Name,
            pair.Value.IgnoresCase,
            pair.Value.System,
            Unknown = $"{pair.Value.Unknown.Kind} {pair.Value.Unknown.Code} {pair.Value.Unknown.IsDefault}",
            Codes = pair.Value.Codes.Select(code => $"{code.Value} {code.Display} {string.Join("; ", code.Spellings.OrderBy(one => one.Key).Select(one => $"{one.Key}: {string.Join(", ", one.Value)}"))}"),
        }),
        References = maps.References.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Rows.Select(row => $"{pair.Key} {row.Id} {row.VendorId} {row.UserName} {row.Npi} {row.Name} {row.Zone?.Id}")),
        Filters = maps.Filters.Select(filter => $"{filter.When} {filter.Reason}"),
    });
}
