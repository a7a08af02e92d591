using System.Text;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Visits that name their patient in ZPT-1 only, so that one can come before its patient, and the maps that read them so.</summary>
internal static class ParkedVisits
{
    /// <summary>The shipped map of visits, relative to the mapping folder.</summary>
    public const string MapFile = "athenahealth/appointment.map.md";

    private const string ProfileFile = "athenahealth/profiles/guide/appointment.map.md";
    private const string Slot = "^^^20260112090000^20260112093000";

    /// <summary>The files to change, see <see cref="Support.TestEngine.StartAsync(ValueTuple{string, string}[])"/>.</summary>
    public static async Task<(string Path, string Text)[]> MapsAsync()
    {
        var files = new List<(string, string)>();
        foreach (var file in new[] { MapFile, ProfileFile })
        {
            var map = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "mappings", file));
            files.Add((file, map.Replace("PID-3[4=ATHENA?,5=MRN?].1", "ZPT-1", StringComparison.Ordinal)));
        }

        return [.. files];
    }

    /// <summary>A visit of patient 12345.</summary>
    public static string Message(string visit) =>
        Encoding.UTF8.GetString(Siu("S12", visit, 1, $"|{visit}||||||82^Office|30|minutes|{Slot}", null, "ZPT|12345", "AIP|1||54321", "AIL|1||1"));
}
