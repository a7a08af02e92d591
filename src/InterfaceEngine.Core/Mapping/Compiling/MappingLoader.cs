using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Testing;
using InterfaceEngine.Core.Practices;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>
/// From files to a set: read every file once, lay the layers of each practice over one another, compile. Packs and
/// profiles are compiled by themselves too, so that a fault shows before a practice uses them.
/// </summary>
internal sealed class MappingLoader(IReadOnlyDictionary<string, string> files, IReadOnlyList<Practice> practices, string hash)
{
    /// <summary>The pack that defines the record types.</summary>
    public const string BaseVendor = "athenahealth";

    private readonly ProblemList _problems = new();
    private readonly SortedDictionary<string, MapLayer> _layers = new(StringComparer.Ordinal);
    private readonly List<MappingTest> _tests = [];

    /// <summary>Folders with a file that could not be read whole.</summary>
    private readonly HashSet<string> _unread = new(StringComparer.Ordinal);

    /// <inheritdoc cref="MapContext.IsInUse"/>
    public bool IsInUse { get; init; }

    public MappingSet Load()
    {
        Read();
        _unread.UnionWith(_problems.Items.Where(problem => problem.Severity == MappingSeverity.Error).Select(problem => MappingPath.Parse(problem.File).Folder));
        var packs = new Dictionary<string, IReadOnlyList<RecordMap>>(StringComparer.Ordinal);
        foreach (var vendor in Vendors())
        {
            packs[vendor] = Compile(Chain(vendor, null, null), vendor, null).Maps;
            foreach (var profile in _layers.Values.Where(layer => layer.Kind == LayerKind.Profile && layer.Folder.StartsWith($"{vendor}/", StringComparison.Ordinal)).ToList())
            {
                Compile(Chain(vendor, profile.Folder, null), vendor, null);
            }
        }

        var usable = new Dictionary<string, PracticeMaps>(StringComparer.Ordinal);
        foreach (var practice in practices)
        {
            if (Use(practice) is { } maps)
            {
                usable[practice.Id] = maps;
            }
        }

        CheckUnknownPractices();
        var ids = practices.Select(practice => practice.Id).ToList();
        var types = _layers.Values.SelectMany(layer => layer.Maps.Keys).ToHashSet(StringComparer.Ordinal);
        foreach (var test in _tests)
        {
            test.Check(ids, types, _problems);
        }

        return new MappingSet(hash, _problems.Sorted(), usable, packs, _tests);
    }

    private void Read()
    {
        // Vendors' names head columns of reference tables, so the packs are read first.
        foreach (var (path, text) in files.OrderBy(file => file.Key.StartsWith("practices/", StringComparison.Ordinal)).ThenBy(file => file.Key, StringComparer.Ordinal))
        {
            var place = MappingPath.Parse(path);
            if (place.Kind == MappingFileKind.Other)
            {
                continue;
            }

            var markdown = MarkdownFile.Parse(path, text, _problems);
            switch (place.Kind)
            {
                case MappingFileKind.Map:
                    var map = MapFileReader.Read(markdown, place.Name, _problems);
                    ExpectOwner(map.Header, place);
                    Layer(place).Maps[place.Name] = map;
                    break;
                case MappingFileKind.Codes:
                    var codes = CodesFile.Read(markdown, place.Name, _problems);
                    ExpectOwner(codes.Header, place);
                    Layer(place).Codes[place.Name] = codes;
                    break;
                case MappingFileKind.References:
                    var kind = place.Name.EndsWith('s') ? place.Name[..^1] : place.Name;
                    Layer(place).References[kind] = ReferencesFile.Read(markdown, kind, place.Practice!, Vendors(), _problems);
                    break;
                case MappingFileKind.Filters:
                    Layer(place).Filters = FiltersFile.Read(markdown, place.Practice!, _problems);
                    break;
                case MappingFileKind.Test:
                    _tests.Add(MappingTest.Read(markdown, _problems));
                    break;
                default:
                    _problems.Error(markdown.Start, MappingFileCodes.Place, "a file of this name does not belong in this folder.",
                        "Maps stand in VENDOR/, VENDOR/profiles/NAME/ or practices/ID/, code tables in codes/ below one of them, references (.ref.md) and filters.md in practices/ID/.");
                    break;
            }
        }
    }

