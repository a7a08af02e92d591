using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Discovery;
using InterfaceEngine.Sources.Ehr.Changed;
using InterfaceEngine.Sources.Ehr.References;

namespace InterfaceEngine.Control;

/// <summary>The connections to vendors: how they are, and what their servers can do. Nothing of a patient is asked or shown.</summary>
internal sealed class ConnectionOperations(EngineParts parts)
{
    /// <summary>What the guides name, by the types of resources that carry it.</summary>
    private static readonly (string Name, string Type)[] _types =
    [
        ("diagnosticReports", "DiagnosticReport"), ("carePlans", "CarePlan"), ("encounters", "Encounter"), ("appointments", "Appointment"),
        ("documentReferences", "DocumentReference"), ("communications", "Communication"), ("tasks", "Task"),
    ];

    /// <summary>The types of FHIR resources that a practice's tables may read.</summary>
    public static IReadOnlyList<string> ReadTypes { get; } =
    [
        "Patient", "Appointment", "Encounter", "Observation", "Condition", "MedicationRequest", "AllergyIntolerance", "Immunization", "Procedure", "DiagnosticReport",
        "CarePlan", "DocumentReference", "Communication", "Task",
    ];

    /// <summary>Those that a table reads.</summary>
    public static IReadOnlyList<string> TypesReadBy(PracticeReader reader) => [.. ReadTypes.Where(type => reader.ReadsCall($"FHIR {type}"))];

    public async Task<ConnectionsAnswer> ListAsync(CancellationToken cancellationToken)
    {
        var views = new List<ConnectionView>();
        foreach (var connection in parts.Connections.Values)
        {
            views.Add(await ViewAsync(connection, cancellationToken));
        }

        return new ConnectionsAnswer(views);
    }

    public async Task<EhrCapabilitiesAnswer> CapabilitiesAsync(EhrCapabilitiesRequest request, CancellationToken cancellationToken)
    {
        var connection = Find(parts, request.Connection, request.Practices);
        try
        {
            var report = await connection.Discovery.ReportAsync(cancellationToken);
            return new EhrCapabilitiesAnswer(connection.Options.Id, Capabilities(connection.Options, report), connection.Options.Rate.InWords)
            {
                ResourceTypes = [.. report.Capabilities?.Types.Keys ?? []],
                Disagreements = report.Disagreements,
            };
        }
        catch (EhrException fault)
        {
            throw RequestException.Of(fault);
        }
    }

    /// <summary>The audit says who began it before the address is given.</summary>
    public async Task<ConsentAnswer> BeginConsentAsync(BeginConsentRequest request, CancellationToken cancellationToken)
    {
        var connection = Find(parts, request.Connection, request.Practices);
        await parts.Store.AskAsync(request.Audit("ehr consent", connection.Options.Practice, connection.Options.Id), _ => 0, cancellationToken);
        try
        {
            return new ConsentAnswer(connection.Options.Id, (await connection.Consent.BeginAsync(cancellationToken)).Address.AbsoluteUri);
        }
        catch (EhrException fault)
        {
            throw RequestException.Of(fault);
        }
    }

    /// <summary>A connection that whoever asks may speak of.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public static EhrConnection Find(EngineParts parts, string id, IReadOnlyList<string>? practices)
    {
        // Whether one of another practice is there is nobody's business who may not speak of it.
        var mine = parts.Connections.Values.Where(connection => practices is null || practices.Contains(connection.Options.Practice)).ToDictionary(connection => connection.Options.Id);
        return mine.GetValueOrDefault(id)
            ?? throw RequestException.NotFound(
                mine.Count == 0 ? "There is no connection to a vendor (Connections in the settings)." : $"{id} is no connection: {string.Join(", ", mine.Keys)} are there.");
    }

    private static SortedDictionary<string, bool> Capabilities(ConnectionOptions options, ServerReport report)
    {
        var capabilities = new SortedDictionary<string, bool>(StringComparer.Ordinal)
        {
            ["bulkExport"] = report.Capabilities is { } server && server.Exports.Count > 0,
        };
        foreach (var (name, type) in _types)
        {
            capabilities[name] = report.Capabilities?.Can(type, "search-type") == true || (type == "Appointment" && options.Rest is not null);
        }

        return capabilities;
    }

    private async Task<ConnectionView> ViewAsync(EhrConnection connection, CancellationToken cancellationToken)
    {
        var options = connection.Options;
        var rate = await connection.RateAsync(cancellationToken);
        var pausedUntil = DateTimeOffset.FromUnixTimeMilliseconds(rate.PausedUntil);
        var isPaused = pausedUntil > parts.Time.GetUtcNow();
        var (answeredAt, fault) = connection.Last;
        var awaitsConsent = await connection.AwaitsConsentAsync(cancellationToken);
        var (state, reason) = (connection.WhyOff, isPaused, fault) switch
        {
            ({ } off, _, _) => ("off", off),
            _ when awaitsConsent => ("no consent yet", $"a user has to consent at the vendor: ehr consent {options.Id}"),
            (_, true, _) => ("paused", rate.PauseReason),
            (_, _, { } last) => ("failing", $"the last call came to nothing: {last}"),
            _ => ("ready", rate.PauseReason),
        };
        return new ConnectionView(options.Id, options.Practice, options.System, options.Profile, state)
        {
            Reason = reason,
            UsedToday = rate.UsedToday,
            Quota = options.Rate.PerDay > 0 ? options.Rate.PerDay : null,
            PausedUntil = isPaused ? pausedUntil : null,
            LastAnswerAt = answeredAt,
            Feeds = await FeedsAsync(options, cancellationToken),
            References = await new ReferenceStates(parts.Store.Connections, options.Practice, options.Id).FindAsync(cancellationToken) is { } found
                ? new ReferencesView(found.At, found.New, found.Changed, found.Gone, found.Written, found.Fault)
                : null,
        };
    }

    private async Task<IReadOnlyList<ChangedFeedView>> FeedsAsync(ConnectionOptions options, CancellationToken cancellationToken)
    {
        var cursors = new ChangedCursors(parts.Store.Connections, options.Practice, options.Id);
        var views = new List<ChangedFeedView>();
        foreach (var feed in options.Changed.Feeds)
        {
            var (cursor, _) = await cursors.FindAsync(feed, cancellationToken);
            views.Add(new ChangedFeedView(feed, cursor.Until, cursor.RowsAt, cursor.IsOpen, cursor.Fault));
        }

        return views;
    }
}
