using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake;

/// <summary>
/// Lets patients be found by name and birth date who were stored before they could be: page by page beside the traffic, once for each
/// practice. How far it came is itself a look-up: the key below finds the last patient of the last page. What changes meanwhile gets its key by
/// that change; a key that is out of date by then finds a patient of another name, which whoever looks sees.
/// </summary>
internal sealed partial class PersonLookUps(IEngineStore store, IReadOnlyList<Practice> practices, ILogger<PersonLookUps> logger)
{
    /// <summary>Patients of one page, and of one transaction.</summary>
    public const int PageRows = 500;

    private const int CountedNames = 1 << 22;

    private static readonly LookUpKey _reached = new(RecordDefinition.Patient, "persons", "reached");
    private static readonly LookUpKey _done = new(RecordDefinition.Patient, "persons", "done");

    /// <summary>Runs until all practices have theirs, and then waits to be stopped. A page that was begun is done again after a crash.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        foreach (var practice in practices)
        {
            try
            {
                await MakeAsync(practice.Id, stopping);
            }
            catch (ProtectionException)
            {
                Log.PersonsNotFound(logger, practice.Id);
            }
        }

        await Task.Delay(Timeout.Infinite, stopping);
    }

    /// <summary>Makes those of one practice that are missing.</summary>
    /// <exception cref="ProtectionException">A patient was altered outside the engine: those after her are not found so.</exception>
    public async Task MakeAsync(string practice, CancellationToken cancellationToken)
    {
        var reached = await store.ReadAsync(reader => reader.Records(practice, _done).Count > 0 ? (EngineId?)null : Reached(reader, practice), cancellationToken);
        var (count, counts) = (0L, new byte[CountedNames]);
        while (reached is { } after)
        {
            var page = await store.ReadAsync(reader => reader.Records(practice, RecordDefinition.Patient, after, PageRows), cancellationToken);
            if (page.Count == 0)
            {
                if (after != EngineId.None)
                {
                    await WriteAsync(practice, [new LookUpWrite(after, _done), new LookUpWrite(after, _reached, IsRemoved: true)], cancellationToken);
                    Log.PersonsFound(logger, practice, count);
                }

                return;
            }

            await WriteAsync(practice, [.. LookUps(page, counts), .. Move(after, page[^1].Id)], cancellationToken);
            count += page.Count;
            reached = page[^1].Id;
        }
    }

    private static EngineId Reached(IStoreReader reader, string practice) =>
        reader.Records(practice, _reached) is [.., var last] ? last.Id : EngineId.None;

    /// <param name="patients">A page of them.</param>
    /// <param name="counts">How many there were of each name before, by a part of its hash: of more than a list may hold nobody is found by it.</param>
    private static IEnumerable<LookUpWrite> LookUps(IReadOnlyList<StoredRecord> patients, byte[] counts)
    {
        foreach (var patient in patients)
        {
            if (PersonKey.Of(patient) is { } key && counts[key.GetHashCode() & (CountedNames - 1)] is < Namesakes.FoundMax and var before)
            {
                counts[key.GetHashCode() & (CountedNames - 1)] = (byte)(before + 1);
                yield return new LookUpWrite(patient.Id, key);
            }
        }
    }

    private static IEnumerable<LookUpWrite> Move(EngineId from, EngineId to)
    {
        yield return new LookUpWrite(to, _reached);
        if (from != EngineId.None)
        {
            yield return new LookUpWrite(from, _reached, IsRemoved: true);
        }
    }

    private async Task WriteAsync(string practice, IReadOnlyList<LookUpWrite> lookUps, CancellationToken cancellationToken) =>
        await store.CommitAsync(new CommitUnit { Practice = practice, LookUps = lookUps }, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "{Practice}: a patient was altered outside the engine. Those stored after her, by an older version, are not found by name and birth date", EventName = "PersonsNotFound")]
        public static partial void PersonsNotFound(ILogger logger, string practice);

        [LoggerMessage(1, LogLevel.Information, "{Practice}: {Count} patients who were stored before are found by name and birth date now", EventName = "PersonsFound")]
        public static partial void PersonsFound(ILogger logger, string practice, long count);
    }
}