    private void ExpectOwner(IReadOnlyDictionary<string, SourceText> header, MappingPath place)
    {
        var settings = practices.FirstOrDefault(practice => practice.Id == place.Practice);
        foreach (var (key, expected) in new[]
        {
            ("practice", place.Practice ?? ""),
            ("profile", place.Practice is null ? place.Profile ?? "" : settings?.Profile),
            ("for", place.Practice is null ? place.Vendor : settings?.Vendor),
            ("extends", place.Practice is not null ? settings?.Vendor : place.Profile is null && place.Vendor != BaseVendor ? BaseVendor : place.Vendor),
        })
        {
            if (expected is not null)
            {
                HeaderReader.Expect(header, key, expected, place.Practice is not null && key != "practice" ? "the settings say" : "the folder says", _problems);
            }
        }
    }

    private MapLayer Layer(MappingPath place)
    {
        if (!_layers.TryGetValue(place.Folder, out var layer))
        {
            _layers[place.Folder] = layer = place switch
            {
                { Practice: { } practice } => new MapLayer(LayerKind.Practice, place.Folder, $"practice {practice}"),
                { Profile: { } profile } => new MapLayer(LayerKind.Profile, place.Folder, $"profile {profile}"),
                _ => new MapLayer(LayerKind.Pack, place.Folder, place.Vendor!),
            };
        }

        return layer;
    }

    private List<string> Vendors() => [.. _layers.Values.Where(layer => layer.Kind == LayerKind.Pack).Select(layer => layer.Folder)];

    /// <summary>The layers in the order in which they override one another.</summary>
    private List<MapLayer> Chain(string vendor, string? profileFolder, string? practiceFolder)
    {
        string?[] folders = [BaseVendor, vendor == BaseVendor ? null : vendor, profileFolder, practiceFolder];
        return [.. folders.Where(folder => folder is not null && _layers.ContainsKey(folder)).Select(folder => _layers[folder!])];
    }

    private PracticeMaps? Use(Practice practice)
    {
        var folder = $"practices/{practice.Id}";
        if (!Vendors().Contains(practice.Vendor))
        {
            var near = Suggestion.DidYouMean(practice.Vendor, Vendors());
            _problems.Error(new SourceText(folder, 1, 1, ""), MappingFileCodes.Base, $"practice {practice.Id} uses the vendor pack '{practice.Vendor}', which is not there.",
                near.Length > 0 ? near : $"A pack is a folder {MappingProblem.Folder}{practice.Vendor}/.");
            return null;
        }

        var chain = Chain(practice.Vendor, $"{practice.Vendor}/profiles/{practice.Profile}", folder);
        var compiled = Compile(chain, practice.Vendor, practice.VendorNumber);
        return compiled.HasErrors || chain.Exists(layer => _unread.Contains(layer.Folder)) ? null : new PracticeMaps
        {
            Practice = practice,
            Maps = compiled.Maps,
            Codes = compiled.Codes,
            References = compiled.References,
            Filters = _layers.GetValueOrDefault(folder)?.Filters ?? [],
            Hash = hash[..MappingSet.HashLength],
        };
    }

