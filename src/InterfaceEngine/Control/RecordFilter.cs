using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Control;

/// <summary>Which records of a type are wanted.</summary>
internal sealed record RecordFilter
{
    /// <summary>What everybody gets who says nothing.</summary>
    public static RecordFilter None { get; } = new();

    /// <summary>Values of the field <c>status</c>; null for any.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>The first day by the practice's clock, of the field by which the table finds records by day (<see cref="DayOf"/>); null for no bound.</summary>
    public LocalDate? From { get; init; }

    /// <summary>The last day; null for no bound.</summary>
    public LocalDate? Until { get; init; }

    /// <summary>Only what changed here at this time or later; null for all.</summary>
    public DateTimeOffset? UpdatedSince { get; init; }

    public bool IsNone => this == None;

    public bool HasDays => From is not null || Until is not null;

    /// <summary>The field of a type to which days belong: <c>start_time</c> of a visit; null where its table finds none by day, or several.</summary>
    public static FieldDefinition? DayOf(RecordDefinition definition) =>
        definition.Fields.Where(field => field.LookUp is LookUpKind.Day).ToList() is [var one] ? one : null;

    /// <summary>Whether a record is wanted.</summary>
    /// <param name="reader">Tells when it changed.</param>
    /// <param name="record">The record.</param>
    /// <param name="day">The field of <see cref="DayOf"/>; null where no days are said.</param>
    /// <param name="zone">The practice's.</param>
    public bool Takes(IStoreReader reader, StoredRecord record, FieldDefinition? day, DateTimeZone zone) =>
        (Statuses is null || Statuses.Contains(record["status"] ?? ""))
        && (day is null || IsWithin(record[day.Name], zone))
        && (UpdatedSince is not { } since || IsSince(reader, record, since));

    private bool IsWithin(string? value, DateTimeZone zone)
    {
        LocalDate? day = InstantPattern.ExtendedIso.Parse(value ?? "") is { Success: true } instant ? instant.Value.InZone(zone).Date
            : LocalDatePattern.Iso.Parse(value ?? "") is { Success: true } date ? date.Value
            : null;
        return day is { } one && !(one < From) && !(one > Until);
    }

    /// <summary>A change that is not kept any more was before everything that is; whether it was before this time as well nobody knows, so it is not left out.</summary>
    private static bool IsSince(IStoreReader reader, StoredRecord record, DateTimeOffset since) =>
        reader.Changes(record.Practice, record, 1) is not [var last] || last.CommittedAt >= since.ToUnixTimeMilliseconds();
}

/// <summary>A page of records.</summary>
/// <param name="Records">In the order they were made.</param>
/// <param name="Next">Behind which the next begins; null on the last. A page may be short, or empty, and have one: what is wanted lies behind it.</param>
internal sealed record RecordPage(IReadOnlyList<StoredRecord> Records, EngineId? Next);
