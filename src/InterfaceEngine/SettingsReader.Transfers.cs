using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Ehr.Changed;
using NodaTime;

namespace InterfaceEngine;

/// <content>What a connection to a vendor does by itself: bulk exports, synchronisations, feeds of what changed.</content>
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

    private static ChangedOptions ReadChanged(SettingsSection section, Uri? rest)
    {
        var defaults = new ChangedOptions();
        var known = ChangedKind.All.Select(kind => kind.Name).ToList();
        var options = new ChangedOptions
        {
            Feeds = [.. (section.List(nameof(defaults.Feeds)) ?? defaults.Feeds).Distinct()],
            Every = section.Duration(nameof(defaults.Every), defaults.Every, _second, _day),
        };
        foreach (var wrong in options.Feeds.Where(feed => !known.Contains(feed)))
        {
            section.Problem(nameof(defaults.Feeds), $"{wrong} is not one of {string.Join(", ", known)}.{Spelling.DidYouMean(wrong, known)}");
        }

        if (options.Feeds.Count > 0 && rest is null)
        {
            section.Problem(nameof(defaults.Feeds), "are athenaNet's, and this connection has no Rest address");
        }

        section.Close();
        return options with { Feeds = [.. options.Feeds.Where(known.Contains)] };
    }

    /// <summary>Null for what runs only when it is asked for.</summary>
    private static ISchedule? ReadOwnSchedule(SettingsSection section, DateTimeZone zone) => section.Has("Schedule") || section.Has("Every") ? ReadSchedule(section, zone) : null;
}
