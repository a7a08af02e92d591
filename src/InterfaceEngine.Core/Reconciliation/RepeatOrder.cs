using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// Items that a message tells apart by their order alone have numbers behind their key, and the number means nothing. Where the header <c>joins:</c> names what they hold
/// (<c>sub_id? by value</c>), one that holds what a stored one holds has that one's number, wherever in the message it stands now: a correction of the other, or one that is
/// told before it, does not make each the other.
/// </summary>
public static class RepeatOrder
{
    /// <summary>Of more than this of one key each is compared with none: they are what a device counted, not what a person wrote, and have their order.</summary>
    private const int SeveralMax = 200;

    /// <summary>The records of a message, those of one key under the numbers by which they are stored.</summary>
    /// <param name="said">As the message has them.</param>
    /// <param name="find">The stored record that has a name of this one.</param>
    public static IReadOnlyList<IncomingRecord> ByValue(IReadOnlyList<IncomingRecord> said, Func<IncomingRecord, StoredRecord?> find)
    {
        IncomingRecord[]? named = null;
        for (var index = 0; index < said.Count; index++)
        {
            if (said[index] is { Repeats: > 1, Definition.Join.Value: { } value } first && Joining.OwnKey(first) is { } key)
            {
                Name(named ??= [.. said], Several(said, first, key), value, find);
            }
        }

        return named ?? said;
    }

    private static List<int> Several(IReadOnlyList<IncomingRecord> said, IncomingRecord first, RecordAlias key) =>
        [.. Enumerable.Range(0, said.Count).Where(at => said[at] == first || (said[at].Type == first.Type
            && Joining.OwnKey(said[at])?.Value.StartsWith(key.Value + FieldValue.ListSeparator, StringComparison.Ordinal) == true))];

    private static void Name(IncomingRecord[] said, List<int> several, JoinValue value, Func<IncomingRecord, StoredRecord?> find)
    {
        var before = several.ConvertAll(at => said[at]);
        var stored = several.Count > SeveralMax ? [] : before.ConvertAll<StoredRecord?>(one => find(one));
        if (stored.TrueForAll(one => one is null))
        {
            return;
        }

        var numbers = new int?[several.Count];
        Take(item => IsSame(item, item) ? item : null);
        Take(item => First(number => IsSame(item, number)));
        Take(_ => First(_ => true));
        for (var item = 0; item < several.Count; item++)
        {
            said[several[item]] = before[item].Named(before[numbers[item]!.Value]);
        }

        void Take(Func<int, int?> number)
        {
            for (var item = 0; item < numbers.Length; item++)
            {
                numbers[item] ??= number(item);
            }
        }

        int? First(Func<int, bool> fits) => Enumerable.Range(0, numbers.Length).Where(number => !numbers.Contains(number) && fits(number)).Select(number => (int?)number).FirstOrDefault();

        bool IsSame(int item, int number) => stored[number] is { } known && SameValue.Is(value, name => before[item][name].Text, name => known[name]);
    }
}
