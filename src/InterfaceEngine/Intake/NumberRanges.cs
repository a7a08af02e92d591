using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>A set of numbers, kept as ranges: a store that is down for hours leaves few of them, however many frames come.</summary>
internal sealed class NumberRanges
{
    private readonly List<NumberRange> _ranges = [];

    public int Count => _ranges.Count;

    public IReadOnlyList<NumberRange> ToList() => [.. _ranges];

    public void Clear() => _ranges.Clear();

    /// <summary>Adds a number that is not in it.</summary>
    public void Add(long number) => Add(new NumberRange(number, number));

    /// <summary>Adds numbers of which none is in it.</summary>
    public void Add(NumberRange numbers)
    {
        // Most come at the end.
        var index = _ranges.Count;
        while (index > 0 && _ranges[index - 1].First > numbers.First)
        {
            index--;
        }

        var joinsLeft = index > 0 && _ranges[index - 1].Last == numbers.First - 1;
        var joinsRight = index < _ranges.Count && _ranges[index].First == numbers.Last + 1;
        if (joinsLeft && joinsRight)
        {
            _ranges[index - 1] = _ranges[index - 1] with { Last = _ranges[index].Last };
            _ranges.RemoveAt(index);
        }
        else if (joinsLeft)
        {
            _ranges[index - 1] = _ranges[index - 1] with { Last = numbers.Last };
        }
        else if (joinsRight)
        {
            _ranges[index] = _ranges[index] with { First = numbers.First };
        }
        else
        {
            _ranges.Insert(index, numbers);
        }
    }
}
