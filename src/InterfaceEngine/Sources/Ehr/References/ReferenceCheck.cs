using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace InterfaceEngine.Sources.Ehr.References;

/// <summary>
/// Brings the vendor's departments and providers and the practice's tables of them side by side, keeps what it found, and writes what is new into the mapping folder
/// where that is wanted. What is in force an analyst decides, by deploying.
/// </summary>
/// <param name="connection">Whose lists.</param>
/// <param name="desk">Knows the tables in force.</param>
/// <param name="files">The tables that can be written.</param>
/// <param name="store">Keeps what was found, and the audit.</param>
internal sealed partial class ReferenceCheck(EhrConnection connection, AppointmentDesk desk, ReferenceFiles files, IEngineStore store, TimeProvider time, ILogger<ReferenceCheck> logger)
{
    private const string Command = "ehr references";

    private readonly ReferenceStates _states = new(store.Connections, connection.Options.Practice, connection.Options.Id);

    private ConnectionOptions Options => connection.Options;

    /// <summary>What the last one found; null when there was none.</summary>
    public Task<ReferenceState?> LastAsync(CancellationToken cancellationToken) => _states.FindAsync(cancellationToken);

    /// <summary>Compares now.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="priority">Who goes first.</param>
    /// <param name="writing">Who has what is new written, and why, for the audit; null has nothing written.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>All differences, and what is kept of them.</returns>
    /// <exception cref="EhrException">The vendor did not say.</exception>
    /// <exception cref="ChangeRefusedException">The practice's tables have no appointments, so nothing refers to places and providers.</exception>
    /// <exception cref="ReferenceFileException">The tables can't be written; what was found is kept.</exception>
    public async Task<(IReadOnlyList<ReferenceDifference> Differences, ReferenceState State)> RunAsync(string actor, CallPriority priority, AuditEntry? writing, CancellationToken cancellationToken)
    {
        var names = desk.NamesOf(Options.Practice);
        var lists = await ListsAsync(actor, priority, cancellationToken);
        var (places, people) = (ReferenceComparison.Of("location", names.Locations, lists.Departments), ReferenceComparison.Of("provider", names.Providers, lists.Providers));
        IReadOnlyList<ReferenceDifference> differences = [.. places.Differences, .. people.Differences];
        var (before, state) = (await _states.FindAsync(cancellationToken), ReferenceState.Of(time.GetUtcNow(), differences));

        // What was written before waits to be deployed as long as the vendor has the same and the tables in force have not.
        state = state with { Written = before?.Mark == state.Mark ? before?.Written ?? [] : [] };
        await _states.WriteAsync(state, cancellationToken);
        if (writing is not null)
        {
            state = state with { Written = await WriteAsync(names, [places, people], writing, cancellationToken) };
            await _states.WriteAsync(state, cancellationToken);
        }

        return (differences, state);
    }

    /// <summary>Compares because it is time. People are told once of what differs, not every day of the same.</summary>
    /// <returns>Why it came to nothing and is to be tried again; null when there is no need to.</returns>
    public async Task<string?> RunByClockAsync(CancellationToken cancellationToken)
    {
        // A user's token opens one patient's chart, and no lists of the vendor's.
        if (connection.WhyOff is not null || Options.IsOfUser)
        {
            return null;
        }

        var before = await _states.FindAsync(cancellationToken);
        var writing = Options.References.IsWritten ? new AuditEntry("engine", Command, Options.Practice, null, "by the clock") : null;
        try
        {
            Tell(before, (await RunAsync("engine", CallPriority.Sync, writing, cancellationToken)).State);
            return null;
        }
        catch (EhrException fault) when (fault.IsTransient)
        {
            return fault.Message;
        }
        catch (Exception failure) when (failure is EhrException or ChangeRefusedException or ReferenceFileException)
        {
            // Trying again in some minutes would not help: it is said once, and tomorrow is another day.
            if (before?.Fault != failure.Message)
            {
                Log.Failed(logger, Options.Id, failure.Message);
            }

            await _states.WriteAsync((await _states.FindAsync(cancellationToken) ?? new ReferenceState()) with { Fault = failure.Message }, cancellationToken);
            return null;
        }
    }

    /// <summary>athenaNet where there is it, which tells more; else FHIR.</summary>
    private Task<VendorLists> ListsAsync(string actor, CallPriority priority, CancellationToken cancellationToken) => Options.Rest is not null
        ? new AthenaNetClient(connection) { Priority = priority, Actor = actor }.Practice.ListsAsync(Instant.FromDateTimeOffset(time.GetUtcNow()), cancellationToken)
        : new FhirPractice(new FhirClient(connection) { Scope = Options.Scopes.References is { Length: > 0 } own ? own : null }, priority, actor).ListsAsync(cancellationToken);

    /// <summary>The audit says who had what written before it is.</summary>
    /// <returns>The tables that have all that is new, now or since before.</returns>
    private async Task<IReadOnlyList<string>> WriteAsync(VisitNames names, IReadOnlyList<ReferenceComparison> comparisons, AuditEntry writing, CancellationToken cancellationToken)
    {
        var planned = new List<ReferenceFile>();
        foreach (var comparison in comparisons.Where(one => one.New.Count > 0))
        {
            planned.Add(await files.PlanAsync(names.Practice, comparison.Kind == "provider" ? names.Providers : names.Locations, comparison, cancellationToken));
        }

        if (planned.Sum(table => table.Added) is > 0 and var count)
        {
            await store.AskAsync(writing with { Subject = $"{Options.Id}: {count} new" }, _ => 0, cancellationToken);
            foreach (var table in planned.Where(table => table.Added > 0))
            {
                await files.WriteAsync(table, cancellationToken);
                Log.Written(logger, Options.Id, table.Added, table.Path);
            }
        }

        return planned.ConvertAll(table => table.Path);
    }

    private void Tell(ReferenceState? before, ReferenceState found)
    {
        if (found.HasDifferences && found.Mark != before?.Mark)
        {
            Log.Differs(logger, Options.Id, found.New, found.Changed, found.Gone);
        }
        else if (!found.HasDifferences && before is { HasDifferences: true })
        {
            Log.Agrees(logger, Options.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connection}: of the vendor's departments and providers {Added} are new, {Changed} changed and {Gone} gone beside the practice's tables; 'ehr references {Connection}' shows them", EventName = "ReferencesDiffer")]
        public static partial void Differs(ILogger logger, string connection, int added, int changed, int gone);

        [LoggerMessage(2, LogLevel.Information, "{Connection}: the practice's tables have the vendor's departments and providers again", EventName = "ReferencesAgree")]
        public static partial void Agrees(ILogger logger, string connection);

        [LoggerMessage(3, LogLevel.Information, "{Connection}: {Count} new rows were written into {Path}; they are in force once they are deployed", EventName = "ReferencesWritten")]
        public static partial void Written(ILogger logger, string connection, int count, string path);

        [LoggerMessage(4, LogLevel.Warning, "{Connection}: the vendor's departments and providers can't be compared with the practice's tables: {Reason}", EventName = "ReferencesNotCompared")]
        public static partial void Failed(ILogger logger, string connection, string reason);
    }
}
