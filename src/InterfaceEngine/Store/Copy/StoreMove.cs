using InterfaceEngine.Protection;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Store.Sql;
using InterfaceEngine.Store.Sqlite;
using Npgsql;

namespace InterfaceEngine.Store.Copy;

/// <summary>
/// Moves a store to another database. First its rows are copied while the engine runs; then, with the engine stopped, what changed
/// is copied, everything is compared, and the source is marked so that no engine starts on it again. At every moment one of the two
/// can be opened at most, so nothing that was acknowledged stays behind.
/// </summary>
/// <param name="from">The store.</param>
/// <param name="to">Where it goes.</param>
/// <param name="masterKey">Opens the store: its wrapped keys go along, so the same key opens the copy.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Is told how far it is.</param>
internal sealed class StoreMove(StoreOptions from, StoreOptions to, MasterKey masterKey, TimeProvider time, Action<CopyProgress> report)
{
    /// <inheritdoc cref="StoreCopier.RangeRows"/>
    public int RangeRows { get; init; } = 4000;

    /// <summary>Copies what is not copied yet, and once more what changed meanwhile. The engine may run.</summary>
    /// <exception cref="StoreOpenException">One of the ends can't be used: nothing was changed.</exception>
    /// <exception cref="StoreUnavailableException">A database failed on the way; the same again goes on where it was.</exception>
    public Task<CopyReport> CopyAsync(CancellationToken cancellationToken) => RunAsync(() =>
    {
        RefuseSamePlace();
        using var source = OpenSource(from);
        RefuseMark(source, mayBeMovedTo: null);
        using var target = OpenTarget();
        var noParts = PrepareTarget(source, target);
        var copier = new StoreCopier(source, target, report) { RangeRows = RangeRows };
        var copied = copier.Fill(cancellationToken);
        var result = copier.Compare(mayMend: true, isQuiet: false, copied, cancellationToken);
        target.RaiseLastChanges(source.LastChanges());
        return result with { NoParts = noParts };
    });

    /// <summary>
    /// The last step. No engine may run on the source, and none can start on it from here on. When both ends are equal the target is opened
    /// for engines; when they are not, or it is broken off, it is the source that can be started again.
    /// </summary>
    /// <param name="audit">Noted in the store before it goes, so that the note goes along.</param>
    /// <param name="cancellationToken">Ends it between two ranges.</param>
    /// <inheritdoc cref="CopyAsync"/>
    public Task<CopyReport> SwitchAsync(AuditEntry audit, CancellationToken cancellationToken) => RunAsync(() =>
    {
        RefuseSamePlace();
        using var source = OpenAlone(from);
        source.RefuseEngines();
        using var target = OpenTarget();
        RefuseMark(source, mayBeMovedTo: target.Place);
        RefuseMovedOn(source, target);
        var noParts = PrepareTarget(source, target);
        if (source.Mark is null)
        {
            source.Note(audit, masterKey, Now());
            source.SetMark(new StoreMark(StoreMarkKind.Moved, target.Place, Now()));
        }

        var isDecided = false;
        try
        {
            var copier = new StoreCopier(source, target, report) { RangeRows = RangeRows };
            var copied = copier.Fill(cancellationToken);
            var result = copier.Compare(mayMend: true, isQuiet: true, copied, cancellationToken);
            if (result.IsEqual)
            {
                target.RaiseLastChanges(source.LastChanges());

                // If this fails it is not known whether the target is open, and then the source must never be.
                isDecided = true;
                target.SetMark(null);
            }

            return result with { NoParts = noParts };
        }
        finally
        {
            // Whoever comes here began this move, or goes on with it: the target was never opened, and the source is the store.
            if (!isDecided)
            {
                source.SetMark(null);
            }
        }
    });

    /// <summary>Compares both ends as they are. Where an engine writes meanwhile, what it wrote is a difference.</summary>
    /// <inheritdoc cref="CopyAsync"/>
    public Task<CopyReport> VerifyAsync(CancellationToken cancellationToken) => RunAsync(() =>
    {
        using var source = OpenSource(from);
        using var target = OpenSource(to);
        return new StoreCopier(source, target, report) { RangeRows = RangeRows }.Compare(mayMend: false, isQuiet: true, copied: 0, cancellationToken);
    });

    /// <summary>Lets engines start on a store again that was moved away. What was taken since where it went is not in it.</summary>
    /// <param name="store">The store that is marked.</param>
    /// <param name="audit">Noted in it.</param>
    /// <param name="masterKey">Opens it.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Where it had been moved to.</returns>
    /// <exception cref="StoreOpenException">It is not marked.</exception>
    public static Task<string> TakeBackAsync(StoreOptions store, AuditEntry audit, MasterKey masterKey, TimeProvider time) => RunAsync(() =>
    {
        using var end = OpenAlone(store, masterKey, time);
        end.RefuseEngines();
        if (end.Mark is not { Kind: StoreMarkKind.Moved } mark)
        {
            throw new StoreOpenException(end.Mark is null
                ? $"{end.Place}: this store was not moved, and engines may start on it. Nothing was changed."
                : $"{end.Place}: this store is a copy that is not finished, and no store of its own. Nothing was changed.");
        }

        end.SetMark(null);
        end.Note(audit, masterKey, time.GetUtcNow().ToUnixTimeMilliseconds());
        return mark.Place;
    });

