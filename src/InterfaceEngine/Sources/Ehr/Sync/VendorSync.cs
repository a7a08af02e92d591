using System.Globalization;
using System.Runtime.CompilerServices;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Nodes;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>
/// Asks a vendor for what changed, type by type, by patient where it must be, and takes it in. A page is on disk before the next is asked for, and a type's cursor goes on
/// only when all of it was taken, with an overlap, by the vendor's own clock. What breaks off goes on at the patient where it was. One runs at a time for a connection.
/// Patients and their charts come by FHIR, or by athenaNet's calls (<see cref="RestChart"/>): by one of the two.
/// </summary>
/// <param name="connection">To the vendor.</param>
/// <param name="practice">Whose.</param>
/// <param name="store">Where cursors and patients are kept.</param>
/// <param name="documents">Takes documents.</param>
/// <param name="owner">This process among the nodes.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Says what came.</param>
internal sealed partial class VendorSync(EhrConnection connection, Practice practice, IEngineStore store, VendorDocuments documents, string owner, TimeProvider time, ILogger<VendorSync> logger)
{
    /// <summary>What a server wrote just before it was asked may not be found yet: the next run begins so much earlier. What comes twice changes nothing.</summary>
    public static TimeSpan Overlap { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How many patients are asked for between two writings of how far it is.</summary>
    private const int PatientsBetween = 20;

    /// <summary>When the first so many patients can't be asked for, it is not the patients.</summary>
    private const int FirstPatients = 3;

    /// <summary>So many patients who can't be asked for are remembered; with more the next run asks for all of them from where this one did.</summary>
    private const int MissedMax = 1_000;

    private readonly FhirClient _fhir = new(connection);
    private readonly SyncCursors _cursors = new(store.Connections, practice.Id, connection.Options.Id);
    private readonly SyncStates _states = new(store.Connections, practice.Id, connection.Options.Id);
    private readonly SyncPatients _patients = new(store, practice, connection);
    private readonly AthenaNetClient _athenaNet = new(connection) { Priority = CallPriority.Sync };
    private readonly RestChart _chart = new(new AthenaNetClient(connection) { Priority = CallPriority.Sync }, practice.Id, documents, time);
    private readonly BookedVisits _visits = new(new AthenaNetClient(connection) { Priority = CallPriority.Sync }, connection.Options.Sync, practice.Zone, time);

    private ConnectionOptions Options => connection.Options;

    /// <summary>What holds the lease of a connection's synchronisation.</summary>
    public static string LeaseOf(string connection) => $"sync/{connection}";

    /// <summary>Runs once. One patient alone needs no turn: it moves no cursor, so that it may run beside whatever else does.</summary>
    /// <exception cref="SyncBusyException">Another one of all patients runs.</exception>
    /// <exception cref="StoreUnavailableException">The store failed; the next one goes on where this one was.</exception>
    public async Task<SyncReport> RunAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        if (request.Patient is not null)
        {
            return await TakeAsync(request, cancellationToken);
        }

        // Within this process one runs at a time as well, so that each is an owner of its own.
        await using var ownership = await Ownership.TryTakeAsync(store.Leases, LeaseOf(Options.Id), $"{owner} {Guid.NewGuid():N}", Duty.LeaseFor, time, logger, cancellationToken) ?? throw new SyncBusyException(Options.Id);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ownership.Lost);
        var state = new SyncState { BeganAt = time.GetUtcNow() };
        await _states.WriteAsync(state, ending.Token);
        var report = await TakeAsync(request, ending.Token);
        if ((Options.IsChartByRest || Options.Dialect.IsSearchedByPatient) && !await _patients.AnyAsync(ending.Token))
        {
            report = report with { Notes = [.. report.Notes, $"No patient of practice {practice.Id} is known yet, and the vendor is asked patient by patient: take patients in by HL7, a file or an export, or one by its number (--patient, patientId)."] };
        }

