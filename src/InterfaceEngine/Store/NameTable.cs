using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// The head of a stored document: each name and cause once, referred to by number afterwards. Documents have a
/// handful of each, so they are searched in order. One per thread, used again.
/// </summary>
internal sealed class NameTable
{
    [ThreadStatic]
    private static NameTable? _ofThread;

    private readonly List<string> _names = [];
    private readonly List<Cause> _causes = [];

    public static NameTable OfThread()
    {
        var table = _ofThread ??= new NameTable();
        table._names.Clear();
        table._causes.Clear();
        return table;
    }

    public void Add(string name) => _ = NumberOf(name);

    public void Add(Cause cause)
    {
        if (FindCause(cause) < 0)
        {
            _causes.Add(cause);
            Add(cause.Source);
            Add(cause.MappingSet);
        }
    }

    public int NumberOf(string name)
    {
        for (var index = 0; index < _names.Count; index++)
        {
            if (ReferenceEquals(_names[index], name))
            {
                return index;
            }
        }

        var equal = _names.IndexOf(name);
        if (equal >= 0)
        {
            return equal;
        }

        _names.Add(name);
        return _names.Count - 1;
    }

    public int NumberOf(Cause cause) => FindCause(cause);

    public void Write(ref DocumentWriter writer)
    {
        writer.Number(_names.Count);
        foreach (var name in _names)
        {
            writer.Text(name);
        }

        writer.Number(_causes.Count);
        foreach (var cause in _causes)
        {
            writer.Number((ulong)cause.Message.Value);
            writer.Signed(cause.EventTime);
            writer.Number(NumberOf(cause.Source));
            writer.Number(NumberOf(cause.MappingSet));
        }
    }

    /// <summary>Reads a head back.</summary>
    public static (string[] Names, Cause[] Causes) Read(ref DocumentReader reader)
    {
        var names = new string[reader.Count()];
        for (var index = 0; index < names.Length; index++)
        {
            names[index] = reader.Name();
        }

        var causes = new Cause[reader.Count()];
        for (var index = 0; index < causes.Length; index++)
        {
            causes[index] = new Cause(new EngineId((long)reader.Number()), reader.Signed(), Item(names, reader.Int()), Item(names, reader.Int()));
        }

        return (names, causes);
    }

    public static T Item<T>(T[] items, int number) => (uint)number < (uint)items.Length ? items[number] : throw DocumentReader.Damaged();

    private int FindCause(Cause cause)
    {
        for (var index = 0; index < _causes.Count; index++)
        {
            if (ReferenceEquals(_causes[index], cause) || _causes[index] == cause)
            {
                return index;
            }
        }

        return -1;
    }
}
