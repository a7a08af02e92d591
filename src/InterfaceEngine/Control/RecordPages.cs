using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Control;

/// <summary>
/// Pages of the records of a type, in the order they were made. What is not wanted is read too, since the store can't see into records, but never more than
/// some of it for one page, so that no question takes long; days are found by their look-ups.
/// </summary>
/// <param name="reader">What is stored.</param>
/// <param name="practice">Whose.</param>
/// <param name="zone">The practice's.</param>
/// <param name="type">Of which type.</param>
internal sealed class RecordPages(IStoreReader reader, string practice, DateTimeZone zone, string type)
{
    /// <summary>The most days that are looked up for a page; more are found by reading.</summary>
    private const int DaysMax = 62;

    /// <summary>The most that is read for a page of which not all is wanted.</summary>
    public int ReadMax { get; init; } = 1000;

    /// <param name="patient">Records of one patient alone, a page of so many behind an id; null for all.</param>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="day">The field to which its days belong; null where it has none.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="limit">The most of the page.</param>
    public RecordPage Page(Func<EngineId, int, IReadOnlyList<StoredRecord>>? patient, RecordFilter filter, FieldDefinition? day, EngineId after, int limit)
    {
        var (read, next) = patient is null && day is not null && DaysOf(filter) is { } days ? OfDays(day, days, after, limit)
            : Behind(patient ?? ((from, count) => reader.Records(practice, type, from, count)), after, filter.IsNone ? limit : ReadMax);
        var wanted = new List<StoredRecord>();
        foreach (var record in read.Where(record => filter.Takes(reader, record, day, zone)))
        {
            if (wanted.Count == limit)
            {
                return new RecordPage(wanted, wanted[^1].Id);
            }

            wanted.Add(record);
        }

        return new RecordPage(wanted, next);
    }

    private static (IReadOnlyList<StoredRecord> Read, EngineId? Next) Behind(Func<EngineId, int, IReadOnlyList<StoredRecord>> page, EngineId after, int count)
    {
        var read = page(after, count);
        return (read, read.Count == count ? read[^1].Id : null);
    }

    /// <summary>
    /// Of each day a part of the page, put into one order. It is whole up to where the first of them that was cut ends: behind that there may be more of its day.
    /// </summary>
    private (IReadOnlyList<StoredRecord> Read, EngineId? Next) OfDays(FieldDefinition field, List<string> days, EngineId after, int limit)
    {
        var each = (limit / days.Count) + 1;
        var parts = days.ConvertAll(day => reader.Records(practice, new LookUpKey(type, field.Name, day), after, each));
        var ends = parts.Where(part => part.Count == each).Select(part => part[^1].Id).ToList();
        var all = parts.SelectMany(part => part).DistinctBy(record => record.Id).OrderBy(record => record.Id);
        return ends.Count == 0 ? ([.. all], null) : ([.. all.Where(record => record.Id.CompareTo(ends.Min()) <= 0)], ends.Min());
    }

    /// <summary>The days of the look-ups, which are UTC's, that the practice's days touch; null where they are open to a side, or too many.</summary>
    private List<string>? DaysOf(RecordFilter filter)
    {
        if (filter is not { From: { } from, Until: { } until } || Period.DaysBetween(from, until) > DaysMax)
        {
            return null;
        }

        var (first, last) = (zone.AtStartOfDay(from).ToInstant().InUtc().Date, zone.AtStartOfDay(until.PlusDays(1)).ToInstant().InUtc().Date);
        return [.. Enumerable.Range(0, Math.Max(Period.DaysBetween(first, last), 0) + 1).Select(number => LocalDatePattern.Iso.Format(first.PlusDays(number)))];
    }
}
