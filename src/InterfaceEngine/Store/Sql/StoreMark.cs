namespace InterfaceEngine.Store.Sql;

internal enum StoreMarkKind
{
    /// <summary>The store is being filled from another and is not whole.</summary>
    Copying,

    /// <summary>The store went elsewhere, or is on its way: what is here is of before.</summary>
    Moved,
}

/// <summary>Stands in a store that no engine may open.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Place">The other end of the copy, for people.</param>
/// <param name="SetAt">UTC milliseconds.</param>
/// <param name="Progress">How far a store that is being filled has come; null otherwise.</param>
internal sealed record StoreMark(StoreMarkKind Kind, string Place, long SetAt, string? Progress = null)
{
    public static StoreMark? Read(SqlDatabase database)
    {
        using var row = database.Prepare("SELECT kind, place, set_at, progress FROM store_marks");
        if (!row.Step())
        {
            return null;
        }

        var mark = new StoreMark(row.Text(0) == Word(StoreMarkKind.Copying) ? StoreMarkKind.Copying : StoreMarkKind.Moved, row.Text(1)!, row.Long(2), row.Text(3));
        row.Reset();
        return mark;
    }

    /// <summary>In the caller's transaction.</summary>
    public static void Write(SqlDatabase database, StoreMark? mark)
    {
        using (var delete = database.Prepare("DELETE FROM store_marks"))
        {
            delete.Run();
        }

        if (mark is not null)
        {
            using var insert = database.Prepare("INSERT INTO store_marks (kind, place, set_at, progress) VALUES (?1, ?2, ?3, ?4)");
            insert.Bind(1, Word(mark.Kind)).Bind(2, mark.Place).Bind(3, mark.SetAt).Bind(4, mark.Progress).Run();
        }
    }

    /// <summary>For an engine that opens a store.</summary>
    /// <exception cref="StoreOpenException">It may not be opened.</exception>
    public static void Refuse(SqlDatabase database, string place)
    {
        if (Read(database) is { } mark)
        {
            var at = $"{DateTimeOffset.FromUnixTimeMilliseconds(mark.SetAt):yyyy-MM-dd HH:mm:ss'Z'}";
            throw new StoreOpenException(mark.Kind == StoreMarkKind.Moved
                ? $"{place}: this store was moved to {mark.Place} on {at}. Start with the settings that name it; or, if nothing was taken there yet, take this one back with store copy --undo-mark. Nothing was changed."
                : $"{place}: this store is a copy of {mark.Place}, begun on {at}, that is not finished. Finish it with store copy --to … --switch. Nothing was changed.");
        }
    }

    private static string Word(StoreMarkKind kind) => kind == StoreMarkKind.Copying ? "copying" : "moved";
}
