namespace InterfaceEngine.Store.Sql;

/// <summary>One connection to whichever database it is, used by one thread at a time.</summary>
internal abstract class SqlDatabase : IDisposable
{
    /// <summary>Joins two tables; SQLite, which plans without knowing how full they are, is told to begin with the first.</summary>
    public abstract string JoinInOrder { get; }

    /// <summary>Its stores may be from before aliases had groups.</summary>
    public abstract bool IsOlderThanGroups { get; }

    /// <summary>Names the index that a statement has to use, where the database wants to be told.</summary>
    public abstract string Using(string index);

    /// <summary>
    /// The time in a statement, UTC milliseconds: the database's own where several processes share it, and else what is bound to
    /// the parameter, which may be bound in either case.
    /// </summary>
    public abstract string Now(int parameter);

    /// <summary>
    /// Says of a column with a node's name that nothing comes of that node any more. An embedded engine has no name and its store for
    /// itself: among several, what has no name came with a store that was moved here. <see cref="Now"/>'s parameter is 9.
    /// </summary>
    public string IsGone(string node) => $"({NotOnly(node)}NOT EXISTS (SELECT 1 FROM nodes n WHERE n.name = {node} AND n.expires_at > {Now(parameter: 9)}))";

    /// <summary>Ends a question whose rows nobody may change before the end of the transaction.</summary>
    public abstract string AndKeep { get; }

    /// <summary>Where rows of a table lie that go one by one when they are too old; the others go with the part that they lie in.</summary>
    public abstract string Rest(string table);

    /// <summary>A statement that is kept for as long as the connection.</summary>
    public abstract SqlStatement Prepare(string sql);

    /// <summary>Binds a message's sealed body. Of a large one the place is kept, or it is sealed now: as the database can.</summary>
    public abstract void BindBody(SqlStatement statement, int parameter, MessageRow message);

    /// <summary>Fills the place that was kept for a large body whose row is written.</summary>
    public abstract void FillBody(string practice, MessageRow message);

    /// <summary>The first column of the first row as a number; 0 when there is none or it is null.</summary>
    public long Number(string sql)
    {
        using var statement = Passing(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Long(0) : 0;
    }

    public abstract void Dispose();

    /// <summary>Where a process has the store for itself: that the node is not that one, and <c>AND</c>.</summary>
    protected abstract string NotOnly(string node);

    /// <summary>A statement that whoever asked for it disposes.</summary>
    protected abstract SqlStatement Passing(string sql);
}