    /// <summary>Folders of practices the settings do not know: checked all the same, and said.</summary>
    private void CheckUnknownPractices()
    {
        foreach (var layer in _layers.Values.Where(layer => layer.Kind == LayerKind.Practice && practices.All(practice => layer.Folder != $"practices/{practice.Id}")).ToList())
        {
            var id = layer.Folder["practices/".Length..];
            _problems.Note(new SourceText(layer.Folder, 1, 1, ""), MappingFileCodes.Base, $"no practice {id} is in the settings; its files are checked and not used.");
            var vendor = layer.Maps.Values.Select(file => file.Find("extends")?.Text).FirstOrDefault(extends => extends is not null && Vendors().Contains(extends)) ?? BaseVendor;
            Compile(Chain(vendor, null, layer.Folder), vendor, id);
        }
    }

    private Compiled Compile(List<MapLayer> layers, string vendor, string? vendorNumber)
    {
        var before = _problems.Errors;
        var codeFiles = layers.SelectMany(layer => layer.Codes.Values).GroupBy(file => file.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<CodesFile>)[.. group], StringComparer.Ordinal);
        var codes = codeFiles.ToDictionary(pair => pair.Key, pair => new CodeMerger(pair.Key, _problems).Merge(pair.Value), StringComparer.Ordinal);
        var references = layers.Count > 0 ? layers[^1].References : [];
        var types = layers.Where(layer => layer.Kind == LayerKind.Pack).SelectMany(layer => layer.Maps.Keys).ToHashSet(StringComparer.Ordinal);
        CheckTypes(layers, types, vendor);
        var context = new MapContext
        {
            VendorNumber = vendorNumber,
            Vendor = vendor,
            Codes = codes,
            CodeFiles = codeFiles,
            References = references,
            Kinds = new HashSet<string>([.. types, "patient", "provider", "location", .. _layers.Values.SelectMany(layer => layer.References.Keys)], StringComparer.Ordinal),
            Problems = _problems,
            IsInUse = IsInUse,
        };
        var maps = types.OrderBy(type => type != "patient").ThenBy(type => type, StringComparer.Ordinal).Select(type => CompileType(type, layers, context)).ToList();
        foreach (var table in codes.Values)
        {
            CodeMerger.CheckWritten(table, FormatsOf(table, maps), codeFiles[table.Name], _problems);
        }

        return new Compiled(maps, codes, references, _problems.Errors > before);
    }

    private RecordMap CompileType(string type, List<MapLayer> layers, MapContext context)
    {
        var files = layers.Where(layer => layer.Maps.ContainsKey(type)).Select(layer => (layer, File: layer.Maps[type])).ToList();
        if (files.TrueForAll(one => one.File.Rows.Count == 0))
        {
            _problems.Error(files[0].File.Markdown.Start, MappingFileCodes.Table, $"the map {type} has no table of fields.", "It begins with a line | Practice Studio | HL7 v2 | … |.");
        }

        return new MapCompiler(new MapMerger(type, _problems).Merge(files), context).Compile();
    }

    /// <summary>A profile and a practice change record types; they don't make any.</summary>
    private void CheckTypes(List<MapLayer> layers, HashSet<string> types, string vendor)
    {
        foreach (var file in layers.Where(layer => layer.Kind != LayerKind.Pack).SelectMany(layer => layer.Maps.Values).Where(file => !types.Contains(file.Type)))
        {
            var near = Suggestion.DidYouMean(file.Type, types);
            _problems.Error(file.Find("map") ?? file.Markdown.Start, MappingFileCodes.Base, $"the pack {vendor} has no map {file.Type}.", near.Length > 0 ? near : "Record types are defined by the vendor pack.");
        }
    }

    private static HashSet<MapFormat> FormatsOf(CodeTable table, List<RecordMap> maps) =>
        [.. maps.SelectMany(map => map.Rows).Where(row => row.As.Codes == table).SelectMany(row => row.Cells).Where(cell => cell.Value.IsWritten).Select(cell => cell.Key)];

    private sealed record Compiled(
        IReadOnlyList<RecordMap> Maps, IReadOnlyDictionary<string, CodeTable> Codes, IReadOnlyDictionary<string, ReferenceTable> References, bool HasErrors);
}
