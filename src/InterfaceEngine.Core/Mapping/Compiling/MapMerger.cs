using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>
/// Lays the layers of one record type over one another (mapping design §5): an empty cell inherits, <c>-</c>
/// removes, <c>custom.*</c> and fields in brackets add. A practice may not touch a sealed row, nor what
/// identifies a record; vendor packs and profiles may, for they say where their ids stand.
/// </summary>
internal sealed class MapMerger(string type, ProblemList problems)
{
    private static readonly string[] _identity = ["each", "key", "list", "run"];

    private readonly MergedMap _map = new(type);

    /// <param name="layers">In order, the first being the pack that defines the record type.</param>
    public MergedMap Merge(IEnumerable<(MapLayer Layer, MapFile File)> layers)
    {
        var isFirst = true;
        foreach (var (layer, file) in layers)
        {
            AddHeader(layer, file, isFirst);
            AddRows(layer, file, isFirst);
            AddMessages(file);
            _map.Checks.AddRange(file.Checks);
            _map.Equations.AddRange(file.Equations);
            _map.NotMapped.AddRange(file.NotMapped);
            foreach (var shortcut in file.Shortcuts)
            {
                _map.Shortcuts[shortcut[0].Text] = shortcut[1];
            }

            isFirst = false;
        }

        return _map;
    }

    private void AddHeader(MapLayer layer, MapFile file, bool isFirst)
    {
        foreach (var (key, value) in file.Header)
        {
            if (!isFirst && layer.Kind == LayerKind.Practice && _identity.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                problems.Error(value, MappingFileCodes.Sealed, $"a practice can't set {key}:, which says what a record is.", $"It is set in {MappingProblem.Folder}{_map.Find(key)?.File ?? "the vendor pack"}.");
            }
            else if (!value.IsEmpty)
            {
                _map.Header[key] = value;
            }
        }

        if (file.Find("version") is { } version)
        {
            _map.Versions.Add($"{layer.Title} {version.Text}");
        }

        _map.Formats.UnionWith(file.Columns.Select(column => column.Format()).OfType<MapFormat>());
    }

    private void AddRows(MapLayer layer, MapFile file, bool isFirst)
    {
        var known = _map.Rows.Select(row => row.Field).ToHashSet(StringComparer.Ordinal);
        var seen = new Dictionary<(string, string), SourceText>();
        foreach (var row in file.Rows)
        {
            if (seen.TryGetValue((row.Field, row.When), out var other))
            {
                problems.Error(row.Name, MappingFileCodes.FieldTwice, $"{row.Field} stands in line {other.Line} already.",
                    "Two rows of one field each need a When that tells them apart; the first that holds applies.");
                continue;
            }

            seen.Add((row.Field, row.When), row.Name);
            if (!isFirst && !known.Contains(row.Field))
            {
                if (!row.IsTransient && !row.Field.StartsWith("custom.", StringComparison.Ordinal))
                {
                    var advice = Suggestion.DidYouMean(row.Field, known);
                    problems.Error(row.Name, MappingFileCodes.NoSuchField, $"{row.Field} is not a field of {type}.",
                        $"{(advice.Length > 0 ? advice + " " : "")}To add a new field name it custom.{row.Field}.");
                    continue;
                }
            }
            else if (!isFirst && !CheckOverride(layer, row))
            {
                continue;
            }

            AddRow(row, isFirst);
        }
    }

    /// <summary>False when a practice may not override the row.</summary>
    private bool CheckOverride(MapLayer layer, MapFileRow row)
    {
        var first = _map.Rows.First(known => known.Field == row.Field);
        if (layer.Kind == LayerKind.Practice && _map.Rows.FirstOrDefault(known => known.Field == row.Field && known.IsSealed) is { } isSealed)
        {
            var owner = isSealed.Chain(MapColumn.Rule)[^1];
            problems.Error(row.Name, MappingFileCodes.Sealed, $"{row.Field} is sealed by {MappingProblem.Folder}{owner.File}:{owner.Line}.",
                !isSealed.IsKey ? "No practice may read it otherwise."
                : type == "patient" ? "It identifies the patient; an override would split every chart."
                : $"It identifies the {type}; an override would store every one of them twice.");
            return false;
        }

        if (row.IsList != first.First.IsList && row.IsList)
        {
            problems.Error(row.Name, MappingFileCodes.AsDiffers, $"{row.Field} holds one value in {MappingProblem.Folder}{first.First.Name.File}:{first.First.Name.Line}.",
                "Only the file that defines a field says [].");
            return false;
        }

        return true;
    }

    private void AddRow(MapFileRow row, bool isFirst)
    {
        var same = _map.Rows.Find(known => known.Field == row.Field && known.When == row.When);
        var ground = _map.Rows.Find(known => known.Field == row.Field && known.When.Length == 0) ?? _map.Rows.Find(known => known.Field == row.Field);
        if (same is null)
        {
            same = new MergedRow(row);
            if (ground is not null)
            {
                // Within one file a further row of a field says its places itself; in an override its empty cells inherit.
                same.Inherit(ground, isFirst ? [MapColumn.As, MapColumn.Rule] : Enum.GetValues<MapColumn>().Where(column => column != MapColumn.When));
            }

            // The first row that holds applies, so a new condition of an override comes before what it overrides.
            var at = isFirst || ground is null ? _map.Rows.Count : _map.Rows.FindIndex(known => known.Field == row.Field);
            _map.Rows.Insert(at, same);
        }
        else
        {
            foreach (var (column, cell) in row.Cells.Where(pair => pair.Value.IsDash && same.Cell(pair.Key) is null))
            {
                problems.Note(cell, MappingFileCodes.NoEffect, $"{row.Field} has no {column.Title()} cell that - could remove.");
            }
        }

        same.Lay(row);
    }

    /// <summary>A message that is named again is redefined; <c>-</c> under Does removes it.</summary>
    private void AddMessages(MapFile file)
    {
        var seen = new Dictionary<string, SourceText>(StringComparer.Ordinal);
        foreach (var row in file.Messages)
        {
            foreach (var message in row[0].Split(","))
            {
                if (!seen.TryAdd(message.Text, message))
                {
                    problems.Error(message, MappingFileCodes.Message, $"{message.Text} stands in line {seen[message.Text].Line} already.");
                    continue;
                }

                var removed = _map.Messages.RemoveAll(known => known[0].Text == message.Text);
                if (!row[1].IsDash)
                {
                    _map.Messages.Add([message, row[1], row[2]]);
                }
                else if (removed == 0)
                {
                    problems.Note(message, MappingFileCodes.NoEffect, $"{message.Text} is not taken anyway.");
                }
            }
        }
    }
}
