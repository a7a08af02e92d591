using System.Text.Unicode;

namespace InterfaceEngine.Sandbox.Vendors.Bulk;

/// <summary>
/// Observations without end, for exports that are to be large: each is made of its number alone and is gone when it is sent. They are of all
/// people in turn, and none has the number of another.
/// </summary>
internal static class FurtherObservations
{
    private const int BlockBytes = 64 << 10;
    private const int LineBytesMax = 1_024;

    /// <summary>When all of them were last changed.</summary>
    public static DateTimeOffset Updated { get; } = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset _measured = new(2025, 1, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly (string Code, string Text, string Unit, int Low, int Width)[] _kinds =
    [
        ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 70, 40), ("8867-4", "Heart rate", "/min", 55, 45),
        ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 11, 6), ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 1, 2),
    ];

    /// <param name="stream">Takes them, a line each.</param>
    /// <param name="people">Ids of patients.</param>
    /// <param name="first">The number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends it between two blocks.</param>
    public static async Task WriteAsync(Stream stream, IReadOnlyList<string> people, int first, int count, CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        var used = 0;
        for (var number = first; number < first + count; number++)
        {
            used += Write(block.AsSpan(used), number, people[number % people.Count]);
            if (used > BlockBytes - LineBytesMax)
            {
                await stream.WriteAsync(block.AsMemory(0, used), cancellationToken);
                used = 0;
            }
        }

        await stream.WriteAsync(block.AsMemory(0, used), cancellationToken);
    }

    private static int Write(Span<byte> line, int number, string patient)
    {
        var (code, text, unit, low, width) = _kinds[number % _kinds.Length];
        var (value, tenth, at) = (low + ((number / 7) % width), number % 10, _measured.AddMinutes(number % 500_000));
        Utf8.TryWrite(
            line,
            $$$"""{"resourceType":"Observation","id":"further-{{{number}}}","meta":{"versionId":"1","lastUpdated":"{{{Updated:yyyy-MM-ddTHH:mm:ssZ}}}"},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}","display":"{{{text}}}"}],"text":"{{{text}}}"},"subject":{"reference":"Patient/{{{patient}}}"},"effectiveDateTime":"{{{at:yyyy-MM-ddTHH:mm:ssZ}}}","valueQuantity":{"value":{{{value}}}.{{{tenth}}},"unit":"{{{unit}}}","system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}{{{"\n"}}}""",
            out var written);
        return written;
    }
}
