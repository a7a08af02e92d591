namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>A value that goes into two places: <c>date + starttime</c>.</summary>
internal static class WritingParts
{
    /// <summary>The day and the time of <c>2023-06-15T09:00:00</c>, as the format writes each.</summary>
    public static string[] OfInstant(string text, WritingScope scope)
    {
        var time = text[11..];
        time = time.EndsWith(":00", StringComparison.Ordinal) && time.Length == 8 ? time[..5] : time;
        return [Values.DateType.Whole.Write(text[..10], scope)!, time];
    }
}
