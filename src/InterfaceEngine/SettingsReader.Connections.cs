using System.Globalization;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Ehr.Profiles;
using NodaTime;

namespace InterfaceEngine;

/// <content>Connections to vendors: what the settings say, else the guides' environment variables, else the profile.</content>
internal sealed partial class SettingsReader
{
    private static readonly string[] _vendors = ["athenahealth", "eclinicalworks"];

    private List<ConnectionOptions> ReadConnections(List<Practice> practices)
    {
        var connections = new List<ConnectionOptions>();
        foreach (var (id, section) in _root.Map("Connections"))
        {
            if (!NameForm().IsMatch(id))
            {
                _root.Problem($"Connections:{id}", "a connection's id has letters, digits, _ and - only, 64 at most");
            }

            connections.Add(ReadConnection(id, section, practices));
            if (connections[^1].Tls?.Name is not null)
            {
                section.Problem("Tls:Name", "is for destinations: a vendor's certificate must bear the name of its host");
            }

            section.Close();
        }

        foreach (var (name, kind) in _root.Map("Sources").Select(source => (source.Name, "source")).Concat(_root.Map("Destinations").Select(destination => (destination.Name, "destination"))))
        {
            if (connections.Exists(connection => connection.Id.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                _root.Problem($"Connections:{name}", $"is the name of a {kind} as well, and what a connection brings is kept under its id");
            }
        }

        return Shared(connections);
    }

    /// <summary>Those of one client at one host are counted, and have their tokens, under the first of their names.</summary>
    private static List<ConnectionOptions> Shared(List<ConnectionOptions> connections)
    {
        var first = connections.Where(one => one is { HasOwnLimits: false, Client.Id: not null })
            .GroupBy(one => (one.Client.Id, (one.Rest ?? one.Fhir)?.Authority))
            .ToDictionary(same => same.Key, same => same.MinBy(one => one.Id, StringComparer.Ordinal)!);
        return connections.ConvertAll(one => !one.HasOwnLimits && first.GetValueOrDefault((one.Client.Id, (one.Rest ?? one.Fhir)?.Authority)) is { } other && other != one
            ? one with { SharedWith = (other.Practice, other.Id) }
            : one);
    }

    private ConnectionOptions ReadConnection(string id, SettingsSection section, List<Practice> practices)
    {
        if (!section.Has("Profile"))
        {
            section.Problem("Profile", $"is missing: {string.Join(", ", EhrProfiles.All.Select(one => one.Name))}");
        }

        var profile = EhrProfiles.Find(section.Choice("Profile", [.. EhrProfiles.All.Select(one => one.Name)]) ?? "custom")!;
        var variables = new GuideVariables(_environment, profile.Variables, PracticesOf(profile.System) < 2);
        var practice = section.Required("Practice", "whose data it carries, a practice of these settings");
        var known = practices.ConvertAll(one => one.Id);
        if (practice.Length > 0 && !known.Contains(practice))
        {
            section.Problem("Practice", $"{practice} is not a practice of these settings ({string.Join(", ", known)}).{Spelling.DidYouMean(practice, known)}");
        }

        var zone = practices.Find(one => one.Id == practice)?.Zone ?? DateTimeZone.Utc;
        var isSandbox = section.Choice("Environment", ["production", "sandbox"]) == "sandbox";
        var place = isSandbox ? profile.Sandbox : profile.Production;
        var vendorPractice = section.Text("VendorPractice") ?? variables.FindOwn("PRACTICE_ID", section, "VendorPractice") ?? practice;
        var addresses = ReadAddresses(section, profile, place, variables, vendorPractice);
        var system = ReadSystem(section, profile);
        var dialect = ReadDialect(section.Section("Dialect"), profile.Dialect);
        var options = new ConnectionOptions
        {
            Id = id,
            Practice = practice,
            Profile = profile.Name,
            System = system,
            VendorPractice = vendorPractice,
            SharesIds = section.Flag("SharesIds", false),
            Rest = addresses.Rest,
            Fhir = addresses.Fhir,
            Token = addresses.Token,
            Hosts = section.List("Hosts") ?? place.Hosts,
            Client = ReadClient(section.Section("Client"), profile, variables),
            Scopes = ReadScopes(section.Section("Scopes"), profile.Scopes),
            Rate = ReadRate(section.Section("Rate"), EhrProfiles.IsOfSandbox(addresses.Rest ?? addresses.Fhir) ? profile.Sandbox.Rate : place.Rate),
            HasOwnLimits = section.Flag("OwnLimits", false),
            Http = ReadHttp(section.Section("Http")),
            Bulk = ReadBulk(section.Section("Bulk"), zone),
            Sync = ReadSync(section.Section("Sync"), zone, addresses.Rest, addresses.Fhir),
            Changed = ReadChanged(section.Section("Changed"), addresses.Rest),
            Events = ReadEvents(section.Section("Events"), dialect, addresses.Fhir, $"/api/ehr/{system}/events/{id}"),
            Attachments = ReadAttachments(section.Section("Attachments")),
            Tls = ReadSenderTls(section),
            Dialect = dialect,
            DefaultDepartment = section.Text("DefaultDepartment") ?? variables.FindOwn("DEFAULT_DEPARTMENT_ID"),
            DefaultProvider = section.Text("DefaultProvider") ?? variables.FindOwn("DEFAULT_PROVIDER_ID"),
            IsEnabled = section.Has("Enabled") ? section.Flag("Enabled", false) : system == "athenahealth" && GuideVariables.IsOn(_environment, "FEATURE_EHR_ATHENA"),
            AgreementOn = ReadDay(section, "AgreementOn"),
            IsDebugged = section.Flag("Debug", false) || GuideVariables.IsDebugged(_environment, system),
        };
        if (options is { IsChartByRest: true, Bulk.Schedule: not null })
        {
            section.Problem("Bulk", "exports by the clock, which is FHIR's, and patients and their charts come by athenaNet (Sync:Chart): they would be there twice, under other ids. Leave one of the two");
        }

        return options with { References = ReadReferences(section.Section("References"), options.BringsByItself, zone) };
    }

    /// <summary>How many practices have connections of a vendor's profiles.</summary>
    private int PracticesOf(string system) => _root.Map("Connections")
        .Where(one => EhrProfiles.Find(one.Section.Text("Profile") ?? "")?.System == system)
        .Select(one => one.Section.Text("Practice")).Distinct().Count();

    private static string ReadSystem(SettingsSection section, EhrProfile profile)
    {
        var said = section.Choice("System", _vendors);
        if (profile.System.Length == 0 && said is null)
        {
            section.Problem("System", $"is missing: how callers name the vendor, {string.Join(" or ", _vendors)}");
        }
        else if (profile.System.Length > 0 && said is not null && said != profile.System)
        {
            section.Problem("System", $"is {profile.System} by its profile {profile.Name}");
        }

        return said ?? profile.System;
    }

    private static Addresses ReadAddresses(SettingsSection section, EhrProfile profile, EhrPlace place, GuideVariables variables, string vendorPractice)
    {
        var ownBase = section.Text("Base") ?? variables.Find("BASE_URL");
        var root = ownBase ?? place.Base;
        string? Filled(string? template)
        {
            if (template is null || (root is null && (template.Contains("{base}", StringComparison.Ordinal) || template.Contains("{origin}", StringComparison.Ordinal))))
            {
                return null;
            }

            return template
                .Replace("{base}", root?.TrimEnd('/'), StringComparison.Ordinal)
                .Replace("{origin}", Uri.TryCreate(root, UriKind.Absolute, out var known) ? known.GetLeftPart(UriPartial.Authority) : "", StringComparison.Ordinal)
                .Replace("{practice}", Uri.EscapeDataString(vendorPractice), StringComparison.Ordinal);
        }

        if (ownBase is not null)
        {
            ReadAddressText(section, "Base", ownBase);
        }

        // Where no header or parameter says whose records are meant, the address does.
        var endpoint = section.Has("Fhir") ? null : profile.Dialect.FhirTenant is null ? variables.FindOwn("FHIR_ENDPOINT", section, "Fhir") : variables.Find("FHIR_ENDPOINT");
        var rest = ReadAddressText(section, "Rest", section.Text("Rest") ?? Filled(profile.Rest));
        var fhir = ReadAddressText(section, "Fhir", section.Text("Fhir") ?? endpoint ?? Filled(ownBase is not null && profile.Fhir is not null ? profile.Fhir : place.Fhir));
        var token = ReadAddressText(section, "Token", section.Text("Token") ?? Filled(profile.Token));
        if (rest is null && fhir is null)
        {
            section.Problem("Fhir", "is missing, and so is Rest: at least one of the vendor's addresses is needed");
        }

        return new Addresses(rest, fhir, token);
    }

    private static Uri? ReadAddressText(SettingsSection section, string name, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            section.Problem(name, $"{text} is not an address such as https://api.example.com/v1, without a user, a query or a fragment");
            return null;
        }

        if (!EhrAddresses.IsSecure(address))
        {
            section.Problem(name, $"{text} is not https, and plain http is for this machine alone");
            return null;
        }

        return address;
    }

