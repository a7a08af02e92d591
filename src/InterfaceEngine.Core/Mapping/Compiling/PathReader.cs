using System.Text.RegularExpressions;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>A path that can't be used: its code, what is wrong, where in the text, and advice.</summary>
internal sealed record PlaceProblem(string Code, string Text, int Offset, int Length, string Help = "")
{
    /// <summary>The path is used all the same.</summary>
    public bool IsWarning { get; init; }
}

/// <summary>Reads one path of a format and checks that the place exists.</summary>
internal sealed partial class PathReader(IReadOnlyDictionary<string, SourceText> shortcuts)
{
    /// <summary>The FHIR resources that the map reads and writes, whose places are known.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The list in those resources of which every element makes a record (<c>each: FHIR R4 component</c>), or null.</summary>
    public string? FhirPart { get; init; }

    /// <inheritdoc cref="MapContext.IsInUse"/>
    public bool IsInUse { get; init; }

    /// <summary>A place of one path, or null when <paramref name="problem"/> says why not. With a place, a problem is a warning.</summary>
    public CellPlace? Read(MapFormat format, string text, out PlaceProblem? problem) => format switch
    {
        MapFormat.Hl7 => ReadHl7(text, out problem),
        MapFormat.Csv => ReadColumn(text, out problem),
        _ => ReadJson(format, text, out problem),
    };

    private static Hl7Place? ReadHl7(string text, out PlaceProblem? problem)
    {
        if (!Hl7Path.TryParse(text, out var path, out var error))
        {
            problem = new PlaceProblem(MappingFileCodes.PlaceForm, $"{text} is not a place in HL7 v2: {error.Reason}.", error.Column, 0, "For example: PID-5.1, PID-13[3=CP], OBX[3.1=8480-6]-5.");
            return null;
        }

        problem = path.Field == 0
            ? new PlaceProblem(MappingFileCodes.PlaceForm, $"{text} is a whole segment; a cell names a field of it.", 0, text.Length, $"For example: {path.Segment}-1.")
            : Hl7Places.Check(path);
        return problem is null ? new Hl7Place(path) : null;
    }

    private static CsvPlace? ReadColumn(string text, out PlaceProblem? problem)
    {
        var isQuoted = text.Length > 2 && text[0] == '"' && text[^1] == '"';
        var name = isQuoted ? text[1..^1] : text;
        problem = isQuoted || Column().IsMatch(text) ? null : new PlaceProblem(
            MappingFileCodes.PlaceForm, $"{text} is not a column's name.", 0, text.Length, "A name with blanks or signs in it is written in double quotes: \"Home Phone\".");
        return problem is null ? new CsvPlace([name]) : null;
    }

    private JsonPlace? ReadJson(MapFormat format, string text, out PlaceProblem? problem)
    {
        if (!JsonPathParser.TryExpand(text, shortcuts, out var expanded, out var name))
        {
            problem = new PlaceProblem(MappingFileCodes.Shortcut, $"there is no shortcut {name}.", 0, name.Length,
                Suggestion.DidYouMean(name, shortcuts.Keys) is { Length: > 0 } near ? near : "Shortcuts are listed under the heading Shortcuts.");
            return null;
        }

        var path = JsonPathParser.Parse(expanded, out var wrong);
        if (path is not null)
        {
            problem = format == MapFormat.Fhir && FhirPlaces.Check(path, text, Resources, FhirPart) is { } missing ? missing with { IsWarning = IsInUse } : null;
            return problem is null or { IsWarning: true } ? new JsonPlace([path with { Text = text }]) : null;
        }

        problem = name.Length > 0
            ? new PlaceProblem(MappingFileCodes.Shortcut, $"{name} stands for {expanded}, which is not a path: {wrong!.Reason}.", 0, text.Length)
            : new PlaceProblem(MappingFileCodes.PlaceForm, $"{text} is not a path: {wrong!.Reason}.", wrong.Offset, 0, "For example: address1, telecom[system=phone,use=home?].value, patientid:int.");
        return null;
    }

    [GeneratedRegex(@"^[\p{L}\p{N}_#][\p{L}\p{N}_#./-]*$")]
    private static partial Regex Column();
}
