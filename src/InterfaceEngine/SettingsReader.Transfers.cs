using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Schedules;
using NodaTime;

namespace InterfaceEngine;

/// <content>What a connection to a vendor does by itself: bulk exports and synchronisations.</content>
internal sealed partial class SettingsReader
{
    private static BulkOptions ReadBulk(SettingsSection section, DateTimeZone zone)
    {
        var types = section.List("Types") ?? [];
        foreach (var wrong in types.Where(type => !FhirResource.IsType(type)))
        {
            section.Problem("Types", $"{wrong} is not a type of FHIR resource such as Observation");
        }

        var options = new BulkOptions { Schedule = ReadOwnSchedule(section, zone), Types = types, IsPosted = section.Choice("Method", ["get", "post"]) == "post" };
        section.Close();
        return options;
    }

    private static SyncOptions ReadSync(SettingsSection section, DateTimeZone zone)
    {
        var options = new SyncOptions { Schedule = ReadOwnSchedule(section, zone) };
        section.Close();
        return options;
    }

    /// <summary>Null for what runs only when it is asked for.</summary>
    private static ISchedule? ReadOwnSchedule(SettingsSection section, DateTimeZone zone) => section.Has("Schedule") || section.Has("Every") ? ReadSchedule(section, zone) : null;
}