    private static EhrHttpLimits ReadHttp(SettingsSection section)
    {
        var defaults = new EhrHttpLimits();
        var (short_, day) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
        var limits = new EhrHttpLimits
        {
            ConnectTimeout = section.Duration(nameof(defaults.ConnectTimeout), defaults.ConnectTimeout, short_, _hour),
            AnswerTimeout = section.Duration(nameof(defaults.AnswerTimeout), defaults.AnswerTimeout, short_, _hour),
            QuestionTimeout = section.Duration(nameof(defaults.QuestionTimeout), defaults.QuestionTimeout, short_, _hour),
            BodyTimeout = section.Duration(nameof(defaults.BodyTimeout), defaults.BodyTimeout, short_, day),
            SilenceTimeout = section.Duration(nameof(defaults.SilenceTimeout), defaults.SilenceTimeout, short_, _hour),
            FileBytesMin = section.Bytes(nameof(defaults.FileBytesMin), defaults.FileBytesMin, 1, 1024 * 1024),
            AnswerBytesMax = section.Bytes(nameof(defaults.AnswerBytesMax), defaults.AnswerBytesMax, 64 * 1024, 1024 * 1024 * 1024),
            FileBytesMax = section.Bytes(nameof(defaults.FileBytesMax), defaults.FileBytesMax, 1024 * 1024, 1024L * 1024 * 1024 * 1024),
            HeaderBytesMax = section.Bytes(nameof(defaults.HeaderBytesMax), defaults.HeaderBytesMax, 4 * 1024, 1024 * 1024),
            RedirectsMax = section.Number(nameof(defaults.RedirectsMax), defaults.RedirectsMax, 0, 50, "a number of redirects"),
            ConnectionsMax = section.Number(nameof(defaults.ConnectionsMax), defaults.ConnectionsMax, 1, 1000, "a number of connections"),
            AttemptsMax = section.Number(nameof(defaults.AttemptsMax), defaults.AttemptsMax, 1, 100, "a number of attempts"),
            PauseMin = section.Duration(nameof(defaults.PauseMin), defaults.PauseMin, TimeSpan.FromMilliseconds(1), _hour),
            PauseMax = section.Duration(nameof(defaults.PauseMax), defaults.PauseMax, TimeSpan.FromMilliseconds(1), _hour),
        };
        if (limits.PauseMin > limits.PauseMax)
        {
            section.Problem(nameof(defaults.PauseMin), $"is longer than {nameof(defaults.PauseMax)}");
        }

        section.Close();
        return limits;
    }

