using InterfaceEngine.Control;
using InterfaceEngine.Ehr;
using InterfaceEngine.Store;

namespace InterfaceEngine.Api.Guides;

/// <summary>The endpoints of the athenahealth and eClinicalWorks integration guides, as they are printed there.</summary>
internal static class EhrEndpoints
{
    private const string Athenahealth = "athenahealth";
    private const string EClinicalWorks = "eclinicalworks";

    private static readonly string[] _systems = [Athenahealth, EClinicalWorks];

    private static readonly ApiParameter _system = ApiParameter.Path("system", "The vendor.") with { Choices = _systems, Example = Athenahealth };

    private static readonly ApiParameter _connection = ApiParameter.Query("connectionId", "E.g. conn_123; may be left out where the key has one connection to the vendor.");

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("POST", "/api/ehr/{system}/bulk-export", Roles.Writers, ApiScope.OnePractice, "Begins a bulk export. It goes on by itself, and what comes is taken in.", StartAsync)
        {
            Group = "EHR connections",
            IsOfGuides = true,
            Parameters = [_system],
            Body = ApiJson.Camel.BulkExportBody,
            BodyExample = """{"connectionId":"conn_123","exportType":"Patient","resourceTypes":["Patient","Observation"],"since":"2024-01-01T00:00:00Z"}""",
            Result = ApiJson.Camel.GuideAnswerBulkExportStarted,
            ResultExample = """{"success":true,"data":{"id":"job_123","status":"IN_PROGRESS","statusUrl":"https://fhir.example/bulkstatus/job_123","startedAt":"2024-01-15T10:00:00Z"}}""",
        },
        new("GET", "/api/ehr/{system}/bulk-export/{jobId}", Roles.Observers, ApiScope.OnePractice, "How far a bulk export is.", ShowAsync)
        {
            Group = "EHR connections",
            IsOfGuides = true,
            Parameters = [_system, ApiParameter.Path("jobId", "The id that its beginning was answered with.")],
            Result = ApiJson.Camel.GuideAnswerBulkExportState,
            ResultExample = """{"success":true,"data":{"id":"job_123","status":"COMPLETED","outputUrls":["https://fhir.example/bulkdata/Patient.ndjson"],"startedAt":"2024-01-15T10:00:00Z","completedAt":"2024-01-15T10:15:00Z"}}""",
        },
        new("POST", "/api/ehr/{system}/enhanced-sync", Roles.Writers, ApiScope.OnePractice, "Asks the vendor for resources one by one and takes them in; answered when that is done.", SyncAsync)
        {
            Group = "EHR connections",
            IsOfGuides = true,
            Parameters = [_system],
            Body = ApiJson.Camel.EnhancedSyncBody,
            BodyExample = """{"connectionId":"conn_123","includeStandard":true,"includeEnhanced":true,"resourceTypes":["DiagnosticReport","CarePlan"],"since":"2024-01-01T00:00:00Z"}""",
            Result = ApiJson.Camel.GuideAnswerEnhancedSyncResult,
            ResultExample = """{"success":true,"data":{"standardResources":150,"enhancedResources":75,"total":225}}""",
        },
        new("GET", "/api/ehr/{system}/enhanced-sync", Roles.Observers, ApiScope.OnePractice, "How the last synchronisation of all patients went, or that one runs: for whoever did not wait for its answer.", SyncStateAsync)
        {
            Group = "EHR connections",
            IsOfGuides = true,
            Parameters = [_system, _connection],
            Result = ApiJson.Camel.GuideAnswerEnhancedSyncState,
            ResultExample = """{"success":true,"data":{"status":"COMPLETED","startedAt":"2024-01-15T10:00:00Z","completedAt":"2024-01-15T10:15:00Z","standardResources":150,"enhancedResources":75,"total":225}}""",
        },
        new("GET", "/api/ehr/{system}/capabilities", Roles.Observers, ApiScope.OnePractice, "What a connection can do, as the server says.", CapabilitiesAsync)
        {
            Group = "EHR connections",
            IsOfGuides = true,
            Parameters = [_system, _connection],
            Result = ApiJson.Camel.GuideAnswerCapabilitiesResult,
            ResultExample = """{"success":true,"data":{"bulkExport":true,"diagnosticReports":true,"carePlans":true,"encounters":true,"appointments":true,"documentReferences":true,"rateLimit":"8 requests/second"}}""",
        },
    ];

    private static async Task StartAsync(ApiCall call)
    {
        var body = await call.BodyAsync(ApiJson.Camel.BulkExportBody);
        var connection = Connection(call, body.ConnectionId);
        var job = await call.AskAsync(new StartEhrBulkRequest(connection.Id)
        {
            Actor = call.Actor,
            Practices = call.Practices,
            ExportType = body.ExportType,
            ResourceTypes = body.ResourceTypes,
            Since = body.Since,
            IsFull = body.Full,
        });
        var started = new BulkExportStarted(job.Id, job.Status, job.StatusUrl, job.StartedAt) { ErrorMessage = job.ErrorMessage, Notes = Said(job.Notes) };
        await call.AnswerAsync(new GuideAnswer<BulkExportStarted>(true, started), ApiJson.Camel.GuideAnswerBulkExportStarted);
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var system = System(call);
        var job = await call.AskAsync(new EhrBulkRequest("", call.Route("jobId")) { Actor = call.Actor, Practices = call.Practices });

        // A job of another vendor, or of a practice that the key may not speak of, is none here.
        _ = call.OneConnection(job.Connection, system);
        await call.AnswerAsync(
            new GuideAnswer<BulkExportState>(true, new BulkExportState(job.Id, job.Status)
            {
                OutputUrls = call.Key!.Role is ApiRole.Writer or ApiRole.Administrator ? job.OutputUrls : null,
                StartedAt = job.StartedAt,
                CompletedAt = job.CompletedAt,
                ErrorMessage = job.ErrorMessage,
                Notes = Said(job.Notes),
            }),
            ApiJson.Camel.GuideAnswerBulkExportState);
    }

    private static async Task SyncAsync(ApiCall call)
    {
        var body = await call.BodyAsync(ApiJson.Camel.EnhancedSyncBody);
        var connection = Connection(call, body.ConnectionId);
        var done = await call.AskAsync(new EhrSyncRequest(connection.Id)
        {
            Actor = call.Actor,
            Practices = call.Practices,
            IncludeStandard = body.IncludeStandard ?? true,
            IncludeEnhanced = body.IncludeEnhanced ?? true,
            ResourceTypes = body.ResourceTypes,
            Since = body.Since,
            Patient = body.PatientId,
        });
        var leftOut = done.Types
            .Where(type => type is { HasFailed: false, Skipped: not null } && body.ResourceTypes?.Contains(type.Type) == true)
            .Select(type => $"{type.Type} was left out: {type.Skipped}.");
        var result = new EnhancedSyncResult(done.StandardResources, done.EnhancedResources, done.Total)
        {
            Refused = Count(done, type => type.Refused),
            Held = Count(done, type => type.Held),
            Parked = Count(done, type => type.Parked),
            Notes = Said([.. leftOut.Union(done.Notes)]),
        };
        var missing = Missing(done);
        await call.AnswerAsync(new GuideAnswer<EnhancedSyncResult>(missing is null, result) { Error = missing }, ApiJson.Camel.GuideAnswerEnhancedSyncResult);
    }

    private static async Task SyncStateAsync(ApiCall call)
    {
        var connection = Connection(call, call.Query("connectionId"));
        var last = await call.AskAsync(new EhrSyncStateRequest(connection.Id) { Actor = call.Actor, Practices = call.Practices });
        var missing = last.Result is { } result ? Missing(result) : null;
        await call.AnswerAsync(
            new GuideAnswer<EnhancedSyncState>(missing is null, new EnhancedSyncState(Status(last.State))
            {
                StartedAt = last.BeganAt,
                CompletedAt = last.EndedAt,
                StandardResources = last.Result?.StandardResources,
                EnhancedResources = last.Result?.EnhancedResources,
                Total = last.Result?.Total,
                Refused = Count(last.Result, type => type.Refused),
                Held = Count(last.Result, type => type.Held),
                Parked = Count(last.Result, type => type.Parked),
                Notes = Said(last.Result?.Notes ?? []),
            })
            { Error = missing },
            ApiJson.Camel.GuideAnswerEnhancedSyncState);
    }

    /// <summary>Null where there is none, as in the guides.</summary>
    private static long? Count(EhrSyncAnswer? done, Func<EhrSyncTypeView, long> of) => done?.Types.Sum(of) is > 0 and var count ? count : null;

    /// <summary>In the words of the exports.</summary>
    private static string Status(string state) => state switch
    {
        "running" => "IN_PROGRESS",
        "done" => "COMPLETED",
        "broken off" => "INTERRUPTED",
        _ => "NEVER",
    };

    /// <summary>What did not come though it should have; null when all did.</summary>
    private static string? Missing(EhrSyncAnswer done) =>
        done.Types.Where(type => type.HasFailed).Select(type => $"{type.Type}: {type.Skipped}").ToList() is { Count: > 0 } failed ? $"Not everything came. {string.Join(' ', failed)}" : null;

    private static async Task CapabilitiesAsync(ApiCall call)
    {
        var connection = Connection(call, call.Query("connectionId"));
        var answer = await call.AskAsync(new EhrCapabilitiesRequest(connection.Id) { Actor = call.Actor, Practices = call.Practices });
        var isAthena = connection.System == Athenahealth;
        await call.AnswerAsync(
            new GuideAnswer<CapabilitiesResult>(true, new CapabilitiesResult
            {
                BulkExport = Has("bulkExport"),
                DiagnosticReports = Has("diagnosticReports"),
                CarePlans = Has("carePlans"),
                Encounters = Has("encounters"),
                Appointments = isAthena ? Has("appointments") : null,
                DocumentReferences = isAthena ? Has("documentReferences") : null,
                Communications = isAthena ? null : Has("communications"),
                Tasks = isAthena ? null : Has("tasks"),
                RateLimit = answer.RateLimit,
            }),
            ApiJson.Camel.GuideAnswerCapabilitiesResult);

        bool Has(string name) => answer.Capabilities.GetValueOrDefault(name);
    }

    /// <summary>The guides' answers have no such member: it is there when there is something to say.</summary>
    private static IReadOnlyList<string>? Said(IReadOnlyList<string> notes) => notes.Count == 0 ? null : notes;

    private static ConnectionOptions Connection(ApiCall call, string? id) => call.OneConnection(id, System(call));

    private static string System(ApiCall call) => call.Route("system") is var system && _systems.Contains(system)
        ? system
        : throw ApiException.NotFound($"There is no such vendor here; there are {string.Join(" and ", _systems)}.");
}
