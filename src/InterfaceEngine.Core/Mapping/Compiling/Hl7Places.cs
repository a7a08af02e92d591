using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>What the standard says about a place.</summary>
internal static class Hl7Places
{
    /// <summary>Null for a place the standard knows, and in segments of one's own (Z…), where anything goes.</summary>
    public static PlaceProblem? Check(Hl7Path path)
    {
        if (path.Opener is { } opener && Check(opener) is { } problem)
        {
            return problem;
        }

        if (path.Segment.StartsWith('Z'))
        {
            return null;
        }

        if (Hl7Dictionary.Segment(path.Segment) is not { } segment)
        {
            var near = Suggestion.DidYouMean(path.Segment, Hl7Dictionary.Segments.Select(known => known.Name));
            return new PlaceProblem(MappingFileCodes.NoSuchPlace, $"{path} does not exist: HL7 v2 has no segment {path.Segment}.", 0, path.Segment.Length, near);
        }

        // Components are not counted: later versions of the standard and real senders have more than this one knows.
        return path.Field <= segment.FieldCount ? null : new PlaceProblem(
            MappingFileCodes.NoSuchPlace, $"{path.Segment}-{path.Field} does not exist: {path.Segment} has {segment.FieldCount} fields.", 0, path.ToString().Length);
    }

    /// <summary>The data type of a field, e.g. <c>XTN</c>; null when the standard does not know it.</summary>
    public static string? TypeOf(string segment, int field) => Hl7Dictionary.Field(segment, field)?.DataType;

    /// <summary>The numbers of a segment's fields.</summary>
    public static IEnumerable<int> FieldsOf(string segment) => Enumerable.Range(1, Hl7Dictionary.FieldCount(segment) ?? 0);
}
