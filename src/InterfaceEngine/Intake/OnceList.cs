namespace InterfaceEngine.Intake;

/// <summary>A list that holds each item once, in the order of the first. Short ones are searched, as most are; a result of thousands of values is hashed.</summary>
internal sealed class OnceList<T>(int capacity)
{
    private const int SearchedMax = 32;

    private readonly List<T> _items = new(capacity);
    private HashSet<T>? _known;

    public IReadOnlyList<T> Items => _items;

    public void Add(T item)
    {
        if (_known is null && _items.Count > SearchedMax)
        {
            _known = [.. _items];
        }

        if (_known?.Add(item) ?? !_items.Contains(item))
        {
            _items.Add(item);
        }
    }
}