    private static EhrDialect ReadDialect(SettingsSection section, EhrDialect profile)
    {
        var dialect = profile with
        {
            IsJsonBody = section.Choice("Body", ["form", "json"]) is { } body ? body == "json" : profile.IsJsonBody,
            PatientSearch = section.Text(nameof(profile.PatientSearch), profile.PatientSearch),
            Booking = section.Choice(nameof(profile.Booking), Enum.GetNames<BookingForm>()) is { } booking ? Enum.Parse<BookingForm>(booking) : profile.Booking,
            FhirTenant = section.Text(nameof(profile.FhirTenant)) ?? profile.FhirTenant,
            FhirPatientId = section.Text(nameof(profile.FhirPatientId), profile.FhirPatientId),
            IsSearchedByPatient = section.Flag("SearchedByPatient", profile.IsSearchedByPatient),
            HasNoAppointmentSearch = !section.Flag("AppointmentSearch", !profile.HasNoAppointmentSearch),
            ExportGroup = section.Text(nameof(profile.ExportGroup)) ?? profile.ExportGroup,
            HasAthenaEvents = section.Flag("AthenaEvents", profile.HasAthenaEvents),
            HasNoEvents = !section.Flag("Events", !profile.HasNoEvents),
        };
        if (!dialect.FhirPatientId.Contains("{}", StringComparison.Ordinal))
        {
            section.Problem(nameof(profile.FhirPatientId), $"{dialect.FhirPatientId} has no {{}} where the patient's number stands");
        }

        section.Close();
        return dialect;
    }

    /// <summary>A day of the calendar; null when it is not set.</summary>
    private static DateOnly? ReadDay(SettingsSection section, string name)
    {
        if (section.Text(name) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        section.Problem(name, $"{text} is not a day such as 2026-01-31");
        return null;
    }

    private readonly record struct Addresses(Uri? Rest, Uri? Fhir, Uri? Token);
}
