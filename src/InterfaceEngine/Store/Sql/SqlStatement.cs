using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>
/// A prepared statement of whichever database it is. Parameters are written <c>?1</c>, <c>?2</c> … and count from 1, columns from 0.
/// Belongs to one connection, which one thread uses at a time.
/// </summary>
internal abstract class SqlStatement : IDisposable
{
    public abstract SqlStatement Bind(int parameter, long value);

    public abstract SqlStatement Bind(int parameter, ReadOnlySpan<byte> value);

    /// <summary>The same; the bytes may be used until the statement has run, so nobody changes them.</summary>
    public virtual SqlStatement Bind(int parameter, byte[] value) => Bind(parameter, value.AsSpan());

    public abstract SqlStatement Bind(int parameter, ref readonly KeyedHash hash);

    public abstract SqlStatement Bind(int parameter, string? value);

    public abstract SqlStatement BindNull(int parameter);

    /// <summary>True when there is a row to read. After false the statement is ready to be bound again.</summary>
    public abstract bool Step();

    /// <summary>Runs a statement that gives no rows; says how many it touched.</summary>
    public abstract int Run();

    /// <summary>Leaves the remaining rows unread.</summary>
    public abstract void Reset();

    public abstract bool IsNull(int column);

    public abstract long Long(int column);

    public int Int(int column) => (int)Long(column);

    /// <summary>Valid until the next step.</summary>
    public abstract ReadOnlySpan<byte> Blob(int column);

    public abstract string? Text(int column);

    /// <summary>A text that many rows repeat and no patient's value, e.g. a practice or a state: one string for all of them.</summary>
    public abstract string Name(int column);

    public abstract KeyedHash Hash(int column);

    public abstract void Dispose();
}
