using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Ehr;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Ehr.Attachments;
using InterfaceEngine.Sources.Ehr.Changed;
using NodaTime;

namespace InterfaceEngine;

/// <content>What a connection to a vendor does by itself: bulk exports, synchronisations, feeds of what changed.</content>
internal sealed partial class SettingsReader
{
    private static BulkOptions ReadBulk(SettingsSection section, DateTimeZone zone)
    {
        var types = section.List("Types") ?? [];
        foreach (var wrong in types.Where(type => !R4Resources.All.Contains(type)))
        {
            section.Problem("Types", $"{wrong} is not a type of FHIR resource such as Observation.{Spelling.DidYouMean(wrong, R4Resources.All)}");
        }

        var options = new BulkOptions
        {
            Schedule = ReadOwnSchedule(section, zone),
            Types = types,
            CompleteWithin = section.Duration(nameof(BulkOptions.CompleteWithin), new BulkOptions().CompleteWithin, _hour, TimeSpan.FromDays(60)),
            FullEvery = section.Duration(nameof(BulkOptions.FullEvery), new BulkOptions().FullEvery, _hour, TimeSpan.FromDays(3650)),
            IsPosted = section.Choice("Method", ["get", "post"]) == "post",
        };
        section.Close();
        return options;
    }

    private static SyncOptions ReadSync(SettingsSection section, DateTimeZone zone, Uri? rest, Uri? fhir)
    {
        var defaults = new SyncOptions();
        var chart = section.Choice(nameof(defaults.Chart), Enum.GetNames<ChartInterface>());
        if (chart is not null && (chart == nameof(ChartInterface.Rest) ? rest : fhir) is null)
        {
            section.Problem(nameof(defaults.Chart), $"is {chart}, and this connection has no {chart} address{(chart == nameof(ChartInterface.Rest) ? " (Base or Rest)" : "")}");
        }

        var options = new SyncOptions
        {
            Chart = chart is null ? null : Enum.Parse<ChartInterface>(chart),
            Schedule = ReadOwnSchedule(section, zone),
            AppointmentsBack = section.Duration(nameof(defaults.AppointmentsBack), defaults.AppointmentsBack, TimeSpan.Zero, TimeSpan.FromDays(3650)),
            AppointmentsAhead = section.Duration(nameof(defaults.AppointmentsAhead), defaults.AppointmentsAhead, _day, TimeSpan.FromDays(3650)),
        };
        section.Close();
        return options;
    }

    /// <param name="section">The connection's <c>References</c>.</param>
    /// <param name="isDaily">They are compared once a day where nothing else is said: the connection brings something by itself, which names places and providers.</param>
    /// <param name="zone">The practice's.</param>
    private static ReferenceOptions ReadReferences(SettingsSection section, bool isDaily, DateTimeZone zone)
    {
        var (schedule, isOn) = (ReadOwnSchedule(section, zone), section.Flag("Enabled", true));
        if (!isOn && schedule is not null)
        {
            section.Problem("Enabled", "is false, and a time is set as well");
        }

        var options = new ReferenceOptions { Schedule = !isOn ? null : schedule ?? (isDaily ? new IntervalSchedule(_day) : null), IsWritten = section.Flag("Write", false) };
        if (options is { IsWritten: true, Schedule: null })
        {
            section.Problem("Write", "is for what is compared by the clock: say \"Every\", such as \"1d\"");
        }

        section.Close();
        return options;
    }

    private static AttachmentOptions ReadAttachments(SettingsSection section)
    {
        var defaults = new AttachmentOptions();
        var options = new AttachmentOptions
        {
            IsFetched = section.Flag("Enabled", defaults.IsFetched),
            BytesMax = section.Bytes(nameof(defaults.BytesMax), defaults.BytesMax, 1, AttachedDocument.BytesMax),
            BytesPerHour = section.Bytes(nameof(defaults.BytesPerHour), defaults.BytesPerHour, AttachedDocument.BytesMax, 1L << 50),
            Types = section.List(nameof(defaults.Types)) ?? defaults.Types,
        };
        foreach (var wrong in options.Types.Where(type => type.Split('/') is not [{ Length: > 0 }, { Length: > 0 }]))
        {
            section.Problem(nameof(defaults.Types), $"{wrong} is not a media type such as application/pdf or image/*");
        }

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

    /// <param name="section">The connection's <c>Events</c>.</param>
    /// <param name="dialect">How the vendor speaks.</param>
    /// <param name="fhir">Where subscriptions are made.</param>
    /// <param name="path">Where our interface takes the connection's events.</param>
    private static EventOptions ReadEvents(SettingsSection section, EhrDialect dialect, Uri? fhir, string path)
    {
        var (defaults, topics, callback) = (new EventOptions(), section.List("Topics") ?? [], ReadAddressText(section, "Callback", section.Text("Callback")));
        if (topics.Count > 0 && dialect.HasNoEvents)
        {
            section.Problem("Topics", "are there, and the vendor tells of nothing as it happens: what changes is asked for by the clock (Sync, Bulk)");
        }
        else if (topics.Count > 0 && fhir is null)
        {
            section.Problem("Topics", "are there, and the connection has no FHIR server that could be asked for them");
        }
        else if (topics.Count > 0 && !section.Has("Callback"))
        {
            section.Problem("Callback", "is missing: where the vendor reaches the HTTP interface, e.g. https://engine.example.org");
        }

        foreach (var twice in topics.GroupBy(topic => topic).Where(same => same.Count() > 1))
        {
            section.Problem("Topics", $"has {twice.Key} {twice.Count()} times");
        }

        if (callback is { IsLoopback: false, Port: not 443 } && dialect.HasAthenaEvents)
        {
            section.Problem("Callback", $"is on port {callback.Port}, and athenahealth calls port 443 alone");
        }

        var options = new EventOptions
        {
            Topics = topics,
            Callback = callback is { AbsolutePath: "/" } ? new Uri(callback, path) : callback,
            Lasts = section.Duration(nameof(defaults.Lasts), defaults.Lasts, _hour, TimeSpan.FromDays(3650)),
            Heartbeat = section.Duration(nameof(defaults.Heartbeat), defaults.Heartbeat, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
            Poll = section.Duration(nameof(defaults.Poll), defaults.Poll, TimeSpan.FromMinutes(10), TimeSpan.FromDays(365)),
        };
        section.Close();
        return options;
    }

    /// <summary>Null for what runs only when it is asked for.</summary>
    private static ISchedule? ReadOwnSchedule(SettingsSection section, DateTimeZone zone) => section.Has("Schedule") || section.Has("Every") ? ReadSchedule(section, zone) : null;
}
