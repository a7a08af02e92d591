using InterfaceEngine.Core.Practices;
using InterfaceEngine.Ehr;
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
    /// <summary>How many patients are asked for between two writings of how far it is.</summary>
    private const int PatientsBetween = 20;

    private readonly FhirClient _fhir = new(connection);
    private readonly SyncPlan _plan = new(connection.Options, practice.Id, documents);
    private readonly SyncPages _pages = new(connection, practice.Zone, time);
    private readonly SyncPatients _patients = new(store, practice, connection);
    private readonly SyncCursors _cursors = new(store.Connections, practice.Id, connection.Options.Id);
    private readonly SyncStates _states = new(store.Connections, practice.Id, connection.Options.Id);

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
            return await TakeTypesAsync(request, cancellationToken);
        }

        // Within this process one runs at a time as well, so that each is an owner of its own.
        await using var ownership = await Ownership.TryTakeAsync(store.Leases, LeaseOf(Options.Id), $"{owner} {Guid.NewGuid():N}", Duty.LeaseFor, time, logger, cancellationToken)
            ?? throw new SyncBusyException(Options.Id);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ownership.Lost);
        var state = new SyncState { BeganAt = time.GetUtcNow() };
        await _states.WriteAsync(state, ending.Token);
        var report = await TakeTypesAsync(request, ending.Token);
        if ((Options.IsChartByRest || Options.Dialect.IsSearchedByPatient) && !await _patients.AnyAsync(ending.Token))
        {
            report = report with { Notes = [.. report.Notes, NobodyKnown(practice.Id)] };
        }

        await _states.WriteAsync(state with { EndedAt = time.GetUtcNow(), Types = report.Types, Notes = report.Notes }, ending.Token);
        return report;
    }

    private async Task<SyncReport> TakeTypesAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var can = await CapabilitiesAsync(cancellationToken);
        var (types, notes) = (new List<SyncedType>(), new List<string>());
        EhrException? stopped = null;
        foreach (var (type, isEnhanced) in _plan.Types(request))
        {
            var synced = new SyncedType(type, isEnhanced);
            try
            {
                types.Add(_plan.WhyNot(type, can) is { } reason ? synced with { Skipped = reason }
                    : stopped is not null ? synced with { Skipped = $"not asked for, since the vendor could not be asked before: {stopped.Message}", HasFailed = true }
                    : await SyncAsync(synced, request, cancellationToken));
            }
            catch (EhrException fault) when (fault.Fault is EhrFault.Forbidden && _plan.IsOfChart(type))
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

        types.AddRange(_plan.LeftOut(request).Select(type => new SyncedType(type, IsEnhanced: true) { Skipped = "the enhanced types were not asked for" }));
        var report = new SyncReport(types) { Stopped = stopped, Notes = notes };
        Log.Synchronised(logger, Options.Id, report.Fetched, types.Count(type => type.Skipped is not null));
        return report;
    }

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
            return (await TakeAsync(synced, _pages.OfPatientAsync(synced.Type, only, request.Since, cancellationToken), cancellationToken)).Synced;
        }

        if (Options.WayOf(synced.Type) == SyncWay.Booked)
        {
            return await BookedAsync(synced, request.Since, cancellationToken);
        }

        var cursor = await _cursors.FindAsync(synced.Type, cancellationToken);
        var span = await SpanAsync(request, cursor.Now.Until, cancellationToken);
        return _plan.IsByPatient(synced.Type)
            ? await ByPatientAsync(synced, cursor, span, cancellationToken)
            : await WholeAsync(synced, cursor, span, cancellationToken);
    }

    private async Task<SyncSpan> SpanAsync(SyncRequest request, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (request.Since is { } said)
        {
            return new SyncSpan(said, IsSaid: true, IsKept: said <= until);
        }

        // Over a user's consent one chart is asked for, and the next consent may open another one: it is taken whole each time.
        var isOfConsent = await connection.OnlyPatientAsync(cancellationToken) is not null;
        return new SyncSpan(isOfConsent ? null : until, IsSaid: false, IsKept: true);
    }

    /// <summary>Visits of the practice, department by department. It has no cursor: what is within the window is asked for each time.</summary>
    private async Task<SyncedType> BookedAsync(SyncedType synced, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var departments = await _pages.Booked.DepartmentsAsync(cancellationToken);
        var failed = new List<EhrException>();
        foreach (var department in departments)
        {
            try
            {
                (synced, _) = await TakeAsync(synced, _pages.Booked.OfDepartmentAsync(department, since, cancellationToken), cancellationToken);
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
        fault is EhrFault.NotFound or EhrFault.Forbidden or EhrFault.Invalid or EhrFault.Refused
        || (fault is EhrFault.NotUnderstood or EhrFault.TooLarge && Options.WayOf(type) == SyncWay.Chart);

    private async Task<SyncedType> WholeAsync(SyncedType synced, KeptCursor cursor, SyncSpan span, CancellationToken cancellationToken)
    {
        (synced, var began) = await TakeAsync(synced, _pages.AllAsync(synced.Type, span.Since, cancellationToken), cancellationToken);
        return span.IsKept && began is { } moment ? await KeptAsync(synced, cursor, cursor.Now.Ended(moment, time.GetUtcNow()), cancellationToken) : synced;
    }

    private async Task<SyncedType> ByPatientAsync(SyncedType synced, KeptCursor cursor, SyncSpan span, CancellationToken cancellationToken)
    {
        var round = new PatientRound(cursor.Now, span, time.GetUtcNow());
        EhrException? refused = null;
        await foreach (var patient in _patients.AllAsync(round.Cursor.After, cancellationToken))
        {
            var from = round.From(patient);
            if (!patient.HasNumber || (IsAskedWhereTold(synced.Type) && !round.WasMissed(patient) && patient.ToldAt < from))
            {
                round.PassOver(patient);
                continue;
            }

            try
            {
                (synced, var answered) = await TakeAsync(synced, _pages.OfPatientAsync(synced.Type, patient, from, cancellationToken), cancellationToken);
                round.Take(patient, answered);
            }
            catch (EhrException fault) when (IsOfOne(synced.Type, fault.Fault) && round.MayGoOnWithout)
            {
                refused = fault;
                round.Miss(patient, from);
            }

            if (span.IsKept && round.Asked % PatientsBetween == 0)
            {
                await cursor.WriteAsync(round.Cursor, cancellationToken);
            }
        }

        if (round.Failed > 0)
        {
            synced = synced with { Skipped = $"{round.Failed} of {round.Asked} patients could not be asked for: what changed of them is asked for again the next time" };
        }

        if (span.IsKept)
        {
            synced = await KeptAsync(synced, cursor, round.Ended(time.GetUtcNow()), cancellationToken);
        }

        // What is closed for every patient is closed for the client.
        return round.Failed == round.Asked && refused?.Fault is EhrFault.Forbidden && _plan.IsOfChart(synced.Type) ? throw refused : synced;
    }

    /// <summary>athenaNet has no list of insurances that changed, and a call for each patient is too many: they are asked for of whom anything was told.</summary>
    private bool IsAskedWhereTold(string type) => Options.WayOf(type) == SyncWay.Insurances;

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

    private static async Task<SyncedType> KeptAsync(SyncedType synced, KeptCursor cursor, SyncCursor next, CancellationToken cancellationToken)
    {
        await cursor.WriteAsync(next, cancellationToken);
        return synced with { Until = next.Until };
    }

    private static string NobodyKnown(string practice) =>
        $"No patient of practice {practice} is known yet, and the vendor is asked patient by patient: take patients in by HL7, a file or an export, or one by its number (--patient, patientId).";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connection} was synchronised: {Count} resources came, {Skipped} types were skipped", EventName = "VendorSynchronised")]
        public static partial void Synchronised(ILogger logger, string connection, long count, int skipped);

        [LoggerMessage(2, LogLevel.Warning, "{Connection} does not say what it can do, so everything is asked for: {Reason}", EventName = "VendorNotDescribed")]
        public static partial void NotDescribed(ILogger logger, string connection, string reason);
    }
}