    private void RefuseSamePlace()
    {
        if (Place(from) == Place(to))
        {
            throw new StoreOpenException($"{Place(from)}: a store can't be copied to itself. Nothing was changed.");
        }

        static string Place(StoreOptions store) => IsPostgres(store) ? PostgresConnection.Place(store.Connection) : Path.GetFullPath(store.Folder);
    }

    private static void RefuseMark(CopyEnd source, string? mayBeMovedTo)
    {
        if (source.Mark is { } mark && !(mark.Kind == StoreMarkKind.Moved && mark.Place == mayBeMovedTo))
        {
            throw new StoreOpenException(mark.Kind == StoreMarkKind.Moved
                ? $"{source.Place}: this store was moved to {mark.Place}, and what is here is of before. Copy from there; or take this one back with store copy --undo-mark. Nothing was changed."
                : $"{source.Place}: this store is itself a copy of {mark.Place} that is not finished. Nothing was changed.");
        }
    }

    /// <summary>
    /// A source that is marked already may only be switched by what goes on with its own switch. A target that was opened since is the
    /// store, or was it: to fill it once more, and to unmark the source when that fails, would make two.
    /// </summary>
    private static void RefuseMovedOn(CopyEnd source, CopyEnd target)
    {
        if (source.Mark is null || (target.Mark is { Kind: StoreMarkKind.Copying } begun && begun.Place == source.Place))
        {
            return;
        }

        var since = target.Mark switch
        {
            null => "start with the settings that name it",
            { Kind: StoreMarkKind.Moved } mark => $"and went on from there to {mark.Place}: start with the settings that name that",
            var mark => $"and what is there is filled from {mark.Place} now",
        };
        throw new StoreOpenException($"{source.Place}: this store was moved to {target.Place} already, {since}. Nothing was changed.");
    }

    /// <summary>A target is new, or what an earlier run left, or the same store from before it was moved away.</summary>
    /// <returns>What it could not make room for.</returns>
    private IReadOnlyList<string> PrepareTarget(CopyEnd source, CopyEnd target)
    {
        var (mark, identity) = (target.Mark, target.Identity);
        var isSame = identity is not null && identity == source.Identity;
        if (mark is null)
        {
            if (StoreTables.All.FirstOrDefault(table => table.Name != "practice_keys" && !target.IsEmpty(table)) is { } filled)
            {
                throw new StoreOpenException($"{target.Place}: there is a store already ({filled.Name} is not empty), and it is no copy that was begun from {source.Place}. Give the copy an empty database or folder. Nothing was changed.");
            }

            mark = new StoreMark(StoreMarkKind.Copying, source.Place, Now());
        }
        else if (!isSame && !(mark.Kind == StoreMarkKind.Copying && IsBlank(target)))
        {
            throw new StoreOpenException($"{target.Place}: what is here came from another store ({mark.Place}). Give the copy an empty database or folder. Nothing was changed.");
        }
        else if (mark.Kind == StoreMarkKind.Moved)
        {
            mark = new StoreMark(StoreMarkKind.Copying, source.Place, Now(), CopyPosition.End.ToString());
        }

        // By every run: it bars a node that is still connected, and whatever that node took would be overwritten.
        target.RefuseEngines();
        target.SetMark(mark with { Place = source.Place });
        var now = time.GetUtcNow();
        return target.MakeRoom(source.Oldest ?? now, now);
    }

    /// <summary>Only begun: not even the keys are there.</summary>
    private static bool IsBlank(CopyEnd target) => StoreTables.All.All(table => table.Name == "practice_keys" || target.IsEmpty(table)) && target.Practices.Count <= 1;

    private CopyEnd OpenSource(StoreOptions store) => IsPostgres(store) ? PostgresEnd.OpenSource(store, masterKey, isAlone: false) : SqliteEnd.OpenSource(store, masterKey);

    private CopyEnd OpenAlone(StoreOptions store) => OpenAlone(store, masterKey, time);

    private static CopyEnd OpenAlone(StoreOptions store, MasterKey masterKey, TimeProvider time) =>
        IsPostgres(store) ? PostgresEnd.OpenSource(store, masterKey, isAlone: true) : SqliteEnd.OpenAlone(store, masterKey, mayMake: false, time);

    private CopyEnd OpenTarget() => IsPostgres(to) ? PostgresEnd.OpenTarget(to, masterKey, time) : SqliteEnd.OpenAlone(to, masterKey, mayMake: true, time);

    private static bool IsPostgres(StoreOptions store) => store.Kind == "postgres";

    /// <summary>On a thread of its own: both databases are asked synchronously.</summary>
    private static async Task<T> RunAsync<T>(Func<T> work)
    {
        try
        {
            return await Task.Run(work);
        }
        catch (Exception failure) when (failure is SqliteFault)
        {
            throw new StoreUnavailableException($"SQLite failed: {failure.Message}. The same command goes on where it was.", failure);
        }
        catch (NpgsqlException failure)
        {
            throw new StoreUnavailableException($"{failure.InWords()}. The same command goes on where it was.", failure);
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