        await _states.WriteAsync(state with { EndedAt = time.GetUtcNow(), Types = report.Types, Notes = report.Notes }, ending.Token);
        return report;
    }

    private async Task<SyncReport> TakeAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var can = await CapabilitiesAsync(cancellationToken);
        var (types, notes) = (new List<SyncedType>(), new List<string>());
        EhrException? stopped = null;
        foreach (var (type, isEnhanced) in Types(request))
        {
            var synced = new SyncedType(type, isEnhanced);
            try
            {
                types.Add(Reason(type, can) is { } reason ? synced with { Skipped = reason }
                    : stopped is not null ? synced with { Skipped = $"not asked for, since the vendor could not be asked before: {stopped.Message}", HasFailed = true }
                    : await SyncAsync(synced, request, cancellationToken));
            }
            catch (EhrException fault) when (fault.Fault is EhrFault.Forbidden && IsOfChart(type))
            {
                // athenahealth opens its calls one by one: what the client was not granted is said once, and is no fault of the run.
                types.Add(synced with { Skipped = $"the client may not ask for it ({fault.Message.TrimEnd('.')})" });
                notes.Add($"{type} was left out: {types[^1].Skipped}.");
            }
            catch (EhrException fault)
            {
                stopped = fault.IsTransient || fault.IsOfConnection ? fault : stopped;
                types.Add(synced with { Skipped = fault.Message, HasFailed = true });
            }
        }

        types.AddRange(Left(request).Except(types.Select(one => one.Type)).Select(type => new SyncedType(type, IsEnhanced: true) { Skipped = "the enhanced types were not asked for" }));
        var report = new SyncReport(types) { Stopped = stopped, Notes = notes };
        Log.Synchronised(logger, Options.Id, report.Fetched, types.Count(type => type.Skipped is not null));
        return report;
    }

    private List<(string Type, bool IsEnhanced)> Types(SyncRequest request)
    {
        var enhanced = IsInsured(SyncTypes.Coverage) || ReachesCoverage ? [.. SyncTypes.Enhanced(Options.System), SyncTypes.Coverage] : SyncTypes.Enhanced(Options.System);
        List<(string Type, bool IsEnhanced)> types =
        [
            .. (request.IncludeStandard ? SyncTypes.Standard : []).Select(type => (type, false)),
            .. (request.IncludeEnhanced ? request.Types?.Distinct(StringComparer.Ordinal) ?? enhanced : []).Where(type => !request.IncludeStandard || !SyncTypes.Standard.Contains(type)).Select(type => (type, true)),
        ];
        if (Options.IsChartByRest && types.FindIndex(one => one.Type == RestChart.Vitals) is >= 0 and var vitals && !types.Exists(one => one.Type == RestChart.Results))
        {
            // Who wants observations wants those of the laboratory as well.
            types.Insert(vitals + 1, (RestChart.Results, types[vitals].IsEnhanced));
        }

        return types;
    }

    /// <summary>Types that were named, and that none of those that are asked for is.</summary>
    private static IEnumerable<string> Left(SyncRequest request) => request.IncludeEnhanced ? []
        : (request.Types ?? []).Distinct(StringComparer.Ordinal).Where(type => !request.IncludeStandard || !SyncTypes.Standard.Contains(type));

    /// <summary>Visits come from athenaNet's list, where the vendor has no search for them in FHIR, or nothing is asked for by FHIR.</summary>
    private bool IsBooked(string type) => type == "Appointment" && Options.Rest is not null && (Options.Dialect.HasNoAppointmentSearch || Options.IsChartByRest);

    /// <summary>It comes from a patient's chart in athenaNet.</summary>
    private bool IsOfChart(string type) => IsByRest(type) && type != RestChart.Patient;

    private bool IsByRest(string type) => Options.IsChartByRest && !IsBooked(type) && !IsInsured(type);

    /// <summary>Who pays comes from athenaNet, where there is one: it tells all of a patient's insurances together, so that what is no longer among them is known to have ended.</summary>
    private bool IsInsured(string type) => type == SyncTypes.Coverage && Options.Rest is not null;

    /// <summary>A server may refuse the token altogether for a scope that the application was not granted, so none is added to those of the settings.</summary>
    private bool ReachesCoverage => Options.Scopes.Fhir.Split(' ').Any(scope => scope.StartsWith("system/Coverage.", StringComparison.Ordinal) || scope.StartsWith("system/*.", StringComparison.Ordinal));

    /// <summary>Why a type is not asked for; null when it is.</summary>
    private string? Reason(string type, FhirCapabilities? can) =>
        !FhirResource.IsType(type) ? "it is no type of resource"
        : IsBooked(type) ? documents.IsRead(practice.Id, BookedVisits.DocumentKind) ? null : $"no table of practice {practice.Id} reads '{BookedVisits.DocumentKind}'"
        : IsInsured(type) ? documents.IsRead(practice.Id, AthenaInsurances.DocumentKind) ? null : $"no table of practice {practice.Id} reads '{AthenaInsurances.DocumentKind}'"
        : IsByRest(type) ? _chart.Reason(type)
        : !documents.IsRead(practice.Id, FhirResource.KindOf(type)) ? $"no table of practice {practice.Id} reads it"
        : type == "Appointment" && Options.Dialect.HasNoAppointmentSearch ? "the vendor has no search for appointments"
        : can is { Types.Count: > 0 } && !can.Can(type, "search-type") ? "the server has no search for it"
        : null;

    /// <summary>Null where the server does not say: then everything is asked for.</summary>
    private async Task<FhirCapabilities?> CapabilitiesAsync(CancellationToken cancellationToken)
    {
        if (Options.IsChartByRest)
        {
            return null;
        }

        try
        {
            return await _fhir.CapabilitiesAsync(cancellationToken);
        }
        catch (EhrException fault)
        {
            Log.NotDescribed(logger, Options.Id, fault.Message);
            return null;
        }
    }

    private async Task<SyncedType> SyncAsync(SyncedType synced, SyncRequest request, CancellationToken cancellationToken)
    {
        if (request.Patient is { } wanted)
        {
            var only = await _patients.FindAsync(wanted, cancellationToken);
            return (await TakeAsync(synced, OfPatientAsync(synced.Type, only, request.Since, cancellationToken), cancellationToken)).Synced;
        }

        if (IsBooked(synced.Type))
        {
            return await BookedAsync(synced, request.Since, cancellationToken);
        }

        var (cursor, version) = await _cursors.FindAsync(synced.Type, cancellationToken);
        // Over a user's consent one chart is asked for, and the next consent may open another one: it is taken whole each time.
        var since = request.Since ?? (await connection.OnlyPatientAsync(cancellationToken) is null ? cursor.Until : null);

        // Whoever asks from a later moment than the last run ended, or before any ran, leaves a gap, so that the cursor stays.
        var isKept = request.Since is null || request.Since <= cursor.Until;
        return IsInsured(synced.Type) || IsByRest(synced.Type) || FhirSearch.IsByPatient(synced.Type, Options.Dialect) || (synced.Type == "Patient" && Options.Dialect.IsSearchedByPatient)
            ? await ByPatientAsync(synced, request, cursor, version, since, isKept, cancellationToken)
            : await WholeAsync(synced, cursor, version, since, isKept, cancellationToken);
    }

    /// <summary>Visits of the practice, department by department. It has no cursor: what is within the window is asked for each time.</summary>
    private async Task<SyncedType> BookedAsync(SyncedType synced, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var departments = await _visits.DepartmentsAsync(cancellationToken);
        var failed = new List<EhrException>();
        foreach (var department in departments)
        {
            try
            {
                (synced, _) = await TakeAsync(synced, _visits.OfDepartmentAsync(department, since, cancellationToken), cancellationToken);
            }
            catch (EhrException fault) when (IsOfOne(synced.Type, fault.Fault))
            {
                failed.Add(fault);
            }
        }

        return failed.Count == 0 ? synced
            : synced with { Skipped = $"{failed.Count} of {departments.Count} departments could not be asked for: {failed[0].Message}", HasFailed = failed.Count == departments.Count };
    }

    /// <summary>It may be the one who was asked for, a closed chart or department, and nothing that keeps the others from being asked for.</summary>
    private bool IsOfOne(string type, EhrFault fault) =>
        fault is EhrFault.NotFound or EhrFault.Forbidden or EhrFault.Invalid or EhrFault.Refused || (fault is EhrFault.NotUnderstood or EhrFault.TooLarge && IsByRest(type));

    private async Task<SyncedType> WholeAsync(SyncedType synced, SyncCursor cursor, long version, DateTimeOffset? since, bool isKept, CancellationToken cancellationToken)
    {
        var (taken, began) = await TakeAsync(synced, FoundAsync(new FhirSearch(synced.Type, Changed(since)), cancellationToken), cancellationToken);
        return isKept && began is { } moment ? await EndAsync(taken, cursor, version, moment, cancellationToken) : taken;
    }

    /// <summary>Who became known since the last run is asked for from the beginning: what the vendor has of them may be older than that run.</summary>
    private async Task<SyncedType> ByPatientAsync(
        SyncedType synced, SyncRequest request, SyncCursor cursor, long version, DateTimeOffset? since, bool isKept, CancellationToken cancellationToken)
    {
        var (asked, failed, refused) = (0, 0, (EhrException?)null);
        // A store of before it was kept whom a run asked for has the moment of the run.
        var known = cursor.Known ?? (cursor.Until is { } until ? new SyncedPatients(until, []) : null);
        var run = isKept && cursor.After > 0 && cursor.Since == since ? cursor : new SyncCursor { Since = since, Missed = cursor.Missed };
        var knowing = run.Knowing ?? new SyncedPatients(time.GetUtcNow(), []);
        await foreach (var patient in _patients.AllAsync(run.After, cancellationToken))
        {
            if (!patient.HasNumber)
            {
                knowing = knowing.With(patient);
                continue;
            }

            var isMissed = run.Missed.TryGetValue(patient.Record, out var missed);
            var from = request.Since is null && known?.Has(patient) == false ? null : isMissed && since is not null && !(missed > since) ? missed : since;
            if (IsInsured(synced.Type) && !isMissed && patient.ToldAt < from)
            {
                // athenaNet has no list of insurances that changed, and a call for each patient is too many: they are asked for of whom anything was told.
                knowing = knowing.With(patient);
                continue;
            }

            asked++;
            try
            {
                (synced, var answered) = await TakeAsync(synced, OfPatientAsync(synced.Type, patient, from, cancellationToken), cancellationToken);
                run = run with { Began = run.Began ?? answered, Missed = isMissed ? Without(run.Missed, patient.Record) : run.Missed };
            }
            catch (EhrException fault) when (IsOfOne(synced.Type, fault.Fault) && (++failed < FirstPatients || failed < asked))
            {
                refused = fault;
                run = isMissed || run.Missed.Count < MissedMax ? run with { Missed = With(run.Missed, patient.Record, from) } : run with { HasGaps = true };
            }

            knowing = knowing.With(patient);
            run = run with { Until = cursor.Until, After = patient.Record, Known = known, Knowing = knowing };
            if (isKept && asked % PatientsBetween == 0)
            {
                version = await _cursors.WriteAsync(synced.Type, run, version, cancellationToken);
            }
        }

        if (failed > 0)
        {
            synced = synced with { Skipped = $"{failed} of {asked} patients could not be asked for: what changed of them is asked for again the next time" };
        }

        synced = !isKept ? synced
            : run.HasGaps || run.Began is null ? await KeptAsync(synced, new SyncCursor { Until = cursor.Until, Missed = run.Missed, Known = known }, version, cancellationToken)
            : await EndAsync(synced, cursor with { Missed = run.Missed, Known = knowing }, version, run.Began.Value, cancellationToken);
        return failed == asked && refused?.Fault is EhrFault.Forbidden && IsOfChart(synced.Type) ? throw refused : synced;
    }

    private static Dictionary<long, DateTimeOffset?> With(IReadOnlyDictionary<long, DateTimeOffset?> missed, long patient, DateTimeOffset? from) => new(missed) { [patient] = from };

    private static Dictionary<long, DateTimeOffset?> Without(IReadOnlyDictionary<long, DateTimeOffset?> missed, long patient)
    {
        var left = new Dictionary<long, DateTimeOffset?>(missed);
        left.Remove(patient);
        return left;
    }

    private IAsyncEnumerable<SyncPage> OfPatientAsync(string type, SyncPatient patient, DateTimeOffset? since, CancellationToken cancellationToken) =>
        IsBooked(type) ? _visits.OfPatientAsync(patient.Number, since, cancellationToken)
        : IsInsured(type) ? InsuredAsync(patient.Number, cancellationToken)
        : IsByRest(type) ? _chart.OfPatientAsync(type, patient.Number, cancellationToken)
        : FoundAsync(type == "Patient" ? new FhirSearch(type, [new("_id", patient.Id)]) : new FhirSearch(type, [new("patient", patient.Id), .. Changed(since)]), cancellationToken);

    private async IAsyncEnumerable<SyncPage> FoundAsync(FhirSearch search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in _fhir.SearchAsync(search, cancellationToken))
        {
            yield return new SyncPage([.. page.Resources.Select(resource => resource.Document)], page.Resources.Count(resource => resource.Type == search.Type), page.ServerTime);
        }
    }

    private async IAsyncEnumerable<SyncPage> InsuredAsync(string patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var insurances = await _athenaNet.Patients.InsurancesAsync(patient, cancellationToken);
        yield return new SyncPage(insurances.Documents, insurances.Rows.Count, insurances.ServerTime);
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Changed(DateTimeOffset? since) =>
        since is { } moment ? [new("_lastUpdated", $"ge{moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}")] : [];

    /// <summary>Takes all pages, each before the next is asked for.</summary>
    /// <returns>With what came, and the vendor's clock at the first page.</returns>
    private async Task<(SyncedType Synced, DateTimeOffset? Began)> TakeAsync(SyncedType synced, IAsyncEnumerable<SyncPage> pages, CancellationToken cancellationToken)
    {
        DateTimeOffset? began = null;
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            began ??= page.ServerTime;
            synced = synced.With(page.Count, await documents.TakeAsync(practice.Id, Options.Id, page.Documents, page.ServerTime, cancellationToken));
        }

        return (synced, began);
    }

    private Task<SyncedType> EndAsync(SyncedType synced, SyncCursor cursor, long version, DateTimeOffset began, CancellationToken cancellationToken)
    {
        var until = VendorTime.Believed(began, time.GetUtcNow()) - Overlap;
        return KeptAsync(synced, new SyncCursor { Until = cursor.Until > until ? cursor.Until : until, Missed = cursor.Missed, Known = cursor.Known }, version, cancellationToken);
    }

    private async Task<SyncedType> KeptAsync(SyncedType synced, SyncCursor cursor, long version, CancellationToken cancellationToken)
    {
        await _cursors.WriteAsync(synced.Type, cursor, version, cancellationToken);
        return synced with { Until = cursor.Until };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection} was synchronised: {Count} resources came, {Skipped} types were skipped", EventName = "VendorSynchronised")]
        public static partial void Synchronised(ILogger logger, string connection, long count, int skipped);

        [LoggerMessage(2, LogLevel.Warning, "{Connection} does not say what it can do, so everything is asked for: {Reason}", EventName = "VendorNotDescribed")]
        public static partial void NotDescribed(ILogger logger, string connection, string reason);
    }
}
