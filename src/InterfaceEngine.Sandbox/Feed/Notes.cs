using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Feed;

/// <summary>NTE segments: they belong to the segment before them.</summary>
internal static class Notes
{
    /// <summary>One for each line that is not empty.</summary>
    public static void Write(MessageWriter writer, IEnumerable<string> lines)
    {
        var number = 0;
        foreach (var line in lines.Where(line => line.Length > 0))
        {
            writer.Segment("NTE").Field(1, ++number).Field(3, MessageWriter.Text(line));
        }
    }
}

/// <summary>How the subscriber of a coverage stands to the patient.</summary>
internal static class Insured
{
    private const int AdultYears = 18;

    /// <summary>Table 0063: self, a child's parent, else the spouse.</summary>
    public static string Relationship(Person person, Coverage coverage) =>
        coverage.IsOwn ? "SEL" : person.Born.Year > coverage.Subscriber.Born.Year + AdultYears ? "PAR" : "SPO";
}
